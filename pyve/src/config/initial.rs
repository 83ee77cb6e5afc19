//! What pyve writes into `.pyve/config`: the first text, and later the line of its own version.

use pyve_plugin_api::{Description, Given, SettingKind};

use super::{FILE, tree};
use crate::failure::Failure;

const HEADER: &str =
    "# Settings of this project for pyve. Commit this file, so that a clone gets the same environment.\n";
const VERSION_KEY: &str = "pyve_version";

/// What `init` writes where there is no config: what it chose, and what the command line said.
pub struct Initial<'a> {
    pub version: &'a str,
    pub backend: &'a Description,
    /// The version of Python to be kept in the config, if any.
    pub python: Option<&'a str>,
    pub settings: &'a [Given],
}

impl Initial<'_> {
    /// The file.
    pub fn text(&self) -> String {
        let mut text = format!("{HEADER}{VERSION_KEY}: {}\n", scalar(self.version));
        text += &format!("backend: {}\n", scalar(&self.backend.id));
        if let Some(version) = self.python {
            text += &format!("\npython:\n  version: {}\n", double_quoted(version));
        }
        if !self.settings.is_empty() {
            text += &format!("\n{}:\n", scalar(&self.backend.id));
        }
        for given in self.settings {
            text += &self.setting(given);
        }
        text
    }

    fn setting(&self, given: &Given) -> String {
        let kind = self.backend.settings.iter().find(|setting| setting.key == given.key).map(|setting| setting.kind);
        let first = given.values.first().map(|value| value.as_str()).unwrap_or_default();
        let key = scalar(&given.key);
        match kind {
            Some(SettingKind::LIST) if given.values.is_empty() => format!("  {key}: []\n"),
            Some(SettingKind::LIST) => {
                let items = given.values.iter().map(|value| format!("    - {}\n", scalar(value)));
                format!("  {key}:\n{}", items.collect::<String>())
            }
            Some(SettingKind::BOOL) => format!("  {key}: {}\n", first == "true"),
            _ => format!("  {key}: {}\n", scalar(first)),
        }
    }
}

/// A text as YAML: as it is where no reader of YAML could take it for anything else, else in quotes.
fn scalar(text: &str) -> String {
    const OTHER_THINGS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let mut letters = text.chars().skip_while(|letter| *letter == '.');
    let is_word = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "._/-".contains(letter));
    let lower = text.to_ascii_lowercase();
    let is_other = OTHER_THINGS.contains(&&*lower) || [".inf", ".nan"].contains(&&*lower);
    if is_word && !is_other { text.to_owned() } else { double_quoted(text) }
}

/// A string of JSON is a double-quoted scalar of YAML.
fn double_quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The bytes of a config with `version` in its line `pyve_version`, and not another byte changed. Where
/// there is no such line, it is added before the others.
pub fn update_version_line(bytes: &[u8], version: &str) -> Result<Vec<u8>, Failure> {
    let refused = || {
        Failure::new(format!("cannot set {VERSION_KEY} in {FILE}: the key is not on a line of its own"))
            .remedy(format!("write this line into {FILE}: {VERSION_KEY}: {}", double_quoted(version)))
    };
    let text = std::str::from_utf8(bytes).map_err(|_| refused())?;
    let changed = match version_line(text) {
        Some(start) => replaced(text, start, version).ok_or_else(refused)?,
        None => inserted(text, version),
    };
    // Whatever else may stand around the line, what is read afterwards is what was meant.
    if said_version(&changed).as_deref() == Some(version) { Ok(changed.into_bytes()) } else { Err(refused()) }
}

fn said_version(text: &str) -> Option<String> {
    let document = tree::parse(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()??;
    let tree::Value::Map(entries) = &*document.value else { return None };
    let is_key = |value: &tree::Value| matches!(value, tree::Value::Scalar { text, .. } if text == VERSION_KEY);
    let mut versions = entries.iter().filter(|(key, _)| is_key(&key.value));
    match (versions.next(), versions.next()) {
        (Some((_, version)), None) => match &*version.value {
            tree::Value::Scalar { text, .. } => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Where the line of the key begins.
fn version_line(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches('\u{feff}');
        if after_key(bare).is_some() {
            return Some(start + line.len() - bare.len());
        }
        start += line.len();
    }
    None
}

/// What follows the key and its colon, if the line begins with them.
fn after_key(line: &str) -> Option<&str> {
    let spellings = [VERSION_KEY.to_owned(), format!("\"{VERSION_KEY}\""), format!("'{VERSION_KEY}'")];
    let rest = spellings.iter().find_map(|spelling| line.strip_prefix(spelling.as_str()))?;
    let rest = rest.trim_start_matches(' ').strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])).then_some(rest)
}

/// The text with another value in the line at `start`; `None` if the value does not end in the line.
fn replaced(text: &str, start: usize, version: &str) -> Option<String> {
    let line = text[start..].split('\n').next()?.trim_end_matches('\r');
    let rest = after_key(line)?;
    let value = rest.trim_start_matches([' ', '\t']);
    let from = start + line.len() - value.len();
    let length = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].find(quote)? + 2,
        Some('|' | '>' | '&' | '*' | '!') => return None,
        Some('#') => 0,
        _ => value.find(" #").unwrap_or(value.len()),
    };
    let length = value[..length].trim_end().len();
    let gap = if rest.len() == value.len() { " " } else { "" };
    let tail = &text[from + length..];
    let after = if tail.starts_with('#') { " " } else { "" };
    Some(format!("{}{gap}{}{after}{tail}", &text[..from], double_quoted(version)))
}

/// The text with the line added before the first key.
fn inserted(text: &str, version: &str) -> String {
    let ending =
        if text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    // Before the start of the document only directives may stand.
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        start += line.len();
        if line.trim_end() == "---" {
            at = start;
            break;
        }
    }
    let (before, after) = text.split_at(at);
    let joint = if before.ends_with("---") { ending } else { "" };
    format!("{before}{joint}{VERSION_KEY}: {}{ending}{after}", double_quoted(version))
}

#[cfg(test)]
mod tests {
    use pyve_plugin_api::Setting;

    use super::*;
    use crate::config::Config;

    fn updated(text: &str) -> String {
        String::from_utf8(update_version_line(text.as_bytes(), "1.2.0").unwrap()).unwrap()
    }

    #[test]
    fn only_the_version_changes() {
        assert_eq!(
            updated("# a\r\npyve_version: '0.8'   # set\r\nx: 1"),
            "# a\r\npyve_version: \"1.2.0\"   # set\r\nx: 1"
        );
        assert_eq!(
            updated("pyve_version:0.1: 2\npyve_version: 0.8\n"),
            "pyve_version:0.1: 2\npyve_version: \"1.2.0\"\n"
        );
        assert_eq!(updated("\"pyve_version\" : 1.2.0 \n"), "\"pyve_version\" : \"1.2.0\" \n");
        assert_eq!(updated("a: 1\npyve_version:\n"), "a: 1\npyve_version: \"1.2.0\"\n");
        assert_eq!(updated("pyve_version: # none\n"), "pyve_version: \"1.2.0\" # none\n");
        assert_eq!(updated("\u{feff}pyve_version: 1\n"), "\u{feff}pyve_version: \"1.2.0\"\n");
        assert_eq!(updated(&updated("backend: x\n")), updated("backend: x\n"));
    }

    #[test]
    fn a_missing_version_comes_first() {
        assert_eq!(updated(""), "pyve_version: \"1.2.0\"\n");
        assert_eq!(updated("# c\r\nbackend: x\r\n"), "pyve_version: \"1.2.0\"\r\n# c\r\nbackend: x\r\n");
        assert_eq!(updated("%YAML 1.2\n---\nbackend: x"), "%YAML 1.2\n---\npyve_version: \"1.2.0\"\nbackend: x");
        assert_eq!(updated("---"), "---\npyve_version: \"1.2.0\"\n");
        assert_eq!(updated("\u{feff}backend: x\n"), "\u{feff}pyve_version: \"1.2.0\"\nbackend: x\n");
    }

    #[test]
    fn odd_spellings_are_left_alone_and_told() {
        for text in ["{backend: x}", "{pyve_version: 1}\n", "pyve_version: >\n  1\n", "pyve_version: \"1\n  2\"\n"] {
            let failure = update_version_line(text.as_bytes(), "1.2.0").unwrap_err();
            assert_eq!(failure.message, "cannot set pyve_version in .pyve/config: the key is not on a line of its own");
            assert_eq!(
                failure.remedy.as_deref(),
                Some("write this line into .pyve/config: pyve_version: \"1.2.0\""),
                "{text}"
            );
        }
    }

    fn sample() -> Description {
        Description::new("reed", "1.0", "Reeds")
            .setting(Setting::new("env_name", SettingKind::TEXT, "name"))
            .setting(Setting::new("channels", SettingKind::LIST, "channels"))
            .setting(Setting::new("strict", SettingKind::BOOL, "strict"))
            .setting(Setting::new("prefix", SettingKind::PATH, "where"))
    }

    fn given(key: &str, values: &[&str]) -> Given {
        let values = values.iter().map(|value| (*value).into()).collect::<Vec<_>>().into();
        Given { key: key.into(), values, origin: "--flag".into() }
    }

    #[test]
    fn the_first_text_is_what_a_person_would_write() {
        let description = sample();
        let settings = [
            given("env_name", &["my env"]),
            given("channels", &["conda-forge", "1.0"]),
            given("strict", &["true"]),
            given("prefix", &[".pyve/envs/x"]),
        ];
        let initial = Initial { version: "1.0.0", backend: &description, python: Some("3.10"), settings: &settings };
        insta::assert_snapshot!(initial.text(), @r#"
        # Settings of this project for pyve. Commit this file, so that a clone gets the same environment.
        pyve_version: "1.0.0"
        backend: reed

        python:
          version: "3.10"

        reed:
          env_name: "my env"
          channels:
            - conda-forge
            - "1.0"
          strict: true
          prefix: .pyve/envs/x
        "#);
    }

    #[test]
    fn whatever_was_said_is_read_back() {
        let description = sample();
        let words = [
            "plain",
            "my env",
            "no",
            "NULL",
            "~x",
            "3.10",
            "1e3",
            ".5",
            ".inf",
            "...",
            "-",
            "- a",
            "a: b",
            "a #b",
            "#c",
            "'q'",
            "\"d\"",
            "back\\slash",
            "é",
            "日本",
            "*x",
            "&x",
            "!x",
            "%x",
            "@x",
            "`x",
            "{a}",
            "[a]",
            "a,b",
            " pad ",
            "0x10",
            "=",
            "<<",
            "?",
            "| x",
            "> x",
            "2001-01-01",
            "...x",
        ];
        for word in words {
            let settings = [given("env_name", &[word]), given("channels", &[word, word])];
            let initial =
                Initial { version: "1.0.0", backend: &description, python: Some(word.trim()), settings: &settings };
            let text = initial.text();
            let known = [description.clone()];
            let config = Config::parse(text.as_bytes(), std::path::Path::new("/p"), &known).expect(&text);
            let section = config.section("reed");
            assert_eq!(section[0].values.as_slice(), [word], "{text}");
            assert_eq!(section[1].values.as_slice(), [word, word], "{text}");
            assert_eq!(config.python().unwrap().value, word.trim(), "{text}");
            // Other readers of YAML agree.
            let other: serde_yaml::Value = serde_yaml::from_str(&text).expect(&text);
            assert_eq!(other["reed"]["env_name"].as_str(), Some(word), "{text}");
        }
    }
}
