//! How far a download is: a bar on a terminal, otherwise a line.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::sources::Source;
use crate::ui::{Console, StatusLine, Volume};

/// What the user sees of a download.
pub struct Progress {
    /// Who speaks, where there is a bar.
    console: Option<Console>,
    bar: Mutex<Option<StatusLine>>,
    received: Arc<AtomicU64>,
}

impl Progress {
    pub fn start(console: &Console, target: &Path, source: &Source) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let verb = if matches!(source, Source::File(_)) { "Copying" } else { "Downloading" };
        console.info(&format!("{verb} {name} from {source}"));
        let shown = console.volume() >= Volume::Normal && console.is_terminal();
        Self { console: shown.then(|| console.clone()), bar: Mutex::default(), received: Arc::default() }
    }

    /// A try begins; how much will come may be known.
    pub fn begin(&self, length: Option<u64>) {
        self.end();
        self.received.store(0, Ordering::Relaxed);
        if let Some(console) = &self.console {
            let (received, started, unicode) = (Arc::clone(&self.received), Instant::now(), console.unicode());
            let look = move |_, columns| {
                let seconds = started.elapsed().as_secs_f64();
                Progressed { received: received.load(Ordering::Relaxed), length, seconds }.line(columns, unicode)
            };
            *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(StatusLine::start(console, look));
        }
    }

    pub fn advance(&self, count: usize) {
        self.received.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Takes the bar away, so that what was said before and after stands alone.
    pub fn end(&self) {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// How far it is, and since when.
struct Progressed {
    received: u64,
    length: Option<u64>,
    seconds: f64,
}

impl Progressed {
    /// `  ███████▌       12.3 MB/24.6 MB 4.1 MB/s 3s`
    fn line(&self, columns: usize, unicode: bool) -> String {
        let rate = if self.seconds > 0.0 { self.received as f64 / self.seconds } else { 0.0 };
        let (total, left) = match self.length {
            Some(length) => (format!("/{}", short(length)), length.saturating_sub(self.received)),
            None => (String::new(), 0),
        };
        let time = if self.length.is_some() && rate > 0.0 { clock(left as f64 / rate) } else { String::new() };
        let figures = format!("{}{total} {}/s {time}", short(self.received), short(rate as u64));
        let figures = figures.trim_end();
        let room = columns.saturating_sub(figures.len() + 3);
        format!("  {} {figures}", bar(self.received, self.length.unwrap_or(0), room, unicode))
    }
}

/// The part that is there, to an eighth of a column where the terminal can draw it.
fn bar(received: u64, length: u64, columns: usize, unicode: bool) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = columns as u128 * 8 * u128::from(received.min(length)) / u128::from(length.max(1));
    let (full, part) = ((eighths / 8) as usize, (eighths % 8) as usize);
    let (mark, part) = if unicode { ("█", PARTS[part]) } else { ("#", "") };
    format!("{:columns$}", format!("{}{part}", mark.repeat(full)))
}

/// `7s`, `2m 5s`, `1h 2m`.
fn clock(seconds: f64) -> String {
    match seconds as u64 {
        whole @ 0..60 => format!("{whole}s"),
        whole @ 60..3600 => format!("{}m {}s", whole / 60, whole % 60),
        whole => format!("{}h {}m", whole / 3600, whole % 3600 / 60),
    }
}

/// A size in a row of figures: `812 B`, `12.3 MB`.
fn short(bytes: u64) -> String {
    if bytes < 1_000 { format!("{bytes} B") } else { size(bytes) }
}

/// A size in words: `812 bytes`, `12.3 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_tells_how_far_it_is() {
        let line = |received, length, seconds, unicode| Progressed { received, length, seconds }.line(50, unicode);
        assert_eq!(line(1_250_000, Some(5_000_000), 2.0, false), "  #####                1.2 MB/5.0 MB 625.0 kB/s 6s");
        assert_eq!(line(30, Some(30), 1.0, true), "  ████████████████████████████ 30 B/30 B 30 B/s 0s");
        assert_eq!(line(0, Some(30), 0.0, true), "                                    0 B/30 B 0 B/s");
        assert_eq!(line(1_500, None, 1.0, true), "                                   1.5 kB 1.5 kB/s");
        assert_eq!(line(40, Some(30), 1.0, false), "  ############################ 40 B/30 B 40 B/s 0s");
    }

    #[test]
    fn a_part_of_a_column_is_drawn_where_it_can_be() {
        assert_eq!((bar(5, 16, 2, true), bar(5, 16, 2, false)), ("▋ ".to_owned(), "  ".to_owned()));
        assert_eq!(bar(9, 16, 2, true), "█▏");
        assert_eq!(bar(9, 16, 0, true), "");
    }

    #[test]
    fn time_is_told_as_on_a_clock() {
        assert_eq!([7.9, 125.0, 3720.0].map(clock), ["7s", "2m 5s", "1h 2m"]);
    }
}
