//! How far a download is: a bar on a terminal, otherwise a line.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::sources::Source;
use crate::console::{Console, Volume};

/// What the user sees of a download.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn start(console: &Console, target: &Path, source: &Source) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let verb = if matches!(source, Source::File(_)) { "Copying" } else { "Downloading" };
        console.info(&format!("{verb} {name} from {source}"));
        let shown = console.volume() >= Volume::Normal && console.is_terminal();
        Self { bar: shown.then(|| bar(console.unicode())) }
    }

    /// A try begins; how much will come may be known.
    pub fn begin(&self, length: Option<u64>) {
        if let Some(bar) = &self.bar {
            match length {
                Some(length) => bar.set_length(length),
                None => bar.unset_length(),
            }
            bar.reset();
        }
    }

    pub fn advance(&self, count: usize) {
        if let Some(bar) = &self.bar {
            bar.inc(count as u64);
        }
    }

    /// Takes the bar away, so that what was said before and after stands alone.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(unicode: bool) -> ProgressBar {
    let template = "  {wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length().with_style(style.progress_chars(if unicode { "█▉▊▋▌▍▎▏ " } else { "#- " }))
}

/// A size in words: `812 bytes`, `12.3 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
