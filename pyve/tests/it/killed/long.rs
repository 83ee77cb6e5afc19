//! The long run: whether it is asked for, when a scenario has had its time, and what it did.

use std::env::var;
use std::fs::OpenOptions;
use std::io::Write;
use std::time::{Duration, Instant};

/// How many scenarios share the time.
const SCENARIOS: u32 = 9;

/// A run for as long as there is time.
pub struct Run {
    /// Where it is told, one line for each scenario; `pyve/tests/run` shows them at its end.
    report: String,
    end: Option<Instant>,
}

impl Run {
    /// `PYVE_TEST_LONG` names the file of the report, and `PYVE_TEST_LONG_SECONDS` limits all scenarios together: each has
    /// as much of it, whichever begins first, and as many at once as there are processors.
    ///
    /// # Panics
    /// Where that is no number of seconds.
    pub fn asked_for() -> Option<Self> {
        let given = |name| var(name).ok().filter(|value| !value.is_empty());
        let report = given("PYVE_TEST_LONG")?;
        let limit = given("PYVE_TEST_LONG_SECONDS").map(|seconds| seconds.parse().expect("a number of seconds"));
        let at_once = std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1));
        let share = limit.map(|seconds| Duration::from_secs(seconds) * at_once.min(SCENARIOS) / SCENARIOS);
        let end = share.map(|share| Instant::now() + share);
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
