//! From the bytes of a file of settings to a tree, or everything that keeps it from being one.

use pyve_formats::yaml::{self, Node, Position, YamlError, YamlErrorKind};

use super::problem::{Problem, quoted};

/// The only document of the file; `None` if it says nothing. Keys that are there twice are told among the other problems.
pub fn read(bytes: &[u8]) -> Result<(Option<Node>, Vec<Problem>), Vec<Problem>> {
    let text = decode(bytes).map_err(|problem| vec![problem])?;
    let document = yaml::parse(text).map_err(|error| vec![syntax(&error)])?;
    if let Some(position) = document.second {
        let text = "a second document begins here; the settings are one document";
        let edit = "remove the `---` and what does not belong to the settings";
        return Err(vec![Problem::new(position, text, edit)]);
    }
    let twice = document.repeated.iter().map(|again| {
        let text = format!("duplicate key {}, first in line {}", quoted(&again.key), again.first.line);
        Problem::new(again.position, text, "remove one of them")
    });
    Ok((document.root, twice.collect()))
}

fn syntax(error: &YamlError) -> Problem {
    match error.kind {
        YamlErrorKind::Syntax(_) => Problem::new(error.position, format!("invalid YAML: {}", error.kind), error.hint()),
        YamlErrorKind::TooDeep => {
            let edit = "remove the inner lists and mappings; settings need no more than four levels";
            Problem::new(error.position, error.kind.to_string(), edit)
        }
        _ => Problem::new(error.position, error.kind.to_string(), error.hint()),
    }
}

/// The text of the file.
fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let text = format!("the byte 0x{:02X} is not UTF-8", bytes[error.valid_up_to()]);
        Problem::new(Position { line, column }, text, "save the file in the encoding UTF-8")
    })
}
