//! Whether the environment that a command was looked up in still stands, while others recreate and remove.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::sys::{self, Stat};

/// How long a command waits for another pyve that is changing the environment.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks at what the other pyve has come to.
const PAUSE: Duration = Duration::from_millis(10);

/// A prefix as it was when its environment was found fit for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixStamp {
    prefix: PathBuf,
    /// A folder that is renamed keeps its inode and changes the time of its last change.
    seen: Stat,
}

impl PrefixStamp {
    /// `None` where there is no folder.
    pub fn now(prefix: &Path) -> Option<Self> {
        let metadata = prefix.metadata().ok().filter(Metadata::is_dir)?;
        Some(Self { prefix: prefix.to_owned(), seen: sys::stat(&metadata) })
    }

    /// Whether the very same folder is there, and was not away in between.
    pub fn holds(&self) -> bool {
        Self::now(&self.prefix).as_ref() == Some(self)
    }
}

/// Tries again while `attempt` fails for what another pyve is doing; `is_busy` tells whether one is at it.
pub fn patiently<T>(is_busy: impl Fn() -> bool, mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let mut since = None;
    // What the other one left when it ended is worth a last look.
    let mut last = false;
    loop {
        let ended = attempt();
        if !ended.as_ref().is_err_and(|failure| failure.passing) {
            return ended;
        }
        let waited = since.get_or_insert_with(Instant::now).elapsed();
        let busy = is_busy();
        if waited >= PATIENCE || (last && !busy) {
            return ended;
        }
        last = !busy;
        if busy {
            thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn it_waits_as_long_as_somebody_is_at_work_and_looks_once_more() {
        let (looks, attempts) = (Cell::new(0), Cell::new(0));
        let busy = || looks.replace(looks.get() + 1) < 2;
        let fails = || {
            attempts.set(attempts.get() + 1);
            Err::<(), Failure>(Failure::new("away").passing())
        };
        assert_eq!(patiently(busy, fails).unwrap_err().message, "away");
        assert_eq!((looks.get(), attempts.get()), (4, 4));
        let failing = || Err::<(), Failure>(Failure::new("broken"));
        assert_eq!(patiently(|| unreachable!("nobody is asked"), failing).unwrap_err().message, "broken");
        assert_eq!(patiently(|| unreachable!("nobody is asked"), || Ok(1)).unwrap(), 1);
    }

    #[test]
    fn a_folder_that_was_away_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join(".e");
        std::fs::create_dir(&prefix).unwrap();
        let seen = PrefixStamp::now(&prefix).unwrap();
        assert!(seen.holds());
        thread::sleep(Duration::from_millis(20));
        std::fs::rename(&prefix, folder.path().join("aside")).unwrap();
        assert!(!seen.holds());
        if cfg!(unix) {
            std::fs::rename(folder.path().join("aside"), &prefix).unwrap();
            assert!(!seen.holds(), "its time of change tells");
        }
    }
}
