//! The usual lines of `pyve run`, read without clap, which is a seventh of all instructions on this path.
//!
//! Whatever is not quite usual (help, a mistake, an option of every command) is left to clap, so that
//! there is one place that explains; what is accepted here clap accepts with the same meaning.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::commands::run::Asked;
use crate::project::is_plain;

/// A line that was understood.
#[derive(Debug, PartialEq, Eq)]
pub struct RunLine {
    /// The folders of `-C`.
    pub directories: Vec<PathBuf>,
    pub asked: Asked,
}

/// `pyve [-C DIR]… run [--backend B] [--env E] [--no-dotenv] [--] CMD [ARGS]…`; `None` is for clap to judge.
pub fn read(words: &[OsString]) -> Option<RunLine> {
    let mut rest = words.get(1..)?;
    let mut directories = Vec::new();
    while rest.first()? == "-C" {
        directories.push(PathBuf::from(value(rest.get(1)?)?));
        rest = &rest[2..];
    }
    rest = rest.strip_prefix(&[OsString::from("run")])?;
    let (mut backend, mut environment, mut no_dotenv) = (None, None::<String>, false);
    loop {
        let word = rest.first()?;
        if word == "--" {
            rest = &rest[1..];
            break;
        }
        if word == "--no-dotenv" && !no_dotenv {
            (no_dotenv, rest) = (true, &rest[1..]);
            continue;
        }
        if !word.as_encoded_bytes().starts_with(b"-") {
            break;
        }
        let (name, text, used) = match (word.to_str()?.split_once('='), word.to_str()?) {
            (Some(("--backend", text)), _) => (&mut backend, text.to_owned(), 1),
            (Some(("--env", text)), _) => (&mut environment, text.to_owned(), 1),
            (None, "--backend") => (&mut backend, value(rest.get(1)?)?.to_str()?.to_owned(), 2),
            (None, "--env") => (&mut environment, value(rest.get(1)?)?.to_str()?.to_owned(), 2),
            _ => return None,
        };
        if !is_plain(&text) || name.replace(text).is_some() {
            return None;
        }
        rest = &rest[used..];
    }
    let environment = match environment {
        Some(name) => Some(name.parse().ok()?),
        None => None,
    };
    (!rest.is_empty())
        .then(|| RunLine { directories, asked: Asked { backend, environment, no_dotenv, command: rest.to_vec() } })
}

/// A word that can only be a value.
fn value(word: &OsString) -> Option<&OsString> {
    let bytes = word.as_encoded_bytes();
    (!bytes.is_empty() && !bytes.starts_with(b"-")).then_some(word)
}

#[cfg(test)]
#[path = "run_line_tests.rs"]
mod tests;
