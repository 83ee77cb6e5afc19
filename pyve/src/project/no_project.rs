//! Folders that are no project whatever lies in them: the root of the file system, and the home folder of anybody.

use std::fmt;
use std::path::Path;

use super::identity::Identity;
use crate::caller::Caller;
use crate::failure::Failure;

/// Why a folder is no project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoProject {
    Root,
    /// The home folder of the caller, whose `.pyve` is pyve's own.
    Home,
    /// The home folder of the user of this name.
    #[cfg(unix)]
    HomeOf(String),
}

impl fmt::Display for NoProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => write!(f, "the root of the file system cannot be a project"),
            Self::Home => write!(f, "the home directory cannot be a project"),
            #[cfg(unix)]
            Self::HomeOf(name) => write!(f, "the home directory of `{name}` cannot be a project"),
        }
    }
}

impl From<NoProject> for Failure {
    fn from(why: NoProject) -> Self {
        Self::new(why.to_string()).remedy("create a directory for the project and run `pyve -C DIR init`")
    }
}

/// Why `folder` is no project. This asks the password database.
pub fn why(caller: &Caller, folder: &Path) -> Option<NoProject> {
    let own = Identity::at(folder);
    let is = |other: &Path| own.is_some() && own == Identity::at(other);
    if folder.parent().is_none() || is(Path::new("/")) {
        return Some(NoProject::Root);
    }
    if homes(caller).iter().any(|home| own.as_ref() == Some(home)) {
        return Some(NoProject::Home);
    }
    registered(folder, is)
}

/// The home folders that the caller's variables name, one of them perhaps another user's.
pub fn homes(caller: &Caller) -> Vec<Identity> {
    let (said, own) = (caller.said_home(), caller.home());
    let own = own.as_deref().filter(|own| Some(*own) != said);
    [said, own].into_iter().flatten().filter_map(Identity::at).collect()
}

/// Whether the password database has the folder as the home of this user, or of the one who owns it.
#[cfg(unix)]
fn registered(folder: &Path, is: impl Fn(&Path) -> bool) -> Option<NoProject> {
    use crate::caller::users;
    use std::os::unix::fs::MetadataExt;

    let home_of = |number| users::find(number).filter(|user| user.home.is_absolute() && is(&user.home));
    let user = crate::sys::user();
    if home_of(user).is_some() {
        return Some(NoProject::Home);
    }
    let owner = folder.metadata().ok()?.uid();
    let other = (owner != user).then(|| home_of(owner)).flatten();
    other.map(|other| NoProject::HomeOf(other.name))
}

#[cfg(not(unix))]
fn registered(_: &Path, _: impl Fn(&Path) -> bool) -> Option<NoProject> {
    None
}
