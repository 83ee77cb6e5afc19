//! The choice told in full: every level, what it said and where, and why the winner won.

use serde::Serialize;

use super::rules::Selection;

/// A selection for `--explain` and `--json`.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub backend: String,
    pub decided_by: &'static str,
    pub why: String,
    pub levels: Vec<Line>,
    pub warnings: Vec<String>,
}

/// One level of it.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub level: &'static str,
    pub said: String,
    /// The backend that the level asks for.
    pub backend: Option<String>,
    /// Where it says so.
    pub origins: Vec<String>,
    /// Whether it decided.
    pub decided: bool,
}

impl From<&Selection> for Explanation {
    fn from(selection: &Selection) -> Self {
        let levels = selection.levels.iter().map(|report| Line {
            level: report.level.title(),
            said: report.said.clone(),
            backend: report.backend.clone(),
            origins: report.origins.clone(),
            decided: report.level == selection.level,
        });
        Self {
            backend: selection.backend.clone(),
            decided_by: selection.level.title(),
            why: selection.why.clone(),
            levels: levels.collect(),
            warnings: selection.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Explanation {
    /// A line for the outcome and one for each level, the winner marked.
    pub fn text(&self) -> String {
        let mut text = format!("Backend: {} ({})", self.backend, self.why);
        for line in &self.levels {
            let mark = if line.decided { '>' } else { ' ' };
            text += &format!("\n{mark} {:<17}{}", line.level, line.said_where());
        }
        text
    }
}

impl Line {
    /// What the level said, with the place unless the words have it already.
    fn said_where(&self) -> String {
        let words = crate::config::printable(&self.said);
        match self.origins.first() {
            Some(origin) if *origin != self.level && !words.contains(origin.as_str()) => format!("{words} ({origin})"),
            _ => words,
        }
    }
}
