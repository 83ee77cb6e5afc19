//! The questions of the contract, by name.

use std::fmt;
use std::str::FromStr;

/// A question, which is a method of [`Backend`](crate::Backend). Later versions may ask more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each is what the method of its name is about")]
pub enum Question {
    Describe,
    Detect,
    EnsureTool,
    Create,
    Run,
    Diagnose,
    Inspect,
    Update,
    Lock,
    Requirements,
    Adopt,
    Packages,
    Environments,
}

impl Question {
    /// Every question that this version knows, in the order of the methods.
    pub const ALL: &'static [Self] = &[
        Self::Describe,
        Self::Detect,
        Self::EnsureTool,
        Self::Create,
        Self::Run,
        Self::Diagnose,
        Self::Inspect,
        Self::Update,
        Self::Lock,
        Self::Requirements,
        Self::Adopt,
        Self::Packages,
        Self::Environments,
    ];

    /// The name of the method, as [`Description::capabilities`](crate::Description::capabilities) and messages have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Detect => "detect",
            Self::EnsureTool => "ensure_tool",
            Self::Create => "create",
            Self::Run => "run",
            Self::Diagnose => "diagnose",
            Self::Inspect => "inspect",
            Self::Update => "update",
            Self::Lock => "lock",
            Self::Requirements => "requirements",
            Self::Adopt => "adopt",
            Self::Packages => "packages",
            Self::Environments => "environments",
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No question has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownQuestion;

impl fmt::Display for UnknownQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no question of the contract has this name")
    }
}

impl std::error::Error for UnknownQuestion {}

impl FromStr for Question {
    type Err = UnknownQuestion;

    fn from_str(name: &str) -> Result<Self, UnknownQuestion> {
        Self::ALL.iter().copied().find(|question| question.name() == name).ok_or(UnknownQuestion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_name() {
        for question in Question::ALL {
            assert_eq!(question.to_string().parse(), Ok(*question));
        }
        assert!(Question::ALL.is_sorted(), "in the order of the methods");
        assert_eq!("teleport".parse::<Question>(), Err(UnknownQuestion));
    }
}
