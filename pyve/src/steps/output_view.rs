//! What the user sees while a noisy program runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::moving::{is_watched, turning};
use crate::ui::{Console, StatusLine, Volume, printable};

/// Without a terminal a line tells now and then that something is going on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// What the user sees: the newest line on a terminal, every line with `--verbose`, else a sign of life.
pub struct OutputView<'a> {
    console: &'a Console,
    newest: Option<Newest>,
    told: Instant,
}

/// The newest line, and what draws it.
struct Newest {
    line: Arc<Mutex<String>>,
    _drawn: StatusLine,
}

impl<'a> OutputView<'a> {
    pub fn new(console: &'a Console) -> Self {
        Self { console, newest: is_watched(console).then(|| Newest::new(console)), told: Instant::now() }
    }

    pub fn show(&mut self, line: &str) {
        let line = printable(line.trim_end());
        if line.trim().is_empty() {
            return;
        }
        if let Some(newest) = &self.newest {
            *newest.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
        } else if self.console.volume() == Volume::Verbose {
            self.console.note(&line);
        } else if self.told.elapsed() >= SIGN_OF_LIFE {
            self.told = Instant::now();
            self.console.info(&format!("  {}", line.trim_start()));
        }
    }

    /// Shows a line that stays.
    pub fn relay(&mut self, line: &str) {
        // What is drawn makes room for it, and is drawn again below.
        let is_drawn = self.newest.take().is_some();
        self.console.info(&printable(line.trim()));
        self.newest = is_drawn.then(|| Newest::new(self.console));
    }

    /// Takes the newest line away.
    pub fn end(&mut self) {
        self.newest = None;
    }
}

impl Newest {
    fn new(console: &Console) -> Self {
        let line = Arc::new(Mutex::new(String::new()));
        let (newest, letter) = (Arc::clone(&line), turning(console));
        let look =
            move |number, _| format!("  {} {}", letter(number), newest.lock().unwrap_or_else(PoisonError::into_inner));
        Self { line, _drawn: StatusLine::start(console, look) }
    }
}
