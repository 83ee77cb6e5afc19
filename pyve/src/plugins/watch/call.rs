//! One call into a plugin: noted before, the process put back as it was after.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::marker::Marker;
pub use super::method::Method;
use crate::plugins::load::process::{self, Kept};
use crate::plugins::load::signals::{self, Label};
use crate::session::Memory;

/// One call at a time: streams and signals belong to the whole process.
static ONE: Mutex<()> = Mutex::new(());

/// A call was given up: it may go on for ever, and no other can begin.
static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Waits no longer for the call that is going on, if there is one: results go to standard output again.
pub fn give_up() {
    if process::put_streams_back() {
        GIVEN_UP.store(true, Ordering::SeqCst);
    }
}

/// Whether a call was given up.
pub fn is_given_up() -> bool {
    GIVEN_UP.load(Ordering::SeqCst)
}

/// The calls into one plugin.
pub struct Calls {
    labels: Vec<(Method, &'static Label)>,
    marker: PathBuf,
    memory: Memory,
}

impl Calls {
    /// Calls into plugin `id`, noted in `folder`; `trust` is the command that lets it be used again.
    pub fn new(id: &str, folder: PathBuf, trust: &str, memory: Memory) -> Self {
        let marker = folder.join(format!("{id}.{}", std::process::id()));
        let label = |method: Method| (method, Label::new(id, method.name(), trust.to_owned(), &marker));
        Self { labels: Method::ALL.into_iter().map(label).collect(), marker, memory }
    }

    /// Calls `body`, which is `method` of the plugin.
    pub fn during<T>(&self, method: Method, body: impl FnOnce() -> T) -> T {
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let _call = self.begin(method);
        body()
    }

    /// Notes that the call has come to `method`.
    pub fn at(&self, method: Method) {
        if let Some(label) = self.label(method) {
            signals::rename(label);
        }
    }

    fn label(&self, method: Method) -> Option<&'static Label> {
        self.labels.iter().find(|(known, _)| *known == method).map(|(_, label)| *label)
    }

    /// Begins a call that ends when the value is dropped.
    fn begin(&self, method: Method) -> Call {
        let marker = match self.memory {
            Memory::Kept => Marker::put(&self.marker, method.name()),
            // Only a crash is noted then, by the one who meets it.
            Memory::Untouched => None,
        };
        if let Some(label) = self.label(method) {
            signals::enter(label, marker.as_ref().map_or(-1, Marker::descriptor));
        }
        let kept = Kept::now();
        signals::watch_endings();
        Call { kept: Some(kept), _marker: marker }
    }
}

/// A call that is going on.
struct Call {
    kept: Option<Kept>,
    _marker: Option<Marker>,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.kept.take();
        signals::leave();
    }
}
