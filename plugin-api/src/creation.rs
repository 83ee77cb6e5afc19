//! The answer to "how is the environment made?".

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::step::{Recipe, Step};

open_enum! {
    /// What stands at the prefix before anything is done.
    PrefixState {
        /// Nothing.
        ABSENT = 1, "absent";
        /// An environment of this backend that works and is what would be made now.
        USABLE = 2, "usable";
        /// An environment that works, but was made from other inputs than today's.
        OUTDATED = 3, "outdated";
        /// What is left of an environment of this backend; it must be made again.
        BROKEN = 4, "broken";
        /// Something that this backend did not make and must not touch.
        FOREIGN = 5, "foreign";
    }
}

/// A file that the environment is made from, and what it said.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The file, relative to the project's root.
    pub file: OsText,
    /// SHA-256 of its content in lower-case hex, or of the part that counts.
    pub sha256: RString,
}

/// How the environment is made, and where it will be.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Creation {
    /// The environment's folder, absolute.
    pub prefix: OsText,
    /// The name shown in the prompt and by `doctor`: `myproject`.
    pub name: RString,
    /// What stands at the prefix now.
    pub state: PrefixState,
    /// For any state but absent: what was seen, as half a sentence (`made with Python 3.11.7`); for a
    /// foreign one behind the word "it" (`is not a folder`).
    pub state_detail: RString,
    /// What makes the environment at an empty prefix, in order.
    pub steps: RVec<Step>,
    /// The files it is made from.
    pub specs: RVec<Spec>,
    /// The interpreter inside, absolute, whether it is there yet or not; empty if there is none.
    pub interpreter: OsText,
    /// How the project's dependencies are put in, if that is a question of its own.
    pub dependencies: ROption<Recipe>,
    /// Room to grow within API 1: a JSON object, or empty. `external`: see [`Creation::external`].
    pub extension: RString,
}

/// What [`Creation::extension`] holds that has a method here.
#[derive(Default, Serialize, Deserialize)]
struct Extension {
    #[serde(default)]
    external: bool,
    /// What else is there.
    #[serde(flatten)]
    others: serde_json::Map<String, serde_json::Value>,
}

impl Creation {
    /// An environment called `name` that will be at `prefix`, where nothing stands yet.
    pub fn new(name: &str, prefix: impl Into<OsText>) -> Self {
        Self { name: name.into(), prefix: prefix.into(), state: PrefixState::ABSENT, ..Self::default() }
    }

    /// Says what stands at the prefix.
    pub fn state(mut self, state: PrefixState, detail: &str) -> Self {
        self.state = state;
        self.state_detail = detail.into();
        self
    }

    /// Appends a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Names a file it is made from.
    pub fn spec(mut self, file: impl Into<OsText>, sha256: &str) -> Self {
        self.specs.push(Spec { file: file.into(), sha256: sha256.into() });
        self
    }

    /// Names the interpreter inside.
    pub fn interpreter(mut self, path: impl Into<OsText>) -> Self {
        self.interpreter = path.into();
        self
    }

    /// Says that the prefix is outside of the project, where the tool keeps it: it is used and brought in line by the
    /// steps, and never put aside or removed by the host.
    ///
    /// ```
    /// # use pyve_plugin_api::Creation;
    /// assert!(Creation::new("default", "/home/me/.cache/envs/p").external().is_external());
    /// ```
    pub fn external(mut self) -> Self {
        let extension: Extension = serde_json::from_str(&self.extension).unwrap_or_default();
        let extension = Extension { external: true, ..extension };
        self.extension = serde_json::to_string(&extension).unwrap_or_default().into();
        self
    }

    /// Whether [`Creation::external`] was said.
    pub fn is_external(&self) -> bool {
        serde_json::from_str::<Extension>(&self.extension).is_ok_and(|extension| extension.external)
    }

    /// Says how the project's dependencies are put in.
    pub fn dependencies(mut self, recipe: Recipe) -> Self {
        self.dependencies = ROption::RSome(recipe);
        self
    }
}
