//! Documents held against a JSON schema by `check-jsonschema`, one of the test tools.

use std::path::PathBuf;

use serde_json::Value;

use crate::prerequisite;
use crate::world::World;

const SCHEMA: &str = "schema.json";

/// A JSON schema.
pub struct Schema {
    world: World,
    check: PathBuf,
}

impl Schema {
    /// This one, as JSON.
    ///
    /// `None` where check-jsonschema is missing: the test is put on the list of those left out, and must return.
    ///
    /// # Panics
    /// Where it is not what its own `$schema` says it is, or where the program is missing and nothing may be left out
    /// (`CI` or `PYVE_TEST_STRICT` set).
    #[track_caller]
    pub fn of(text: &str) -> Option<Self> {
        let check = prerequisite("check-jsonschema")?;
        let world = World::new();
        world.write(SCHEMA, text);
        let _ = world.command(&check).args(["--check-metaschema", SCHEMA]).run().success();
        Some(Self { world, check })
    }

    /// What it has against each of the documents; all are read by one call of the program, as a call takes long to start.
    ///
    /// # Panics
    /// Where the program gives no answer.
    pub fn complaints(&self, documents: &[Value]) -> Vec<Vec<String>> {
        let names: Vec<String> = (0..documents.len()).map(|at| format!("{at}.json")).collect();
        for (name, document) in names.iter().zip(documents) {
            self.world.write(name, document.to_string());
        }
        let command = self.world.command(&self.check).args(["--output-format", "json", "--schemafile", SCHEMA]);
        let ran = command.args(&names).run();
        let said: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"));
        let complaints = said["errors"].as_array().unwrap_or_else(|| panic!("{ran}"));
        let messages: Vec<Vec<String>> = names
            .iter()
            .map(|name| {
                let of_it = complaints.iter().filter(|complaint| complaint["filename"] == **name);
                of_it.map(|complaint| complaint["message"].to_string()).collect()
            })
            .collect();
        // None may be lost, or a wrong document would pass for a right one.
        assert_eq!(messages.iter().map(Vec::len).sum::<usize>(), complaints.len(), "{ran}");
        assert_eq!(ran.code, Some(i32::from(!complaints.is_empty())), "{ran}");
        messages
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_document_is_judged_by_itself() {
        let text = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": {"name": {"pattern": "^\\u0061+$"}},
            "additionalProperties": false,
        });
        let Some(schema) = Schema::of(&text.to_string()) else { return };
        let complaints = schema.complaints(&[json!({"name": "aa"}), json!({"name": "b", "x": 1}), json!({})]);
        assert_eq!(complaints.iter().map(Vec::len).collect::<Vec<_>>(), [0, 2, 0], "{complaints:?}");
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        if prerequisite("check-jsonschema").is_none() {
            return;
        }
        let text = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "anything"}).to_string();
        let refusal = std::panic::catch_unwind(|| Schema::of(&text).is_some()).expect_err("it is none");
        let said = refusal.downcast_ref::<String>().expect("it says why");
        assert!(said.contains("'anything' is not valid"), "{said}");
    }
}
