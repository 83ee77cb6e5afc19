//! The pages that follow from the program itself: the help of every command, and the schema of the configuration.
//!
//! `PYVE_UPDATE_DOCS=1 cargo test -p pyve --test docs generated` writes them again.

use std::fmt::Write as _;

use fs_err as fs;
use pyve_testkit::{World, workspace_root};
use serde_json::Value;

const COMMANDS: &str = "docs/commands.md";
const KEYS: &str = "docs/configuration-keys.md";

#[test]
fn the_commands_are_those_of_the_help() {
    let world = World::new();
    let mut page = String::from(
        "# Commands\n\nThe help of every command, as `pyve COMMAND --help` prints it. What a plugin adds is shown where it was added.\n",
    );
    let mut waiting = vec![Vec::<String>::new()];
    while let Some(command) = waiting.pop() {
        let help = world.pyve().args(&command).arg("--help").run().success().out();
        let title = if command.is_empty() { "pyve".to_owned() } else { format!("pyve {}", command.join(" ")) };
        write!(page, "\n## {title}\n\n```text\n{}\n```\n", help.trim_end()).unwrap();
        // The last one pushed is the next: commands in the order of the help, each before its own.
        for name in subcommands(&help).into_iter().rev() {
            waiting.push(command.iter().cloned().chain([name]).collect());
        }
    }
    compare(COMMANDS, &page);
}

/// The names below `Commands:`, but for `help`.
fn subcommands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && name != "help").then(|| name.to_owned())
    });
    names.collect()
}

#[test]
fn the_keys_are_those_of_the_schema() {
    let schema = World::new().pyve().args(["config", "--schema"]).run().success().out();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let mut page = String::from(
        "# Every key\n\nThe keys of `.pyve/config`, from the schema that `pyve config --schema` prints for editors and checkers. What a \
         plugin adds is in the schema where it was added.\n\n| key | value | what it is |\n| --- | --- | --- |\n",
    );
    rows(&schema, "", &mut page);
    compare(KEYS, &page);
}

fn rows(schema: &Value, parent: &str, page: &mut String) {
    let Some(keys) = schema["properties"].as_object() else { return };
    for (name, key) in keys {
        let path = format!("{parent}{name}");
        let description = key["description"].as_str().unwrap_or_default().replace('|', "\\|");
        let default = match &key["default"] {
            Value::Null => String::new(),
            Value::String(text) => format!(" (default: `{text}`)"),
            other => format!(" (default: `{other}`)"),
        };
        writeln!(page, "| `{path}` | {} | {description}{default} |", kind(key)).unwrap();
        rows(key, &format!("{path}."), page);
        if let Some(below) = key["patternProperties"].as_object().and_then(|patterns| patterns.values().next()) {
            let names: Vec<String> =
                below["properties"].as_object().into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
            writeln!(page, "| `{path}.NAME` | keys | {} |", names.join(", ")).unwrap();
        }
    }
}

/// What a reader writes there: a scalar may be written as any scalar of YAML is.
fn kind(key: &Value) -> String {
    if let Some(values) = key["enum"].as_array() {
        let values: Vec<String> = values.iter().filter_map(|value| Some(format!("`{}`", value.as_str()?))).collect();
        return values.join(", ");
    }
    let types: Vec<&str> = key["type"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let is = |name: &str| types.contains(&name);
    let kind = match () {
        () if is("string") => "text",
        () if is("boolean") => "`true`, `false`",
        () if is("array") => "list",
        () if is("object") => "keys",
        () => panic!("no word for the type of {key}"),
    };
    kind.to_owned()
}

/// # Panics
/// Where the page says something else than the program, with the first line that differs.
fn compare(page: &str, now: &str) {
    let path = workspace_root().join(page);
    if std::env::var_os("PYVE_UPDATE_DOCS").is_some() {
        fs::write(&path, now).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    let differs = there.lines().zip(now.lines()).position(|(there, now)| there != now);
    assert!(
        there == now,
        "{page} is stale, from line {}: PYVE_UPDATE_DOCS=1 cargo test -p pyve --test docs generated",
        1 + differs.unwrap_or_else(|| there.lines().count().min(now.lines().count()))
    );
}
