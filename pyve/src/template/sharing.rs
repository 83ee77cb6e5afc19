//! Giving a clone a file of the template without writing it again.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::modes::{Mode, umask_of};
use crate::config::LinkMode;
use crate::sys;

/// What can be shared with this clone. The first refusal of the file system counts for all that follow: one is enough for a
/// thousand files.
pub struct Sharing {
    blocks: AtomicBool,
    files: AtomicBool,
    umask: u32,
    /// Who makes the clone, and has made the template.
    user: u32,
}

impl Sharing {
    /// For a clone whose root was created just now.
    pub fn new(mode: LinkMode, root: &Metadata, template: &Metadata) -> Self {
        let umask = umask_of(sys::mode(root));
        Self {
            blocks: AtomicBool::new(mode == LinkMode::Clone),
            files: AtomicBool::new(mode == LinkMode::Hardlink && sys::same_group(root, template)),
            umask,
            user: sys::user(),
        }
    }

    /// Whether this belongs to the user who makes the clone.
    pub fn is_own(&self, metadata: &Metadata) -> bool {
        sys::owner(metadata) == self.user
    }

    /// The mode that the file would be given, where the system does not see to that by itself.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn mode(&self, mode: Mode) -> u32 {
        mode.under(self.umask)
    }

    /// Whether clones share the blocks of files, as far as is known.
    pub fn shares_blocks(&self) -> bool {
        self.blocks.load(Ordering::Relaxed)
    }

    /// Whether clones share files of this mode, which is the same for all of them.
    pub fn shares_files(&self, mode: Mode) -> bool {
        self.files.load(Ordering::Relaxed) && mode.under(self.umask) == mode.in_template()
    }

    /// Shares the blocks with `to`, which is empty: what is written to one is not seen in the other.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn share_blocks(&self, from: &fs::File, to: &fs::File) -> bool {
        self.noted(&self.blocks, rustix::fs::ioctl_ficlone(to, from).is_ok())
    }

    /// Makes `to`, with the same blocks: what is written to one is not seen in the other.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn share_blocks(&self, from: &Path, to: &Path) -> bool {
        self.noted(&self.blocks, reflink_copy::reflink(from, to).is_ok())
    }

    /// Shares the file itself. It costs a name, and nothing on the disk.
    pub fn share_file(&self, from: &Path, to: &Path) -> bool {
        match fs::hard_link(from, to) {
            Ok(()) => true,
            // That one has as many names as it can have.
            Err(error) if error.kind() == io::ErrorKind::TooManyLinks => false,
            Err(_) => self.noted(&self.files, false),
        }
    }

    fn noted(&self, what: &AtomicBool, shared: bool) -> bool {
        if !shared {
            what.store(false, Ordering::Relaxed);
        }
        shared
    }
}
