//! The one file whose time the shell compares at each prompt, so that what happens elsewhere is noticed without a process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::activation::code::Statement;
use crate::caller::Caller;
use crate::project::Layout;
use crate::records::trust;

/// The shell asks again once `file` is newer than `since`; with neither it waits for another directory.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Watch {
    pair: Option<(PathBuf, PathBuf)>,
}

impl Watch {
    /// Of a project that was entered: whether a file changed since it was allowed. A shell looks at one file; the variables in
    /// `.env` change more often than the settings.
    pub fn of_entered(caller: &Caller, layout: &Layout) -> Self {
        let Some(home) = caller.pyve_home() else { return Self::default() };
        let file = trust::files(layout).into_iter().rev().find(|file| time(file).is_some());
        file.map(|file| Self::between(file, trust::file(&home, layout))).unwrap_or_default()
    }

    /// Of a project that is not entered: whether it was allowed since.
    pub fn of_outside(caller: &Caller, layout: &Layout) -> Self {
        let Some(home) = caller.pyve_home() else { return Self::default() };
        let files = trust::files(layout).into_iter().chain([layout.folder()]);
        let newest = files.filter(|file| time(file).is_some()).max_by_key(|file| time(file));
        newest.map(|newest| Self::between(trust::file(&home, layout), newest)).unwrap_or_default()
    }

    /// Nothing is watched that would make the shell ask at each prompt.
    fn between(file: PathBuf, since: PathBuf) -> Self {
        let is_newer_now = time(&file).is_some_and(|changed| time(&since).is_none_or(|since| changed > since));
        Self { pair: (!is_newer_now).then_some((file, since)) }
    }

    /// How it gets into the shell.
    pub fn keep(self) -> [Statement; 2] {
        let (file, since) = self.pair.unwrap_or_default();
        let keep = |name, path: PathBuf| Statement::Keep { name, value: OsString::from(path) };
        [keep("_pyve_watched", file), keep("_pyve_since", since)]
    }
}

fn time(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, FileTimes};
    use std::time::Duration;

    #[test]
    fn only_what_is_not_newer_yet_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new, none) = (folder.path().join("old"), folder.path().join("new"), folder.path().join("none"));
        for (path, seconds) in [(&old, 1), (&new, 2)] {
            let times = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
            File::create(path).unwrap().set_times(times).unwrap();
        }
        let watched = |file: &PathBuf, since: &PathBuf| Watch::between(file.clone(), since.clone()).pair.is_some();
        assert!(watched(&old, &new) && watched(&old, &old) && watched(&none, &new) && watched(&none, &none));
        assert!(!watched(&new, &old) && !watched(&new, &none));
    }
}
