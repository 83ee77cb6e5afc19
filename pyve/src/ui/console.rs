//! Where words go: results to standard output, everything else to standard error.
//!
//! A result that cannot be written (a full disk) is a failure of the command. A reader that went away
//! (`pyve config | head -1`) has what it wanted: then the rest is dropped and the exit code stays, as with ripgrep and
//! cargo. So it is where standard output is closed (`>&-`): Rust puts `/dev/null` in its place before anything runs, so
//! that no file of ours can be opened as number 1. What cannot be written to standard error is lost: there is nobody to
//! tell.
//!
//! Much of what is said comes from a project's files, from programs and from servers. What a terminal would obey of it is
//! spelled out here, whoever says it; a result that goes elsewhere is left as it is.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::printable::shown;
use crate::failure::{Failure, reason};

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
#[derive(Clone)]
pub struct Console {
    volume: Volume,
    color: ColorChoice,
    unicode: bool,
    /// The warnings that were given, by any console of a command.
    warned: Arc<Mutex<BTreeSet<String>>>,
    /// Why a result could not be written; one for all consoles of a command.
    lost: Arc<Mutex<Option<Failure>>>,
}

impl Console {
    pub fn new(volume: Volume, color: ColorChoice, unicode: bool) -> Self {
        Self { volume, color, unicode, warned: Arc::default(), lost: Arc::default() }
    }

    /// One that says no more than it does without `--verbose`.
    pub fn hushed(&self) -> Self {
        Self { volume: self.volume.min(Volume::Normal), ..self.clone() }
    }

    /// A result: what the command was asked for. The only thing that goes to standard output.
    pub fn result(&self, text: &str) {
        let stream = io::stdout();
        let text = if stream.is_terminal() { shown(text) } else { text.into() };
        let outcome = write_line(AutoStream::new(stream, self.color), &text);
        if let (Err(failure), Ok(mut lost)) = (written(outcome), self.lost.lock()) {
            lost.get_or_insert(failure);
        }
    }

    /// A result that is code, or in which every byte counts for another reason: written as it is.
    pub fn bytes(&self, bytes: &[u8]) {
        let mut stream = io::stdout();
        let outcome = stream.write_all(bytes).and_then(|()| stream.flush());
        if let (Err(failure), Ok(mut lost)) = (written(outcome), self.lost.lock()) {
            lost.get_or_insert(failure);
        }
    }

    /// A failure if a result could not be written.
    pub fn written(&self) -> Result<(), Failure> {
        let lost = self.lost.lock().ok().and_then(|lost| lost.clone());
        lost.map_or(Ok(()), Err)
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
            self.note(&format!("{YELLOW}warning:{YELLOW:#} {text}"));
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
        if failure.is_cancelled() {
            self.info(&failure.message);
        } else {
            self.note(&format!("{RED}error:{RED:#} {}", failure.message));
        }
        for line in &failure.details {
            self.note(&format!("  {line}"));
        }
        if !failure.remedy.is_none() {
            self.hint(&failure.remedy.to_string());
        }
    }

    /// A line on standard error.
    pub fn note(&self, text: &str) {
        let _ = write_line(AutoStream::new(io::stderr(), self.color), &shown(text));
    }

    /// A question, on standard error, with the cursor left behind it.
    pub fn question(&self, text: &str) {
        self.begin("", text);
    }

    /// Writes over the line on standard error in which the cursor is, and leaves the cursor behind it.
    pub fn redraw(&self, text: &str) {
        self.begin("\r", text);
    }

    fn begin(&self, start: &str, text: &str) {
        let mut stream = AutoStream::new(io::stderr(), self.color);
        let _ = write!(stream, "{start}{}", shown(text)).and_then(|()| stream.flush());
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

/// What it means for the command how writing to standard output went.
pub fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let failure = Failure::new(format!("could not write to standard output: {}", reason(&error)));
            Err(match error.kind() {
                io::ErrorKind::StorageFull => failure.remedy("free some space, or send the output elsewhere"),
                _ => failure.remedy("send the output elsewhere"),
            })
        }
        _ => Ok(()),
    }
}

fn write_line(mut stream: impl Write, text: &str) -> io::Result<()> {
    writeln!(stream, "{text}").and_then(|()| stream.flush())
}
