//! Environments as a backend knows them: those that its own files declare, and whether it tells them apart by their names.

use std::path::Path;

use pyve_plugin_api::{DeclaredEnvironment, ExistingEnvironment, OsText, Question, ROption, Request};

use super::{Asked, ProjectContext, Session};
use crate::config::CommandLine;
use crate::environments;
use crate::failure::Failure;
use crate::project::EnvironmentName;
use crate::ui::suggest::nearest;

impl ProjectContext {
    /// The environments that the backend's own files declare; none where it has no such files.
    pub fn declared(&self, session: &Session) -> Result<Vec<DeclaredEnvironment>, Failure> {
        if !self.description.can(Question::Environments) {
            return Ok(Vec::new());
        }
        let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
        let request = self.request(session, asked)?;
        Ok(self.backend.environments(&request, &session.hosting(&self.layout))?)
    }

    /// All environments that somebody may mean: [`environments::known`], and those that the backend's own files declare, as
    /// far as they can be read.
    pub fn known_environments(&self, session: &Session) -> Vec<EnvironmentName> {
        let mut names = environments::known(&self.layout, &self.config);
        let declared = self.declared(session).unwrap_or_default();
        names.extend(declared.iter().filter_map(|environment| environment.name.parse().ok()));
        environments::sorted(names)
    }

    /// Fails where the backend's own files declare environments, and none of this name.
    pub fn check_declared(&self, request: &Request, declared: &[DeclaredEnvironment]) -> Result<(), Failure> {
        if self.is_default() || self.is_placed_by_settings(request) {
            return Ok(());
        }
        let Some(first) = declared.first() else { return Ok(()) };
        if declared.iter().any(|environment| *environment.name == *self.environment) {
            return Ok(());
        }
        let (name, file) = (&self.environment, first.file.display());
        let names: Vec<&str> = declared.iter().map(|environment| environment.name.as_str()).collect();
        let failure = Failure::new(format!("environment `{name}` is not declared in `{file}`"))
            .detail(format!("it declares {}", names.join(", ")));
        Err(match nearest(name, names) {
            Some(near) => failure.remedy(format!("did you mean `--env {near}`?")),
            None => failure.remedy(format!("declare it in `{file}`, or name another one")),
        })
    }

    /// Fails where the backend puts an environment with a name where its default one is: it passes the name over. `place` asks
    /// where the environment of a request is.
    pub fn check_place(
        &self,
        request: &Request,
        prefix: &OsText,
        place: impl FnOnce(&Request) -> Option<OsText>,
    ) -> Result<(), Failure> {
        let at = prefix.path();
        if self.is_default() || at.starts_with(self.layout.environments()) || self.is_placed_by_settings(request) {
            return Ok(());
        }
        let default = request.clone().with_environment(&EnvironmentName::default());
        let default = Request { recorded: ROption::RNone, ..default };
        match place(&default).filter(|of_default| of_default == prefix && !prefix.is_empty()) {
            Some(_) => Err(self.nameless(&at)),
            None => Ok(()),
        }
    }

    fn nameless(&self, prefix: &Path) -> Failure {
        let (id, name, shown) = (&self.description.id, &self.environment, self.layout.show(prefix));
        Failure::new(format!("backend `{id}` has no environments with names"))
            .detail(format!("it would use `{shown}`, the directory of the default environment, for `{name}`"))
            .remedy("leave out `--env`, or choose another backend for this environment with `--backend`")
    }

    /// Whether a setting of this one environment may say where it is.
    fn is_placed_by_settings(&self, request: &Request) -> bool {
        let mut of_one = self.description.settings.iter().filter(|setting| setting.is_per_environment());
        of_one.any(|setting| request.setting(&setting.key).is_some())
    }

    /// The environment as it stands, if the backend recognises it without a record; what it cannot look at does not. Fails
    /// where it is the default one, whatever its name.
    pub fn standing(&self, session: &Session) -> Result<Option<ExistingEnvironment>, Failure> {
        let asked = Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false };
        let (request, host) = (self.request(session, asked)?, session.hosting(&self.layout));
        let Ok(inspection) = self.backend.inspect(&request, &host) else { return Ok(None) };
        self.check_place(&request, &inspection.prefix, |of_default| {
            self.backend.inspect(of_default, &host).ok().map(|inspection| inspection.prefix)
        })?;
        Ok(inspection.requested().cloned())
    }
}
