//! The scripts of an environment's packages: their first lines name the interpreter in it.

use std::path::{Path, PathBuf};

use crate::activate::Activate;
use crate::read;

/// The folder of programs inside a virtual environment.
pub const PROGRAMS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// The folder that a virtual environment was made in, if its own files tell of another one than where it stands.
pub fn made_elsewhere(prefix: &Path) -> Option<PathBuf> {
    other_than(prefix, Activate::read(prefix).folder.or_else(|| folder(prefix))?)
}

/// The folder, unless it is the very one at `prefix`.
pub fn other_than(prefix: &Path, folder: PathBuf) -> Option<PathBuf> {
    let real = |path: &Path| path.canonicalize().ok();
    let same = folder == prefix || real(&folder).is_some_and(|made| real(prefix) == Some(made));
    (!same).then_some(folder)
}

/// The environment that the scripts are of: the folder of the first interpreter that one of them names.
pub fn folder(prefix: &Path) -> Option<PathBuf> {
    let entries = prefix.join(PROGRAMS).read_dir().ok()?.flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut scripts: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
    scripts.sort();
    scripts.iter().find_map(|script| environment_of(&interpreter(script)?))
}

/// `/p/.venv` of `/p/.venv/bin/python3.12`; an interpreter of the system's is of no environment.
fn environment_of(interpreter: &Path) -> Option<PathBuf> {
    let python = interpreter.file_name()?.to_string_lossy().starts_with("python");
    let folder = interpreter.parent().filter(|programs| programs.ends_with(PROGRAMS))?.parent()?;
    let system = ["/", "/usr", "/usr/local", "/opt/homebrew"].iter().any(|system| folder == Path::new(system));
    (python && interpreter.is_absolute() && !system).then(|| folder.to_owned())
}

/// What the first line of a script names; long paths and those with spaces are in the second one.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let head = read::start(script, 4352).ok()??;
    let text = String::from_utf8_lossy(head.strip_prefix(b"#!")?);
    let mut lines = text.lines();
    let first = lines.next()?.trim();
    match lines.next().and_then(|line| line.strip_prefix("'''exec' ")).filter(|_| first == "/bin/sh") {
        None => Some(first.split(" -").next()?.trim_end().into()),
        Some(exec) => match exec.strip_prefix('"') {
            Some(quoted) => Some(quoted.split('"').next()?.into()),
            None => Some(exec.split(' ').next()?.into()),
        },
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    fn told(script: &str) -> Option<PathBuf> {
        let prefix = tempfile::tempdir().unwrap();
        fs::create_dir(prefix.path().join("bin")).unwrap();
        fs::write(prefix.path().join("bin/a-program"), b"\x7fELF").unwrap();
        fs::write(prefix.path().join("bin/tool"), script).unwrap();
        folder(prefix.path())
    }

    #[test]
    fn the_interpreter_of_a_script_names_its_environment() {
        assert_eq!(told("#!/p/.venv/bin/python3.12 -I\nprint()\n"), Some("/p/.venv".into()));
        let spaced = "#!/bin/sh\n'''exec' \"/p/my project/.venv/bin/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(told(spaced), Some("/p/my project/.venv".into()));
        for other in
            ["#!/usr/bin/python3\n", "#!/usr/bin/env python\n", "#!/bin/sh\necho\n", "#!relative/bin/python\n", ""]
        {
            assert_eq!(told(other), None, "{other:?}");
        }
    }
}
