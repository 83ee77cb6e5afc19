//! What a backend may ask of the host: questions only.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::command::{Command, Output};
use crate::error::Result;
use crate::open_enum::open_enum;
use crate::python::{PythonSearch, PythonSpec};

open_enum! {
    /// How much a message matters.
    Level {
        /// Shown with `--verbose`.
        DEBUG = 1, "debug";
        /// Worth telling.
        INFO = 2, "info";
        /// The user should look at it.
        WARNING = 3, "warning";
    }
}

/// The host, as a backend sees it.
///
/// Prefer these over the standard library's own: the host answers from the user's environment as it
/// was when pyve started, keeps time limits, and can be replaced by
/// [`testing::FakeHost`](crate::testing::FakeHost) in tests.
pub trait Host {
    /// Says something to the user, on standard error and in the host's style.
    fn log(&self, level: Level, message: &str);

    /// Says what is being looked at, for a spinner; shown at most until the next message.
    fn progress(&self, message: &str);

    /// A variable of the user's environment; `None` if it is unset.
    fn variable(&self, name: &str) -> Option<OsString>;

    /// Every program of that name on the user's PATH, absolute, in PATH's order.
    ///
    /// Relative and empty entries of PATH are passed over. Nothing is started.
    fn find_program(&self, name: &str) -> Vec<PathBuf>;

    /// Runs a command that changes nothing and returns what it wrote; its standard input is empty.
    ///
    /// A program that lies in the project is started only where pyve put it there, its hash is one of
    /// [`Command::pinned`], or the user's PATH has its directory; one that a file of the project names
    /// ([`Command::named_by`]) only where the user asked for an environment. Otherwise the error
    /// is of the kind [`ErrorKind::REFUSED`](crate::ErrorKind::REFUSED).
    ///
    /// # Errors
    ///
    /// Where it cannot be started, or runs longer than its time limit (10 seconds if it has none).
    /// An exit code other than 0 is no error here.
    fn capture(&self, command: &Command) -> Result<Output>;

    /// The Python that `spec` asks for: with asdf, with pyenv, of pyve's own, on PATH; so that every backend chooses the same.
    ///
    /// A shim or the Python of a virtual environment leads to the real one behind it. Nothing is installed.
    ///
    /// ```
    /// use pyve_plugin_api::testing::FakeHost;
    /// use pyve_plugin_api::{Host, Interpreter, PythonSpec, ToolAnswer};
    /// let host = FakeHost::new().python(Interpreter::new("/usr/bin/python3.12", "3.12.4", "PATH"));
    /// let answer: ToolAnswer = host.find_python(&PythonSpec::version("3.12", "moss.toml:2"))?.into();
    /// assert_eq!(answer.found.unwrap().version, "3.12.4");
    /// # Ok::<(), pyve_plugin_api::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where what is asked for is no version, or contradicts `requires-python`. That none is there is no error.
    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch>;

    /// The SHA-256 of a file's content, in lower-case hex.
    ///
    /// # Errors
    ///
    /// Where it is no regular file, or cannot be read.
    fn sha256(&self, file: &Path) -> Result<String>;
}
