//! What pyve's blocks in `.envrc` and `.gitignore` say for an environment.

use pyve_plugin_api::Request;

use super::ProjectContext;
use crate::files::envrc::Entering;
use crate::files::{envrc, gitignore, prompt};
use crate::records::Record;

impl ProjectContext {
    /// The backend's lines for `.gitignore`, with the settings they name filled in, and the environment itself.
    pub fn ignored(&self, request: &Request) -> Vec<String> {
        let filled = self.description.ignores.iter().map(|line| {
            self.description.settings.iter().fold(line.to_string(), |line, setting| {
                let value = request.text(&setting.key).unwrap_or(&setting.default);
                line.replace(&format!("{{{}}}", setting.key), gitignore::pattern(value).trim_start_matches('/'))
            })
        });
        filled.filter(|line| !line.trim_matches('/').is_empty()).collect()
    }

    /// The block of `.envrc` as it should be; `None` before anybody asked how commands are started.
    pub fn envrc_block(&self, record: &Record) -> Option<Vec<u8>> {
        let (backend, name) = (self.description.id.as_str(), record.recorded.name.as_str());
        let prefix = self.config.prompt_format().map(|format| prompt::prefix(format, backend, name));
        Some(envrc::block(&Entering {
            root: self.layout.root(),
            prefix: &record.recorded.prefix.path(),
            launch: &record.launch.as_ref()?.launch,
            backend,
            name,
            prompt: prefix.as_deref(),
        }))
    }
}
