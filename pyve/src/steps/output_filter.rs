//! The lines that matter of a noisy program's output, by the rules that its step carries.

use serde::Deserialize;

use super::show;

/// How many of the last lines are shown where the rules find none that matters.
const LAST: usize = 5;

/// `output_filter` of [`pyve_plugin_api::Step::extension`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Rules {
    pub log: String,
    keep: Vec<String>,
    drop: Vec<String>,
    strip: Vec<String>,
    lines: usize,
    hints: Vec<Hint>,
}

#[derive(Clone, Debug, Deserialize)]
struct Hint {
    #[serde(rename = "match")]
    text: String,
    remedy: String,
}

#[derive(Deserialize)]
struct Extension {
    output_filter: Option<Rules>,
}

impl Rules {
    /// The rules in the extension of a step; none where it has none, or such as only a newer pyve reads.
    pub fn parse(extension: &str) -> Option<Self> {
        serde_json::from_str::<Extension>(extension).ok()?.output_filter
    }
}

/// What is known of the output so far.
pub struct Distilled {
    rules: Rules,
    kept: Vec<String>,
    last: Vec<String>,
    /// The first hint that the output gave.
    hint: Option<usize>,
}

impl Distilled {
    pub fn new(rules: Rules) -> Self {
        Self { rules, kept: Vec::new(), last: Vec::new(), hint: None }
    }

    /// Takes in one line.
    pub fn read(&mut self, line: &str) {
        let known = self.hint.unwrap_or(self.rules.hints.len());
        self.hint = self.rules.hints[..known].iter().position(|hint| line.contains(&hint.text)).or(self.hint);
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        self.last.push(show::one_line(line));
        if self.last.len() > LAST {
            self.last.remove(0);
        }
        let matters = self.rules.keep.iter().any(|start| line.starts_with(start));
        if !matters || self.kept.len() == self.rules.lines || self.rules.drop.iter().any(|text| line.contains(text)) {
            return;
        }
        let short = self.rules.strip.iter().find_map(|start| line.strip_prefix(start.as_str()));
        let line = show::one_line(short.unwrap_or(line));
        if !self.kept.contains(&line) {
            self.kept.push(line);
        }
    }

    /// The lines to show; the last ones where none matters by the rules.
    pub fn lines(&self) -> &[String] {
        if self.kept.is_empty() { &self.last } else { &self.kept }
    }

    pub fn remedy(&self) -> Option<&str> {
        self.hint.map(|index| self.rules.hints[index].remedy.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"{"output_filter": {"log": "make", "keep": ["error ", "└─"], "drop": ["--verbose"],
        "strip": ["error "], "lines": 3, "hints": [
            {"match": "no such thing", "remedy": "name another"}, {"match": "error", "remedy": "try again"}]}}"#;

    fn distilled(output: &str) -> (Vec<String>, Option<String>) {
        let mut distilled = Distilled::new(Rules::parse(RULES).unwrap());
        output.lines().for_each(|line| distilled.read(line));
        (distilled.lines().to_vec(), distilled.remedy().map(str::to_owned))
    }

    #[test]
    fn lines_that_matter_are_kept_once_and_without_their_mark() {
        let output =
            "working\n  error one\nerror one\n    └─ two\x1b[0m\nerror Run with --verbose\nerror three\nerror four";
        let (lines, remedy) = distilled(output);
        assert_eq!(lines, ["one", "└─ two\\u{1b}[0m", "three"]);
        assert_eq!(remedy.as_deref(), Some("try again"));
    }

    #[test]
    fn the_order_of_the_hints_counts_not_that_of_the_lines() {
        assert_eq!(distilled("error\nno such thing\nerror").1.as_deref(), Some("name another"));
        assert_eq!(distilled("no such thing\nerror").1.as_deref(), Some("name another"));
        assert_eq!(distilled("all is well").1, None);
    }

    #[test]
    fn where_nothing_matters_the_last_lines_are_shown() {
        assert_eq!(distilled("1\n2\n\n3\n4\n5\n6\n").0, ["2", "3", "4", "5", "6"]);
        assert!(distilled("").0.is_empty());
    }

    #[test]
    fn an_extension_without_rules_has_none() {
        for extension in ["", "{}", r#"{"other": 1}"#, r#"{"output_filter": 7}"#, "no json"] {
            assert!(Rules::parse(extension).is_none(), "{extension}");
        }
    }
}
