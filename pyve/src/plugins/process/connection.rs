//! pyve's end of the line to a plugin: starts its process, asks it within a time limit, and sees how it ends.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyve_formats::json;
use pyve_plugin_api::{ErrorBody, Host};
use serde_json::Value;

use super::child_main::{SERVE, WATCH};
use super::ending::{End, Ending};
use super::host;
use super::printed::{Printed, Prints};
use super::protocol::{Call, FromPlugin, ToPlugin, line};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::plugins::load::library::Refusal;
use crate::plugins::validate::MESSAGE;
use crate::process::{end_group, wait};

/// How long a library may take to answer one question.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The user's own limit, in seconds.
pub const TIMEOUT_VARIABLE: &str = "PYVE_PLUGIN_TIMEOUT";

/// How long the process may take until it opens the library, which is the machine's own slowness.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How long a process may go on once it has closed the line.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How often a wait looks whether it was given up.
const GLANCE: Duration = Duration::from_millis(50);

/// How many waits were given up so far.
static GIVEN_UP: AtomicUsize = AtomicUsize::new(0);

/// The question that is being asked, if one is.
static ASKED: Mutex<Option<&'static str>> = Mutex::new(None);

/// Ends every question that is being asked, and says which that was.
pub fn give_up() -> Option<&'static str> {
    GIVEN_UP.fetch_add(1, Ordering::SeqCst);
    *asked()
}

fn asked() -> MutexGuard<'static, Option<&'static str>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the process is started.
pub struct Start<'a> {
    pub library: &'a Path,
    pub caller: &'a Caller,
    pub folder: &'a Path,
    pub prints: Prints,
    /// Whether it tells what the library does to the process itself.
    pub watched: bool,
}

/// What became of a question.
pub enum Outcome {
    Answer(Value),
    /// The error that the backend returned.
    Error(ErrorBody),
    /// The library gives no backend.
    Refused(Refusal),
    /// The process ended, or was ended.
    Ended(End),
}

/// A plugin's process. It ends when this is dropped, or when pyve ends in whatever way.
pub struct Connection {
    process: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Option<FromPlugin>>,
    printed: Printed,
    stage: Option<String>,
    limit: Duration,
    /// What it told of the library, where it is watched.
    pub traces: Traces,
}

/// What a library did to its process.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Whether it has started a process of its own.
    pub started: bool,
    /// What it changed, a sentence each.
    pub changed: Vec<String>,
}

/// The time that is left for an answer.
struct Clock {
    limit: Duration,
    left: Duration,
}

impl Connection {
    /// Starts the process; it opens the library while it is being asked.
    pub fn start(start: &Start<'_>) -> Result<Self, Failure> {
        let limit = start.caller.timeout(TIMEOUT_VARIABLE)?.unwrap_or(TIMEOUT);
        let pyve = std::env::current_exe().map_err(|error| Failure::io("find", Path::new("pyve"), &error))?;
        let cannot = |error: io::Error| Failure::io("start", &pyve, &error);
        let mut command = Command::new(&pyve);
        command
            .args(["plugin", if start.watched { WATCH } else { SERVE }])
            .arg(start.library)
            .current_dir(start.folder);
        let variables: &[(OsString, OsString)] = start.caller.variables();
        command.env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(cannot)?;
        let (input, output, errors) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(output), Some(errors)) = (output, errors) else {
            return Err(cannot(io::Error::other("it has no streams")));
        };
        let printed = Printed::listen(errors, start.prints.clone()).map_err(cannot)?;
        let messages = listen(output).map_err(cannot)?;
        Ok(Self { process, input, messages, printed, stage: None, limit, traces: Traces::default() })
    }

    /// Asks. The time that `host` takes to answer the library does not count.
    pub fn ask(&mut self, question: Call, host: Option<&dyn Host>) -> Outcome {
        *asked() = Some(question.kind().name());
        let outcome = self.outcome_of(question, host);
        *asked() = None;
        outcome
    }

    fn outcome_of(&mut self, question: Call, host: Option<&dyn Host>) -> Outcome {
        let given_up = GIVEN_UP.load(Ordering::SeqCst);
        let limit = if self.stage.is_none() { START_LIMIT } else { self.limit };
        let mut clock = Clock { limit, left: limit };
        self.say(&ToPlugin::Call(Box::new(question)));
        loop {
            let begun = Instant::now();
            let message = self.messages.recv_timeout(clock.left.min(GLANCE));
            clock.left = clock.left.saturating_sub(begun.elapsed());
            match message {
                Ok(Some(FromPlugin::Traces { started, changed })) => self.traces = Traces { started, changed },
                Ok(Some(FromPlugin::Answer(value))) => return Outcome::Answer(value),
                Ok(Some(FromPlugin::Error(error))) => return Outcome::Error(error),
                Ok(Some(FromPlugin::Refused { why, details, remedy })) => {
                    return Outcome::Refused(Refusal { why, details, remedy });
                }
                Ok(Some(FromPlugin::Calling(stage))) => {
                    if self.stage.replace(stage).is_none() {
                        clock = Clock { limit: self.limit, left: self.limit };
                    }
                }
                Ok(Some(call)) => self.serve(&call, host, &mut clock),
                Ok(None) => return self.killed(Ending::Flood),
                Err(RecvTimeoutError::Disconnected) => return self.ended(),
                Err(RecvTimeoutError::Timeout) if GIVEN_UP.load(Ordering::SeqCst) != given_up => {
                    return self.killed(Ending::GivenUp);
                }
                Err(RecvTimeoutError::Timeout) if clock.left.is_zero() => {
                    return self.killed(Ending::TimedOut(clock.limit));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Answers a call of the library to its host; where it is to hear nothing, the time counts as its own.
    fn serve(&mut self, call: &FromPlugin, host: Option<&dyn Host>, clock: &mut Clock) {
        let begun = Instant::now();
        match host.and_then(|host| host::answer(host, call)) {
            Some(answer) => self.say(&answer),
            None => clock.left = clock.left.saturating_sub(begun.elapsed()),
        }
    }

    fn say(&mut self, message: &ToPlugin) {
        // One that does not listen any more is ending, which is seen when it is listened to.
        let _ = self.input.as_mut().map(|input| input.write_all(&line(message)).and_then(|()| input.flush()));
    }

    /// It closed the line: it has ended, or is about to.
    fn ended(&mut self) -> Outcome {
        match wait(&mut self.process, LAST_WORDS) {
            Ok(Some(status)) => self.outcome(status.into()),
            _ => self.killed(Ending::TimedOut(LAST_WORDS)),
        }
    }

    fn killed(&mut self, ending: Ending) -> Outcome {
        end_group(&mut self.process);
        self.outcome(ending)
    }

    fn outcome(&self, ending: Ending) -> Outcome {
        self.printed.finish();
        let (ending, printed) = match self.printed.overflowed() {
            true => (Ending::Overflow, Vec::new()),
            false => (ending, self.printed.last_lines()),
        };
        Outcome::Ended(End { ending, stage: self.stage.clone(), printed })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It ends itself once nobody speaks to it.
        drop(self.input.take());
        if !matches!(wait(&mut self.process, LAST_WORDS), Ok(Some(_))) {
            end_group(&mut self.process);
        }
        self.printed.finish();
    }
}

/// Reads the messages in a thread of its own; `None` stands for one that is too long. What is no message, such as a
/// stray print, is passed over.
fn listen(output: impl Read + Send + 'static) -> io::Result<Receiver<Option<FromPlugin>>> {
    // A plugin that says more than is heard has to wait.
    let (sender, messages) = mpsc::sync_channel(64);
    let read = move || {
        let mut output = BufReader::new(output);
        loop {
            let mut text = Vec::new();
            match output.by_ref().take(MESSAGE).read_until(b'\n', &mut text) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let message = match json::read(&text) {
                Ok(said) => Some(said),
                Err(_) if text.len() as u64 == MESSAGE => None,
                Err(_) => continue,
            };
            if sender.send(message).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("answers".to_owned()).spawn(read)?;
    Ok(messages)
}
