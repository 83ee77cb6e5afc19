//! What came of the fixes, as it is told.

use std::fmt;

use serde_json::{Value, json};

/// What came of one fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Planned,
    Done,
    Declined,
    Failed(String),
}

/// One fix, for all the checks that it is for.
#[derive(Clone, Debug)]
pub struct Fixed {
    pub action: String,
    pub checks: Vec<String>,
    pub outcome: Outcome,
}

impl Fixed {
    pub fn is_done(&self) -> bool {
        self.outcome == Outcome::Done
    }

    pub fn is_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }

    pub fn json(&self) -> Value {
        let (outcome, message) = match &self.outcome {
            Outcome::Planned => ("planned", None),
            Outcome::Done => ("done", None),
            Outcome::Declined => ("declined", None),
            Outcome::Failed(message) => ("failed", Some(message)),
        };
        json!({"action": self.action, "checks": self.checks, "outcome": outcome, "message": message})
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Planned => write!(f, "would {}", self.action),
            Outcome::Done => write!(f, "done: {}", self.action),
            Outcome::Declined => write!(f, "left out: {}", self.action),
            Outcome::Failed(message) => write!(f, "could not {}: {message}", self.action),
        }
    }
}
