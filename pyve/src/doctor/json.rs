//! The report for programs: JSON of schema 1, and its JSON Schema.

use serde_json::{Value, json};

use super::check::Check;
use super::fixed::Fixed;
use super::report::Report;

const SCHEMA: u32 = 1;

/// The whole document.
pub fn document(report: &Report, fixed: &[Fixed]) -> Value {
    let counts = &report.counts;
    json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "project": report.project,
        "environment": report.environment,
        "backend": report.backend,
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
        "counts": {
            "ok": counts.ok, "info": counts.infos, "warning": counts.warnings, "error": counts.errors,
        },
        "fixes": fixed.iter().map(Fixed::json).collect::<Vec<_>>(),
    })
}

fn check(check: &Check) -> Value {
    json!({
        "id": check.id,
        "status": if check.status.as_str() == "unknown" { "error" } else { check.status.as_str() },
        "subject": check.subject,
        "detail": check.detail,
        "remedy": check.remedy.command,
        "hint": Some(&check.remedy.text).filter(|text| !text.is_empty()),
        "fixable": check.fix.is_some(),
        "duration_ms": (check.duration.as_secs_f64() * 1e6).round() / 1e3,
        "processes": check.processes,
    })
}

/// The JSON Schema of the document (draft 2020-12).
pub fn schema() -> Value {
    let text = |words: &str| json!({"description": words, "type": "string"});
    let perhaps = |words: &str| json!({"description": words, "type": ["string", "null"]});
    let count = json!({"type": "integer", "minimum": 0});
    let word = json!({
        "description": "a text; one that is not Unicode is an object with its bytes",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "required": ["bytes"], "properties": {"bytes": {"type": "array"}}},
        ],
    });
    let check = object(&[
        ("id", json!({"description": "a stable name", "type": "string", "pattern": "^[a-z][a-z0-9-]*\\.[a-z0-9.-]+$"})),
        ("status", json!({"enum": ["ok", "info", "warning", "error"]})),
        ("subject", text("what was checked, as a title")),
        ("detail", text("what was seen")),
        (
            "remedy",
            json!({"description": "the command that fixes it, word by word; empty where none does", "type": "array", "items": word}),
        ),
        ("hint", perhaps("what fixes it in words, or what the command does")),
        ("fixable", json!({"description": "whether `pyve doctor --fix` can fix it", "type": "boolean"})),
        ("duration_ms", json!({"description": "milliseconds that the group of the check took", "type": "number"})),
        ("processes", json!({"description": "how many processes it started", "type": "integer", "minimum": 0})),
    ]);
    let fix = object(&[
        ("action", text("what was, or would be, done")),
        ("checks", json!({"description": "the ids of what it fixes", "type": "array", "items": {"type": "string"}})),
        ("outcome", json!({"enum": ["planned", "done", "declined", "failed"]})),
        ("message", perhaps("why it failed")),
    ]);
    let counts = ["ok", "info", "warning", "error"].map(|name| (name, count.clone()));
    let mut schema = object(&[
        ("schema", json!({"const": SCHEMA})),
        ("version", text("the pyve that wrote it")),
        ("project", word),
        ("environment", text("the environment's name")),
        ("backend", perhaps("the backend that is chosen; null where none can be")),
        ("checks", json!({"type": "array", "items": check})),
        ("counts", object(&counts)),
        ("fixes", json!({"description": "what `--fix` did", "type": "array", "items": fix})),
    ]);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "What pyve doctor --json prints".into();
    schema
}

fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let mut all = serde_json::Map::new();
    all.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    json!({"type": "object", "required": required, "properties": all})
}
