//! The answer to "how is a command run inside?".

use abi_stable::StableAbi;
use abi_stable::std_types::{RBox, ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Variable;
use crate::extension::Extension;
use crate::os_text::OsText;
use crate::outer::Outer;
use crate::own_command::OwnCommand;
use crate::remedy::Remedy;

/// A directory put on PATH.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathEntry {
    /// The directory; absolute, or below the directory that `variable` names.
    pub directory: OsText,
    /// A variable of the caller's that holds the parent directory; the entry is left out where it is unset.
    #[serde(default, skip_serializing_if = "RString::is_empty")]
    pub variable: RString,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl PathEntry {
    /// A directory.
    pub fn new(directory: impl Into<OsText>) -> Self {
        Self { directory: directory.into(), ..Self::default() }
    }

    /// A directory below the one that a variable of the caller's names.
    pub fn below(variable: &str, directory: impl Into<OsText>) -> Self {
        Self { variable: variable.into(), ..Self::new(directory) }
    }
}

/// The rule by which environments of one kind stand inside each other (conda's `CONDA_SHLVL`).
///
/// The host keeps it when a command is started inside another environment of the kind: the level
/// goes up by one, the outer prefix is kept in `<prefix variable>_<outer level>`, and the outer
/// environment's directories on PATH make place for the inner one's.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nesting {
    /// The variable that counts: `CONDA_SHLVL`.
    pub level: RString,
    /// The variable that holds the prefix: `CONDA_PREFIX`.
    pub prefix: RString,
    /// Room to grow within API 1.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Nesting {
    /// The rule with these two variables.
    pub fn new(level: &str, prefix: &str) -> Self {
        Self { level: level.into(), prefix: prefix.into(), extension: Extension::new() }
    }
}

/// A command that does harm in an environment: whoever types it is warned, and it runs.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caution {
    /// The words that the command begins with; the program may be named by a path: `["pip", "install"]`.
    pub command: RVec<RString>,
    /// What harm it does, as one sentence without a full stop.
    pub message: RString,
    /// What to type or do instead.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub remedy: Remedy,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Caution {
    /// A warning for whoever types a command that begins with these words.
    pub fn new<T: AsRef<str>>(command: impl IntoIterator<Item = T>, message: &str) -> Self {
        let command = command.into_iter().map(|word| RString::from(word.as_ref())).collect();
        Self { command, message: message.into(), ..Self::default() }
    }

    /// Says in words what to do instead.
    pub fn hint(mut self, text: impl AsRef<str>) -> Self {
        self.remedy = Remedy::text(text);
        self
    }
}

/// How every command of an environment is started: independent of the command and of the caller,
/// so that the host can keep it.
///
/// The host starts from the caller's variables, undoes what the environments of [`Launch::outer`] set, leaves those named in
/// [`Launch::deactivate`], removes [`Launch::env_remove`], applies [`Launch::env`], and puts
/// [`Launch::path`] in front of PATH and [`Launch::path_append`] behind it.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Launch {
    /// Folders put in front of PATH, first one first.
    pub path: RVec<PathEntry>,
    /// Folders put behind PATH, first one first: what the caller has of the same name goes before theirs.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub path_append: RVec<PathEntry>,
    /// Variables set.
    pub env: RVec<Variable>,
    /// Variables removed, whatever the caller had.
    pub env_remove: RVec<RString>,
    /// Variables that hold the prefix of an environment the caller may be in (`VIRTUAL_ENV`): that
    /// prefix's directories are taken off PATH, and the variable is removed unless it is set again.
    pub deactivate: RVec<RString>,
    /// The rule of nesting, for the kinds that have one.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub nesting: ROption<Nesting>,
    /// A command put in front of the user's own; empty (the usual case) means none.
    pub wrapper: RVec<OsText>,
    /// Shell scripts (for bash or POSIX sh) whose effects are in this launch already, unless [`Launch::source_scripts`] says
    /// otherwise; an interactive shell sources them.
    pub scripts: RVec<OsText>,
    /// Whether the host sources [`Launch::scripts`] once all else of the launch is applied, since what they do depends on the
    /// caller. What they did is kept for each set of values that they can have read, where the host can tell.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub source_scripts: bool,
    /// How environments are left that the caller's shell has activated, before anything of this is applied.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub outer: RVec<Outer>,
    /// Files and directories from which this was computed, absolute. If one of them changes, appears or
    /// goes, the host asks again.
    pub inputs: RVec<OsText>,
    /// Commands that do harm here; the host warns and goes on.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub cautions: RVec<Caution>,
    /// Commands that are the environment's own or nothing.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub own_commands: RVec<OwnCommand>,
    /// How a command gets into the environment that is neither there nor on PATH; none: the host says what fits all.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub missing: Remedy,
    /// The launch for an interactive shell, which sources [`Launch::scripts`] after it: given where [`Launch::wrapper`] is
    /// not empty, and wherever this one holds what the scripts do.
    #[serde(skip_serializing_if = "ROption::is_none", with = "boxed")]
    pub shell: ROption<RBox<Launch>>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

/// A launch within a launch, written as it is.
mod boxed {
    use super::{Deserialize, Launch, RBox, ROption, Serialize};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(launch: &ROption<RBox<Launch>>, serializer: S) -> Result<S::Ok, S::Error> {
        launch.as_ref().into_option().map(|launch| &**launch).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ROption<RBox<Launch>>, D::Error> {
        Ok(Option::<Launch>::deserialize(deserializer)?.map(RBox::new).into())
    }
}

impl Launch {
    /// A launch that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a directory on PATH, behind those already put there.
    pub fn path(mut self, directory: impl Into<OsText>) -> Self {
        self.path.push(PathEntry::new(directory));
        self
    }

    /// Puts a directory below the one that a variable of the caller's names on PATH.
    pub fn path_below(mut self, variable: &str, directory: impl Into<OsText>) -> Self {
        self.path.push(PathEntry::below(variable, directory));
        self
    }

    /// Puts a directory behind PATH.
    pub fn append_path(mut self, directory: impl Into<OsText>) -> Self {
        self.path_append.push(PathEntry::new(directory));
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl Into<OsText>) -> Self {
        self.env.push(Variable::new(name, value));
        self
    }

    /// Removes a variable.
    pub fn env_remove(mut self, name: &str) -> Self {
        self.env_remove.push(name.into());
        self
    }

    /// Leaves the environment whose prefix this variable of the caller's holds.
    pub fn deactivate(mut self, variable: &str) -> Self {
        self.deactivate.push(variable.into());
        self
    }

    /// Says how environments of this kind stand inside each other.
    pub fn nesting(mut self, nesting: Nesting) -> Self {
        self.nesting = ROption::RSome(nesting);
        self
    }

    /// Sources these scripts, in this order, before each command.
    pub fn source<T: Into<OsText>>(mut self, scripts: impl IntoIterator<Item = T>) -> Self {
        self.scripts = scripts.into_iter().map(Into::into).collect();
        self.source_scripts = !self.scripts.is_empty();
        self
    }

    /// Says how an environment is left that the caller's shell has activated.
    pub fn outer(mut self, outer: Outer) -> Self {
        self.outer.push(outer);
        self
    }

    /// Warns of a command that does harm here.
    pub fn caution(mut self, caution: Caution) -> Self {
        self.cautions.push(caution);
        self
    }

    /// Names a command that is the environment's own or nothing.
    pub fn own_command(mut self, command: OwnCommand) -> Self {
        self.own_commands.push(command);
        self
    }

    /// Says how a command gets into the environment that is neither there nor on PATH.
    pub fn missing(mut self, remedy: Remedy) -> Self {
        self.missing = remedy;
        self
    }

    /// Gives an interactive shell another launch, after which it sources [`Launch::scripts`].
    pub fn shell(mut self, launch: Launch) -> Self {
        self.shell = ROption::RSome(RBox::new(launch));
        self
    }

    /// Names something that this was computed from.
    pub fn input(mut self, path: impl Into<OsText>) -> Self {
        self.inputs.push(path.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_in_a_launch_survives_json() {
        let plain = Launch::new().path("/e/bin").append_path("/e/more");
        let launch = plain.clone().env("A", "b").shell(plain.clone()).source(["/e/a.sh"]).outer(Outer::conda());
        let launch = launch.caution(Caution::new(["pip"], "it harms"));
        let json = serde_json::to_string(&launch).unwrap();
        assert_eq!(serde_json::from_str::<Launch>(&json).unwrap(), launch);
        let plain = serde_json::to_string(&plain).unwrap();
        assert!(["shell", "source_scripts", "outer"].iter().all(|field| !plain.contains(field)), "{plain}");
    }
}
