//! What a backend says of itself before it is asked anything.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::detection::Marker;
use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::question::Question;

open_enum! {
    /// What a [`Setting`] holds.
    SettingKind {
        /// One text.
        TEXT = 1, "text";
        /// `true` or `false`.
        BOOL = 2, "bool";
        /// A list of texts; a flag for it may be given more than once.
        LIST = 3, "list";
        /// A path inside the project.
        PATH = 4, "path";
    }
}

/// One key of the backend's own section in `.pyve/config`, which may also be said by a flag of `init`.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setting {
    /// The key below the backend's id: `env_name`.
    pub key: RString,
    /// What it holds.
    pub kind: SettingKind,
    /// What it is for, as a sentence without a full stop; shown in help and in the schema.
    pub summary: RString,
    /// What holds where it is not said, for people; may be empty.
    pub default: RString,
    /// The flag of `pyve init` that sets it for once, without dashes (`env-name`); empty for none.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub flag: RString,
    /// Whether it is what `pyve init DIR` and `pyve purge DIR` name.
    #[serde(skip_serializing_if = "is_false")]
    pub positional: bool,
    /// Whether what a flag said of it holds until a flag says something else: see [`Setting::remembered`].
    #[serde(skip_serializing_if = "is_false")]
    pub remembered: bool,
    /// Whether it is about one environment alone: see [`Setting::per_environment`].
    #[serde(skip_serializing_if = "is_false")]
    pub per_environment: bool,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

/// What stands for an environment's name in such a marker.
const NAME: &str = "{env}";

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Setting {
    /// A setting.
    pub fn new(key: &str, kind: SettingKind, summary: &str) -> Self {
        Self { key: key.into(), kind, summary: summary.into(), ..Self::default() }
    }

    /// Says what holds where it is not set.
    pub fn default_value(mut self, text: &str) -> Self {
        self.default = text.into();
        self
    }

    /// Lets `pyve init --<flag>` say it.
    pub fn flag(mut self, flag: &str) -> Self {
        self.flag = flag.into();
        self
    }

    /// Makes it what `pyve init DIR` names.
    pub fn positional(mut self) -> Self {
        self.positional = true;
        self
    }

    /// Says that it is about one environment alone, such as its directory: what a project's config says of it for the
    /// whole project holds for the default environment, and not for those with a name.
    pub fn per_environment(mut self) -> Self {
        self.per_environment = true;
        self
    }

    /// Whether it is about one environment alone; what `pyve init DIR` names always is.
    pub fn is_per_environment(&self) -> bool {
        self.positional || self.per_environment
    }

    /// Makes what a flag said of it a choice that is remembered with the environment: `init --group dev` is about what
    /// is installed in this one, and no setting of the project's.
    ///
    /// It is recorded, and every later question about the environment has it in its
    /// [settings](crate::Request::settings), until a flag of a remembered setting is said again: that one replaces all
    /// that was remembered. What `.pyve/config` says comes before what is remembered.
    pub fn remembered(mut self) -> Self {
        self.remembered = true;
        self
    }
}

/// What a backend is, and all that the host must know to treat it as it treats every other.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Description {
    /// The name used by `--backend`, in the config and in every message: `[a-z][a-z0-9-]*`, at most 32 characters.
    pub id: RString,
    /// The backend's own version.
    pub version: RString,
    /// What it is, in one line.
    pub summary: RString,
    /// The tool it works with, for people: `Python`, `micromamba`.
    pub tool: RString,
    /// The optional questions that it answers (`lock`, `packages`): what [`Backend::describe`](crate::Backend::describe)
    /// leaves here is replaced by what it does answer. Unknown ones are kept, not refused.
    pub capabilities: RVec<RString>,
    /// The files that ask for it.
    pub markers: RVec<Marker>,
    /// The files that bear the name of an environment, with `{env}` in its place: see [`Description::marker_of_environment`].
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub environment_markers: RVec<Marker>,
    /// The keys of its config section.
    pub settings: RVec<Setting>,
    /// What git must ignore besides pyve's own, as lines of a `.gitignore`. `{key}` stands for a
    /// setting's value, or for its default where it is not said: `/{directory}`.
    pub ignores: RVec<RString>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Description {
    /// A backend called `id`.
    pub fn new(id: &str, version: &str, summary: &str) -> Self {
        Self { id: id.into(), version: version.into(), summary: summary.into(), tool: id.into(), ..Self::default() }
    }

    /// Names the tool for people.
    pub fn tool(mut self, tool: &str) -> Self {
        self.tool = tool.into();
        self
    }

    /// Adds a marker file.
    pub fn marker(mut self, marker: Marker) -> Self {
        self.markers.push(marker);
        self
    }

    /// Adds a file that bears the name of an environment, for which `{env}` stands in its name or its table:
    /// `environment.{env}.yml`. For the environment of that name it speaks louder than what the whole project asks for; one
    /// that is generic and has a table is read by the backend, as it says in this way, and chooses nothing.
    pub fn marker_of_environment(mut self, marker: Marker) -> Self {
        self.environment_markers.push(marker);
        self
    }

    /// The markers of the environment called `name`.
    pub fn markers_of(&self, name: &str) -> Vec<Marker> {
        let named = |text: &str| RString::from(text.replace(NAME, name));
        let markers = self.environment_markers.iter();
        markers.map(|one| Marker { file: named(&one.file), table: named(&one.table), ..one.clone() }).collect()
    }

    /// Adds a key of the config section.
    pub fn setting(mut self, setting: Setting) -> Self {
        self.settings.push(setting);
        self
    }

    /// Adds a line for `.gitignore`.
    pub fn ignore(mut self, line: &str) -> Self {
        self.ignores.push(line.into());
        self
    }

    /// Whether it answers this optional question.
    pub fn can(&self, question: Question) -> bool {
        self.capabilities.iter().any(|capability| capability == question.name())
    }

    /// Whether what a flag says of this setting is [remembered](Setting::remembered) with the environment.
    pub fn remembers(&self, key: &str) -> bool {
        self.settings.iter().any(|setting| setting.remembered && setting.key == key)
    }

    /// The setting that a positional `DIR` names, if there is one.
    pub fn positional(&self) -> ROption<&Setting> {
        self.settings.iter().find(|setting| setting.positional).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_of_an_environment_have_its_name() {
        let fern = Description::new("fern", "1", "Ferns")
            .marker_of_environment(Marker::exclusive("{env}.fern"))
            .marker_of_environment(Marker::generic("fern.toml").table("frond.{env}"));
        let named = [Marker::exclusive("dev.fern"), Marker::generic("fern.toml").table("frond.dev")];
        assert_eq!((fern.markers_of("dev"), fern.markers.len()), (named.to_vec(), 0));
        assert_eq!(fern.environment_markers[0].file, "{env}.fern");
    }
}
