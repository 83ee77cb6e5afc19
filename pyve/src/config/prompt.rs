//! How the environment shows in the shell's prompt: `prompt.show` and `prompt.format`.

use super::Said;

/// What `prompt.format` is where nobody says otherwise.
pub const DEFAULT_FORMAT: &str = "({backend}:{env_name})";

/// The words in braces that stand for something.
pub const PLACEHOLDERS: [&str; 2] = ["backend", "env_name"];

/// The settings of the prompt as they were said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    pub show: Option<Said<bool>>,
    pub format: Option<Said<String>>,
}

impl Prompt {
    /// Whether the prompt shows the environment.
    pub fn is_shown(&self) -> bool {
        self.show.as_ref().is_none_or(|show| show.value)
    }

    /// What is shown, with the words in braces still to be filled in.
    pub fn format(&self) -> &str {
        self.format.as_ref().map_or(DEFAULT_FORMAT, |format| &format.value)
    }
}

/// The first thing in a format that stands for nothing, without its opening brace.
pub fn stranger(format: &str) -> Option<Stranger<'_>> {
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        if rest[at..].starts_with('}') {
            return Some(Stranger::Brace('}'));
        }
        let Some((word, after)) = rest[at + 1..].split_once('}') else { return Some(Stranger::Brace('{')) };
        if !PLACEHOLDERS.contains(&word) {
            return Some(Stranger::Word(word));
        }
        rest = after;
    }
    None
}

/// What [`stranger`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum Stranger<'a> {
    Word(&'a str),
    Brace(char),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_is_shown_unless_it_is_said() {
        let said = |value: &str| Some(Said { value: value.to_owned(), origin: String::new() });
        assert_eq!(Prompt::default().format(), DEFAULT_FORMAT);
        assert_eq!(Prompt { show: None, format: said("<{backend}>") }.format(), "<{backend}>");
        assert!(Prompt::default().is_shown());
        assert_eq!(stranger(DEFAULT_FORMAT), None);
    }

    #[test]
    fn strangers_are_found() {
        assert_eq!(stranger("({backend}:{env_name})"), None);
        assert_eq!(stranger("{backend}{user}"), Some(Stranger::Word("user")));
        assert_eq!(stranger("{backend"), Some(Stranger::Brace('{')));
        assert_eq!(stranger("a}"), Some(Stranger::Brace('}')));
        assert_eq!(stranger("{{backend}}"), Some(Stranger::Word("{backend")));
    }
}
