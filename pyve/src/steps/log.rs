//! The whole output of a noisy program, in a file of the project's state.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use pyve_plugin_api::Command;

use super::executor::{Executor, make_folder};
use crate::failure::Failure;
use crate::process::command_line;

/// The whole output, for those who need more than the lines that matter.
pub struct Log {
    pub path: PathBuf,
    file: File,
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
}

impl Log {
    /// Addresses of channels may hold passwords, so the file is the user's alone.
    pub fn create(executor: &Executor<'_>, name: &str, command: &Command) -> Result<Self, Failure> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let name: String = name.chars().filter(|letter| plain(*letter)).take(32).collect();
        let folder = executor.project.state();
        make_folder(&folder)?;
        let path = folder.join(format!("{}.log", if name.is_empty() { "step" } else { &name }));
        let cannot = |error: io::Error| Failure::io("write", &path, &error);
        let mut new = tempfile::Builder::new().prefix(".log-").tempfile_in(&folder).map_err(cannot)?;
        writeln!(new, "$ {}", command_line(command)).map_err(cannot)?;
        let file = new.persist(&path).map_err(|error| cannot(error.error))?;
        Ok(Self { path, file, line: Vec::new() })
    }

    /// Writes it down; the lines that it completes. A full disk must not end the program that is watched.
    pub fn write(&mut self, chunk: &[u8]) -> Vec<String> {
        let _ = self.file.write_all(chunk);
        let mut lines = Vec::new();
        for byte in chunk {
            // Progress is drawn over itself.
            if matches!(byte, b'\n' | b'\r') {
                lines.push(String::from_utf8_lossy(&self.line).into_owned());
                self.line.clear();
            } else {
                self.line.push(*byte);
            }
        }
        lines
    }

    pub fn unfinished(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        (!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned())
    }
}
