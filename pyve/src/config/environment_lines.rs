//! The lines of `.pyve/config` about one environment, below `envs:`.

use pyve_plugin_api::{Description, SettingValue};

use super::host::ENVS;
use super::initial::{double_quoted, scalar, section_text};
use crate::project::EnvironmentName;

/// What is said of an environment with a name.
pub struct EnvironmentLines<'a> {
    pub name: &'a EnvironmentName,
    pub backend: &'a Description,
    pub python: Option<&'a str>,
    pub settings: &'a [SettingValue],
}

impl EnvironmentLines<'_> {
    /// The lines, indented to stand below `envs:`.
    pub fn text(&self) -> String {
        let python = self.python.map(|version| format!("python:\n  version: {}\n", double_quoted(version)));
        let section = if self.settings.is_empty() { String::new() } else { section_text(self.backend, self.settings) };
        let said = format!("backend: {}\n{}{section}", scalar(&self.backend.id), python.unwrap_or_default());
        let lines = said.lines().filter(|line| !line.is_empty()).map(|line| format!("    {line}\n"));
        format!("  {}:\n{}", scalar(self.name), lines.collect::<String>())
    }

    /// The text of a config that pyve wrote, with these lines in the place of those that it had for the environment.
    pub fn put_into(&self, text: &str) -> String {
        let heading = format!("{ENVS}:");
        let own = format!("  {}:", scalar(self.name));
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let Some(envs) = lines.iter().position(|line| line.trim_end() == heading) else {
            let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" };
            return format!("{text}{gap}{heading}\n{}", self.text());
        };
        let ends = |from: usize, depth: usize| {
            let inside =
                |line: &&&str| line.trim().is_empty() || line.len() - line.trim_start_matches(' ').len() > depth;
            from + lines[from..].iter().take_while(inside).count()
        };
        let filled = |from: usize, to: usize| {
            let blank = lines[from..to].iter().rev().take_while(|line| line.trim().is_empty()).count();
            to - blank
        };
        let end = filled(envs + 1, ends(envs + 1, 0));
        let (from, to) = match lines[envs + 1..end].iter().position(|line| line.trim_end() == own) {
            Some(at) => (envs + 1 + at, filled(envs + 2 + at, ends(envs + 2 + at, 2))),
            None => (end, end),
        };
        [lines[..from].concat(), self.text(), lines[to..].concat()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{known, parse};
    use super::*;

    #[test]
    fn lines_are_added_or_replaced_and_the_rest_stays() {
        let known = known();
        let channels = [SettingValue::new("channels", ["a", "b c"], "--channel")];
        let (dev, docs): (EnvironmentName, EnvironmentName) = ("dev".parse().unwrap(), "3.10".parse().unwrap());
        let first = EnvironmentLines { name: &dev, backend: &known[1], python: None, settings: &channels };
        let second = EnvironmentLines { name: &docs, backend: &known[0], python: Some("3.12"), settings: &[] };
        let both = second.put_into(&first.put_into("backend: moss\n"));
        insta::assert_snapshot!(both, @r#"
        backend: moss

        envs:
          dev:
            backend: reed
            reed:
              channels:
                - a
                - "b c"
          "3.10":
            backend: moss
            python:
              version: "3.12"
        "#);
        let config = parse(&both).unwrap();
        assert_eq!(config.backend_of(&dev).unwrap().value, "reed");
        assert_eq!(config.of_environment(&docs, &known).python().unwrap().value, "3.12");
        let again = EnvironmentLines { name: &dev, backend: &known[0], python: None, settings: &[] };
        insta::assert_snapshot!(again.put_into(&format!("{both}\nreed:\n  offline: true\n")), @r#"
        backend: moss

        envs:
          dev:
            backend: moss
          "3.10":
            backend: moss
            python:
              version: "3.12"

        reed:
          offline: true
        "#);
    }
}
