//! Every name of a check is documented and tested: a new one without a line in the documentation and a test fails here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pyve_testkit::workspace_root;
use serde_json::Value;

/// Where checks get their names: each a folder or a file, or how its name begins.
const SOURCES: &[&str] = &[
    "pyve/src/doctor",
    "backends/venv/src/diagnose",
    "backends/venv/src/fault.rs",
    "backends/micromamba/src/diagnose",
];

/// The page with a section for each of those who find something.
const PAGE: &str = "docs/doctor-checks.md";

/// Every file whose path begins with `start`.
fn files(start: &str) -> Vec<PathBuf> {
    let start = workspace_root().join(start);
    let mut found = Vec::new();
    let mut folders = vec![start.parent().unwrap().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let begins = path.to_str().unwrap().starts_with(start.to_str().unwrap());
            match path.is_dir() {
                true if begins || start.starts_with(&path) => folders.push(path),
                false if begins => found.push(path),
                _ => {}
            }
        }
    }
    assert!(!found.is_empty(), "{} does not exist", start.display());
    found
}

/// The names between two marks: `"pyve.config"`.
fn names(text: &str, mark: char) -> BTreeSet<String> {
    text.split(mark).filter(|word| is_name(word)).map(str::to_owned).collect()
}

fn is_name(word: &str) -> bool {
    let Some((owner, what)) = word.split_once('.') else { return false };
    let plain = !what.is_empty() && what.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    ["pyve", "venv", "micromamba"].contains(&owner) && plain
}

fn in_sources() -> BTreeSet<String> {
    let sources = SOURCES.iter().flat_map(|source| files(source));
    sources.flat_map(|file| names(&fs::read_to_string(file).unwrap(), '"')).collect()
}

fn page() -> &'static str {
    static PAGE_TEXT: OnceLock<String> = OnceLock::new();
    PAGE_TEXT.get_or_init(|| fs::read_to_string(workspace_root().join(PAGE)).unwrap())
}

/// The names that have a line in the table of their section.
fn in_tables() -> BTreeSet<String> {
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in page().lines() {
        section = line.strip_prefix("## ").unwrap_or(section);
        let Some(name) = line.strip_prefix("| `").and_then(|rest| rest.split_once("` | ")).map(|(name, _)| name) else {
            continue;
        };
        assert!(name.starts_with(&format!("{section}.")), "{name} stands below {section}");
        assert_eq!(line.split(" | ").count(), 3, "{line}");
        assert!(found.insert(name.to_owned()), "{name} stands there twice");
    }
    found
}

#[test]
fn every_name_is_documented() {
    let (sources, documented) = (in_sources(), names(page(), '`'));
    assert!(sources.len() > 40, "{sources:?}");
    let undocumented: Vec<&String> = sources.difference(&documented).collect();
    assert!(undocumented.is_empty(), "{PAGE} says nothing about {undocumented:?}");
    let owner = |name: &str| SOURCES.iter().any(|source| source.contains(name.split('.').next().unwrap()));
    let gone: Vec<&String> = documented.difference(&sources).filter(|name| owner(name)).collect();
    assert!(gone.is_empty(), "{PAGE} speaks of {gone:?}, which no check is called");
}

#[test]
fn every_name_is_tested() {
    let own = Path::new(file!()).file_name().unwrap();
    let tests = files("pyve/tests/it/doctor").into_iter().filter(|file| file.file_name() != Some(own));
    let tested: BTreeSet<String> = tests.flat_map(|file| names(&fs::read_to_string(file).unwrap(), '"')).collect();
    let untested: Vec<String> = in_sources().difference(&tested).cloned().collect();
    assert!(untested.is_empty(), "no test below pyve/tests/it/doctor makes {untested:?}");
}

/// What a test sees is documented, however the name was put together; what is wrong has a line in a table.
#[track_caller]
pub fn documented(report: &Value) {
    static KNOWN: OnceLock<(BTreeSet<String>, BTreeSet<String>)> = OnceLock::new();
    let (all, tables) = KNOWN.get_or_init(|| (names(page(), '`'), in_tables()));
    for check in report["checks"].as_array().unwrap() {
        let name = check["id"].as_str().unwrap();
        let own = SOURCES.iter().any(|source| source.contains(name.split('.').next().unwrap()));
        let wrong = ["warning", "error"].contains(&check["status"].as_str().unwrap());
        assert!(!own || all.contains(name), "{PAGE} says nothing about {name}");
        assert!(!own || !wrong || tables.contains(name), "{PAGE} does not say what mends {name}");
    }
}
