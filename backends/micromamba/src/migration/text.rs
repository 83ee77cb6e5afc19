//! The text of an environment file.

use std::fmt::Write;

use pyve_formats::yaml::scalar;
use pyve_pip::comments;
use pyve_plugin_api::Requirement;

/// An entry of `dependencies`, or of the `pip:` list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The platforms that it is for: `linux`.
    pub selector: Option<String>,
    /// A spec: `numpy >=1.26`.
    pub text: String,
    /// The requirement whose comments go along, if there is one.
    pub noted: Option<Requirement>,
}

impl Entry {
    /// For all platforms.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// With the comments of a requirement.
    pub fn noted(self, requirement: &Requirement) -> Self {
        Self { noted: Some(requirement.clone()), ..self }
    }

    /// As an item of a list.
    fn line(&self, indent: &str, item: &str) -> String {
        let plain = Requirement::default();
        comments::block(self.noted.as_ref().unwrap_or(&plain), indent, &format!("- {item}"))
    }

    /// As it is told in one line.
    pub fn shown(&self) -> String {
        match &self.selector {
            Some(selector) => format!("sel({selector}): {}", self.text),
            None => self.text.clone(),
        }
    }
}

/// What stands in the file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// In the order in which they count.
    pub channels: Vec<String>,
    /// conda's.
    pub entries: Vec<Entry>,
    /// Options for pip, before what it installs.
    pub options: Vec<String>,
    /// What pip installs.
    pub pip: Vec<Entry>,
    /// Names and values.
    pub variables: Vec<(String, String)>,
}

impl File {
    /// The file; writing to a text cannot fail.
    pub fn text(&self) -> String {
        let mut text = String::from("channels:\n");
        for channel in &self.channels {
            let _ = writeln!(text, "  - {}", scalar(channel));
        }
        text += "dependencies:\n";
        for entry in &self.entries {
            let spec = readable(&entry.text);
            text += &match &entry.selector {
                Some(selector) => entry.line("  ", &format!("{}: {spec}", key(selector))),
                None => entry.line("  ", &spec),
            };
        }
        if !self.pip.is_empty() {
            let asks = self.entries.iter().any(|entry| entry.text == "pip" || entry.text.starts_with("pip "));
            text += if asks { "  - pip:\n" } else { "  - pip\n  - pip:\n" };
            for option in &self.options {
                let _ = writeln!(text, "      - {}", scalar(option));
            }
            text.extend(self.pip.iter().map(|entry| entry.line("      ", &scalar(&entry.text))));
        }
        if !self.variables.is_empty() {
            text += "variables:\n";
            for (name, value) in &self.variables {
                let _ = writeln!(text, "  {}: {}", scalar(name), scalar(value));
            }
        }
        text
    }
}

/// Without quotes where a spec needs none: `numpy >=1.26` is a text to every reader of YAML.
fn readable(spec: &str) -> String {
    let is_plain = spec.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && spec.chars().all(|letter| letter.is_ascii_alphanumeric() || " _-./+*~=<>!,|".contains(letter))
        && !spec.ends_with(' ');
    if is_plain && spec.contains([' ', '<', '>', '=', '!', '~']) { spec.to_owned() } else { scalar(spec) }
}

/// What stands before an entry for some platforms; their name may be a plugin's word.
fn key(selector: &str) -> String {
    let key = format!("sel({selector})");
    let is_plain = selector.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if is_plain { key } else { scalar(&key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_platform_becomes_another_line() {
        let on = |selector: &str| {
            let entries = vec![Entry { selector: Some(selector.to_owned()), ..Entry::new("numpy") }];
            File { entries, ..File::default() }.text()
        };
        assert!(on("linux").ends_with("\n  - sel(linux): numpy\n"));
        let text = on("linux): a\n  - evil #");
        assert!(text.ends_with("\ndependencies:\n  - \"sel(linux): a\\U0000000A  - evil #)\": numpy\n"), "{text}");
    }
}
