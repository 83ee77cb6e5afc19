//! Which folder a path leads to, as the file system knows it: two paths of one folder are equal.

use std::fs::Metadata;
use std::path::Path;

/// A folder, whatever path led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
    #[cfg(not(unix))]
    real: std::path::PathBuf,
}

impl Identity {
    /// `None` where nothing is, or nothing that the user may see.
    pub fn at(path: &Path) -> Option<Self> {
        Self::seen(path, &path.metadata().ok()?)
    }

    /// The same for a path that was looked at already.
    #[cfg(unix)]
    pub fn seen(_: &Path, metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self { device: metadata.dev(), inode: metadata.ino() })
    }

    #[cfg(not(unix))]
    pub fn seen(path: &Path, _: &Metadata) -> Option<Self> {
        path.canonicalize().ok().map(|real| Self { real })
    }

    /// Whether both lie on one file system, as far as the platform tells.
    #[cfg(unix)]
    pub fn is_beside(&self, other: &Self) -> bool {
        self.device == other.device
    }

    #[cfg(not(unix))]
    pub fn is_beside(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_same_behind_every_path() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink("real", &link).unwrap();
        assert_eq!(Identity::at(&real), Identity::at(&link));
        assert_eq!(Identity::at(&real), Identity::at(&real.join("../link/.")));
        assert_ne!(Identity::at(&real), Identity::at(folder.path()));
        assert_eq!(Identity::at(&folder.path().join("missing")), None);
    }
}
