//! One exclusive lock per project, held while it is changed. The system releases it with its holder.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};

use pyve_formats::read::{Limit, Links, open};

use super::folder::Folder;
use super::tidy::tidy;
use crate::failure::Failure;
use crate::project::Layout;
use crate::sys;
use crate::ui::Console;

/// The file's name in `.pyve/state`.
const FILE: &str = "lock";

/// The right to change a project, until it is dropped.
pub struct Lock {
    file: File,
}

impl Lock {
    /// Waits for the lock, saying for whom. `command` is what others are told: `pyve init`.
    ///
    /// What was read before the lock was there may be out of date: read it again.
    pub fn wait(layout: &Layout, command: &str, console: &Console) -> Result<Self, Failure> {
        let path = layout.lock();
        loop {
            let mut file = Folder::make(layout, None)?.open_shared(FILE)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    console.info(&format!("waiting for {}, which is changing this project …", holder_in(&mut file)));
                    file.lock().map_err(|error| Failure::io("lock", &path, &error))?;
                }
                Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, &error)),
            }
            // The holder before us may have removed the file with all of pyve's state.
            if sys::is_at(&file, &path) {
                let lock = Self { file }.sign(command);
                tidy(layout);
                return Ok(lock);
            }
        }
    }

    /// Takes the lock if nobody holds it; never waits, and makes nothing in a project without state.
    pub fn attempt(layout: &Layout, command: &str) -> Option<Self> {
        let file = Folder::find(layout, None).ok()??.open_shared(FILE).ok()?;
        file.try_lock().ok()?;
        sys::is_at(&file, &layout.lock()).then(|| Self { file }.sign(command))
    }

    /// Who waits learns from the file for whom; if that fails, only the name is missing.
    fn sign(mut self, command: &str) -> Self {
        let text = format!("{command} (process {})", std::process::id());
        let _ =
            self.file.set_len(0).and_then(|()| self.file.rewind()).and_then(|()| self.file.write_all(text.as_bytes()));
        self
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

/// Who holds the lock now, if anybody does.
pub fn holder(layout: &Layout) -> Option<String> {
    let mut file = open(layout.lock(), Limit::RECORD, Links::Refuse).ok()??;
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| holder_in(&mut file))
}

fn holder_in(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(1000).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => text.chars().filter(|letter| !letter.is_control()).collect(),
        _ => "another pyve".to_owned(),
    }
}

#[cfg(test)]
#[path = "lock_tests.rs"]
mod tests;
