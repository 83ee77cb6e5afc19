//! What came of it, for people and for programs.

use pyve_plugin_api::{Lock, LockChange, LockState};
use serde_json::{Value, json};

use crate::context::ProjectContext;
use crate::ui::Console;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It was only looked at.
    Checked,
    /// It says something else now, or is new.
    Written,
    /// It said that already, to the byte.
    Unchanged,
    /// It would say something else.
    Planned,
}

impl Deed {
    fn as_str(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::Planned => "planned",
        }
    }
}

/// What came of one environment.
pub struct Outcome {
    pub environment: String,
    pub backend: String,
    pub lock: Lock,
    pub deed: Deed,
    /// What was run for it, or would be.
    pub commands: Vec<String>,
    /// Whether there was no file before.
    pub is_new: bool,
}

impl Outcome {
    pub fn new(choice: &ProjectContext, lock: Lock, deed: Deed) -> Self {
        Self {
            environment: choice.environment.to_string(),
            backend: choice.description.id.to_string(),
            lock,
            deed,
            commands: Vec::new(),
            is_new: false,
        }
    }

    /// How the file is: one that was written a moment ago says what the project's files ask for.
    fn state(&self) -> LockState {
        match self.deed {
            Deed::Written | Deed::Unchanged => LockState::FRESH,
            Deed::Checked | Deed::Planned => self.lock.state,
        }
    }

    pub fn is_fresh(&self) -> bool {
        self.state() == LockState::FRESH
    }

    pub fn json(&self) -> Value {
        json!({
            "environment": self.environment,
            "backend": self.backend,
            "file": self.lock.file,
            "state": self.state().as_str(),
            "reasons": self.lock.reasons.iter().map(|line| line.as_str()).collect::<Vec<_>>(),
            "action": self.deed.as_str(),
            "commands": self.commands,
            "changes": self.lock.changes.iter().map(change).collect::<Vec<_>>(),
            "warnings": self.lock.warnings.iter().map(|line| line.as_str()).collect::<Vec<_>>(),
        })
    }

    /// How the file is, with the reasons below.
    pub fn checked(&self) -> String {
        let head = format!("{}: {}", self.lock.file.display(), self.state());
        let reasons = self.lock.reasons.iter().map(|line| format!("\n  {line}"));
        std::iter::once(head).chain(reasons).collect()
    }

    /// What is otherwise than before, a line each; nothing of a file that is new.
    pub fn table(&self, console: &Console) -> Vec<String> {
        let changes: &[LockChange] = if self.is_new { &[] } else { &self.lock.changes };
        let arrow = if console.unicode() { "→" } else { "->" };
        let cells: Vec<[String; 3]> = changes.iter().map(|change| row(change, arrow)).collect();
        let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths = [width(0), width(1)];
        let line = |row: &[String; 3]| {
            let line = format!("  {:<2$}  {:<3$}", row[0], row[1], widths[0], widths[1]);
            format!("{line}  {}", row[2]).trim_end().to_owned()
        };
        cells.iter().map(line).collect()
    }

    /// What was done, in one line.
    pub fn told(&self) -> String {
        let file = self.lock.file.display();
        let summary = Some(self.lock.summary.as_str()).filter(|text| !text.is_empty());
        let summary = summary.map(|text| format!(": {text}")).unwrap_or_default();
        match self.deed {
            Deed::Unchanged => format!("{file} is up to date{summary}"),
            Deed::Planned => format!("{file} would be written{summary}"),
            Deed::Checked | Deed::Written => format!("{file} written{summary}"),
        }
    }
}

/// Package, versions, and where and why.
fn row(change: &LockChange, arrow: &str) -> [String; 3] {
    let versions = match (change.before.as_str(), change.after.as_str()) {
        ("", after) => format!("{after} (new)"),
        (before, "") => format!("{before} (removed)"),
        (before, after) => format!("{before} {arrow} {after}"),
    };
    let where_and_why = [&change.platform, &change.reason].map(|text| text.as_str());
    let told: Vec<&str> = where_and_why.into_iter().filter(|text| !text.is_empty()).collect();
    [change.package.to_string(), versions, told.join("  ")]
}

fn change(change: &LockChange) -> Value {
    let or_none = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    json!({
        "package": change.package.as_str(),
        "before": or_none(&change.before),
        "after": or_none(&change.after),
        "platform": or_none(&change.platform),
        "reason": or_none(&change.reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Volume;

    fn outcome(lock: Lock, deed: Deed) -> Outcome {
        let (environment, backend) = ("default".to_owned(), "acme".to_owned());
        Outcome { environment, backend, lock, deed, commands: vec!["run: tool".to_owned()], is_new: false }
    }

    #[test]
    fn the_table_tells_what_moved_and_why() {
        let lock = Lock::new("acme.lock", LockState::STALE)
            .change(LockChange::new("flask", "3.0", "3.1").reason("requested"))
            .change(LockChange::new("click", "", "8.1").platform("osx-64").reason("required by flask 3.1"))
            .change(LockChange::new("old", "1", ""));
        let console = Console::new(Volume::Normal, anstream::ColorChoice::Never, true);
        let told = outcome(lock.clone(), Deed::Written).table(&console);
        assert_eq!(
            told,
            [
                "  flask  3.0 → 3.1    requested",
                "  click  8.1 (new)    osx-64  required by flask 3.1",
                "  old    1 (removed)"
            ]
        );
        assert!(Outcome { is_new: true, ..outcome(lock, Deed::Written) }.table(&console).is_empty());
    }

    #[test]
    fn what_was_done_is_told() {
        let lock = Lock::new("acme.lock", LockState::STALE).reason("a 1 is locked").summary("2 packages");
        let told = |deed| outcome(lock.clone(), deed).told();
        assert_eq!(told(Deed::Written), "acme.lock written: 2 packages");
        assert_eq!(told(Deed::Unchanged), "acme.lock is up to date: 2 packages");
        assert_eq!(told(Deed::Planned), "acme.lock would be written: 2 packages");
        assert_eq!(outcome(lock.clone(), Deed::Checked).checked(), "acme.lock: stale\n  a 1 is locked");
        let json = outcome(lock.clone(), Deed::Written).json();
        assert_eq!((&json["state"], &json["action"]), (&json!("fresh"), &json!("written")));
        assert!(!outcome(lock, Deed::Checked).is_fresh());
    }
}
