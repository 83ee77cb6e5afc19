//! The child's side of a question: opens the library, asks, and writes what came of it, a line of JSON each.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Error, Request, Result, Tool};
use serde::Serialize;
use serde_json::Value;

use super::child::{Line, Reply};
use super::load::library::{self, Opened, Refusal};
use super::probe::Introduction;
use super::watch::Method;
use crate::host::Hosting;

/// The questions that can be asked.
pub const QUESTIONS: [&str; 7] = ["describe", "detect", "ensure_tool", "create", "run", "diagnose", "inspect"];

/// A question and what it is about.
pub struct Asking<'a> {
    pub question: &'a str,
    pub hosting: Hosting<'a>,
    pub home: PathBuf,
    pub tool: Option<Tool>,
}

/// Where the answer goes: what was standard output when the child was started.
pub struct Answer(File);

impl Answer {
    /// Takes standard output for the answer; what the library prints goes to standard error.
    pub fn take() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            let answer = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
            rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
            Ok(Self(File::from(answer)))
        }
        #[cfg(windows)]
        {
            use std::os::windows::io::AsHandle;
            Ok(Self(File::from(std::io::stdout().as_handle().try_clone_to_owned()?)))
        }
    }

    fn write(&mut self, line: &Line) {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        let _ = self.0.write_all(&text);
    }

    fn calling(&mut self, method: Method) {
        self.write(&Line::Calling(method.name().to_owned()));
    }
}

impl Asking<'_> {
    /// Opens the library, asks it, and writes the outcome.
    pub fn in_child(&self, library: &Path, mut answer: Answer) {
        leave_no_core();
        let outcome = match library::open(library, &mut |stage| answer.calling(stage.into())) {
            Ok(opened) => self.ask(&opened, &mut answer),
            Err(Refusal { why, details, remedy }) => Line::Refused { message: why, details, remedy, broken: true },
        };
        answer.write(&outcome);
    }

    fn ask(&self, opened: &Opened, answer: &mut Answer) -> Line {
        answer.write(&Line::Calling(self.question.to_owned()));
        let value = match self.question {
            "describe" => introduction(opened),
            _ => self.value(&opened.backend),
        };
        match value {
            Ok(value) => Line::Answer(Reply { value, started: started_processes() }),
            Err(error) => Line::Refused {
                message: error.message.replacen("the backend panicked", "it panicked", 1),
                details: error.details.iter().map(ToString::to_string).collect(),
                remedy: (!error.remedy.is_empty()).then(|| error.remedy.to_string()),
                broken: error.message.starts_with("the backend panicked"),
            },
        }
    }

    /// The answer of a backend, as JSON.
    pub fn value(&self, backend: &BackendObject) -> Result<Value> {
        let (host, request) = (&self.hosting, Request::new(&self.hosting.project, &self.home));
        match self.question {
            "describe" => text(&backend.describe()?),
            "detect" => text(&backend.detect(&self.hosting.project)?),
            "ensure_tool" => text(&backend.ensure_tool(&request, host)?),
            "create" => text(&backend.create(&request, self.tool.as_ref().unwrap_or(&Tool::default()), host)?),
            "run" => text(&backend.run(&request, host)?),
            "diagnose" => text(&backend.diagnose(&request, host)?),
            "inspect" => text(&backend.inspect(&request, host)?),
            other => Err(Error::new(format!("there is no question `{other}`"))),
        }
    }
}

/// Who it is. Whoever describes himself in two ways cannot be recorded.
fn introduction(opened: &Opened) -> Result<Value> {
    let (description, again) = (opened.backend.describe()?, opened.backend.describe()?);
    if description != again {
        return Err(Error::new("it describes itself otherwise when it is asked a second time"));
    }
    text(&Introduction { api_version: opened.api_version.clone(), description })
}

fn text(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|error| Error::new(format!("its answer cannot be written down: {error}")))
}

#[cfg(unix)]
fn leave_no_core() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Core).maximum;
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}

#[cfg(unix)]
fn started_processes() -> bool {
    super::load::process::started_processes()
}

#[cfg(not(unix))]
fn leave_no_core() {}

#[cfg(not(unix))]
fn started_processes() -> bool {
    false
}
