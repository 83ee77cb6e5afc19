//! What is known before a plan is made: the user's words, the backend's answers, and what was recorded.

use pyve_plugin_api::{Creation, OsText, Recorded, Request, Tool};

use super::options::Options;
use crate::context::{ProjectContext, Session};
use crate::records::Record;

/// What the parts of a plan are made from.
pub struct Making<'a> {
    pub choice: &'a ProjectContext,
    pub options: &'a Options,
    pub session: &'a Session,
    pub request: Request,
    pub tool: Tool,
    /// Whether the tool is there only once the plan has brought it.
    pub brings_tool: bool,
    pub creation: Creation,
    pub before: Option<Record>,
}

impl Making<'_> {
    /// What the backend is told of the environment once it stands.
    pub fn recorded(&self) -> Recorded {
        let creation = &self.creation;
        Recorded {
            prefix: creation.prefix.clone(),
            name: creation.name.clone(),
            tool: self.tool.clone(),
            interpreter: creation.interpreter.clone(),
            specs: creation.specs.clone(),
            settings: self.request.settings.clone(),
            ready: true,
            extension: creation.extension.clone(),
        }
    }

    /// The prefix as the user would write it.
    pub fn shown_prefix(&self) -> String {
        self.show(&self.creation.prefix)
    }

    fn show(&self, path: &OsText) -> String {
        self.choice.layout.show(&path.path())
    }
}
