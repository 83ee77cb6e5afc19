//! The first text of `.pyve/config`: what `init` chose, and what the command line said.

use pyve_plugin_api::{Description, SettingKind, SettingValue};

const HEADER: &str =
    "# Settings of this project for pyve. Commit this file, so that a clone gets the same environment.\n";

/// What `init` writes where there is no config: what it chose, and what the command line said.
pub struct Initial<'a> {
    pub version: &'a str,
    pub backend: &'a Description,
    /// The version of Python to be kept in the config, if any.
    pub python: Option<&'a str>,
    pub settings: &'a [SettingValue],
}

impl Initial<'_> {
    /// The file.
    pub fn text(&self) -> String {
        let mut text = head(self.version);
        text += &format!("backend: {}\n", scalar(&self.backend.id));
        if let Some(version) = self.python {
            text += &format!("\npython:\n  version: {}\n", double_quoted(version));
        }
        text + &section_text(self.backend, self.settings)
    }
}

/// What every such file begins with.
pub fn head(version: &str) -> String {
    format!("{HEADER}pyve_version: {}\n", scalar(version))
}

/// The section of a backend with these settings, a blank line before it; nothing for none.
pub fn section_text(backend: &Description, settings: &[SettingValue]) -> String {
    if settings.is_empty() {
        return String::new();
    }
    let lines: String = settings.iter().map(|given| setting_text(backend, given)).collect();
    format!("\n{}:\n{lines}", scalar(&backend.id))
}

fn setting_text(backend: &Description, given: &SettingValue) -> String {
    let kind = backend.settings.iter().find(|setting| setting.key == given.key).map(|setting| setting.kind);
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

/// A text as YAML: as it is where no reader of YAML could take it for anything else, else in quotes.
pub fn scalar(text: &str) -> String {
    const OTHER_THINGS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let mut letters = text.chars().skip_while(|letter| *letter == '.');
    let is_word = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "._/-".contains(letter));
    let lower = text.to_ascii_lowercase();
    let is_other = OTHER_THINGS.contains(&&*lower) || [".inf", ".nan"].contains(&&*lower);
    if is_word && !is_other { text.to_owned() } else { double_quoted(text) }
}

/// A string of JSON is a double-quoted scalar of YAML.
pub fn double_quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use pyve_plugin_api::Setting;

    use super::*;
    use crate::config::Config;

    fn sample() -> Description {
        Description::new("reed", "1.0", "Reeds")
            .setting(Setting::new("env_name", SettingKind::TEXT, "name"))
            .setting(Setting::new("channels", SettingKind::LIST, "channels"))
            .setting(Setting::new("strict", SettingKind::BOOL, "strict"))
            .setting(Setting::new("prefix", SettingKind::PATH, "where"))
    }

    fn given(key: &str, values: &[&str]) -> SettingValue {
        SettingValue::new(key, values, "--flag")
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
