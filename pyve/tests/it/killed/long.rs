//! The long run: whether it is asked for, when its time is up, and what it did.

use std::env::var;
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A run for as long as there is time.
pub struct Run {
    /// Where it is told, one line for each scenario; `pyve/tests/run` shows them at its end.
    report: String,
    end: Option<Instant>,
}

impl Run {
    /// `PYVE_TEST_LONG` names the file of the report, and `PYVE_TEST_LONG_SECONDS` limits all scenarios together.
    ///
    /// # Panics
    /// Where that is no number of seconds.
    pub fn asked_for() -> Option<Self> {
        static START: OnceLock<Instant> = OnceLock::new();
        let given = |name| var(name).ok().filter(|value| !value.is_empty());
        let report = given("PYVE_TEST_LONG")?;
        let limit = given("PYVE_TEST_LONG_SECONDS").map(|seconds| seconds.parse().expect("a number of seconds"));
        let end = limit.map(|seconds| *START.get_or_init(Instant::now) + Duration::from_secs(seconds));
        Some(Self { report, end })
    }

    pub fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    pub fn tell(&self, scenario: &str, tried: usize, of: usize) {
        let mut report = OpenOptions::new().create(true).append(true).open(&self.report).unwrap();
        // One write, so that lines are not mixed.
        report.write_all(format!("{scenario}\t{tried} of {of} points tried\n").as_bytes()).unwrap();
    }
}
