//! The answer to "how is the environment created?".

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::recipe::Recipe;
use crate::step::Step;
use crate::tool::Tool;

open_enum! {
    /// What stands at the prefix before anything is done.
    PrefixState {
        /// Nothing.
        ABSENT = 1, "absent";
        /// An environment of this backend that works and is what would be created now.
        USABLE = 2, "usable";
        /// An environment that works, but was created from other inputs than today's.
        OUTDATED = 3, "outdated";
        /// What is left of an environment of this backend; it must be recreated.
        BROKEN = 4, "broken";
        /// Something that this backend did not create and must not touch.
        FOREIGN = 5, "foreign";
    }
}

/// A file that the environment is created from, and what it said.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// The file, relative to the project's root.
    pub file: OsText,
    /// SHA-256 of its content in lower-case hex, or of the part that counts.
    pub sha256: RString,
    /// Whether the hash is of the part of the file that counts: see [`Spec::of_part`].
    #[serde(default, skip_serializing_if = "is_false")]
    pub of_part: bool,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Spec {
    /// A file with the hash of its content.
    pub fn new(file: impl Into<OsText>, sha256: &str) -> Self {
        Self { file: file.into(), sha256: sha256.into(), ..Self::default() }
    }

    /// Says that the hash is of the part of the file that counts, so that only the backend can compare it.
    pub fn of_part(mut self) -> Self {
        self.of_part = true;
        self
    }
}

/// How the environment is created, and where it will be.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Creation {
    /// The environment's directory, absolute.
    pub prefix: OsText,
    /// The name shown in the prompt and by `doctor`: `myproject`.
    pub name: RString,
    /// What stands at the prefix now.
    pub state: PrefixState,
    /// For any state but absent: what was seen, as half a sentence (`made with Python 3.11.7`); for a
    /// foreign one behind the word "it" (`is not a directory`).
    pub state_detail: RString,
    /// What creates the environment at an empty prefix, in order.
    pub steps: RVec<Step>,
    /// The files it is created from.
    pub specs: RVec<Spec>,
    /// The interpreter inside, absolute, whether it is there yet or not; empty if there is none.
    pub interpreter: OsText,
    /// How the project's dependencies are put in, if that is a question of its own.
    pub dependencies: ROption<Recipe>,
    /// Whether the prefix is outside of the project: see [`Creation::external`].
    #[serde(skip_serializing_if = "is_false")]
    pub external: bool,
    /// The tool of what stands there, if that is another one: see [`Creation::made_with`].
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub made_with: ROption<Tool>,
    /// What else the steps create in the project: see [`Creation::also_creates`].
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub also_creates: RVec<OsText>,
    /// Room to grow within API 1. What the backend keeps in it under its own id is recorded, and given back as
    /// [`Recorded::extension`](crate::Recorded::extension).
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_false(flag: &bool) -> bool {
    !flag
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

    /// Names a file it is created from.
    pub fn spec(mut self, file: impl Into<OsText>, sha256: &str) -> Self {
        self.specs.push(Spec::new(file, sha256));
        self
    }

    /// Names a file of which a part alone counts, with the hash of that part.
    pub fn spec_of_part(mut self, file: impl Into<OsText>, sha256: &str) -> Self {
        self.specs.push(Spec::new(file, sha256).of_part());
        self
    }

    /// Names the interpreter inside.
    pub fn interpreter(mut self, path: impl Into<OsText>) -> Self {
        self.interpreter = path.into();
        self
    }

    /// Says that the prefix is outside of the project, where the tool keeps it: it is used and brought in line by the
    /// steps, and never put aside or removed by the host.
    pub fn external(mut self) -> Self {
        self.external = true;
        self
    }

    /// Names the tool of the environment that stands, where that is not the one the backend was asked with: the Python
    /// that an environment was created with stays its Python. It is shown and recorded while the environment is kept.
    ///
    /// ```
    /// # use pyve_plugin_api::{Creation, PrefixState, Tool};
    /// let creation = Creation::new("app", "/p/.venv").state(PrefixState::USABLE, "made with Python 3.11.2");
    /// let creation = creation.made_with(Tool::new("/usr/bin/python3.11", "3.11.2", "PATH"));
    /// assert_eq!(creation.made_with.unwrap().version, "3.11.2");
    /// ```
    pub fn made_with(mut self, tool: Tool) -> Self {
        self.made_with = ROption::RSome(tool);
        self
    }

    /// Names a file or directory besides the prefix that the steps create, relative to the project's root or absolute.
    ///
    /// What was not there before is recorded as created by pyve, and `pyve purge` removes it; what was there stays the
    /// user's. It must be below the project, and neither above nor inside the prefix.
    ///
    /// ```
    /// # use pyve_plugin_api::Creation;
    /// let creation = Creation::new("app", "/p/.venv").also_creates("node_modules");
    /// assert_eq!(creation.also_creates.len(), 1);
    /// ```
    pub fn also_creates(mut self, path: impl Into<OsText>) -> Self {
        self.also_creates.push(path.into());
        self
    }

    /// Says how the project's dependencies are put in.
    ///
    /// The recipe names what it [reads](Recipe::reads) and what it [leaves](Recipe::leaves); the user is told both. One
    /// that the user has to follow ([`Consent::MANUAL`](crate::Consent::MANUAL)) is told, too, and for
    /// `--install-deps` it is a failure; one without steps has nothing to install.
    pub fn dependencies(mut self, recipe: Recipe) -> Self {
        self.dependencies = ROption::RSome(recipe);
        self
    }
}
