//! A folder removed with all it holds, never through a link.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use pyve_plugin_api::Step;

use super::executor::Executor;
use crate::failure::Failure;
use crate::files::allowed_paths::{AllowedPaths, Entry};
use crate::process::interrupt;

pub fn folder(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let path = executor.path(step);
    let found = executor.allowed.remove(&path).map_err(|failure| executor.about_step(failure, step))?;
    found.map_or(Ok(()), |entry| folder_of(&entry))
}

fn folder_of(entry: &Entry) -> Result<(), Failure> {
    match entry.metadata() {
        Ok(Some(metadata)) if !metadata.is_dir() => Err(no_folder(entry.path(), metadata.is_symlink())),
        Err(error) => Err(cannot_remove(entry.path(), &error)),
        _ => removed(entry).map(drop),
    }
}

/// Removes what the gate let through; says whether there was anything.
pub fn removed(entry: &Entry) -> Result<bool, Failure> {
    entry.remove().map_err(|error| cannot_remove(entry.path(), &error))
}

/// Takes away what a plan that failed began at `path`, Ctrl-C or not; says whether there was anything.
pub fn beginnings(allowed: &AllowedPaths, path: &Path) -> Result<bool, Failure> {
    let _guard = interrupt::guard();
    allowed.remove(path)?.map_or(Ok(false), |entry| removed(&entry))
}

/// Removes the folder; one that is not there is no failure.
pub fn tree(path: &Path) -> Result<(), Failure> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::io("remove", path, &error)),
    };
    if !metadata.is_dir() {
        return Err(no_folder(path, metadata.is_symlink()));
    }
    fs::remove_dir_all(path).map_err(|error| cannot_remove(path, &error))
}

fn no_folder(path: &Path, is_link: bool) -> Failure {
    let what = if is_link { "a link to somewhere else" } else { "no directory" };
    Failure::new(format!("could not remove `{}`: it is {what}", path.display()))
        .remedy("remove it yourself")
        .command_on(&["rm"], path)
}

fn cannot_remove(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io("remove", path, error).remedy("close the programs that use it, and check that you may write there")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Fixture;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_folder_goes_and_what_its_links_lead_to_stays() {
        let place = Fixture::new();
        let victim = place.root().with_file_name("victim");
        fs::create_dir_all(place.root().join(".e/lib")).unwrap();
        fs::create_dir(&victim).unwrap();
        symlink(&victim, place.root().join(".e/lib/out")).unwrap();
        place.execute(&Step::remove_dir("Remove", ".e")).unwrap();
        place.execute(&Step::remove_dir("Remove", ".e")).unwrap();
        place.execute(&Step::remove_dir("Remove", "no/such/folder")).unwrap();
        assert!(!place.root().join(".e").exists() && victim.is_dir());
    }

    #[test]
    fn no_link_leads_out() {
        let place = Fixture::new();
        let victim = place.root().with_file_name("victim");
        fs::create_dir_all(victim.join("inner")).unwrap();
        fs::create_dir(place.root().join(".e")).unwrap();
        symlink(&victim, place.root().join(".e/link")).unwrap();
        let removed = |path: &str| place.execute(&Step::remove_dir("Remove", path)).unwrap_err().message;
        let shown = place.root().join(".e/link");
        assert_eq!(
            removed(".e/link"),
            format!("could not remove `{}`: it is a link to somewhere else", shown.display())
        );
        let leads = format!("`.e/link` is a link to `{}`, outside of the project", victim.display());
        assert_eq!(removed(".e/link/inner"), format!("could not remove `.e/link/inner`: {leads}"));
        assert_eq!(removed("../victim"), "could not remove `../victim`: it is not normalised (it contains `..`)");
        assert_eq!(removed("."), "could not remove `.`: it is the project itself");
        assert!(victim.join("inner").is_dir());
    }

    #[test]
    fn a_file_is_no_folder() {
        let place = Fixture::new();
        let file = place.root().join(".e/file");
        fs::create_dir(place.root().join(".e")).unwrap();
        fs::write(&file, "").unwrap();
        let failure = place.execute(&Step::remove_dir("Remove", ".e/file")).unwrap_err();
        assert_eq!(failure.message, format!("could not remove `{}`: it is no directory", file.display()));
    }
}
