//! One exclusive lock per project, held while it is changed. The system releases it with its holder, and with the programs
//! that a holder started for the change: what a pyve that was killed left running still holds it.

use std::fs::{File, TryLockError};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::{Child, Command};

use pyve_formats::read::{Limit, Links, open};

use super::folder::Folder;
use super::lock_holder::Holder;
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
    /// What others are told.
    command: String,
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
                    Holder::of(&mut file).wait(&file, console);
                    file.lock().map_err(|error| Failure::io("lock", &path, &error))?;
                }
                Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, &error)),
            }
            // The holder before us may have removed the file with all of pyve's state.
            if sys::is_at(&file, &path) {
                let lock = Self { file, command: command.to_owned() };
                lock.sign(None);
                tidy(layout);
                return Ok(lock);
            }
        }
    }

    /// Takes the lock if nobody holds it; never waits, and makes nothing in a project without state.
    pub fn attempt(layout: &Layout, command: &str) -> Option<Self> {
        let file = Folder::find(layout, None).ok()??.open_shared(FILE).ok()?;
        file.try_lock().ok()?;
        sys::is_at(&file, &layout.lock()).then(|| {
            let lock = Self { file, command: command.to_owned() };
            lock.sign(None);
            lock
        })
    }

    /// Starts a program that changes the project: until it ends, nobody else gets the lock, whatever becomes of pyve.
    pub fn spawn(&self, process: &mut Command) -> io::Result<Child> {
        // Open until the program has started; the lock belongs to all that have it open.
        let shared = self.file.try_clone().and_then(|file| sys::let_inherit(&file).map(|()| file));
        let child = process.spawn()?;
        drop(shared);
        self.sign(Some((child.id(), Path::new(process.get_program()))));
        Ok(child)
    }

    /// Who waits learns from the file for whom; if that fails, only the name is missing.
    fn sign(&self, program: Option<(u32, &Path)>) {
        let text = Holder::text(&self.command, program);
        let mut file = &self.file;
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        // What a program of this pyve left running in the background holds the project up no longer.
        let _ = self.file.unlock();
    }
}

/// Who holds the lock now, if anybody does.
pub fn holder(layout: &Layout) -> Option<String> {
    let (holder, file) = held(layout)?;
    Some(holder.shown(&file))
}

/// The program that holds it without a pyve, which was killed.
pub fn left_running(layout: &Layout) -> Option<String> {
    let (holder, file) = held(layout)?;
    holder.is_without_pyve(&file).then(|| holder.shown(&file))
}

fn held(layout: &Layout) -> Option<(Holder, File)> {
    let mut file = open(layout.lock(), Limit::RECORD, Links::Refuse).ok()??;
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| (Holder::of(&mut file), file))
}

#[cfg(test)]
#[path = "lock_tests.rs"]
mod tests;
