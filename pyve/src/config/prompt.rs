//! How the environment shows in the shell's prompt: `prompt.show` and `prompt.format`.

use super::problem::quoted;
use super::value::Refusal;
use crate::ui::printable;
use crate::ui::suggest::did_you_mean;

/// What `prompt.format` is where nobody says otherwise.
pub const DEFAULT_FORMAT: &str = "({backend}:{env_name})";

/// The words in braces that stand for something.
const PLACEHOLDERS: [&str; 2] = ["backend", "env_name"];

/// Whether all words in braces stand for something.
pub fn checked(name: &str, format: &str) -> Result<(), Refusal> {
    let wrong = match unknown_placeholder(format) {
        None => return Ok(()),
        Some(UnknownPlaceholder::Word(word)) => {
            let near = did_you_mean(word, PLACEHOLDERS);
            format!("invalid {name} {}: unknown placeholder `{{{}}}`{near}", quoted(format), printable(word))
        }
        Some(UnknownPlaceholder::Brace(brace)) => {
            format!("invalid {name} {}: unmatched `{brace}`", quoted(format))
        }
    };
    Err((wrong, "use {backend} and {env_name}, and no other braces".to_owned()))
}

/// The first thing in a format that stands for nothing, without its opening brace.
fn unknown_placeholder(format: &str) -> Option<UnknownPlaceholder<'_>> {
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        if rest[at..].starts_with('}') {
            return Some(UnknownPlaceholder::Brace('}'));
        }
        let Some((word, after)) = rest[at + 1..].split_once('}') else { return Some(UnknownPlaceholder::Brace('{')) };
        if !PLACEHOLDERS.contains(&word) {
            return Some(UnknownPlaceholder::Word(word));
        }
        rest = after;
    }
    None
}

/// What [`unknown_placeholder`] found.
#[derive(Debug, PartialEq, Eq)]
enum UnknownPlaceholder<'a> {
    Word(&'a str),
    Brace(char),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_placeholders_are_found() {
        assert_eq!(unknown_placeholder("({backend}:{env_name})"), None);
        assert_eq!(unknown_placeholder("{backend}{user}"), Some(UnknownPlaceholder::Word("user")));
        assert_eq!(unknown_placeholder("{backend"), Some(UnknownPlaceholder::Brace('{')));
        assert_eq!(unknown_placeholder("a}"), Some(UnknownPlaceholder::Brace('}')));
        assert_eq!(unknown_placeholder("{{backend}}"), Some(UnknownPlaceholder::Word("{backend")));
    }
}
