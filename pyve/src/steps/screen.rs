//! What the user sees while a noisy program runs.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::show;
use crate::console::{Console, Volume};

/// Without a terminal a line tells now and then that something is going on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// What the user sees: the newest line on a terminal, every line with `--verbose`, else a sign of life.
pub struct Screen<'a> {
    console: &'a Console,
    bar: Option<ProgressBar>,
    told: Instant,
}

impl<'a> Screen<'a> {
    pub fn new(console: &'a Console) -> Self {
        let shown = console.volume() == Volume::Normal && console.is_terminal();
        Self { console, bar: shown.then(|| spinner(console.unicode())), told: Instant::now() }
    }

    pub fn show(&mut self, line: &str) {
        let line = show::one_line(line.trim_end());
        if line.trim().is_empty() {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_message(line);
        } else if self.console.volume() == Volume::Verbose {
            self.console.note(&line);
        } else if self.told.elapsed() >= SIGN_OF_LIFE {
            self.told = Instant::now();
            self.console.info(&format!("  {}", line.trim_start()));
        }
    }

    /// Takes the newest line away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn spinner(unicode: bool) -> ProgressBar {
    let style = ProgressStyle::with_template("  {spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new_spinner().with_style(style.tick_chars(if unicode {
        "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "
    } else {
        "|/-\\ "
    }));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
