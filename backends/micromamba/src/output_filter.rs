//! Which lines of micromamba's noise matter when it fails, and what helps against each kind of failure.

use serde_json::{Value, json};

/// The step's extension: see `Step::extension` in the contract.
pub fn extension(file: &str, relock: &str) -> String {
    json!({ "output_filter": {
        "log": "create",
        "keep": [
            "error    libmamba ", "critical libmamba ", "Download error", "Target prefix", "└─", "├─", "│", "ERROR: ",
        ],
        "drop": ["Run with --verbose", "The following stack trace"],
        "strip": ["error    libmamba ", "critical libmamba ", "ERROR: "],
        "lines": 8,
        "hints": hints(file, relock),
    }})
    .to_string()
}

const AWAY: &str = "move what stands at the environment's place away, then run: pyve init";

/// In order: the first text that the output holds says what helps.
fn hints(file: &str, relock: &str) -> Value {
    json!([
        { "match": "does not exist (perhaps a typo or a missing channel)",
          "remedy": format!("correct the package's name in {file}, or add the channel that has it below 'channels:'") },
        { "match": "SHA256 doesn't match", "remedy": relock },
        { "match": "MD5 doesn't match", "remedy": relock },
        { "match": "Failed to read environment lockfile", "remedy": relock },
        { "match": "Could not solve for environment specs",
          "remedy": format!("loosen the versions that exclude each other in {file}") },
        { "match": "Couldn't read a file",
          "remedy": format!("correct the address of the channel in {file}") },
        { "match": "Download error", "remedy": "check the network and the channel's address, then run: pyve init" },
        { "match": "No space left on device", "remedy": "free some space, then run: pyve init" },
        { "match": "Non-conda folder exists at prefix", "remedy": AWAY },
        { "match": "Target prefix already exists and is not a folder", "remedy": AWAY },
        { "match": "Pip failed", "remedy": format!("correct the 'pip:' list in {file}") },
        { "match": "pip failed to install", "remedy": format!("correct the 'pip:' list in {file}") },
    ])
}
