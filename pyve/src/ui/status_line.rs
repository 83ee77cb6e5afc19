//! One line on the terminal that changes in place and leaves nothing behind.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::ui::Console;

/// How long a look of it stays.
const LOOK: Duration = Duration::from_millis(100);
/// Where the terminal does not tell its width.
const USUAL_WIDTH: usize = 80;

/// It is drawn again and again, until it is dropped.
pub struct StatusLine {
    over: Arc<(Mutex<bool>, Condvar)>,
    painter: Option<JoinHandle<()>>,
}

impl StatusLine {
    /// `look` gets the number of the look and the columns there are.
    pub fn start(console: &Console, look: impl Fn(usize, usize) -> String + Send + 'static) -> Self {
        let over = Arc::new((Mutex::new(false), Condvar::new()));
        let (console, seen) = (console.clone(), Arc::clone(&over));
        // Without a thread to be had there is no line, which nobody's work depends on.
        let painter = thread::Builder::new().spawn(move || paint(&console, &seen, look)).ok();
        Self { over, painter }
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        *self.over.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.over.1.notify_all();
        if let Some(painter) = self.painter.take() {
            let _ = painter.join();
        }
    }
}

fn paint(console: &Console, (over, told): &(Mutex<bool>, Condvar), look: impl Fn(usize, usize) -> String) {
    let mut drawn = 0;
    for number in 0.. {
        // In the last column some terminals go on to the next line.
        let columns = columns().saturating_sub(1);
        let line = fitted(&look(number, columns), columns);
        let width = line.width();
        // A terminal that became narrower has wrapped the rest, which is the terminal's own business.
        let rest = drawn.min(columns).saturating_sub(width);
        console.redraw(&format!("{line}{}", " ".repeat(rest)));
        drawn = width;
        let guard = over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = told.wait_timeout_while(guard, LOOK, |over| !*over);
        if waited.map_or(true, |(over, _)| *over) {
            break;
        }
    }
    console.redraw(&" ".repeat(drawn));
    console.redraw("");
}

fn columns() -> usize {
    let told = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0));
    told.filter(|width| *width > 0).unwrap_or(USUAL_WIDTH)
}

/// As much of the line as there is room for.
fn fitted(line: &str, columns: usize) -> String {
    let mut width = 0;
    let fits = |letter: &char| {
        width += letter.width().unwrap_or(0);
        width <= columns
    };
    line.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_the_terminal_ends() {
        assert_eq!(fitted("Collecting six", 80), "Collecting six");
        assert_eq!(fitted("Collecting six", 5), "Colle");
        // Two columns each: a half of one is not drawn.
        assert_eq!(fitted("日本語", 5), "日本");
        assert_eq!(fitted("six", 0), "");
    }
}
