//! What a program did: its exit code and what it wrote, shown so that a snapshot can hold it.

use std::fmt;
use std::process::ExitStatus;

use crate::filter::Filters;

/// The end of a program. `Display` is stable from run to run: paths and versions are filtered.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code, unless a signal ended the program.
    pub code: Option<i32>,
    /// The signal that ended the program.
    pub signal: Option<i32>,
    /// What it wrote to stdout, unfiltered.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr, unfiltered.
    pub stderr: Vec<u8>,
    filters: Filters,
}

impl Outcome {
    pub(crate) fn new(status: ExitStatus, stdout: Vec<u8>, stderr: Vec<u8>, filters: Filters) -> Self {
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        #[cfg(not(unix))]
        let signal = None;
        Self { code: status.code(), signal, stdout, stderr, filters }
    }

    /// Stdout with paths and versions filtered.
    pub fn out(&self) -> String {
        self.filters.apply(&self.stdout)
    }

    /// Stderr with paths and versions filtered.
    pub fn err(&self) -> String {
        self.filters.apply(&self.stderr)
    }

    /// This outcome, if the program exited with 0.
    ///
    /// # Panics
    /// Where it did not, with everything it said.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "\n{self}");
        self
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => writeln!(out, "exit code: {code}")?,
            (None, Some(signal)) => writeln!(out, "signal: {signal}")?,
            (None, None) => writeln!(out, "ended without a code")?,
        }
        for (name, text) in [("stdout", self.out()), ("stderr", self.err())] {
            writeln!(out, "----- {name} -----")?;
            out.write_str(&text)?;
            if !text.is_empty() && !text.ends_with('\n') {
                writeln!(out, "[no newline]")?;
            }
        }
        Ok(())
    }
}
