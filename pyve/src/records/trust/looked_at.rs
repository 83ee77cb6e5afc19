//! Hashes of the files that decide what becomes of a shell that enters an environment: the user looks at them, then
//! allows it.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit, ReadError};
use pyve_formats::sha256;
use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use crate::files::dotenv;
use crate::project::Layout;

/// A file, and what was in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAt {
    path: OsText,
    sha256: String,
}

/// The project's own files: its settings and the variables of `.env`. One that is not there is left out.
pub fn of_project(layout: &Layout) -> Result<Vec<LookedAt>, ReadError> {
    let [config, variables] = files(layout);
    hashed([(config.as_path(), Limit::SETTINGS), (variables.as_path(), Limit::DOTENV)].into_iter())
}

/// Where those files are.
pub fn files(layout: &Layout) -> [PathBuf; 2] {
    [layout.config(), layout.root().join(dotenv::FILE)]
}

/// Scripts that a shell would source, and what else of the environment it goes by.
pub fn of_scripts(scripts: &[PathBuf]) -> Result<Vec<LookedAt>, ReadError> {
    hashed(scripts.iter().map(|path| (path.as_path(), Limit::SCRIPT)))
}

fn hashed<'a>(files: impl Iterator<Item = (&'a Path, Limit)>) -> Result<Vec<LookedAt>, ReadError> {
    let hashed = files.map(|(path, limit)| {
        let bytes = read::bytes(path, limit)?;
        Ok(bytes.map(|bytes| LookedAt { path: path.into(), sha256: sha256::of(bytes) }))
    });
    hashed.filter_map(Result::transpose).collect()
}

/// The first file that is not now as it was then: changed, added, removed, or in another order.
pub fn difference(then: &[LookedAt], now: &[LookedAt]) -> Option<PathBuf> {
    let gone = || then.iter().find(|file| !now.contains(file));
    let moved = || now.iter().zip(then).find(|(now, then)| now != then).map(|(now, _)| now);
    let other = || gone().or_else(moved).map(|file| file.path.path().into_owned());
    addition(then, now).or_else(other)
}

/// The first file that was not as it is now: changed or added.
pub fn addition(then: &[LookedAt], now: &[LookedAt]) -> Option<PathBuf> {
    now.iter().find(|file| !then.contains(file)).map(|file| file.path.path().into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::caller::seal::Keyring;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;

    fn differs(scripts: &[PathBuf], change: impl FnOnce()) -> Option<PathBuf> {
        let then = of_scripts(scripts).unwrap();
        change();
        difference(&then, &of_scripts(scripts).unwrap())
    }

    #[test]
    fn every_change_of_a_script_is_found() {
        let folder = tempfile::tempdir().unwrap();
        // Two names that look the same once they are made readable.
        let [first, second] = [b"a\xfe.sh", b"a\xff.sh"].map(|name| folder.path().join(OsStr::from_bytes(name)));
        fs::write(&first, "one").unwrap();
        let both = [first.clone(), second.clone()];
        assert_eq!(differs(&both, || {}), None);
        assert_eq!(differs(&both, || fs::write(&second, "two").unwrap()), Some(second.clone()), "added");
        assert_eq!(differs(&both, || fs::write(&second, "TWO").unwrap()), Some(second.clone()), "changed");
        let exchanged = || {
            fs::write(&first, "TWO").unwrap();
            fs::write(&second, "one").unwrap();
        };
        assert_eq!(differs(&both, exchanged), Some(first.clone()));
        assert_eq!(differs(&both, || fs::remove_file(&second).unwrap()), Some(second.clone()), "removed");
        let then = of_scripts(&both).unwrap();
        fs::remove_file(&first).unwrap();
        assert_eq!(addition(&then, &of_scripts(&both).unwrap()), None, "nothing that was never seen");
        let mut order = then;
        order.push(LookedAt { path: second.into(), sha256: String::new() });
        let turned: Vec<LookedAt> = order.iter().rev().cloned().collect();
        assert!(difference(&order, &turned).is_some(), "another order");
    }

    #[test]
    fn the_projects_files_are_its_settings_and_variables_and_what_is_no_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path(), &Keyring::default());
        assert_eq!(of_project(&layout).unwrap(), []);
        fs::create_dir(layout.folder()).unwrap();
        fs::write(layout.config(), "").unwrap();
        fs::write(folder.path().join(".env"), "A=1\n").unwrap();
        let both = of_project(&layout).unwrap();
        assert_eq!(both.iter().map(|file| file.path.path().into_owned()).collect::<Vec<_>>(), files(&layout));
        fs::remove_file(layout.config()).unwrap();
        fs::create_dir(layout.config()).unwrap();
        assert_eq!(of_project(&layout).unwrap_err().path(), layout.config());
    }
}
