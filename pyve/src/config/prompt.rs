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

    /// What the prompt shows for an environment, without a blank at its end. What is in it is the
    /// user's text: whoever gives it to a shell must keep the shell from reading it as code.
    pub fn render(&self, backend: &str, env_name: &str) -> String {
        let format = self.format.as_ref().map_or(DEFAULT_FORMAT, |format| &format.value);
        let mut shown = String::new();
        // In one pass, so that braces in a name stay what they are.
        let mut rest = format;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').unwrap_or((after, ""));
            shown.push_str(before);
            shown.push_str(if word == "backend" { backend } else { env_name });
            rest = after;
        }
        shown + rest
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
    fn names_with_braces_are_not_read_again() {
        let said = Said { value: "<{env_name}|{backend}>".to_owned(), origin: String::new() };
        let prompt = Prompt { show: None, format: Some(said) };
        assert_eq!(prompt.render("b", "{backend}"), "<{backend}|b>");
        assert_eq!(Prompt::default().render("b", "my env"), "(b:my env)");
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
