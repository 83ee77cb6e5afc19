//! The calls into a plugin, by the names that messages use.

use crate::plugins::load::library::Stage;

/// What is being called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Open,
    Hello,
    New,
    Detect,
    EnsureTool,
    Create,
    Run,
    Diagnose,
    Inspect,
}

impl Method {
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::Hello,
        Self::New,
        Self::Detect,
        Self::EnsureTool,
        Self::Create,
        Self::Run,
        Self::Diagnose,
        Self::Inspect,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "dlopen",
            Self::Hello => "hello",
            Self::New => "new",
            Self::Detect => "detect",
            Self::EnsureTool => "ensure_tool",
            Self::Create => "create",
            Self::Run => "run",
            Self::Diagnose => "diagnose",
            Self::Inspect => "inspect",
        }
    }
}

impl From<Stage> for Method {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Open => Self::Open,
            Stage::Hello => Self::Hello,
            Stage::New => Self::New,
        }
    }
}
