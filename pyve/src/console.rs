//! Where words go: results to standard output, everything else to standard error.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::failure::Failure;

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Volume {
    Quiet,
    Normal,
    Verbose,
}

/// The user's terminal, or whatever stands in its place.
pub struct Console {
    volume: Volume,
    color: ColorChoice,
    unicode: bool,
    /// The warnings that were given.
    warned: Mutex<BTreeSet<String>>,
}

impl Console {
    pub fn new(volume: Volume, color: ColorChoice, unicode: bool) -> Self {
        Self { volume, color, unicode, warned: Mutex::default() }
    }

    /// A console that speaks in the same way.
    pub fn twin(&self) -> Self {
        Self::new(self.volume, self.color, self.unicode)
    }

    /// One that says no more than it does without `--verbose`.
    pub fn hushed(&self) -> Self {
        Self::new(self.volume.min(Volume::Normal), self.color, self.unicode)
    }

    /// A result: what the command was asked for. The only thing that goes to standard output.
    pub fn result(&self, text: &str) {
        write_line(AutoStream::new(io::stdout(), self.color), text);
    }

    /// Something that is going on or was found.
    pub fn info(&self, text: &str) {
        if self.volume >= Volume::Normal {
            self.note(text);
        }
    }

    /// Something that was done.
    pub fn done(&self, text: &str) {
        if self.volume >= Volume::Normal {
            let mark = if self.unicode { "✓" } else { "ok" };
            self.note(&format!("{GREEN}{mark}{GREEN:#} {text}"));
        }
    }

    /// Something for those who asked for more.
    pub fn debug(&self, text: &str) {
        if self.volume >= Volume::Verbose {
            self.note(&format!("{DIM}{text}{DIM:#}"));
        }
    }

    /// Something that the user should look at; shown even with `--quiet`, and once.
    pub fn warning(&self, text: &str) {
        let is_new = self.warned.lock().is_ok_and(|mut warned| warned.insert(text.to_owned()));
        if is_new {
            self.note(&format!("{YELLOW}WARNING:{YELLOW:#} {text}"));
        }
    }

    /// Whether a warning said this.
    pub fn has_warned(&self, text: &str) -> bool {
        self.warned.lock().is_ok_and(|warned| warned.iter().any(|told| told.contains(text)))
    }

    /// What helps, below what was said.
    pub fn hint(&self, text: &str) {
        self.note(&format!("{YELLOW}hint:{YELLOW:#} {text}"));
    }

    /// Why a command failed, with what helps.
    pub fn failure(&self, failure: &Failure) {
        self.note(&format!("{RED}ERROR:{RED:#} {}", failure.message));
        for line in &failure.details {
            self.note(&format!("  {line}"));
        }
        if let Some(remedy) = &failure.remedy {
            self.hint(remedy);
        }
    }

    /// A line on standard error as it is.
    pub fn note(&self, text: &str) {
        write_line(AutoStream::new(io::stderr(), self.color), text);
    }

    /// A question, on standard error, with the cursor left behind it.
    pub fn question(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr(), self.color);
        let _ = write!(stream, "{text}").and_then(|()| stream.flush());
    }

    /// Writes over the line on standard error in which the cursor is, and leaves the cursor behind it.
    pub fn redraw(&self, text: &str) {
        self.question(&format!("\r{text}"));
    }

    /// Whether the user sees standard error as it comes.
    pub fn is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    pub fn volume(&self) -> Volume {
        self.volume
    }

    /// Whether marks and lines outside of ASCII can be read there.
    pub fn unicode(&self) -> bool {
        self.unicode
    }
}

/// A reader that went away (`pyve config | head -1`) is no error of ours.
fn write_line(mut stream: impl Write, text: &str) {
    let _ = writeln!(stream, "{text}").and_then(|()| stream.flush());
}
