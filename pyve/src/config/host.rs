//! The host's own settings, one entry each: what checks, completes, shows and describes them is made from this list.

use pyve_formats::yaml::Node;
use pyve_plugin_api::Description;
use serde_json::{Value, json};

use super::link_mode::LinkMode;
use super::problem::{Problem, quoted};
use super::prompt::{self, DEFAULT_FORMAT};
use super::schema::{self, PRINTABLE};
use super::sourced::Sourced;
use super::value::{self, Refusal};
use crate::project::EnvironmentName;
use crate::ui::suggest::did_you_mean;

/// One setting.
pub struct HostSetting {
    /// `prompt.format` is `format` in the section `prompt`.
    pub key: &'static str,
    pub scope: Scope,
    pub kind: Kind,
    pub summary: &'static str,
    /// What could be written there, for messages.
    pub sample: &'static str,
    pub default: Fallback,
    /// The variable that is stronger than the file.
    pub variable: Option<&'static str>,
    /// The flag that is stronger than the file, with its dashes.
    pub flag: Option<&'static str>,
    /// Whether it is said for the whole project alone, never below the name of an environment.
    pub once: bool,
}

/// The file that has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `.pyve/config`.
    Project,
    /// `~/.pyve/config`.
    User,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text of which white space around it does not count.
    Version,
    /// The name of a backend, known or not: the choice says what is wrong with it.
    Backend,
    /// The name of an environment, there or not.
    Environment,
    Bool,
    /// A text with placeholders.
    Format,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// What holds where nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    Nothing,
    Value(&'static str),
    /// No value, but words for it.
    Words(&'static str),
}

/// A section of the host's own in a file.
pub struct Section {
    pub name: &'static str,
    pub summary: &'static str,
}

pub const SECTIONS: [Section; 4] = [
    Section { name: "python", summary: "The interpreter" },
    Section { name: "run", summary: "What `pyve run` gives to commands" },
    Section { name: "prompt", summary: "The environment in the shell's prompt" },
    Section { name: "shell_hook", summary: "What the shell's hook does" },
];

pub const BACKEND: &str = "backend";
pub const PYVE_VERSION: &str = "pyve_version";
pub const PYTHON_VERSION: &str = "python.version";
pub const RUN_DOTENV: &str = "run.dotenv";
pub const PROMPT_SHOW: &str = "prompt.show";
pub const PROMPT_FORMAT: &str = "prompt.format";
pub const LINK_MODE: &str = "link_mode";
pub const SHELL_HOOK_AUTO: &str = "shell_hook.auto";
pub const DEFAULT_ENV: &str = "default_env";
/// The key below which environments stand by their names.
pub const ENVS: &str = "envs";
/// The key below which the plugins stand that a project needs.
pub const PLUGINS: &str = "plugins";

const NONE: HostSetting = HostSetting {
    key: "",
    scope: Scope::Project,
    kind: Kind::Text,
    summary: "",
    sample: "...",
    default: Fallback::Nothing,
    variable: None,
    flag: None,
    once: false,
};

/// All of them, in the order in which they are shown.
pub const SETTINGS: [HostSetting; 9] = [
    HostSetting {
        key: BACKEND,
        kind: Kind::Backend,
        summary: "The backend; `auto` selects it by the project's files",
        sample: "NAME",
        ..NONE
    },
    HostSetting {
        key: PYVE_VERSION,
        summary: "The version of pyve that last initialized the project",
        once: true,
        ..NONE
    },
    HostSetting {
        key: DEFAULT_ENV,
        kind: Kind::Environment,
        summary: "The environment that is meant where none is named",
        sample: "dev",
        default: Fallback::Value("default"),
        variable: Some("PYVE_ENV"),
        flag: Some("--env"),
        once: true,
        ..NONE
    },
    HostSetting {
        key: PYTHON_VERSION,
        kind: Kind::Version,
        summary: "The Python version or a constraint, such as `3.12` or `>=3.11`",
        sample: "3.12",
        default: Fallback::Words("backend default"),
        flag: Some("--python-version"),
        ..NONE
    },
    HostSetting {
        key: RUN_DOTENV,
        kind: Kind::Bool,
        summary: "Whether commands get the variables of `.env`",
        default: Fallback::Value("true"),
        flag: Some("--no-dotenv"),
        ..NONE
    },
    HostSetting {
        key: PROMPT_SHOW,
        kind: Kind::Bool,
        summary: "Whether the prompt shows the environment",
        default: Fallback::Value("true"),
        ..NONE
    },
    HostSetting {
        key: PROMPT_FORMAT,
        kind: Kind::Format,
        summary: "How the prompt shows it, with {backend} and {env_name}",
        default: Fallback::Value(DEFAULT_FORMAT),
        ..NONE
    },
    HostSetting {
        key: LINK_MODE,
        scope: Scope::User,
        kind: Kind::Choice(&LinkMode::NAMES),
        summary: "How files are linked from the template into a new environment",
        sample: "copy",
        default: Fallback::Value(LinkMode::DEFAULT.name()),
        variable: Some("PYVE_LINK_MODE"),
        ..NONE
    },
    HostSetting {
        key: SHELL_HOOK_AUTO,
        scope: Scope::User,
        kind: Kind::Bool,
        summary: "Whether a shell enters and leaves allowed projects with the directory",
        default: Fallback::Value("false"),
        flag: Some("--auto"),
        ..NONE
    },
];

/// The settings of a file.
pub fn settings(scope: Scope) -> impl Iterator<Item = &'static HostSetting> {
    SETTINGS.iter().filter(move |setting| setting.scope == scope)
}

/// The names at the top of a file, settings and sections, each once.
pub fn top_keys(scope: Scope) -> Vec<&'static str> {
    let lists: &[&str] = if scope == Scope::Project { &[PLUGINS, ENVS] } else { &[] };
    [&top_keys_of(settings(scope)), lists].concat()
}

/// The names under which these settings stand, each once.
pub fn top_keys_of(settings: impl Iterator<Item = &'static HostSetting>) -> Vec<&'static str> {
    let mut keys: Vec<&str> = settings.map(|setting| setting.section().unwrap_or(setting.key)).collect();
    keys.dedup();
    keys
}

/// The sections of a file that have settings of the host's.
pub fn sections(scope: Scope) -> impl Iterator<Item = &'static str> {
    settings(scope).filter_map(HostSetting::section)
}

impl HostSetting {
    /// `prompt` of `prompt.format`.
    pub fn section(&self) -> Option<&'static str> {
        self.key.split_once('.').map(|(section, _)| section)
    }

    /// `format` of `prompt.format`.
    pub fn name(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(_, name)| name)
    }

    /// The value that was written in a file, or what is wrong with it.
    pub fn read(&self, node: &Node) -> Result<String, Problem> {
        if self.kind == Kind::Bool {
            return value::boolean(self.key, node).map(|value| value.to_string());
        }
        let text = value::text(self.key, node)?;
        self.checked(self.key, &text).map_err(|(what, edit)| Problem::new(node.position, what, edit))
    }

    /// The value that was said by a flag or a variable of this name, or what is wrong with it.
    pub fn said(&self, by: &str, text: &str) -> Result<Sourced<String>, Refusal> {
        value::printable(by, text)?;
        Ok(Sourced { value: self.checked(by, text)?, origin: by.to_owned() })
    }

    fn checked(&self, name: &str, text: &str) -> Result<String, Refusal> {
        match self.kind {
            Kind::Version => Ok(text.trim().to_owned()),
            Kind::Format => prompt::checked(name, text).map(|()| text.to_owned()),
            Kind::Environment => match text.parse::<EnvironmentName>() {
                Ok(environment) => Ok(environment.to_string()),
                Err(invalid) => Err((format!("invalid {name} {}", quoted(text)), invalid.to_string())),
            },
            Kind::Choice(words) if !words.contains(&text) => {
                let near = did_you_mean(text, words.iter().copied());
                Err((format!("invalid {name} {}{near}", quoted(text)), format!("use {}", words.join(", "))))
            }
            _ => Ok(text.to_owned()),
        }
    }

    /// A value as JSON.
    pub fn json(&self, value: &str) -> Value {
        if self.kind == Kind::Bool { Value::Bool(value == "true") } else { value.into() }
    }

    /// What an editor should know of it.
    pub fn schema(&self, known: &[Description]) -> Value {
        let mut schema = match self.kind {
            Kind::Text | Kind::Version => schema::text(self.summary, PRINTABLE),
            Kind::Format => schema::text(self.summary, schema::FORMAT),
            Kind::Environment => schema::text(self.summary, schema::ENVIRONMENT),
            Kind::Bool => json!({"description": self.summary, "type": ["boolean", "null"]}),
            Kind::Backend => {
                let ids = known.iter().map(|description| description.id.as_str());
                let names: Vec<Option<&str>> = ids.chain(["auto"]).map(Some).chain([None]).collect();
                json!({"description": self.summary, "enum": names})
            }
            Kind::Choice(words) => {
                let words: Vec<Option<&str>> = words.iter().copied().map(Some).chain([None]).collect();
                json!({"description": self.summary, "enum": words})
            }
        };
        if let Fallback::Value(default) = self.default {
            schema["default"] = self.json(default);
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_place_and_a_default_that_it_would_take() {
        let mut keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), SETTINGS.len());
        for setting in &SETTINGS {
            let sections: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
            assert!(setting.section().is_none_or(|name| sections.contains(&name)), "{}", setting.key);
            if let Fallback::Value(default) = setting.default {
                assert_eq!(setting.said("it", default).unwrap().value, default, "{}", setting.key);
            }
        }
        assert_eq!(
            top_keys(Scope::Project),
            ["backend", "pyve_version", "default_env", "python", "run", "prompt", "plugins", "envs"]
        );
        assert_eq!(top_keys(Scope::User), ["link_mode", "shell_hook"]);
    }
}
