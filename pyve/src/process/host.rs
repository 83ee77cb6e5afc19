//! The host as a backend sees it: answers to questions, from the caller's environment.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Command, Error, ErrorKind, Host, Level, Output, PythonSearch, PythonSpec, Result};
use pyve_pythons::Machine;

use super::capture_cache::CacheEntry;
use super::gate::{Consent, Gate};
use super::wait::{code_of, end, wait_unless};
use crate::caller::{Caller, Persistence};
use crate::failure::Failure;
use crate::process::cancel;
use crate::ui::Console;

/// How long a captured command may take where the backend says nothing.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The most bytes that an answer may have.
const LARGEST: u64 = 256 << 20;

/// How often it is looked whether somebody still waits for the answer.
const PAUSE: Duration = Duration::from_millis(10);

/// pyve, for the questions of a backend.
pub struct BackendHost<'a> {
    pub caller: &'a Caller,
    pub console: &'a Console,
    pub project: PathBuf,
    pub persistence: Persistence,
    pub consent: Consent,
    /// What the backend was answered that looked for a Python.
    pub searched: OnceLock<PythonSearch>,
}

thread_local! {
    static STARTED: Cell<usize> = const { Cell::new(0) };
}

/// How many processes were started on this thread to answer questions.
pub fn processes_started() -> usize {
    STARTED.get()
}

impl Host for BackendHost<'_> {
    fn log(&self, level: Level, message: &str) {
        // A line of its own would look like pyve's own words.
        for line in message.lines() {
            match level {
                Level::DEBUG => self.console.debug(line),
                Level::WARNING => self.console.warning(line),
                _ => self.console.info(line),
            }
        }
    }

    fn progress(&self, message: &str) {
        self.console.debug(message);
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        self.caller.variable(name).map(ToOwned::to_owned)
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        self.caller.programs(name).collect()
    }

    fn capture(&self, command: &Command) -> Result<Output> {
        Gate { caller: self.caller, project: &self.project, consent: &self.consent }.check(command)?;
        // First of all: what others could change is not believed either for what it answered before they could.
        let process = super::process_of(command, self.caller, &self.project)?;
        let cache = self.caller.pyve_home().map(|home| home.join("cache"));
        let entry = cache.and_then(|cache| CacheEntry::for_command(command, &cache));
        if let Some(known) = entry.as_ref().and_then(CacheEntry::get) {
            return Ok(known);
        }
        let output = self.started(command, process)?;
        if let Some(entry) = entry.filter(|_| self.persistence == Persistence::ReadWrite) {
            entry.put(&output);
        }
        Ok(output)
    }

    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        let pyve = self.caller.pyve_home();
        let search = Machine { host: self, project: &self.project, pyve: pyve.as_deref() }.find(spec)?;
        self.searched.get_or_init(|| search.clone());
        Ok(search)
    }

    fn sha256(&self, file: &Path) -> Result<String> {
        let absent = || Error::new(format!("could not read `{}`: it does not exist", file.display()));
        let bytes = read::bytes(file, Limit::ANY_SIZE).map_err(Failure::from)?.ok_or_else(absent)?;
        Ok(sha256::of(bytes))
    }
}

impl BackendHost<'_> {
    /// The first Python that the backend looked for, as it was answered.
    pub fn python_search(&self) -> Option<&PythonSearch> {
        self.searched.get()
    }

    /// Starts the interpreter of an environment that `run` would use, which no backend asked for, and takes what it says.
    pub fn capture_inside(&self, command: &Command) -> Result<Output> {
        self.started(command, super::process_of(command, self.caller, &self.project)?)
    }

    /// The host for questions on the way to an environment that the user asked for.
    #[must_use]
    pub fn for_environment(mut self) -> Self {
        self.consent.environment = true;
        self
    }

    /// The host while a tool is in the project that pyve put there a moment ago.
    #[must_use]
    pub fn after_bringing(mut self, tool: PathBuf, sha256: String) -> Self {
        self.consent.brought = Some((tool, sha256));
        self
    }

    /// Runs the command to its end, or to the end of its time.
    fn started(&self, command: &Command, mut process: Process) -> Result<Output> {
        let limit = if command.timeout == 0 { TIME_LIMIT } else { Duration::from_millis(command.timeout) };
        let cannot = |error: std::io::Error| {
            Error::new(format!("could not run `{}`: {}", command.program.display(), crate::failure::reason(&error)))
        };
        let waiting = cancel::Waiting::begin(&command.program.display()).map_err(Error::new)?;
        process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let begun = Instant::now();
        let mut child = process.spawn().map_err(cannot)?;
        STARTED.set(STARTED.get() + 1);
        let readers = read_aside(child.stdout.take()).and_then(|out| Ok((out, read_aside(child.stderr.take())?)));
        let (stdout, stderr) = readers.map_err(|error| {
            // Nobody would listen to it.
            end(&mut child);
            no_thread(&error)
        })?;
        let ended = wait_unless(&mut child, limit, || waiting.is_given_up());
        let too_late = || {
            let (program, seconds) = (command.program.display(), limit.as_secs_f32());
            Error::of_kind(ErrorKind::TIMED_OUT, format!("{program} did not answer within {seconds} seconds"))
        };
        let status = ended.map_err(cannot)?.ok_or_else(too_late)?;
        // What it started may live longer than it does, and hold its output open.
        let is_late = || begun.elapsed() >= limit || waiting.is_given_up();
        let said = |pipe: &Receiver<Vec<u8>>| {
            let bytes = said(pipe, is_late).ok_or_else(too_late)?;
            let (program, most) = (command.program.display(), LARGEST >> 20);
            let is_whole = bytes.len() as u64 <= LARGEST;
            if is_whole { Ok(bytes) } else { Err(Error::new(format!("{program} said more than {most} MiB"))) }
        };
        let (stdout, stderr) = (said(&stdout)?, said(&stderr)?);
        Ok(Output {
            code: code_of(status),
            stdout: stdout.into(),
            stderr: stderr.into(),
            extension: Default::default(),
        })
    }
}

fn no_thread(error: &std::io::Error) -> Error {
    Failure::no_thread(error).into()
}

/// Both pipes are read at once: a program that fills one while we wait for the other would never end.
fn read_aside(pipe: Option<impl Read + Send + 'static>) -> std::io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(LARGEST + 1).read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    })?;
    Ok(receiver)
}

/// What was read of the pipe once it is at its end; `None` where that comes too late.
fn said(pipe: &Receiver<Vec<u8>>, is_late: impl Fn() -> bool) -> Option<Vec<u8>> {
    loop {
        match pipe.recv_timeout(PAUSE) {
            Ok(bytes) => return Some(bytes),
            Err(RecvTimeoutError::Disconnected) => return Some(Vec::new()),
            Err(RecvTimeoutError::Timeout) if is_late() => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn capture(script: &str, limit: u64) -> Result<Output> {
        let folder = tempfile::tempdir().unwrap();
        let console = Console::new(crate::ui::Volume::Quiet, anstream::ColorChoice::Never, true);
        let host = BackendHost {
            caller: &Caller::for_test(vec![("PATH".into(), "/usr/bin:/bin".into())]),
            console: &console,
            project: folder.path().to_owned(),
            persistence: Persistence::ReadOnly,
            consent: Consent::default(),
            searched: OnceLock::new(),
        };
        host.capture(&Command::new("/bin/sh").args(["-c", script]).timeout(Duration::from_millis(limit)))
    }

    #[test]
    fn what_a_program_leaves_behind_does_not_hold_the_answer_up() {
        let begun = Instant::now();
        let error = capture("sleep 20 & echo said", 200).unwrap_err();
        assert_eq!(error.message, "/bin/sh did not answer within 0.2 seconds");
        assert!(begun.elapsed() < Duration::from_secs(10));
        assert_eq!(capture("sleep 0.1 & echo said", 10_000).unwrap().text(), "said");
    }
}
