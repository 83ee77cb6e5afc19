//! Looks at files as a test wants to compare them: listings, modes, contents.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A listing of everything below a folder, one line each, sorted: `mode path`, folders with a `/` at
/// their end, links with their target. What `closed` names is listed, but not what is in it.
pub fn tree(folder: &Path, closed: &[&str]) -> String {
    let mut listing = String::new();
    list(folder, Path::new(""), closed, &mut listing);
    listing
}

fn list(root: &Path, inside: &Path, closed: &[&str], listing: &mut String) {
    for name in names(&root.join(inside)) {
        let path = inside.join(name);
        let full = root.join(&path);
        let shown = path.display();
        let kind = fs_err::symlink_metadata(&full).unwrap_or_else(|error| panic!("{error}")).file_type();
        let line = if kind.is_symlink() {
            let target = fs_err::read_link(&full).unwrap_or_else(|error| panic!("{error}"));
            writeln!(listing, "link {shown} -> {}", target.display())
        } else if kind.is_dir() {
            writeln!(listing, "{:04o} {shown}/", mode(&full))
        } else {
            writeln!(listing, "{:04o} {shown}", mode(&full))
        };
        line.expect("a string takes every line");
        if kind.is_dir() && !closed.iter().any(|closed| Path::new(closed) == path) {
            list(root, &path, closed, listing);
        }
    }
}

/// Every file below a folder with its bytes, to show that nothing was changed.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inside) = folders.pop() {
        for name in names(&folder.join(&inside)) {
            let path = inside.join(name);
            let full = folder.join(&path);
            let kind = fs_err::symlink_metadata(&full).unwrap_or_else(|error| panic!("{error}")).file_type();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                let target = fs_err::read_link(&full).unwrap_or_else(|error| panic!("{error}"));
                files.insert(path, target.into_os_string().into_encoded_bytes());
            } else {
                files.insert(path, fs_err::read(&full).unwrap_or_else(|error| panic!("{error}")));
            }
        }
    }
    files
}

fn names(folder: &Path) -> Vec<std::ffi::OsString> {
    let entries = fs_err::read_dir(folder).unwrap_or_else(|error| panic!("{error}"));
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry of a directory").file_name()).collect();
    names.sort();
    names
}

/// The permission bits of a file, as `chmod` writes them; 0 where the system has none.
pub fn mode(path: &Path) -> u32 {
    let metadata = fs_err::symlink_metadata(path).unwrap_or_else(|error| panic!("{error}"));
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::mode(&metadata) & 0o7777;
    #[cfg(not(unix))]
    return u32::from(metadata.len() == u64::MAX);
}

pub(crate) fn make_executable(_path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs_err::set_permissions(_path, std::fs::Permissions::from_mode(0o755)).expect("a file of this world");
    }
}
