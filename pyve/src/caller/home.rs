//! The user's home folder: the one that HOME names (USERPROFILE on Windows), else the one of the password database,
//! else none.

use std::ffi::OsStr;
use std::fmt;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;

/// The variable that names the home folder.
pub const VARIABLE: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// Why the user has no home folder that pyve could keep anything in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoHome {
    /// HOME is not set, empty or relative, and the password database names no folder either.
    NotSet,
    /// HOME names a path that is not a folder.
    Missing(PathBuf),
    /// The folder of HOME belongs to somebody else, as under `sudo -E`, and the password database names no other.
    #[cfg(unix)]
    Foreign(PathBuf),
}

impl fmt::Display for NoHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(unix)]
            Self::NotSet => {
                write!(f, "`{VARIABLE}` is not set, and the password database has no home directory for this user")
            }
            #[cfg(not(unix))]
            Self::NotSet => write!(f, "`{VARIABLE}` is not set"),
            Self::Missing(path) => write!(f, "`{VARIABLE}` is `{}`, which is not a directory", path.display()),
            #[cfg(unix)]
            Self::Foreign(path) => write!(f, "`{VARIABLE}` is `{}`, which belongs to another user", path.display()),
        }
    }
}

/// The home folder of the effective user, by what HOME says. `registered` asks the password database for the user's
/// folder; it is called only where HOME does not settle the matter.
///
/// HOME settles it where it is an absolute path: a path at which nothing is means that there is no home, as build
/// sandboxes say it. A folder of another user is not used, so that `sudo` leaves no files of root's in it.
#[cfg(unix)]
pub fn choose(
    said: Option<&OsStr>,
    user: u32,
    registered: impl FnOnce() -> Option<PathBuf>,
) -> Result<PathBuf, NoHome> {
    let registered = || registered().filter(|home| owner(home).is_some_and(|owner| is_trusted(owner, user)));
    let Some(home) = said.map(Path::new).filter(|home| home.is_absolute()) else {
        return registered().ok_or(NoHome::NotSet);
    };
    match owner(home) {
        Some(owner) if is_trusted(owner, user) => Ok(home.to_owned()),
        Some(_) => registered().ok_or_else(|| NoHome::Foreign(home.to_owned())),
        None => Err(NoHome::Missing(home.to_owned())),
    }
}

/// The folder that the system has named for this user; whose it is the system's own access lists decide.
#[cfg(not(unix))]
pub fn choose(said: Option<&OsStr>) -> Result<PathBuf, NoHome> {
    let home = said.map(PathBuf::from).filter(|home| home.is_absolute()).ok_or(NoHome::NotSet)?;
    if home.is_dir() { Ok(home) } else { Err(NoHome::Missing(home)) }
}

/// The system may keep the folder of a service's user.
#[cfg(unix)]
fn is_trusted(owner: u32, user: u32) -> bool {
    owner == user || owner == 0
}

/// Who owns the folder; `None` where there is none.
#[cfg(unix)]
fn owner(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let metadata = folder.metadata().ok().filter(|metadata| metadata.is_dir() && folder.is_absolute());
    metadata.map(|metadata| metadata.uid())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const STRANGER: u32 = 4321;

    /// A folder, and a user to whom it does not belong.
    fn foreign() -> (tempfile::TempDir, u32) {
        let folder = tempfile::tempdir().unwrap();
        if crate::sys::user() == 0 {
            std::os::unix::fs::chown(folder.path(), Some(STRANGER), None).unwrap();
            return (folder, 0);
        }
        (folder, STRANGER)
    }

    fn unasked() -> Option<PathBuf> {
        panic!("the password database is asked for nothing")
    }

    #[test]
    fn home_is_what_it_says_where_that_is_a_folder_of_the_users() {
        let (folder, user) = (tempfile::tempdir().unwrap(), crate::sys::user());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        for home in [folder.path(), &link, Path::new("/")] {
            assert_eq!(choose(Some(home.as_os_str()), user, unasked).as_deref(), Ok(home));
        }
    }

    #[test]
    fn without_a_home_that_says_where_the_password_database_is_asked() {
        let (folder, user) = (tempfile::tempdir().unwrap(), crate::sys::user());
        for said in [None, Some(""), Some("relative"), Some(".")] {
            let said = said.map(OsStr::new);
            assert_eq!(choose(said, user, || Some(folder.path().to_owned())).as_deref(), Ok(folder.path()));
            for nothing in [None, Some("/nonexistent".into()), Some("".into()), Some("relative".into())] {
                assert_eq!(choose(said, user, || nothing), Err(NoHome::NotSet));
            }
        }
    }

    #[test]
    fn a_path_at_which_nothing_is_means_that_there_is_no_home() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        for home in [&folder.path().join("missing"), &file] {
            assert_eq!(choose(Some(home.as_os_str()), 0, unasked), Err(NoHome::Missing(home.clone())));
        }
    }

    #[test]
    fn the_home_of_another_user_is_not_used() {
        let ((others, user), own) = (foreign(), tempfile::tempdir().unwrap());
        let said = Some(others.path().as_os_str());
        assert_eq!(choose(said, user, || None), Err(NoHome::Foreign(others.path().to_owned())));
        // What the password database names must be the user's, too.
        assert_eq!(
            choose(said, user, || Some(others.path().to_owned())),
            Err(NoHome::Foreign(others.path().to_owned()))
        );
        let real = crate::sys::user();
        if user == real {
            assert_eq!(choose(said, user, || Some(own.path().to_owned())).as_deref(), Ok(own.path()));
        }
    }

    #[test]
    fn each_reason_is_a_sentence() {
        let told =
            [NoHome::NotSet, NoHome::Missing("/x".into()), NoHome::Foreign("/y".into())].map(|no| no.to_string());
        insta::assert_debug_snapshot!(told, @r#"
        [
            "`HOME` is not set, and the password database has no home directory for this user",
            "`HOME` is `/x`, which is not a directory",
            "`HOME` is `/y`, which belongs to another user",
        ]
        "#);
    }
}
