//! The places of this repository: its root, what cargo built, the test tools, a clean copy.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("this crate lies two directories deep")
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    workspace_root().join(std::env::var_os("CARGO_TARGET_DIR").map_or(PathBuf::from("target"), PathBuf::from))
}

/// Where the test command puts tools: `PYVE_TEST_TOOLS`, else `test-tools` in the target folder.
pub(crate) fn test_tools() -> PathBuf {
    std::env::var_os("PYVE_TEST_TOOLS").map_or_else(|| target().join("test-tools"), PathBuf::from)
}

/// Where cargo puts the `pyve` that belongs to this test executable.
pub(crate) fn pyve_place() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let deps = test.parent().expect("an executable is in a directory");
    // Documentation tests and examples lie elsewhere, but run no pyve.
    deps.parent().unwrap_or(deps).join(format!("pyve{}", std::env::consts::EXE_SUFFIX))
}

pub(crate) fn pyve_binary() -> PathBuf {
    let binary = pyve_place();
    assert!(binary.is_file(), "{} was not built; run: cargo build -p pyve", binary.display());
    binary
}

/// The files that git would commit of this repository, new ones included, relative to its root.
///
/// # Panics
/// Where git cannot list them.
pub fn repository_files(git: &Path) -> Vec<PathBuf> {
    let listed = Command::new(git)
        // The checkout may be another user's, as in a container; that is said in the home folder, which tests do not read.
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace_root())
        .output()
        .expect("git can be run");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).expect("file names of this repository are UTF-8");
    // Some may be deleted in the working tree and still be listed.
    names.split_terminator('\0').map(PathBuf::from).filter(|file| workspace_root().join(file).exists()).collect()
}

/// Copies what git would commit of this repository, changed files as they are, and nothing else.
///
/// # Panics
/// Where git cannot list the files, or a file cannot be copied.
pub fn clean_copy(git: &Path, to: &Path) {
    for file in repository_files(git) {
        let copy = to.join(&file);
        fs_err::create_dir_all(copy.parent().expect("a file is in a directory")).expect("a new directory");
        fs_err::copy(workspace_root().join(file), copy).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prerequisite;

    #[test]
    fn a_clean_copy_has_the_sources_and_nothing_built() {
        let Some(git) = prerequisite("git") else { return };
        let folder = tempfile::tempdir().unwrap();
        clean_copy(&git, folder.path());
        assert!(folder.path().join("plugin-api/src/lib.rs").is_file());
        assert!(!folder.path().join("target").exists() && !folder.path().join(".git").exists());
    }
}
