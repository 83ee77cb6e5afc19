//! Giving a clone a file of the tree without writing it again.

use std::fs::{self, FileTimes, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the file system could share blocks and files so far: one refusal is one too many for a thousand files.
pub struct Sharing {
    blocks: AtomicBool,
    files: AtomicBool,
}

impl Default for Sharing {
    fn default() -> Self {
        Self { blocks: AtomicBool::new(true), files: AtomicBool::new(true) }
    }
}

impl Sharing {
    /// Shares the blocks (what is written to one is not seen in the other), else the file itself.
    pub fn share(&self, from: &Path, to: &Path) -> bool {
        if self.blocks.load(Ordering::Relaxed) {
            if reflink_copy::reflink(from, to).and_then(|()| keep_properties(from, to)).is_ok() {
                return true;
            }
            self.blocks.store(false, Ordering::Relaxed);
            let _ = fs::remove_file(to);
        }
        self.share_file(from, to)
    }

    /// Shares the file itself: right for one that is only ever replaced. It costs a name, and nothing on the disk.
    pub fn share_file(&self, from: &Path, to: &Path) -> bool {
        let shared = self.files.load(Ordering::Relaxed) && fs::hard_link(from, to).is_ok();
        if !shared {
            self.files.store(false, Ordering::Relaxed);
        }
        shared
    }
}

/// The mode, and the time of change: what Python compiled of a module is valid for that time only.
fn keep_properties(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::metadata(from)?;
    let file = OpenOptions::new().read(true).write(cfg!(windows)).open(to)?;
    file.set_times(FileTimes::new().set_modified(metadata.modified()?))?;
    file.set_permissions(metadata.permissions())
}
