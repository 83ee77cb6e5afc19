//! A host for a backend's own tests.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::command::{Command, Output};
use crate::error::{Error, ErrorKind, Result};
use crate::host::{Host, Level};
use crate::python::{Interpreter, PythonSearch, PythonSpec};

/// A host whose environment the test decides, and which remembers what it was asked.
///
/// Programs are looked for in [`FakeHost::path`] only; captured commands are really run, with the
/// variables of this host and no others, and ended when their time is over.
#[derive(Default)]
pub struct FakeHost {
    variables: BTreeMap<String, OsString>,
    path: Vec<PathBuf>,
    pythons: Vec<Interpreter>,
    hashes: BTreeMap<PathBuf, String>,
    messages: Mutex<Vec<(Level, String)>>,
    captured: Mutex<Vec<Command>>,
}

impl FakeHost {
    /// A host with no variables and an empty PATH.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable.
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.insert(name.to_owned(), value.as_ref().to_owned());
        self
    }

    /// Appends a directory to PATH.
    pub fn path(mut self, directory: impl AsRef<Path>) -> Self {
        self.path.push(directory.as_ref().to_owned());
        self
    }

    /// Has a Python. The first whose version begins with the one that is asked for is found; a constraint (`>=3.11`) fits all.
    pub fn python(mut self, interpreter: Interpreter) -> Self {
        self.pythons.push(interpreter);
        self
    }

    /// Gives a file this SHA-256, be it there or not.
    pub fn hash(mut self, file: impl AsRef<Path>, sha256: &str) -> Self {
        self.hashes.insert(file.as_ref().to_owned(), sha256.to_owned());
        self
    }

    /// What was logged, in order.
    pub fn messages(&self) -> Vec<(Level, String)> {
        self.messages.lock().map(|messages| messages.clone()).unwrap_or_default()
    }

    /// The commands that were captured, in order.
    pub fn captured(&self) -> Vec<Command> {
        self.captured.lock().map(|captured| captured.clone()).unwrap_or_default()
    }
}

impl Host for FakeHost {
    fn log(&self, level: Level, message: &str) {
        if let Ok(mut messages) = self.messages.lock() {
            messages.push((level, message.to_owned()));
        }
    }

    fn progress(&self, _message: &str) {}

    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).cloned()
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        self.path.iter().map(|directory| directory.join(name)).filter(|file| file.is_file()).collect()
    }

    fn capture(&self, command: &Command) -> Result<Output> {
        if let Ok(mut captured) = self.captured.lock() {
            captured.push(command.clone());
        }
        let mut process = std::process::Command::new(command.program.os_str());
        process.args(command.args.iter().map(|arg| arg.os_str().into_owned())).env_clear().envs(&self.variables);
        process.env("PATH", std::env::join_paths(&self.path).unwrap_or_default());
        process.envs(command.env.iter().map(|variable| (variable.name.as_str(), variable.value.os_str().into_owned())));
        for name in &command.env_remove {
            process.env_remove(name.as_str());
        }
        if !command.current_dir.is_empty() {
            process.current_dir(command.current_dir.path());
        }
        let limit = if command.timeout == 0 { 10_000 } else { command.timeout };
        let output = finish(process, Duration::from_millis(limit)).map_err(|error| {
            let late = error.kind() == std::io::ErrorKind::TimedOut;
            let kind = if late { ErrorKind::TIMED_OUT } else { ErrorKind::FAILED };
            Error::of_kind(kind, format!("could not run `{command}`: {error}"))
        })?;
        Ok(Output {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout.into(),
            stderr: output.stderr.into(),
            extension: Default::default(),
        })
    }

    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        let version = spec.python.as_ref().map_or("", |python| python.version.as_str());
        let is_number = version.starts_with(|letter: char| letter.is_ascii_digit());
        let fits = |python: &&Interpreter| !is_number || python.version.starts_with(version);
        Ok(match self.pythons.iter().find(fits) {
            Some(python) => PythonSearch::found(python.clone()),
            None => PythonSearch::missing(&format!("Python {version} is not installed").replace("  ", " ")),
        })
    }

    fn sha256(&self, file: &Path) -> Result<String> {
        let unknown = || Error::new(format!("the test gives `{}` no hash", file.display()));
        self.hashes.get(file).cloned().ok_or_else(unknown)
    }
}

/// Runs it to its end, or ends it when the time is over.
fn finish(mut process: std::process::Command, limit: Duration) -> std::io::Result<std::process::Output> {
    let mut child = process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // Both pipes are emptied while it runs, so that it never waits for us.
    let stdout = child.stdout.take().map(|pipe| std::thread::spawn(move || drain(pipe)));
    let stderr = child.stderr.take().map(|pipe| std::thread::spawn(move || drain(pipe)));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "it took too long"));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let bytes = |reader: Option<JoinHandle<Vec<u8>>>| reader.and_then(|it| it.join().ok()).unwrap_or_default();
    Ok(std::process::Output { status, stdout: bytes(stdout), stderr: bytes(stderr) })
}

fn drain(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was written before a failure is still worth showing.
    let _ = pipe.read_to_end(&mut bytes);
    bytes
}
