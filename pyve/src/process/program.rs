//! Files that can be started, by their path or by their name.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::caller::Caller;
use crate::sys;

/// Whether the file can be started.
pub fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| sys::may_start(&metadata))
}

/// The programs of that name in the absolute folders of the caller's PATH, in its order.
pub fn programs(name: impl AsRef<OsStr>, caller: &Caller) -> impl Iterator<Item = PathBuf> {
    let folders = std::env::join_paths(caller.path()).ok().filter(|folders| !folders.is_empty());
    folders.and_then(|folders| which::which_in_all(name, Some(folders), caller.folder()).ok()).into_iter().flatten()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_folders_count_and_only_what_can_be_started() {
        let folder = tempfile::tempdir().unwrap();
        let tool = folder.path().join("bin/tool");
        std::fs::create_dir_all(folder.path().join("bin")).unwrap();
        std::fs::write(&tool, "").unwrap();
        let found = |path: &str| {
            let path = path.replace("BIN", &folder.path().join("bin").display().to_string());
            let caller = Caller::for_test(vec![("PATH".into(), path.into())]).at(folder.path());
            programs("tool", &caller).collect::<Vec<_>>()
        };
        assert_eq!(found("BIN"), [""; 0].map(PathBuf::from));
        sys::set_mode(&tool, 0o755).unwrap();
        assert_eq!(found("/nowhere:BIN"), [tool]);
        assert_eq!(found(":.:bin"), [""; 0].map(PathBuf::from));
        assert_eq!(found(""), [""; 0].map(PathBuf::from));
    }
}
