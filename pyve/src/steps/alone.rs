//! Of several pyves that want the same of what all projects share, one does it at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::failure::Failure;
use crate::files::lock_file;
use crate::process::interrupt;
use crate::ui::Console;

/// How often the lock is tried.
pub const POLL: Duration = Duration::from_millis(50);

/// The right to bring what is unpacked from the archive at `file`, or to remove that, which is held until it is dropped. Who
/// waits for it is told so, with what it is for.
pub fn alone(file: &Path, console: &Console, title: &str) -> Result<File, Failure> {
    let mut path = file.as_os_str().to_owned();
    path.push(".lock");
    let path = Path::new(&path);
    let guard = interrupt::guard();
    let mut told = false;
    let cannot = |error: io::Error| Failure::io("lock", path, &error);
    let lock = lock_file::open(path).map_err(cannot)?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
            Err(TryLockError::WouldBlock) if !told => {
                console.info(&format!("Waiting for another pyve: {title}"));
                told = true;
            }
            Err(TryLockError::WouldBlock) => thread::sleep(POLL),
        }
        guard.check()?;
    }
}
