//! The lines that matter of a noisy program's output, by the filter that its step carries.

use pyve_plugin_api::{OutputFilter, Remedy};

use crate::ui::printable;

/// How many of the last lines are shown where the filter finds none that matters.
const LAST: usize = 5;

/// What is known of the output so far.
pub struct Filtered<'a> {
    filter: &'a OutputFilter,
    kept: Vec<Kept>,
    last: Vec<String>,
    /// The first hint that the output gave.
    hint: Option<usize>,
}

/// A line that matters.
#[derive(PartialEq, Eq)]
struct Kept {
    text: String,
    /// How far it is indented, where it stands below another one: what a mark is taken off stands by itself.
    indented: Option<usize>,
}

impl<'a> Filtered<'a> {
    pub fn new(filter: &'a OutputFilter) -> Self {
        Self { filter, kept: Vec::new(), last: Vec::new(), hint: None }
    }

    /// Takes in one line.
    pub fn read(&mut self, line: &str) {
        let known = self.hint.unwrap_or(self.filter.hints.len());
        self.hint = self.filter.hints[..known].iter().position(|hint| line.contains(hint.text.as_str())).or(self.hint);
        let whole = line;
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        self.last.push(printable(line));
        if self.last.len() > LAST {
            self.last.remove(0);
        }
        let matters = self.filter.keep.iter().any(|start| line.starts_with(start.as_str()));
        let dropped = self.filter.drop.iter().any(|text| line.contains(text.as_str()));
        if !matters || dropped || self.kept.len() >= self.filter.max_lines as usize {
            return;
        }
        let short = self.filter.strip.iter().find_map(|start| line.strip_prefix(start.as_str()));
        let text = printable(short.unwrap_or(line));
        let indented = short.is_none().then(|| whole.len() - whole.trim_start().len());
        if !self.kept.iter().any(|kept| kept.text == text) {
            self.kept.push(Kept { text, indented });
        }
    }

    /// Whether the user is to see the line whatever the outcome.
    pub fn is_relayed(&self, line: &str) -> bool {
        self.filter.relay.iter().any(|start| line.trim_start().starts_with(start.as_str()))
    }

    /// What has failed, where the filter says it.
    pub fn failure(&self) -> Option<&'a str> {
        Some(self.filter.failure.as_str()).filter(|what| !what.is_empty())
    }

    /// The lines to show, a tree still one; the last lines where none matters by the filter.
    pub fn lines(&self) -> Vec<String> {
        if self.kept.is_empty() {
            return self.last.clone();
        }
        let common = self.kept.iter().filter_map(|kept| kept.indented).min().unwrap_or_default();
        let shown = |kept: &Kept| format!("{}{}", " ".repeat(kept.indented.unwrap_or(common) - common), kept.text);
        self.kept.iter().map(shown).collect()
    }

    /// What helps, as the first hint that the output gave says.
    pub fn remedy(&self) -> Option<&'a Remedy> {
        self.hint.map(|index| &self.filter.hints[index].remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> OutputFilter {
        OutputFilter::new("make")
            .keep(["error ", "└─"])
            .drop(["--verbose"])
            .strip(["error "])
            .max_lines(3)
            .hint("no such thing", Remedy::text("name another"))
            .hint("error", Remedy::text("try again"))
    }

    fn filtered(output: &str) -> (Vec<String>, Option<String>) {
        let filter = filter();
        let mut filtered = Filtered::new(&filter);
        output.lines().for_each(|line| filtered.read(line));
        (filtered.lines(), filtered.remedy().map(ToString::to_string))
    }

    #[test]
    fn lines_that_matter_are_kept_once_and_without_their_mark() {
        let output =
            "working\n  error one\nerror one\n    └─ two\x1b[0m\nerror Run with --verbose\nerror three\nerror four";
        let (lines, remedy) = filtered(output);
        assert_eq!(lines, ["one", "└─ two\\u{1b}[0m", "three"]);
        assert_eq!(remedy.as_deref(), Some("try again"));
    }

    #[test]
    fn a_tree_keeps_its_form() {
        let output = "error it\n    └─ one needs\n       └─ two\nerror end";
        assert_eq!(filtered(output).0, ["it", "└─ one needs", "   └─ two"]);
    }

    #[test]
    fn the_order_of_the_hints_counts_not_that_of_the_lines() {
        assert_eq!(filtered("error\nno such thing\nerror").1.as_deref(), Some("name another"));
        assert_eq!(filtered("no such thing\nerror").1.as_deref(), Some("name another"));
        assert_eq!(filtered("all is well").1, None);
    }

    #[test]
    fn where_nothing_matters_the_last_lines_are_shown() {
        assert_eq!(filtered("1\n2\n\n3\n4\n5\n6\n").0, ["2", "3", "4", "5", "6"]);
        assert!(filtered("").0.is_empty());
    }
}
