//! A folder removed with all it holds, never through a link.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use pyve_plugin_api::Step;

use super::executor::Executor;
use super::{bounds, interrupt};
use crate::failure::Failure;

pub fn folder(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let path = bounds::really_inside(&step.path.path(), executor.project.root(), executor.pyve_home)?;
    tree(&path)
}

/// Takes away what a plan that failed began at `path`, Ctrl-C or not; says whether there was anything.
pub fn beginnings(path: &Path) -> Result<bool, Failure> {
    let _hold = interrupt::hold();
    let there = fs::symlink_metadata(path).is_ok();
    tree(path).map(|()| there)
}

/// Removes the folder; one that is not there is no failure.
pub fn tree(path: &Path) -> Result<(), Failure> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::io("remove", path, &error)),
    };
    if !metadata.is_dir() {
        let what = if metadata.is_symlink() { "a link to somewhere else" } else { "no folder" };
        return Err(Failure::new(format!("cannot remove {}: it is {what}", path.display()))
            .remedy(format!("remove it yourself: rm {}", path.display())));
    }
    fs::remove_dir_all(path).map_err(|error| {
        Failure::io("remove", path, &error)
            .remedy("close the programs that use it, and look whether you may write there")
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Place;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_folder_goes_and_what_its_links_lead_to_stays() {
        let place = Place::new();
        let victim = place.root().with_file_name("victim");
        fs::create_dir_all(place.root().join(".e/lib")).unwrap();
        fs::create_dir(&victim).unwrap();
        symlink(&victim, place.root().join(".e/lib/out")).unwrap();
        place.execute(&Step::remove_folder("Remove", ".e")).unwrap();
        place.execute(&Step::remove_folder("Remove", ".e")).unwrap();
        place.execute(&Step::remove_folder("Remove", "no/such/folder")).unwrap();
        assert!(!place.root().join(".e").exists() && victim.is_dir());
    }

    #[test]
    fn no_link_leads_out() {
        let place = Place::new();
        let victim = place.root().with_file_name("victim");
        fs::create_dir_all(victim.join("inner")).unwrap();
        let link = place.root().join("link");
        symlink(&victim, &link).unwrap();
        let shown = link.display();
        let failure = place.execute(&Step::remove_folder("Remove", "link")).unwrap_err();
        assert_eq!(failure.message, format!("cannot remove {shown}: it is a link to somewhere else"));
        let failure = place.execute(&Step::remove_folder("Remove", "link/inner")).unwrap_err();
        assert_eq!(failure.message, format!("cannot remove {shown}/inner: a link on the way leads out of the project"));
        let failure = place.execute(&Step::remove_folder("Remove", "../victim")).unwrap_err();
        assert_eq!(failure.message, "cannot change ../victim: it is outside of the project");
        assert!(place.execute(&Step::remove_folder("Remove", ".")).is_err());
        assert!(victim.join("inner").is_dir());
    }

    #[test]
    fn a_file_is_no_folder() {
        let place = Place::new();
        let file = place.root().join("file");
        fs::write(&file, "").unwrap();
        let failure = place.execute(&Step::remove_folder("Remove", "file")).unwrap_err();
        assert_eq!(failure.message, format!("cannot remove {}: it is no folder", file.display()));
    }
}
