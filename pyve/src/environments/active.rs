//! The environment that is active in the caller's shell: what `pyve activate` says there, and what that means elsewhere.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::caller::Caller;
use crate::project::{EnvironmentName, Identity};

/// The variable: the environment's name, a colon, and the root of its project.
pub const VARIABLE: &str = "PYVE_ACTIVE";

/// The value for an environment of the project at `root`.
pub fn value(name: &EnvironmentName, root: &Path) -> OsString {
    let mut value = OsString::from(format!("{name}:"));
    value.push(root);
    value
}

/// The environment that is active, if it is one of the project at `root`, whichever path leads there.
pub fn of(caller: &Caller, root: &Path) -> Option<EnvironmentName> {
    let (name, project) = split(caller.nonempty(VARIABLE)?)?;
    let project = Path::new(&project);
    let is_same = project == root || Identity::at(project).is_some_and(|it| Some(it) == Identity::at(root));
    if is_same { name.parse().ok() } else { None }
}

#[cfg(unix)]
fn split(value: &OsStr) -> Option<(String, OsString)> {
    use std::os::unix::ffi::OsStrExt;
    let at = value.as_bytes().iter().position(|byte| *byte == b':')?;
    let (name, project) = (&value.as_bytes()[..at], &value.as_bytes()[at + 1..]);
    Some((str::from_utf8(name).ok()?.to_owned(), OsStr::from_bytes(project).to_owned()))
}

#[cfg(not(unix))]
fn split(value: &OsStr) -> Option<(String, OsString)> {
    let (name, project) = value.to_str()?.split_once(':')?;
    Some((name.to_owned(), project.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_in_its_own_project_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a:b");
        std::fs::create_dir(&root).unwrap();
        let active = |value: OsString, root: &Path| of(&Caller::for_test(vec![(VARIABLE.into(), value)]), root);
        let dev: EnvironmentName = "dev".parse().unwrap();
        assert_eq!(active(value(&dev, &root), &root), Some(dev.clone()));
        assert_eq!(active(value(&dev, &root), folder.path()), None);
        assert_eq!(active(value(&dev, &root.join("../a:b")), &root), Some(dev));
        for odd in ["", "dev", "../x:/", ":/"] {
            assert_eq!(active(odd.into(), Path::new("/")), None, "{odd}");
        }
    }
}
