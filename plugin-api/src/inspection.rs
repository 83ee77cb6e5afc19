//! The answer to "what stands there?".

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::creation::PrefixState;
use crate::extension::Extension;
use crate::os_text::OsText;

/// An environment as its own files tell of it: no tool was asked, and nothing that was recorded counts.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExistingEnvironment {
    /// The environment's directory, absolute.
    pub prefix: OsText,
    /// The name shown for it.
    pub name: RString,
    /// [`PrefixState::USABLE`] or [`PrefixState::BROKEN`].
    pub state: PrefixState,
    /// What was seen, as half a sentence: `made with Python 3.11.7`.
    pub detail: RString,
    /// The interpreter inside, absolute; empty if there is none.
    pub interpreter: OsText,
    /// The directory that its own files name, if that is not where it stands: it was moved or copied. Else empty.
    pub moved_from: OsText,
    /// Scripts in it that [`Backend::run`](crate::Backend::run) has a shell source: code of the environment's own.
    pub scripts: RVec<OsText>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl ExistingEnvironment {
    /// An environment called `name` at `prefix` that can be used.
    pub fn new(name: &str, prefix: impl Into<OsText>) -> Self {
        Self { name: name.into(), prefix: prefix.into(), state: PrefixState::USABLE, ..Self::default() }
    }

    /// Says what was seen, as half a sentence.
    pub fn detail(mut self, detail: &str) -> Self {
        self.detail = detail.into();
        self
    }

    /// It cannot be used; `why` is half a sentence.
    pub fn broken(mut self, why: &str) -> Self {
        self.state = PrefixState::BROKEN;
        self.detail = why.into();
        self
    }

    /// Names the interpreter inside.
    pub fn interpreter(mut self, path: impl Into<OsText>) -> Self {
        self.interpreter = path.into();
        self
    }

    /// Names a script that a shell sources when a command is started in it.
    pub fn script(mut self, path: impl Into<OsText>) -> Self {
        self.scripts.push(path.into());
        self
    }

    /// Its own files name another directory than the one it is in.
    pub fn moved_from(mut self, path: impl Into<OsText>) -> Self {
        self.moved_from = path.into();
        self
    }
}

/// The environments of one backend that stand in a project.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inspection {
    /// Where the environment that the request means is or would be, absolute; empty where that is not known.
    pub prefix: OsText,
    /// Those that stand: the one at [`Inspection::prefix`], and others of this backend that the project has.
    pub environments: RVec<ExistingEnvironment>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Inspection {
    /// The answer of a backend that cannot tell.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The environment that is meant is or would be at `prefix`.
    pub fn at(prefix: impl Into<OsText>) -> Self {
        Self { prefix: prefix.into(), ..Self::default() }
    }

    /// Adds an environment that stands.
    pub fn environment(mut self, environment: ExistingEnvironment) -> Self {
        self.environments.push(environment);
        self
    }

    /// The environment that the request means, if it stands.
    pub fn requested(&self) -> Option<&ExistingEnvironment> {
        self.environments.iter().find(|environment| environment.prefix == self.prefix)
    }
}
