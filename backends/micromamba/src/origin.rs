//! Where an environment was made, as its own files tell: conda bakes the prefix into what it installs.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::scripts;

/// The folder that the environment was made in, if that is another one than where it stands.
pub fn elsewhere(prefix: &Path) -> Option<PathBuf> {
    scripts::other_than(prefix, of_history(prefix).or_else(|| scripts::folder(prefix))?)
}

/// The prefix in the command that made it.
fn of_history(prefix: &Path) -> Option<PathBuf> {
    let bytes = read::bytes(prefix.join("conda-meta/history"), Limit::RECORD).ok()??;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().rev().find_map(|line| prefix_of(line.strip_prefix("# cmd: ")?, prefix))
}

/// The words are not quoted there: where the path is not that of `standing`, which may have ` -f ` in its name, it goes on
/// until the next option.
fn prefix_of(command: &str, standing: &Path) -> Option<PathBuf> {
    let (_, args) = command.split_once(" create ")?;
    let args = format!(" {args}");
    let option = [" -p ", " --prefix ", " --prefix="].into_iter().find_map(|option| args.split_once(option));
    let rest = option?.1;
    let names = |path: &Path| {
        let after = path.to_str().and_then(|path| rest.strip_prefix(path));
        after.is_some_and(|after| after.is_empty() || after.starts_with(' '))
    };
    if names(standing) || standing.canonicalize().is_ok_and(|real| names(&real)) {
        return Some(standing.to_owned());
    }
    let path = PathBuf::from(rest.split(" -").next()?.trim_end());
    path.is_absolute().then_some(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_command_that_made_it_names_the_prefix() {
        let standing = Path::new("/p/a -f b");
        let path = |command: &str| prefix_of(command, standing).map(|path| path.display().to_string());
        let some = |path: &str| Some(path.to_owned());
        assert_eq!(path("/b/micromamba create -y -p /p/my env -f environment.yml"), some("/p/my env"));
        assert_eq!(path("micromamba create --prefix /p/e --yes"), some("/p/e"));
        assert_eq!(path("micromamba env create --prefix=/p/e"), some("/p/e"));
        assert_eq!(path("micromamba create -y -p /p/a -f b -f /p/a -f b.yml"), some("/p/a -f b"));
        assert_eq!(path("micromamba create -y -p /p/a -f b"), some("/p/a -f b"));
        assert_eq!(path("micromamba create -y -p /p/a -f be -f environment.yml"), some("/p/a"));
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
