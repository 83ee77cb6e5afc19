//! Where an environment was made, as its own files tell: conda bakes the prefix into what it installs.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::scripts;

use crate::diagnosis::interpreter;

/// The folder that the environment was made in, if that is another one than where it stands.
pub fn elsewhere(prefix: &Path) -> Option<PathBuf> {
    scripts::other_than(prefix, of_history(prefix).or_else(|| of_scripts(prefix))?)
}

/// The prefix in the command that made it.
fn of_history(prefix: &Path) -> Option<PathBuf> {
    let bytes = read::bytes(prefix.join("conda-meta/history"), Limit::RECORD).ok()??;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().rev().find_map(|line| prefix_of(line.strip_prefix("# cmd: ")?))
}

/// The words are not quoted there: a path goes on until the next option.
fn prefix_of(command: &str) -> Option<PathBuf> {
    let (_, args) = command.split_once(" create ")?;
    let args = format!(" {args}");
    let option = [" -p ", " --prefix ", " --prefix="].into_iter().find_map(|option| args.split_once(option));
    let path = PathBuf::from(option?.1.split(" -").next()?.trim_end());
    path.is_absolute().then_some(path)
}

/// The interpreter that the scripts of its packages name.
fn of_scripts(prefix: &Path) -> Option<PathBuf> {
    let entries = prefix.join("bin").read_dir().ok()?.flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut scripts: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
    scripts.sort();
    scripts.iter().find_map(|script| {
        let interpreter = interpreter(script)?;
        let python = interpreter.file_name()?.to_string_lossy().starts_with("python");
        let folder = interpreter.parent()?.parent()?;
        // What is left of the place where a package was built is in every environment that has the package.
        let of_builder = interpreter.to_string_lossy().contains("_placehold");
        let system = ["/", "/usr", "/usr/local", "/opt/homebrew"].iter().any(|system| folder == Path::new(system));
        (python && interpreter.is_absolute() && !of_builder && !system).then(|| folder.to_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_command_that_made_it_names_the_prefix() {
        let path = |command: &str| prefix_of(command).map(|path| path.display().to_string());
        let some = |path: &str| Some(path.to_owned());
        assert_eq!(path("/b/micromamba create -y -p /p/my env -f environment.yml"), some("/p/my env"));
        assert_eq!(path("micromamba create --prefix /p/e --yes"), some("/p/e"));
        assert_eq!(path("micromamba env create --prefix=/p/e"), some("/p/e"));
        assert_eq!(path("micromamba create -n name -y"), None);
        assert_eq!(path("micromamba install -p /p/e numpy"), None);
        assert_eq!(path("micromamba create -p relative"), None);
    }

    #[test]
    fn without_a_history_the_scripts_tell() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("e");
        fs::create_dir_all(prefix.join("bin")).unwrap();
        assert_eq!(elsewhere(&prefix), None);
        fs::write(prefix.join("bin/a"), "#!/usr/bin/python3\n").unwrap();
        assert_eq!(elsewhere(&prefix), None, "a script of the system's Python");
        fs::write(prefix.join("bin/pip"), format!("#!{}/bin/python3.12\n", prefix.display())).unwrap();
        assert_eq!(elsewhere(&prefix), None);
        fs::write(prefix.join("bin/pip"), "#!/old/e/bin/python3.12\n").unwrap();
        assert_eq!(elsewhere(&prefix), Some("/old/e".into()));
    }
}
