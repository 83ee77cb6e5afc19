//! Whether a package manager manages a program: then only it may replace or remove it.

use std::path::{Path, PathBuf};

use crate::caller::Caller;
use crate::failure::Failure;

/// Folders of package managers, by a part of the path that only they have, and how each is asked.
const FOLDERS: &[(&str, &str, &str)] = &[
    ("/Cellar/", "Homebrew", "brew upgrade pyve"),
    ("/opt/homebrew/", "Homebrew", "brew upgrade pyve"),
    ("/.linuxbrew/", "Homebrew", "brew upgrade pyve"),
    ("/nix/store/", "Nix", "nix profile upgrade pyve"),
    ("/.cargo/bin/", "cargo", "cargo install pyve"),
    ("/snap/", "snap", "sudo snap refresh pyve"),
    ("/opt/local/bin/", "MacPorts", "sudo port upgrade pyve"),
    ("/usr/bin/", "the system's package manager", "sudo apt-get install --only-upgrade pyve"),
];

/// Fails if the program at the path, or what a link there leads to, is a package manager's.
pub fn refuse(path: &Path, caller: &Caller) -> Result<(), Failure> {
    let places = [Some(path.to_owned()), path.canonicalize().ok()];
    let owner = places.into_iter().flatten().find_map(|path| owner_of(&path, caller).map(|by| (path, by)));
    let Some((real, (owner, command))) = owner else { return Ok(()) };
    let shown = path.display();
    let failure = Failure::new(format!("could not install, update or remove `{shown}`: it is managed by {owner}"));
    let failure = if real == path { failure } else { failure.detail(format!("it is a link to `{}`", real.display())) };
    Err(failure.remedy(format!("run `{command}`")))
}

fn owner_of(path: &Path, caller: &Caller) -> Option<(&'static str, &'static str)> {
    let text = path.to_string_lossy().replace('\\', "/");
    let cargo = caller.nonempty("CARGO_HOME").is_some_and(|home| path.starts_with(PathBuf::from(home).join("bin")));
    let found = FOLDERS.iter().find(|(part, _, _)| match *part {
        "/usr/bin/" | "/nix/store/" | "/snap/" | "/opt/local/bin/" => text.starts_with(part),
        "/.cargo/bin/" => cargo || text.contains(part),
        _ => text.contains(part),
    });
    found.map(|(_, owner, command)| (*owner, *command))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn caller() -> Caller {
        Caller::for_test(vec![("CARGO_HOME".into(), "/tools/cargo".into())])
    }

    #[test]
    fn folders_of_package_managers_are_known() {
        let owner = |path: &str| owner_of(Path::new(path), &caller()).map(|(owner, _)| owner);
        assert_eq!(owner("/opt/homebrew/Cellar/pyve/1.0/bin/pyve"), Some("Homebrew"));
        assert_eq!(owner("/home/linuxbrew/.linuxbrew/bin/pyve"), Some("Homebrew"));
        assert_eq!(owner("/home/u/.cargo/bin/pyve"), Some("cargo"));
        assert_eq!(owner("/tools/cargo/bin/pyve"), Some("cargo"));
        assert_eq!(owner("/nix/store/abc-pyve/bin/pyve"), Some("Nix"));
        assert_eq!(owner("/usr/bin/pyve"), Some("the system's package manager"));
        assert_eq!(owner("/home/u/usr/bin/pyve"), None);
        assert_eq!(owner("/home/u/.local/bin/pyve"), None);
        assert_eq!(owner("/usr/local/bin/pyve"), None);
    }

    #[test]
    fn a_link_into_such_a_folder_is_told_with_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let cellar = top.join("Cellar/pyve/1.0/bin");
        std::fs::create_dir_all(&cellar).unwrap();
        std::fs::write(cellar.join("pyve"), "").unwrap();
        let link = top.join("pyve");
        std::os::unix::fs::symlink(cellar.join("pyve"), &link).unwrap();
        let failure = refuse(&link, &caller()).unwrap_err();
        let shown = link.display();
        assert_eq!(
            failure.message,
            format!("could not install, update or remove `{shown}`: it is managed by Homebrew")
        );
        assert_eq!(failure.details, [format!("it is a link to `{}`", cellar.join("pyve").display())]);
        assert_eq!(failure.remedy.to_string(), "run `brew upgrade pyve`");
        assert!(refuse(&top.join("nothing"), &caller()).is_ok());
    }
}
