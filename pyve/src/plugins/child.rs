//! A question to a library, asked in a child process: what it does there harms nobody.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::caller::Caller;
use crate::failure::Failure;

/// How long a library may take to answer one question.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The user's own limit, in seconds.
const TIME_LIMIT_VARIABLE: &str = "PYVE_PLUGIN_TIME_LIMIT";

/// The most bytes of an answer that are read.
const ANSWER_LIMIT: u64 = 16 << 20;

/// A line of what the child writes: the part that begins, or the outcome.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    Calling(String),
    Answer(Reply),
    Refused { message: String, details: Vec<String>, remedy: Option<String>, broken: bool },
}

/// An answer, and whether a process was started to find it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reply {
    pub value: Value,
    pub started: bool,
}

/// What is asked.
pub struct Question {
    name: &'static str,
    library: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
    folder: Option<PathBuf>,
}

impl Question {
    pub fn new(name: &'static str, library: &Path) -> Self {
        Self { name, library: library.to_owned(), arguments: Vec::new(), variables: Vec::new(), folder: None }
    }

    /// Adds an option of the hidden command.
    pub fn option(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let mut word = OsString::from(format!("--{name}="));
        word.push(value);
        self.arguments.push(word);
        self
    }

    /// Sets a variable of the child.
    pub fn variable(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Starts the child in `folder`.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }
}

/// How the child ended without an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Exit(i32),
    Signal(i32),
    TimedOut(Duration),
    Overflow,
}

/// What Rust's own runtime says before it aborts a process whose stack is full.
const OVERFLOW: &str = "has overflowed its stack";

/// What became of a question.
#[derive(Debug)]
pub struct Asked {
    outcome: Option<Line>,
    stage: Option<String>,
    ending: Ending,
    printed: Vec<String>,
}

/// An answer, an error that the backend returned, or the reason why it gave neither.
#[derive(Debug)]
pub enum Verdict {
    Answer(Reply),
    Error(Failure),
    Broken(Failure),
}

impl Asked {
    /// What became of it. Messages of what is broken begin with the library's own doing: `it crashed in …`.
    pub fn verdict(self) -> Verdict {
        match (self.ending, self.outcome) {
            (Ending::Exit(0), Some(Line::Answer(reply))) => Verdict::Answer(reply),
            (Ending::Exit(_), Some(Line::Refused { message, details, remedy, broken })) => {
                let failure = Failure { details, remedy, ..Failure::new(message) };
                if broken { Verdict::Broken(failure) } else { Verdict::Error(failure) }
            }
            (ending, _) => {
                let (ending, printed) = match self.printed.iter().any(|line| line.contains(OVERFLOW)) {
                    true => (Ending::Overflow, Vec::new()),
                    false => (ending, self.printed),
                };
                let place = match self.stage.as_deref() {
                    Some("dlopen") => "when it was opened".to_owned(),
                    Some(stage) => format!("in `{stage}`"),
                    None => "before it was called".to_owned(),
                };
                Verdict::Broken(Failure { details: printed, ..Failure::new(ending.in_words(&place)) })
            }
        }
    }

    /// The answer, or why there is none.
    pub fn answer(self) -> Result<Value, Failure> {
        match self.verdict() {
            Verdict::Answer(reply) => Ok(reply.value),
            Verdict::Error(failure) | Verdict::Broken(failure) => Err(failure),
        }
    }
}

impl Ending {
    fn in_words(self, place: &str) -> String {
        match self {
            Self::Exit(code) => format!("it ended the process {place} with exit code {code}"),
            Self::Signal(number) => format!("it crashed {place} ({})", signal_name(number)),
            Self::Overflow => format!("it overflowed its stack {place}"),
            Self::TimedOut(limit) => format!("it did not answer {place} within {} seconds", limit.as_secs_f32()),
        }
    }

    fn of(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(number) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signal(number);
        }
        Self::Exit(status.code().unwrap_or(-1))
    }
}

#[cfg(unix)]
fn signal_name(number: i32) -> String {
    let known = [
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGTERM, "SIGTERM"),
    ];
    known
        .iter()
        .find(|(known, _)| *known == number)
        .map_or_else(|| format!("signal {number}"), |(_, name)| (*name).to_owned())
}

#[cfg(not(unix))]
fn signal_name(number: i32) -> String {
    format!("signal {number}")
}

/// Asks a library in a child. Fails only where no child can be started.
pub fn ask(caller: &Caller, question: &Question) -> Result<Asked, Failure> {
    let pyve = std::env::current_exe().map_err(|error| Failure::io("find", Path::new("pyve"), &error))?;
    let cannot = |error: io::Error| Failure::io("start", &pyve, &error);
    // Files, not pipes: a process that the library leaves behind could hold a pipe open for ever.
    let (mut answer, mut printed) = (tempfile::tempfile().map_err(cannot)?, tempfile::tempfile().map_err(cannot)?);
    let nowhere = tempfile::tempdir().map_err(cannot)?;
    let mut command = Command::new(&pyve);
    command.args(["plugin", "try", question.name]).args(&question.arguments).arg("--").arg(&question.library);
    command.env_clear().envs(caller.variables().iter().map(|(name, value)| (name, value)));
    command.envs(question.variables.iter().map(|(name, value)| (name, value)));
    command.current_dir(question.folder.as_deref().unwrap_or(nowhere.path()));
    command
        .stdin(Stdio::null())
        .stdout(answer.try_clone().map_err(cannot)?)
        .stderr(printed.try_clone().map_err(cannot)?);
    let ending = run(command, limit(caller)).map_err(cannot)?;
    let (stage, outcome) = read_answer(&mut answer);
    Ok(Asked { outcome, stage, ending, printed: last_lines(&mut printed) })
}

fn limit(caller: &Caller) -> Duration {
    let said = caller.nonempty(TIME_LIMIT_VARIABLE).and_then(|value| value.to_str()?.parse::<f32>().ok());
    said.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok()).unwrap_or(TIME_LIMIT)
}

fn run(mut command: Command, limit: Duration) -> io::Result<Ending> {
    let mut child = command.spawn()?;
    let end = Instant::now() + limit;
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ending::of(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(Ending::TimedOut(limit));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}

/// The part that was reached, and the outcome if it came to one.
fn read_answer(file: &mut File) -> (Option<String>, Option<Line>) {
    let (mut stage, mut outcome) = (None, None);
    for line in read(file, ANSWER_LIMIT).lines() {
        match serde_json::from_str(line) {
            Ok(Line::Calling(method)) => stage = Some(method),
            Ok(line) => outcome = Some(line),
            Err(_) => {}
        }
    }
    (stage, outcome)
}

/// What the library said last; more would bury the message.
fn last_lines(file: &mut File) -> Vec<String> {
    let text = read(file, 1 << 20);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].iter().map(|line| format!("it said: {line}")).collect()
}

fn read(file: &mut File, limit: u64) -> String {
    let mut bytes = Vec::new();
    let _ = file.rewind().and_then(|()| file.take(limit).read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}
