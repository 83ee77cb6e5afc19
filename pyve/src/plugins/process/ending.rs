//! How the process of a plugin ended without an answer, in words.

use std::process::ExitStatus;

use crate::sys;
use std::time::Duration;

use crate::caller::seconds;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Exit(i32),
    Signal(i32),
    Overflow,
    /// It did not answer in time, and was ended.
    TimedOut(Duration),
    /// Nobody waits for the answer any more.
    GivenUp,
    /// It answered more than anybody can read.
    Flood,
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        sys::signal(status).map_or_else(|| Self::Exit(status.code().unwrap_or(-1)), Self::Signal)
    }
}

/// How it ended, where, and what it printed last.
#[derive(Clone, Debug)]
pub struct End {
    pub ending: Ending,
    /// The part that it was in; nothing if it never came to one.
    pub stage: Option<String>,
    pub printed: Vec<String>,
}

impl End {
    /// Whether the library is to blame: one that was merely slow may be quicker the next time.
    pub fn is_crash(&self) -> bool {
        self.stage.is_some() && matches!(self.ending, Ending::Exit(_) | Ending::Signal(_) | Ending::Overflow)
    }

    /// Whether the library was asked and did not answer in time.
    pub fn is_hang(&self) -> bool {
        self.stage.is_some() && matches!(self.ending, Ending::TimedOut(_))
    }

    /// What the library did: `it crashed in …`.
    pub fn words(&self) -> String {
        let place = match self.stage.as_deref() {
            Some("dlopen") => "when it was opened".to_owned(),
            Some(stage) => format!("in `{stage}`"),
            None => "before it was called".to_owned(),
        };
        match self.ending {
            Ending::Exit(code) => format!("it ended the process {place} with exit code {code}"),
            Ending::Signal(number) => format!("it crashed {place} ({})", signal_name(number)),
            Ending::Overflow => format!("it overflowed its stack {place}"),
            Ending::TimedOut(limit) => format!("it did not answer {place} within {}", seconds(limit)),
            Ending::GivenUp => format!("it has not answered yet {place}"),
            Ending::Flood => format!("it answered too much {place}"),
        }
    }
}

/// `SIGSEGV`, or the number of one that has no name.
pub fn signal_name(number: i32) -> String {
    signal_hook::low_level::signal_name(number).map_or_else(|| format!("signal {number}"), ToOwned::to_owned)
}
