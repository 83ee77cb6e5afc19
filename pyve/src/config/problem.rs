//! What is wrong in `.pyve/config`: each thing with its place, all of them told at once.

use pyve_formats::sorted;
use pyve_formats::yaml::Position;
use pyve_plugin_api::Remedy;

use crate::failure::Failure;
use crate::ui::printable;

/// As many problems as a person reads; more of them have a common cause.
const SHOWN: usize = 20;

/// One thing that is wrong, and the edit that helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub position: Position,
    pub text: String,
    pub edit: String,
}

impl Problem {
    pub fn new(position: Position, text: impl Into<String>, edit: impl Into<String>) -> Self {
        Self { position, text: text.into(), edit: edit.into() }
    }

    fn line(&self, file: &str) -> String {
        format!("{file}:{}:{}: {}", self.position.line, self.position.column, self.text)
    }
}

/// The problems of a file, at least one, as one failure in the order of their places.
pub fn failure(file: &str, mut problems: Vec<Problem>) -> Failure {
    sorted::by_key(&mut problems, |problem| problem.position);
    let mut lines = problems.iter().map(|problem| problem.line(file));
    let mut failure = Failure::new(lines.next().unwrap_or_default());
    failure.details = lines.by_ref().take(SHOWN - 1).collect();
    let left = lines.count();
    if left > 0 {
        failure.details.push(format!("and {left} more"));
    }
    *failure.remedy = problems.first().map(|problem| Remedy::text(&problem.edit)).unwrap_or_default();
    failure
}

/// A value from the file as messages show it: in backticks, not longer than a line, and nothing in it
/// that a terminal would obey.
pub fn quoted(value: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = printable(&value.chars().take(LONGEST).collect::<String>());
    if value.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_told_together_in_their_order() {
        let at = |line| Problem::new(Position { line, column: 3 }, format!("wrong {line}"), format!("edit {line}"));
        let failure = failure(".pyve/config", vec![at(7), at(2)]);
        assert_eq!(failure.message, ".pyve/config:2:3: wrong 2");
        assert_eq!(failure.details, [".pyve/config:7:3: wrong 7"]);
        assert_eq!(failure.remedy.to_string(), "edit 2");
        assert_eq!(failure.code, 1);
    }

    #[test]
    fn a_flood_of_problems_is_counted() {
        let at = |line| Problem::new(Position { line, column: 1 }, "wrong", "edit");
        let failure = failure("f", (1..=30).map(at).collect());
        assert_eq!(failure.details.len(), 20);
        assert_eq!(failure.details.last().unwrap(), "and 10 more");
    }

    #[test]
    fn values_cannot_speak_to_the_terminal() {
        assert_eq!(quoted("a\u{1b}[31m\nb"), "`a\\u{1b}[31m\\nb`");
        assert_eq!(quoted(&"x".repeat(70)), format!("`{}…`", "x".repeat(60)));
    }
}
