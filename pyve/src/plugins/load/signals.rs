//! How this process takes signals.

#![allow(unsafe_code)]

use crate::plugins::process::signal_name;

/// The signals that every Unix has; what lies beyond is for real-time programs.
#[cfg(unix)]
const SIGNALS: std::ops::RangeInclusive<i32> = 1..=31;

/// The handler and the mask of each signal, by number.
#[derive(Debug, PartialEq, Eq)]
pub struct Signals(Vec<(i32, usize, bool)>);

impl Signals {
    #[cfg(unix)]
    pub fn now() -> Self {
        let masked = mask();
        // SAFETY: `masked` is a set that the system filled; asking about a number changes nothing.
        let is_masked = |signal| unsafe { libc::sigismember(&raw const masked, signal) == 1 };
        Self(SIGNALS.map(|signal| (signal, handler(signal), is_masked(signal))).collect())
    }

    #[cfg(not(unix))]
    pub fn now() -> Self {
        Self(Vec::new())
    }

    /// The names of those that `later` handles otherwise.
    pub fn otherwise_handled(&self, later: &Self) -> Vec<String> {
        self.differing(later, |one| one.1)
    }

    /// The names of those that `later` blocks or lets through otherwise.
    pub fn otherwise_masked(&self, later: &Self) -> Vec<String> {
        self.differing(later, |one| usize::from(one.2))
    }

    fn differing(&self, later: &Self, part: impl Fn(&(i32, usize, bool)) -> usize) -> Vec<String> {
        let pairs = self.0.iter().zip(&later.0).filter(|(before, now)| part(before) != part(now));
        pairs.map(|(before, _)| signal_name(before.0)).collect()
    }
}

#[cfg(unix)]
fn handler(signal: i32) -> usize {
    // SAFETY: all zeros are a valid `sigaction`, which the call fills; without a new action it changes nothing.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action);
        action.sa_sigaction
    }
}

/// The mask of this thread, in which all questions are answered.
#[cfg(unix)]
fn mask() -> libc::sigset_t {
    // SAFETY: all zeros are a valid set, which the call fills; without a new set it changes nothing.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut set);
        set
    }
}
