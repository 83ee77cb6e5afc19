//! How large an answer may be: no text, list or file of a plugin's can fill pyve's memory, a record or a command's environment.

use serde_json::Value;

use super::Faults;

/// The most bytes of one message of a plugin's.
pub const MESSAGE: u64 = 16 << 20;

/// The most bytes of one text, which is as much as Linux takes for one variable or argument (`MAX_ARG_STRLEN`).
const TEXT: usize = 128 << 10;

/// The most entries of one list.
const ENTRIES: usize = 10_000;

/// The most entries of a list that costs something whenever a command is run.
const FEW: usize = 1000;

/// Such lists: what is looked at, and what has to fit into a command's environment.
const COSTLY: [&str; 6] = ["`env`", "`env_remove`", "`deactivate`", "`inputs`", "`path`", "`path_append`"];

/// The most bytes of a file that a step writes.
const CONTENTS: usize = 1 << 20;

/// The most bytes of a lock file, or of one that a solve reads.
const CONTENT: usize = 8 << 20;

/// What a text must not hold: nothing that goes to the operating system can.
const NUL: char = '\0';

/// Looks at every text and list of an answer.
pub fn check(answer: &Value, faults: &mut Faults) {
    walk("the answer", answer, faults);
}

fn walk(name: &str, value: &Value, faults: &mut Faults) {
    match value {
        Value::String(text) => {
            faults.unless(!text.contains(NUL), || format!("{name} contains a NUL character"));
            let most = if name == "`content`" { CONTENT } else { TEXT };
            at_most(name, text.len(), most, "bytes", faults);
        }
        Value::Array(bytes) if name == "`contents`" => at_most(name, bytes.len(), CONTENTS, "bytes", faults),
        Value::Array(entries) => {
            let most = if COSTLY.contains(&name) { FEW } else { ENTRIES };
            at_most(name, entries.len(), most, "entries", faults);
            entries.iter().take(ENTRIES).for_each(|entry| walk(name, entry, faults));
        }
        Value::Object(fields) => match fields.get("bytes") {
            // A text that is no Unicode.
            Some(Value::Array(bytes)) if fields.len() == 1 => {
                faults.unless(!bytes.contains(&Value::from(0)), || format!("{name} contains a NUL character"));
                at_most(name, bytes.len(), TEXT, "bytes", faults);
            }
            _ => fields.iter().for_each(|(key, value)| walk(&format!("`{key}`"), value, faults)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn at_most(name: &str, size: usize, most: usize, unit: &str, faults: &mut Faults) {
    faults.unless(size <= most, || format!("{name} has {size} {unit}; at most {most} are allowed"));
}
