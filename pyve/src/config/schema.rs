//! The JSON Schema of `.pyve/config`, for editors and checks: the host's keys and each backend's section.

use pyve_plugin_api::{Description, Setting, SettingKind};
use serde_json::{Map, Value, json};

use super::host::{self, HostSetting, SECTIONS, Scope};
use super::needed_plugins::{TARGET, TARGETS};
use super::sourced::FILE;

/// A text with something in it, and without characters that cannot be printed.
pub const PRINTABLE: &str = r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]*$";
/// [`PRINTABLE`], below the project's folder: not `~/…`, not the folder itself, and `..` nowhere.
/// An absolute path may lie inside; only pyve can tell.
const INSIDE: &str = r"^(?=.*\S)(?!~(/|$))(?!(\.?/+)*\.?$)(?!(.*/)?\.\.(/|$))[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]*$";
/// The name of an environment; pyve looks at its length, too.
pub const ENVIRONMENT: &str = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
/// What a source may be: a URL with a host, or [`INSIDE`] and no URL.
const SOURCE: &str = r"^(?=.*\S)(https?://[^/?#]|(?!.*://)(?!~(/|$))(?!(\.?/+)*\.?$)(?!(.*/)?\.\.(/|$)))[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]*$";
const PLUGIN_ID: &str = r"^[a-z][a-z0-9-]{0,31}$";
const SHA256: &str = "^[0-9A-Fa-f]{64}$";
pub const FORMAT: &str =
    r"^(?=.*\S)([^{}\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|\{backend\}|\{env_name\})*$";

/// The schema for a host that knows these backends (draft 2020-12).
pub fn schema(known: &[Description]) -> Value {
    let mut all = properties(known, |_| true);
    let one = json!({
        "type": ["object", "null"],
        "properties": properties(known, |setting| !setting.once),
        "additionalProperties": false,
    });
    let environments = json!({
        "description": "The environments by name, each with settings of its own",
        "type": ["object", "null"],
        "patternProperties": {ENVIRONMENT: one},
        "additionalProperties": false,
    });
    all.insert(host::PLUGINS.to_owned(), plugins());
    all.insert(host::ENVS.to_owned(), environments);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Settings of a project for pyve ({FILE})"),
        "type": ["object", "null"],
        "properties": all,
        "additionalProperties": false,
    })
}

/// The plugins that a project needs.
fn plugins() -> Value {
    let hash = |summary: &str| json!({"description": summary, "type": ["string", "number", "null"], "pattern": SHA256});
    let mut targets = Map::new();
    targets.extend(TARGETS.iter().chain([&TARGET]).map(|target| ((*target).to_owned(), hash("For this target"))));
    let id = json!({"type": "string", "pattern": PLUGIN_ID});
    let entry = json!({
        "type": "object",
        "properties": {
            "id": id,
            "source": text("A URL, or a path inside the project; {target} stands for the target", SOURCE),
            "sha256": {"anyOf": [
                hash("The SHA-256 of the file"),
                {"type": "object", "properties": targets, "additionalProperties": false},
            ]},
        },
        "required": ["id"],
        "additionalProperties": false,
    });
    json!({
        "description": "The plugins that the project needs: an ID each, or `id`, `source` and `sha256`",
        "type": ["array", "null"],
        "items": {"anyOf": [id, entry]},
    })
}

/// The keys of a file, or of one environment in it.
fn properties(known: &[Description], wanted: impl Fn(&HostSetting) -> bool) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut add = |key: &str, value: Value| properties.insert(key.to_owned(), value);
    for setting in host::settings(Scope::Project).filter(|setting| setting.section().is_none() && wanted(setting)) {
        add(setting.key, setting.schema(known));
    }
    for own in SECTIONS.iter().filter(|own| host::sections(Scope::Project).any(|section| section == own.name)) {
        let settings = host::settings(Scope::Project).filter(|setting| setting.section() == Some(own.name));
        add(own.name, section(own.summary, settings.map(|setting| (setting.name(), setting.schema(known)))));
    }
    for description in known {
        let settings = description.settings.iter().map(|setting| (setting.key.as_str(), of_setting(setting)));
        add(&description.id, section(&description.summary, settings));
    }
    properties
}

fn section<'a>(summary: &str, keys: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let mut properties = Map::new();
    properties.extend(keys.into_iter().map(|(key, value)| (key.to_owned(), value)));
    json!({
        "description": summary,
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": false,
    })
}

fn of_setting(setting: &Setting) -> Value {
    let summary = match setting.default.as_str() {
        "" => setting.summary.to_string(),
        default => format!("{} (default: {default})", setting.summary),
    };
    match setting.kind {
        SettingKind::BOOL => json!({"description": summary, "type": ["boolean", "null"]}),
        SettingKind::LIST => {
            let items = json!({"type": ["string", "number", "boolean"], "pattern": PRINTABLE});
            json!({"description": summary, "type": ["array", "null"], "items": items})
        }
        SettingKind::PATH => text(&summary, INSIDE),
        _ => text(&summary, PRINTABLE),
    }
}

/// A single value. YAML readers may take an unquoted one for a number or bool; pyve takes it as written.
pub fn text(summary: &str, pattern: &str) -> Value {
    json!({"description": summary, "type": ["string", "number", "boolean", "null"], "pattern": pattern})
}

#[cfg(test)]
mod tests {
    use super::super::tests::{known, parse};
    use super::*;

    /// Schema and parser take all of them as good, or as bad.
    #[track_caller]
    fn agree(texts: &[&str], wanted: bool) {
        for text in texts {
            assert_eq!(parse(text).is_ok(), wanted, "parser: {text}");
        }
        let schema = schema(&known());
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let Some(schema) = pyve_testkit::Schema::of(&schema.to_string()) else { return };
        let documents: Vec<Value> = texts.iter().map(|text| serde_yaml::from_str(text).expect(text)).collect();
        for (text, complaints) in texts.iter().zip(schema.complaints(&documents)) {
            assert_eq!(complaints.is_empty(), wanted, "schema: {text}: {complaints:?}");
        }
    }

    #[test]
    fn schema_and_parser_accept_the_same() {
        let good = [
            "{}",
            "backend: reed",
            "backend: auto\npyve_version: 1.0",
            "backend:\nreed:\nprompt: ~",
            "python: {version: 3.10}",
            "python: {version: '>=3.11'}",
            "prompt: {show: false, format: '({backend}:{env_name}) '}",
            "prompt: {format: plain}",
            "moss: {directory: .moss}",
            "moss: {directory: ./a b/..c/d}",
            "moss: {directory: ...}",
            "moss: {directory: ~a}",
            "moss: {directory: /p/inside}",
            "reed: {env_name: 7, channels: [a, 1, b c], offline: true, env_file: é/x.yml}",
            "reed: {channels: []}",
            "envs:",
            "plugins:",
            "plugins: [fern, {id: moss-2, source: 'https://h/x y.so', sha256: }]",
            "plugins: [{id: fern, source: ./a/x.so, sha256: {s390x-unknown-linux-gnu: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}}]",
            "plugins: [{id: fern, source: /p/inside.so}]\nenvs: {dev: {}}",
            "default_env: dev\nenvs: {dev: {backend: reed, python: {version: 3.12}, reed: {channels: [a]}}, prod: , 3.12: {}}",
        ];
        agree(&good, true);
    }

    #[test]
    fn schema_and_parser_refuse_the_same() {
        let bad = [
            "[]",
            "words",
            "bakend: reed",
            "backend: [reed]",
            "python: 3.12",
            "python: {versoin: 3.12}",
            "python: {version: ' '}",
            "prompt: {show: 'yes'}",
            "prompt: {show: 1}",
            "prompt: {format: '{user}'}",
            "prompt: {format: 'a}'}",
            "prompt: {format: \"a\\u001bb\"}",
            "moss: {directory: ..}",
            "moss: {directory: a/../b}",
            "moss: {directory: .}",
            "moss: {directory: ././/}",
            "moss: {directory: '~'}",
            "moss: {directory: ~/x}",
            "moss: {prefix: x}",
            "moss: {directory: [x]}",
            "reed: {env_name: \"a\\nb\"}",
            "reed: {env_name: \"a\\u202eb\"}",
            "reed: {channels: a}",
            "reed: {channels: [~]}",
            "reed: {channels: [[a]]}",
            "reed: {channels: ['']}",
            "reed: {offline: 'true'}",
            "fern: {}",
            "shell_hook: {auto: true}",
            "link_mode: copy",
            "envs: [dev]",
            "envs: {dev: reed}",
            "envs: {../x: {}}",
            "envs: {dev: {pyve_version: 1.0}}",
            "envs: {dev: {bakend: reed}}",
            "envs: {dev: {envs: {}}}",
            "envs: {dev: {moss: {directory: ..}}}",
            "default_env: -x",
            "plugins: fern",
            "plugins: [~]",
            "plugins: [Fern]",
            "plugins: [{source: x}]",
            "plugins: [{id: fern, sorce: x}]",
            "plugins: [{id: fern, source: ../x}]",
            "plugins: [{id: fern, source: 'ftp://h/x'}]",
            "plugins: [{id: fern, source: 'https:///x'}]",
            "plugins: [{id: fern, source: 'a/https://x'}]",
            "plugins: [{id: fern, sha256: abc}]",
            "plugins: [{id: fern, sha256: {plan9: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}}]",
            "plugins: [{id: fern, sha256: {s390x-unknown-linux-gnu: abc}}]",
            "envs: {dev: {plugins: []}}",
        ];
        agree(&bad, false);
    }

    #[test]
    fn what_a_setting_is_for_can_be_read_in_an_editor() {
        let schema = schema(&known());
        let directory = &schema["properties"]["moss"]["properties"]["directory"];
        assert_eq!(directory["description"], "the directory (default: .moss)");
        assert_eq!(schema["properties"]["backend"]["enum"], json!(["moss", "reed", "auto", null]));
    }
}
