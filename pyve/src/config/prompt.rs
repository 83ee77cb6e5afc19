//! How the environment shows in the shell's prompt: `prompt.show` and `prompt.format`.

use super::Sourced;

/// What `prompt.format` is where nobody says otherwise.
pub const DEFAULT_FORMAT: &str = "({backend}:{env_name})";

/// The words in braces that stand for something.
pub const PLACEHOLDERS: [&str; 2] = ["backend", "env_name"];

/// The settings of the prompt as they were said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    pub show: Option<Sourced<bool>>,
    pub format: Option<Sourced<String>>,
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
pub fn unknown_placeholder(format: &str) -> Option<UnknownPlaceholder<'_>> {
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
pub enum UnknownPlaceholder<'a> {
    Word(&'a str),
    Brace(char),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_is_shown_unless_it_is_said() {
        let said = |value: &str| Some(Sourced { value: value.to_owned(), origin: String::new() });
        assert_eq!(Prompt::default().format(), DEFAULT_FORMAT);
        assert_eq!(Prompt { show: None, format: said("<{backend}>") }.format(), "<{backend}>");
        assert!(Prompt::default().is_shown());
        assert_eq!(unknown_placeholder(DEFAULT_FORMAT), None);
    }

    #[test]
    fn strangers_are_found() {
        assert_eq!(unknown_placeholder("({backend}:{env_name})"), None);
        assert_eq!(unknown_placeholder("{backend}{user}"), Some(UnknownPlaceholder::Word("user")));
        assert_eq!(unknown_placeholder("{backend"), Some(UnknownPlaceholder::Brace('{')));
        assert_eq!(unknown_placeholder("a}"), Some(UnknownPlaceholder::Brace('}')));
        assert_eq!(unknown_placeholder("{{backend}}"), Some(UnknownPlaceholder::Word("{backend")));
    }
}
