//! Collects what is wrong with an answer, and the rules that many fields share.

use std::path::Path;

use pyve_plugin_api::{OsText, Remedy};

use crate::config::{is_unprintable, printable};

/// The most letters of a name, a title or a summary.
const LINE: usize = 1000;

/// The most bytes that a download or an unpacked archive may ask for.
const SIZE: u64 = 16 << 30;

/// How much of a value is shown.
const SHOWN: usize = 80;

/// What is wrong, a sentence each.
#[derive(Debug, Default)]
pub struct Faults(Vec<String>);

impl Faults {
    pub fn unless(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.0.push(fault());
        }
    }

    /// The answer, if nothing is wrong with it.
    pub fn none_or<T>(self, answer: T) -> Result<T, Vec<String>> {
        if self.0.is_empty() { Ok(answer) } else { Err(self.0) }
    }

    /// One line that can be printed; may be empty.
    pub fn line(&mut self, field: &str, text: &str) {
        self.unless(!text.contains(is_unprintable), || {
            format!("{field} must be one line without control characters: {}", shown(text))
        });
        let letters = text.chars().count();
        self.unless(letters <= LINE, || format!("{field} has {letters} characters; at most {LINE} are allowed"));
    }

    /// One line with something in it.
    pub fn words(&mut self, field: &str, text: &str) {
        self.unless(!text.trim().is_empty(), || format!("{field} is empty"));
        self.line(field, text);
    }

    /// A path that must be there and absolute.
    pub fn absolute(&mut self, field: &str, path: &OsText) {
        match path.is_empty() {
            true => self.unless(false, || format!("{field} is empty")),
            false => self.absolute_if_any(field, path),
        }
    }

    /// A path that is absolute where there is one.
    pub fn absolute_if_any(&mut self, field: &str, path: &OsText) {
        let absolute = path.is_empty() || path.path().is_absolute();
        self.unless(absolute, || format!("{field} is not an absolute path: {}", shown_path(&path.path())));
    }

    /// The name of a variable.
    pub fn variable(&mut self, field: &str, name: &str) {
        self.unless(!name.is_empty(), || format!("{field} has an empty variable name"));
        self.unless(!name.contains('='), || format!("{field} has the invalid variable name {}", shown(name)));
    }

    /// A SHA-256 in hex.
    pub fn sha256(&mut self, field: &str, text: &str) {
        let hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.unless(hex, || format!("{field} is not a SHA-256: {}", shown(text)));
    }

    /// A number of bytes.
    pub fn size(&mut self, field: &str, bytes: u64) {
        self.unless((1..=SIZE).contains(&bytes), || format!("{field} is {bytes} bytes; from 1 to {SIZE} are allowed"));
    }

    /// What helps: words for a command line, and one line of text.
    pub fn remedy(&mut self, field: &str, remedy: &Remedy) {
        self.argv(field, &remedy.command);
        self.line(field, &remedy.text);
        let printable = remedy.command.iter().all(|word| !word.display().contains(is_unprintable));
        self.unless(printable, || format!("{field} has a command with control characters"));
    }

    /// The words of a command line, if there are any.
    pub fn argv(&mut self, field: &str, words: &[OsText]) {
        self.unless(words.first().is_none_or(|word| !word.is_empty()), || format!("{field} has an empty program"));
    }
}

/// A text as it can be shown: printable, and not too long.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", printable(&text[..end])),
        None => format!("`{}`", printable(text)),
    }
}

pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}
