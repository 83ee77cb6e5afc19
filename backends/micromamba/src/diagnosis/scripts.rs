//! Scripts whose first line names an interpreter that is gone.

use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::read;
use pyve_plugin_api::Finding;

use super::sight::Sight;
use super::{listed, rebuild};

/// Interpreters here are the system's; a package that wants one which this machine lacks is no fault of the environment,
/// nor is one that wants another language's at a place of its builder's.
const SYSTEM: [&str; 4] = ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/// With a dead first line the system answers "no such file", and a shell runs the next one on PATH.
pub fn dead(sight: &Sight) -> Option<Finding> {
    let folder = sight.prefix.join("bin");
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    // A link is looked at where it leads to.
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let dead = files.filter_map(|entry| {
        let interpreter = interpreter(&entry.path()).filter(|interpreter| is_gone(interpreter, &sight.prefix))?;
        Some((entry.file_name().to_string_lossy().into_owned(), interpreter))
    });
    let mut dead: Vec<(String, PathBuf)> = dead.collect();
    dead.sort();
    let (_, interpreter) = dead.first()?;
    let names: Vec<String> = dead.iter().map(|(name, _)| name.clone()).collect();
    let (folder, gone) = (folder.display(), interpreter.display());
    let detail = format!("{} in {folder} run by {gone}, which is not there", listed(&names));
    Some(Finding::warning("micromamba.dead-shebang", "Scripts", &detail).remedy(&rebuild()))
}

fn is_gone(interpreter: &Path, prefix: &Path) -> bool {
    let python = interpreter.file_name().is_some_and(|name| name.to_string_lossy().starts_with("py"));
    let of_environment = python || interpreter.starts_with(prefix);
    let system = interpreter.parent().is_some_and(|folder| SYSTEM.iter().any(|of| folder == Path::new(of)));
    // What is left of the place where a package was built is in every environment that has the package.
    let of_builder = interpreter.to_string_lossy().contains("_placehold");
    of_environment && !system && !of_builder && !interpreter.exists()
}

/// The interpreter in the first line of a script; long paths and those with spaces are in the second one.
pub fn interpreter(script: &Path) -> Option<PathBuf> {
    let start = read::start(script, 1024).ok()??;
    let text = start.strip_prefix(b"#!")?;
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines();
    let first = lines.next()?.trim();
    let exec = lines.next().and_then(|line| line.strip_prefix("'''exec' ")).filter(|_| first == "/bin/sh");
    let program = match exec.map(|exec| (exec, exec.strip_prefix('"'))) {
        Some((_, Some(quoted))) => quoted.split('"').next()?,
        Some((plain, None)) => plain.split_whitespace().next()?,
        None => first.split_whitespace().next()?,
    };
    let path = PathBuf::from(program);
    path.is_absolute().then_some(path)
}
