//! The step that fetches a file: within what the plan may change.

use std::path::Path;

use pyve_plugin_api::{Download, Step};

use super::executor::Executor;
use crate::download::{Terms, fetch};
use crate::failure::Failure;

pub fn download(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let target =
        executor.allowed.download(&executor.path(step)).map_err(|failure| executor.about_step(failure, step))?;
    let Some(download) = step.download.as_ref().into_option() else {
        return Err(Failure::new(format!("could not carry out the step `{}`: it names nothing to fetch", step.title))
            .remedy("report this to the author of the backend"));
    };
    fetch_to(executor, download, target.path())
}

/// Fetches to a place that the plan may write.
pub fn fetch_to(executor: &Executor<'_>, download: &Download, target: &Path) -> Result<(), Failure> {
    let terms = Terms { caller: executor.caller, console: executor.console, offline: executor.offline };
    fetch(download, target, &terms)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use pyve_plugin_api::{Download, Step};

    use crate::steps::testing::Fixture;

    /// Of `hello\n`.
    const HASH: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    fn step(place: &Fixture, hash: &str, target: &str) -> Step {
        let file = place.root().join("local");
        fs::write(&file, "hello\n").unwrap();
        let url = format!("file://{}", file.display());
        Step::download("Fetch", Download::new(&url, hash, 6).executable(), target)
    }

    #[test]
    fn a_verified_file_gets_its_name_and_its_bit() {
        let place = Fixture::new();
        place.execute(&step(&place, HASH, ".pyve/bin/tool")).unwrap();
        let file = place.root().join(".pyve/bin/tool");
        assert_eq!(fs::read(&file).unwrap(), b"hello\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn another_hash_leaves_nothing_behind() {
        let place = Fixture::new();
        let zeros = "0".repeat(64);
        let failure = place.execute(&step(&place, &zeros, ".pyve/bin/tool")).unwrap_err();
        let root = place.root().display();
        assert_eq!(failure.message, format!("could not download `{root}/local`: it is not the file that was expected"));
        assert_eq!(
            failure.details,
            [
                format!("expected SHA-256 {zeros}"),
                format!("received SHA-256 {HASH}"),
                format!("{root}/.pyve/bin/tool was not created")
            ]
        );
        assert_eq!(fs::read_dir(place.root().join(".pyve/bin")).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_fetched_to_a_place_outside() {
        let place = Fixture::new();
        let failure = place.execute(&step(&place, HASH, "../tool")).unwrap_err();
        assert_eq!(failure.message, "could not download to `../tool`: it is not normalised (it contains `..`)");
        assert!(!place.root().join("../tool").exists());
    }

    #[test]
    fn a_step_that_names_nothing_is_the_authors_mistake() {
        let place = Fixture::new();
        let mut step = step(&place, HASH, "tool");
        step.download = Default::default();
        let failure = place.execute(&step).unwrap_err();
        assert_eq!(failure.message, "could not carry out the step `Fetch`: it names nothing to fetch");
        assert_eq!(failure.remedy.to_string(), "report this to the author of the backend");
    }
}
