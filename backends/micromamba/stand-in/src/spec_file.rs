//! Reading environment and lock files as loosely as micromamba does.

use std::fs;
use std::path::Path;

use serde_yaml::Value;

use crate::channel::platform;

/// What an environment file asks for; nothing where it is not understood.
#[derive(Debug, Default)]
pub struct Requested {
    pub channels: Vec<String>,
    pub specs: Vec<String>,
    pub pip: Vec<String>,
    pub variables: Vec<(String, String)>,
}

/// A package of a lock.
#[derive(Debug)]
pub struct LockedPackage {
    pub name: String,
    pub version: String,
    pub url: String,
    pub sha256: String,
}

pub fn is_lock(path: &Path) -> bool {
    path.to_string_lossy().ends_with("-lock.yml")
}

/// The lines of the failure on error.
pub fn environment(path: &Path) -> Result<Requested, Vec<String>> {
    let shown = path.display();
    let text = fs::read_to_string(path)
        .map_err(|_| vec![format!("error    libmamba YAML spec file '{shown}' not found"), stop()])?;
    let root: Value = serde_yaml::from_str(&text).map_err(|error| syntax(path, &error))?;
    if text_of(&root["name"]).is_some_and(|name| name.contains('/')) {
        return Err(vec!["critical libmamba Cannot use a name with '/' for an environment".to_owned()]);
    }
    let mut requested = Requested { channels: texts(&root["channels"]), ..Requested::default() };
    for item in root["dependencies"].as_sequence().into_iter().flatten() {
        requested.take(item);
    }
    for (name, value) in root["variables"].as_mapping().into_iter().flatten() {
        // What has no value becomes a text.
        let text = if value.is_null() { Some("null".to_owned()) } else { text_of(value) };
        if let (Some(name), Some(value)) = (name.as_str(), text) {
            requested.variables.push((name.to_uppercase(), value));
        }
    }
    let python = requested.specs.iter().any(|spec| crate::record::Spec::parse(spec).is_ok_and(|s| s.name == "python"));
    // A list for pip alone brings both.
    if !python && !requested.pip.is_empty() {
        requested.specs.push("python".to_owned());
    }
    if python || !requested.pip.is_empty() {
        requested.specs.push("pip".to_owned());
    }
    Ok(requested)
}

impl Requested {
    fn take(&mut self, item: &Value) {
        if let Some(text) = text_of(item) {
            self.specs.push(text);
            return;
        }
        for (key, value) in item.as_mapping().into_iter().flatten() {
            let key = key.as_str().unwrap_or_default();
            let system = platform().split('-').next().unwrap_or_default().to_owned();
            match key.strip_prefix("sel(").and_then(|rest| rest.strip_suffix(')')) {
                Some(sel) if sel == system || sel == platform() || sel == "unix" && system != "win" => self.take(value),
                Some(_) => {}
                None if key == "pip" => self.pip.extend(texts(value)),
                None => {}
            }
        }
    }
}

fn syntax(path: &Path, error: &serde_yaml::Error) -> Vec<String> {
    let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
    let mut lines = vec![
        format!("error    libmamba YAML error in spec file '{}'", path.display()),
        format!("critical libmamba yaml-cpp: error at line {line}, column {column}: end of sequence flow not found"),
    ];
    lines.extend((0..38).map(|frame| format!("#{frame} 0x{:012x} in mamba::frame_{frame}", 0x5555_0000 + frame * 64)));
    lines
}

/// The packages of this platform, or the lines of the failure.
pub fn lock(path: &Path, categories: &[String], platform: &str) -> Result<Vec<LockedPackage>, Vec<String>> {
    let failed = |why: &str| {
        vec![format!("critical libmamba Failed to read environment lockfile at '{}' : {why}", path.display())]
    };
    let text = fs::read_to_string(path).map_err(|_| failed("file not found"))?;
    let root: Value = serde_yaml::from_str(&text).map_err(|error| failed(&error.to_string()))?;
    match text_of(&root["version"]).as_deref() {
        Some("1") => {}
        other => return Err(failed(&format!("unknown version '{}'", other.unwrap_or_default()))),
    }
    let mut packages = Vec::new();
    for item in root["package"].as_sequence().into_iter().flatten() {
        let word = |key: &str| text_of(&item[key]).unwrap_or_default();
        if word("platform") == platform && categories.contains(&word("category")) && word("manager") == "conda" {
            let sha256 = text_of(&item["hash"]["sha256"]).unwrap_or_default();
            packages.push(LockedPackage { name: word("name"), version: word("version"), url: word("url"), sha256 });
        }
    }
    Ok(packages)
}

fn texts(node: &Value) -> Vec<String> {
    node.as_sequence().into_iter().flatten().filter_map(text_of).collect()
}

fn text_of(node: &Value) -> Option<String> {
    match node {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn stop() -> String {
    "critical libmamba File not found. Aborting.".to_owned()
}
