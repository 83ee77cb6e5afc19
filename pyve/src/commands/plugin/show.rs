//! A plugin as text and as JSON.

use serde_json::{Value, json};

use crate::plugins::{Entry, Known, Note, Origin};
use crate::ui::ago;

/// The version of the JSON that `list`, `info`, `add` and `check` print.
pub const SCHEMA: u32 = 1;

/// Everything that is recorded of a plugin, a line each.
pub fn entry(entry: &Entry) -> Vec<String> {
    let description = &entry.description;
    let markers = description.markers.iter().chain(&description.environment_markers).map(|marker| {
        let table = if marker.table.is_empty() { String::new() } else { format!(" with [{}]", marker.table) };
        format!("{}{table} ({})", marker.file, marker.strength)
    });
    let settings = description.settings.iter().map(|setting| format!("{} ({})", setting.key, setting.kind));
    let list = |items: Vec<String>| if items.is_empty() { "none".to_owned() } else { items.join(", ") };
    let capabilities = description.capabilities.iter().map(ToString::to_string);
    let ignores = description.ignores.iter().map(ToString::to_string);
    vec![
        line("id", &description.id),
        line("version", &description.version),
        line("summary", &description.summary),
        line("tool", &description.tool),
        line("API version", &entry.api_version),
        line("capabilities", &list(capabilities.collect())),
        line("markers", &list(markers.collect())),
        line("settings", &list(settings.collect())),
        line("ignored in git", &list(ignores.collect())),
        line("SHA-256", &entry.sha256),
    ]
}

/// Where it came from and when, as far as that was recorded.
pub fn origin(entry: &Entry) -> Vec<String> {
    let source = (!entry.source.is_empty()).then(|| line("source", &entry.source.display()));
    let added = (entry.added > 0).then(|| line("added", &ago::since(entry.added)));
    source.into_iter().chain(added).collect()
}

/// What a library says of itself in its file, before anything of it was run.
pub fn note(note: &Note) -> String {
    line("crate", &format!("{} {}", note.name, note.version))
}

/// One line of such a list.
pub fn line(name: &str, value: &str) -> String {
    format!("{name:<15} {value}")
}

/// A plugin with its state, for programs.
pub fn json(known: &Known) -> Value {
    let trouble = known.trouble();
    let mut value = json!({
        "name": known.name(),
        "path": known.path.to_string_lossy(),
        "origin": match known.origin { Origin::Added => "added", Origin::Development => "development" },
        "state": known.state.as_str(),
        "reason": trouble.as_ref().map(|failure| &failure.message),
        "remedy": trouble.as_ref().and_then(|failure| failure.remedy.typed().or_else(|| Some(failure.remedy.text.to_string()))),
    });
    if let (Some(recorded), Some(object)) = (&known.entry, value.as_object_mut()) {
        object.insert("id".to_owned(), recorded.id().into());
        object.insert("api_version".to_owned(), recorded.api_version.as_str().into());
        object.insert("sha256".to_owned(), recorded.sha256.as_str().into());
        let source = (!recorded.source.is_empty()).then(|| recorded.source.display());
        object.insert("source".to_owned(), source.into());
        object.insert("added".to_owned(), (recorded.added > 0).then_some(recorded.added).into());
        object.insert("description".to_owned(), json!(recorded.description));
    }
    if let (Some(note), Some(object)) = (known.note(), value.as_object_mut()) {
        object.insert("crate".to_owned(), note.name.into());
        object.insert("version".to_owned(), note.version.into());
        object.insert("api_version".to_owned(), note.api_version.into());
    }
    value
}

/// A whole document of the versioned schema.
pub fn document(key: &str, value: Value) -> String {
    let mut object = serde_json::Map::new();
    object.insert("schema".to_owned(), SCHEMA.into());
    object.insert(key.to_owned(), value);
    format!("{:#}", Value::Object(object))
}
