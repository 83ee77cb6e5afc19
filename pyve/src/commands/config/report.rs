//! What `pyve config` tells, as text and as JSON of schema 1.

use anyhow::Result;
use pyve_plugin_api::{Description, OsText, Setting, SettingKind, SettingValue};
use serde::Serialize;
use serde_json::{Value, json};

use crate::config::{Config, FILE, Fallback, HostSetting, NeededPlugin, SETTINGS, Scope, UserConfig, printable};
use crate::context::{ProjectContext, Session};
use crate::selection::{Explanation, Level};

#[derive(Serialize)]
pub struct Report {
    schema: u32,
    version: &'static str,
    project: Project,
    config_file: ConfigFile,
    /// The environment that the settings are of.
    environment: String,
    /// `~/.pyve/config`; none where there is no such folder.
    user_config_file: Option<ConfigFile>,
    backend: Explanation,
    /// What the backend works with, in its own words.
    tool: String,
    /// The optional questions of the contract that it answers.
    capabilities: Vec<String>,
    /// What the files alone ask for.
    detected_backend: Option<String>,
    /// The marker files of the chosen backend.
    environment_files: Vec<OsText>,
    settings: Vec<Row>,
    /// Those that the project needs.
    plugins: Vec<Value>,
    paths: Paths,
}

#[derive(Serialize)]
struct Project {
    root: OsText,
    /// Whether pyve or a marker file says that a project is there.
    found: bool,
}

#[derive(Serialize)]
struct ConfigFile {
    path: OsText,
    present: bool,
}

/// Where pyve looks and writes, besides the project's own folder.
#[derive(Serialize)]
struct Paths {
    env_file: &'static str,
    pyve_home: Option<OsText>,
    install: Option<OsText>,
    /// Why there is no home folder that they could lie in.
    #[serde(skip)]
    unknown: String,
}

/// One setting.
#[derive(Serialize)]
struct Row {
    key: String,
    /// What was said; `null` where nothing was.
    value: Value,
    /// Who said it; `default` where nobody did; `null` where nothing holds.
    origin: Option<String>,
    /// What holds where nothing is said, in words.
    default: Option<String>,
}

impl Report {
    pub fn new(choice: &ProjectContext, session: &Session) -> Result<Self> {
        let home = session.caller.pyve_home();
        let user = UserConfig::load(&session.caller, home.as_deref())?;
        let ProjectContext { layout, config, selection, description, .. } = choice;
        let detected = selection.levels.iter().find(|report| report.level == Level::Files);
        Ok(Self {
            schema: 1,
            version: env!("CARGO_PKG_VERSION"),
            project: Project { root: layout.root().into(), found: choice.found },
            config_file: ConfigFile { path: layout.config().into(), present: config.is_present() },
            environment: choice.environment.to_string(),
            user_config_file: home
                .as_deref()
                .map(|home| ConfigFile { path: UserConfig::path(home).into(), present: user.is_present() }),
            backend: selection.into(),
            tool: description.tool.to_string(),
            capabilities: description.capabilities.iter().map(ToString::to_string).collect(),
            detected_backend: detected.and_then(|report| report.backend.clone()),
            environment_files: choice.detections.iter().map(|detection| detection.file.clone()).collect(),
            settings: rows(config, &user, choice.known(), &selection.backend),
            plugins: config.plugins().iter().map(needed).collect(),
            paths: Paths {
                env_file: ".env",
                pyve_home: home.map(OsText::from),
                install: session.caller.home().map(|home| OsText::from(home.join(".local/bin"))),
                unknown: session.caller.why_no_home().map(|why| format!("none: {why}")).unwrap_or_default(),
            },
        })
    }

    pub fn text(&self) -> String {
        let none = || "none".to_owned();
        let path = |path: &Option<OsText>| path.as_ref().map_or(self.paths.unknown.clone(), shown);
        let absent = |file: &ConfigFile| if file.present { "" } else { " (not found)" };
        let own = |file: &ConfigFile| format!("{}{}", shown(&file.path), absent(file));
        let outside = if self.project.found { "" } else { " (no project found)" };
        let files: Vec<String> = self.environment_files.iter().map(shown).collect();
        let facts = [
            ("Version", self.version.to_owned()),
            ("Project", format!("{}{outside}", shown(&self.project.root))),
            ("Config file", format!("{FILE}{}", absent(&self.config_file))),
            ("User config file", self.user_config_file.as_ref().map_or_else(none, own)),
            ("Environment", self.environment.clone()),
            ("Tool", self.tool.clone()),
            ("Detected backend", self.detected_backend.clone().unwrap_or_else(none)),
            ("Environment file", if files.is_empty() { none() } else { files.join(", ") }),
            ("Variables file", self.paths.env_file.to_owned()),
            ("pyve's directory", path(&self.paths.pyve_home)),
            ("Install directory", path(&self.paths.install)),
        ];
        let plugins = self.plugins.iter().filter_map(|plugin| plugin["id"].as_str()).collect::<Vec<_>>().join(", ");
        let plugins = (!plugins.is_empty()).then_some(("Plugins", plugins));
        let facts = facts.into_iter().chain(plugins);
        let facts: String = facts.map(|(name, value)| format!("{:<19}{value}\n", format!("{name}:"))).collect();
        format!("{facts}\n{}\n\nSettings:\n{}", self.backend.text(), table(&self.settings))
    }
}

/// A plugin that the project needs.
fn needed(plugin: &NeededPlugin) -> Value {
    let source = plugin.source.as_ref().map(|source| source.word().display());
    json!({"id": plugin.id, "source": source, "sha256": plugin.sha256, "origin": plugin.origin})
}

fn shown(path: &OsText) -> String {
    printable(&path.display())
}

/// The settings in columns: key, value, who said it.
fn table(rows: &[Row]) -> String {
    let values: Vec<String> = rows.iter().map(Row::shown).collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    let key = widest(&mut rows.iter().map(|row| row.key.chars().count()));
    let value = widest(&mut values.iter().map(|value| value.chars().count())).min(40);
    let lines = rows.iter().zip(&values).map(|(row, shown)| {
        format!("  {:<key$}  {shown:<value$}  {}", row.key, row.origin.as_deref().unwrap_or_default())
    });
    let lines = lines.map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

impl Row {
    fn host_setting(setting: &HostSetting, config: &Config, user: &UserConfig) -> Self {
        let said = match setting.scope {
            Scope::Project => config.said(setting),
            Scope::User => user.said(setting),
        };
        let default = match setting.default {
            Fallback::Nothing => "",
            Fallback::Value(text) | Fallback::Words(text) => text,
        };
        let value = said.map(|said| setting.json(&said.value));
        Self::new(setting.key, value, said.map(|said| said.origin.clone()), default)
    }

    fn new(key: &str, value: Option<Value>, origin: Option<String>, default: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: value.unwrap_or_default(),
            origin: origin.or_else(|| (!default.is_empty()).then(|| "default".to_owned())),
            default: (!default.is_empty()).then(|| default.to_owned()),
        }
    }

    fn backend_setting(id: &str, setting: &Setting, given: Option<&SettingValue>) -> Self {
        let texts =
            |given: &SettingValue| given.values.iter().map(|value| Value::from(value.as_str())).collect::<Vec<_>>();
        let value = given.map(|given| match setting.kind {
            SettingKind::LIST => Value::Array(texts(given)),
            SettingKind::BOOL => Value::Bool(given.values.first().is_some_and(|value| value == "true")),
            _ => texts(given).into_iter().next().unwrap_or_default(),
        });
        let origin = given.map(|given| given.origin.to_string());
        Self::new(&format!("{id}.{}", setting.key), value, origin, &setting.default)
    }

    fn shown(&self) -> String {
        match &self.value {
            Value::Null => self.default.clone().unwrap_or_else(|| "not set".to_owned()),
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }
}

/// The host's settings, all of the chosen backend, and what is said to others.
fn rows(config: &Config, user: &UserConfig, known: &[Description], chosen: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = SETTINGS.iter().map(|setting| Row::host_setting(setting, config, user)).collect();
    for description in known {
        let section = config.section(&description.id);
        for setting in &description.settings {
            let given = section.iter().find(|given| given.key == setting.key);
            if given.is_some() || description.id == chosen {
                rows.push(Row::backend_setting(&description.id, setting, given));
            }
        }
    }
    rows
}
