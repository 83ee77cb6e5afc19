//! The process of a plugin: opens the library, answers questions, and ends when pyve does.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};

use pyve_formats::json;
use pyve_plugin_api::{Description, Error, Result};
use serde::Serialize;
use serde_json::Value;

use super::host::Distant;
use super::protocol::{Call, FromPlugin, Introduction, ToPlugin, line};
use crate::plugins::load::library::{self, Opened, Refusal};
use crate::plugins::load::surroundings::Surroundings;
use crate::plugins::load::usage;
use crate::plugins::validate;

/// The word after `pyve plugin` by which pyve starts itself as such a process; the library follows.
pub const SERVE: &str = "serve";

/// The word after `pyve plugin` for one that tells what the library does to the process itself.
pub const WATCH: &str = "watch";

/// Serves the library that the words of a command line name; `None` where they mean something else.
pub fn serve(words: &[OsString]) -> Option<std::io::Result<()>> {
    let [_, command, how, library] = words else { return None };
    let is_ours = command == "plugin" && (how == SERVE || how == WATCH);
    is_ours.then(|| answer_all(library.as_ref(), how == WATCH))
}

/// Answers questions to the library until pyve goes away.
fn answer_all(library: &Path, watched: bool) -> std::io::Result<()> {
    let (input, output) = take_streams()?;
    let alone = leave_terminal();
    leave_no_core();
    let (sender, messages) = mpsc::channel();
    let read = move || {
        for text in BufReader::new(input).split(b'\n').map_while(std::result::Result::ok) {
            if let Ok(message) = json::read(&text)
                && sender.send(message).is_err()
            {
                break;
            }
        }
        // Nobody listens any more, whatever the library is doing just now.
        end(alone);
    };
    std::thread::Builder::new().name("questions".to_owned()).spawn(read)?;
    let line = Line { output: RefCell::new(output), messages };
    let before = watched.then(Surroundings::now);
    let opened = library::open(library, &mut |stage| line.calling(stage));
    while let Ok(message) = line.messages.recv() {
        let ToPlugin::Call(question) = message else { continue };
        let said = match &opened {
            Ok(opened) => answer(opened, &question, &line),
            Err(Refusal { why, details, remedy }) => {
                FromPlugin::Refused { why: why.clone(), details: details.clone(), remedy: remedy.clone() }
            }
        };
        if let Some(before) = &before {
            let changed = before.difference(&Surroundings::now());
            line.say(&FromPlugin::Traces { started: usage::started_processes(), changed });
        }
        line.say(&said);
    }
    Ok(())
}

/// pyve, as this process talks to it.
pub struct Line {
    output: RefCell<File>,
    messages: Receiver<ToPlugin>,
}

impl Line {
    pub fn say(&self, message: &FromPlugin) {
        // Where nobody listens this process is ended in a moment.
        let _ = self.output.borrow_mut().write_all(&line(message));
    }

    /// Says it and waits for what pyve answers.
    pub fn ask(&self, message: &FromPlugin) -> ToPlugin {
        self.say(message);
        loop {
            if let Ok(answer) = self.messages.recv() {
                return answer;
            }
            std::thread::park();
        }
    }

    fn calling(&self, method: &str) {
        self.say(&FromPlugin::Calling(method.to_owned()));
    }
}

fn answer(opened: &Opened, question: &Call, line: &Line) -> FromPlugin {
    line.calling(question.kind().name());
    match value(opened, question, &Distant(line)) {
        Ok(value) => FromPlugin::Answer(value),
        Err(error) => FromPlugin::Error((*error).clone()),
    }
}

fn value(opened: &Opened, question: &Call, host: &Distant<'_>) -> Result<Value> {
    let backend = &opened.backend;
    match question {
        Call::Describe => text(&introduction(opened)?),
        Call::Detect { project } => text(&backend.detect(&project.path())?),
        Call::EnsureTool { request } => text(&backend.ensure_tool(request, host)?),
        Call::Create { request, tool } => text(&backend.create(request, tool, host)?),
        Call::Run { request } => text(&backend.run(request, host)?),
        Call::Diagnose { request } => text(&backend.diagnose(request, host)?),
        Call::Inspect { request } => text(&backend.inspect(request, host)?),
        Call::Update { request, tool } => text(&backend.update(request, tool, host)?),
        Call::Lock { request, lock } => text(&backend.lock(request, lock, host)?),
        Call::Requirements { request } => text(&backend.requirements(request, host)?),
        Call::Adopt { request, from } => text(&backend.adopt(request, from, host)?),
        Call::Packages { request } => text(&backend.packages(request, host)?),
        Call::Environments { request } => text(&backend.environments(request, host)?),
    }
}

/// Who it is. Whoever describes himself in two ways cannot be recorded.
fn introduction(opened: &Opened) -> Result<Introduction<Description>> {
    let (description, again) = (opened.backend.describe()?, opened.backend.describe()?);
    if description != again {
        return Err(Error::new("it describes itself otherwise when it is asked a second time"));
    }
    Ok(Introduction { api_version: opened.api_version.clone(), description })
}

fn text(answer: &impl Serialize) -> Result<Value> {
    validate::value(answer).map_err(|error| Error::new(format!("its answer cannot be written down: {error}")))
}

/// Takes the standard streams for the talk with pyve. The library reads nothing, and what it prints goes to standard
/// error.
#[cfg(unix)]
fn take_streams() -> std::io::Result<(File, File)> {
    let input = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    let output = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok((File::from(input), File::from(output)))
}

#[cfg(not(unix))]
fn take_streams() -> std::io::Result<(File, File)> {
    use std::os::windows::io::AsHandle;
    let input = std::io::stdin().as_handle().try_clone_to_owned()?;
    let output = std::io::stdout().as_handle().try_clone_to_owned()?;
    Ok((File::from(input), File::from(output)))
}

/// A session of its own has no terminal: nothing can be read from it, and Ctrl-C is pyve's to act on. Whether this
/// process leads a group of its own now.
#[cfg(unix)]
fn leave_terminal() -> bool {
    rustix::process::setsid().is_ok()
}

#[cfg(not(unix))]
fn leave_terminal() -> bool {
    false
}

/// Ends this process at once, with all that the library started where they are `alone` in a group.
#[cfg(unix)]
fn end(alone: bool) {
    use rustix::process::{Signal, getpid, kill_process, kill_process_group};
    if alone {
        let _ = kill_process_group(getpid(), Signal::KILL);
    }
    let _ = kill_process(getpid(), Signal::KILL);
}

#[cfg(not(unix))]
fn end(_: bool) {
    std::process::abort();
}

#[cfg(unix)]
fn leave_no_core() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Core).maximum;
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}

#[cfg(not(unix))]
fn leave_no_core() {}
