//! A loaded backend under watch: whatever it does while it is asked, pyve can say who did it, and goes on as it was.

#[cfg(unix)]
mod call;
#[cfg(not(unix))]
#[path = "call_unwatched.rs"]
mod call;
#[cfg(unix)]
mod marker;
mod method;

use std::mem::ManuallyDrop;
use std::path::Path;

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{
    Backend, Creation, Description, Error, Finding, Host, Inspection, Launch, Request, Result, Sighting, Tool,
    ToolAnswer,
};

pub use call::{Calls, Method, give_up, is_given_up};
#[cfg(unix)]
pub use marker::crashed;

/// While this lives, pyve has not ended: if the process exits all the same, a plugin did it.
pub struct Running;

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        super::load::signals::leaving();
    }
}

/// The exit code for a plugin that ends the process: 1 unless the command says otherwise.
pub fn failing_with(code: u8) {
    #[cfg(unix)]
    super::load::signals::exit_code(code);
    #[cfg(not(unix))]
    let _ = code;
}

/// The crashes that earlier processes left behind; none where they are not watched.
#[cfg(not(unix))]
pub fn crashed(_: &Path) -> Vec<(String, String, std::path::PathBuf)> {
    Vec::new()
}

/// A backend from a library.
struct Watched {
    // Never dropped: the library lives until the process ends, and its destructor is code that nobody guards.
    backend: ManuallyDrop<BackendObject>,
    description: Description,
    calls: Calls,
}

/// Puts a loaded backend under watch.
pub fn watched(backend: BackendObject, description: Description, calls: Calls) -> BackendObject {
    BackendObject::new(Watched { backend: ManuallyDrop::new(backend), description, calls })
}

impl Watched {
    fn ask<T>(&self, method: Method, body: impl FnOnce(&BackendObject) -> Result<T>) -> Result<T> {
        if is_given_up() {
            return Err(Error::new(format!("plugin `{}` has not answered yet", self.description.id)));
        }
        let answer = self.calls.during(method, || body(&self.backend));
        answer.map_err(|error| self.named(error))
    }

    /// A panic is told with the name of the plugin; everything else is the plugin's own business.
    fn named(&self, error: Error) -> Error {
        let Some(rest) = error.message.strip_prefix("the backend panicked ") else { return error };
        let id = &self.description.id;
        let named = Error::new(format!("plugin `{id}` panicked {rest}"))
            .remedy(format!("tell its author; `pyve plugin remove {id}` does without it"));
        error.details.iter().fold(named, Error::detail)
    }
}

impl Backend for Watched {
    /// What was recorded when it was added; the library need not be asked.
    fn describe(&self) -> Description {
        self.description.clone()
    }

    fn detect(&self, project: &Path) -> Result<Vec<Sighting>> {
        self.ask(Method::Detect, |backend| backend.detect(project))
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        self.ask(Method::EnsureTool, |backend| backend.ensure_tool(request, host))
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        self.ask(Method::Create, |backend| backend.create(request, tool, host))
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        self.ask(Method::Run, |backend| backend.run(request, host))
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        self.ask(Method::Diagnose, |backend| backend.diagnose(request, host))
    }

    fn inspect(&self, request: &Request, host: &dyn Host) -> Result<Inspection> {
        self.ask(Method::Inspect, |backend| backend.inspect(request, host))
    }
}
