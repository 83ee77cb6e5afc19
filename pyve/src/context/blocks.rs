//! What pyve's blocks in `.envrc` and `.gitignore` say for an environment.

use std::path::Path;

use pyve_plugin_api::Request;

use super::ProjectContext;
use crate::environments::DirenvNote;
use crate::files::envrc::Entering;
use crate::files::{envrc, gitignore, prompt};
use crate::project::EnvironmentName;
use crate::records::{Artifact, Record, all};

impl ProjectContext {
    /// The lines of `.gitignore` for what is in this project: the backend's, with the settings they name filled in, those of
    /// all other environments than the one at `prefix`, and `.envrc` where pyve made it, or will because `direnv` is wanted.
    pub fn ignored(&self, request: &Request, prefix: &Path, direnv: bool) -> Vec<String> {
        let filled = self.description.ignores.iter().map(|line| {
            self.description.settings.iter().fold(line.to_string(), |line, setting| {
                let value = request.text(&setting.key).unwrap_or(&setting.default);
                line.replace(&format!("{{{}}}", setting.key), gitignore::pattern(value).trim_start_matches('/'))
            })
        });
        let own: Vec<String> = filled.filter(|line| !line.trim_matches('/').is_empty()).collect();
        // One that is there and is the user's they may have committed; pyve's own has this machine's paths.
        let is_new = direnv && self.layout.root().join(envrc::FILE).symlink_metadata().is_err();
        let envrc = (is_new || envrc::is_made(self.layout.root())).then(|| gitignore::pattern(envrc::FILE));
        let records = all(&self.layout).records;
        let others =
            records.iter().flat_map(|record| self.folders(record, prefix)).map(|folder| gitignore::pattern(&folder));
        let is_said = |line: &String| own.iter().any(|own| Path::new(line).starts_with(own.trim_end_matches('/')));
        let others: Vec<String> = others.filter(|line| !is_said(line)).collect();
        envrc.into_iter().chain(own).chain(others).collect()
    }

    /// Where a record says that environments are, but for those in the folder that is ignored as a whole, and for the one
    /// whose lines the backend says itself.
    fn folders(&self, record: &Record, own: &Path) -> Vec<String> {
        let before = record.made.iter().filter_map(|made| match made {
            Artifact::Environment { path } => Some(self.layout.root().join(path.path())),
            _ => None,
        });
        let all = before.chain([record.recorded.prefix.path().into_owned()]).filter(|path| path != own);
        let of_project = all.filter_map(|path| Some(path.strip_prefix(self.layout.root()).ok()?.to_owned()));
        let named = of_project.filter(|path| !path.as_os_str().is_empty() && !path.starts_with(".pyve"));
        named.filter_map(|path| path.to_str().map(str::to_owned)).collect()
    }

    /// The environment that `.envrc` enters: the one that was chosen for it, else the one that is meant where none is named.
    pub fn entered(&self) -> EnvironmentName {
        DirenvNote::find(&self.layout).unwrap_or_else(|| self.config.meant())
    }

    /// Whether it is this one.
    pub fn is_entered(&self) -> bool {
        self.entered() == self.environment
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
