//! The whole of an `init`, before anything is done.

use std::cell::RefCell;
use std::rc::Rc;

use pyve_plugin_api::{Creation, Error, Finding, ROption, Request, SettingValue, Step, Tool};

use super::decision::Decision;
use super::dependencies::Dependencies;
use super::making::Making;
use super::options::Options;
use super::{environment, permission, record, settings, tool, update, wiring};
use crate::context::{Asked, ProjectContext, Session};
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::process::BackendHost;
use crate::pythons;
use crate::records::{Artifact, Record};
use crate::steps::{Action, remove_beginnings};
use crate::ui::Ask;

/// What will be done, and what is known by then.
pub struct Plan<'a> {
    pub actions: Vec<Action<'a>>,
    pub creation: Creation,
    /// How many of the actions the environment cannot do without.
    essential: usize,
    /// What will be recorded.
    record: Rc<RefCell<Record>>,
    /// What the backend found at the environment when it stood.
    found: environment::Found,
    /// What its steps may change.
    pub allowed: AllowedPaths,
    /// What is done about the environment.
    pub decided: Decision,
    /// What is done about the project's dependencies.
    pub dependencies: Dependencies,
    /// What the backend was asked.
    request: Request,
    /// The record as it was before.
    before: Option<Record>,
    /// What of the settings changes.
    pub changes: Vec<settings::Change>,
    /// What the user may add to the settings.
    pub to_add: Option<String>,
}

impl<'a> Plan<'a> {
    /// Asks the backend, and the user where a tool is missing.
    pub fn make(
        choice: &'a ProjectContext,
        options: &'a Options,
        session: &'a Session,
        ask: &Ask<'_>,
    ) -> Result<Self, Failure> {
        if !options.beside {
            settings::check(choice)?;
        }
        let before = record::before(choice, session);
        let request = request(choice, options, session, before.as_ref())?;
        if !choice.is_default() {
            choice.check_declared(&request, &choice.declared(session)?)?;
        }
        let host = hosting(choice, options, session);
        let answer = choice.backend.ensure_tool(&request, &host)?;
        // What version files say holds for the whole project; an environment of another name has its own settings.
        let is_projects = !choice.config.means_another(&choice.environment);
        let pins: Vec<Step> = if is_projects { answer.pins.to_vec() } else { Vec::new() };
        let (bootstrap, console, dry_run) = (&options.bootstrap, &session.console, options.dry_run);
        let agreeing = tool::Agreeing::init();
        let python = tool::is_missing_python(&answer, host.python_search()).then(|| session.network());
        let terms = tool::Terms { bootstrap, ask, console, dry_run, agreeing, python };
        let obtained = tool::obtain(answer, &choice.description, &terms)?;
        let creation = created(choice, session, &request, &obtained.tool, ask, options)?;
        choice.check_place(&request, &creation.prefix, |of_default| {
            choice.backend.create(of_default, &obtained.tool, &host).ok().map(|creation| creation.prefix)
        })?;
        let brings_tool = !obtained.steps.is_empty();
        let making = Making { choice, options, session, request, tool: obtained.tool, brings_tool, creation, before };
        permission::of_no_other(&making)?;
        let allowed = permission::allowed_paths(&making)?;
        permission::check(&allowed, &making, obtained.steps.iter().chain(&pins))?;
        let decided = environment::decide(&making, ask)?;
        if decided.creates() {
            permission::place(&allowed, &making)?;
        }
        if let Decision::Update(steps) = &decided {
            allowed.check(steps)?;
        }
        let shared = Rc::new(RefCell::new(record::new(&making, &pins, &decided)?));
        let found = environment::Found::default();
        let mut actions: Vec<Action<'a>> = obtained.steps.into_iter().map(Action::from).collect();
        actions.extend(environment::actions(&making, &decided, &shared, &found, ask));
        // Where the environment cannot be made, no version file has changed.
        actions.extend(pins.into_iter().map(Action::from));
        let written = match options.beside {
            true => settings::Written::default(),
            false => settings::written(&making, &mut shared.borrow_mut())?,
        };
        let (changes, to_add) = (written.changes.clone(), written.to_add.clone());
        actions.extend(wiring::actions(&making, written, &shared)?);
        let essential = actions.len();
        let dependencies = Dependencies::decide(&making, &decided, ask)?;
        actions.extend(dependencies.steps.iter().cloned().map(Action::from));
        let Making { creation, before, request, .. } = making;
        let record = shared;
        Ok(Self {
            actions,
            creation,
            essential,
            record,
            found,
            allowed,
            decided,
            dependencies,
            request,
            before,
            changes,
            to_add,
        })
    }

    /// The tool that made the environment or will make it.
    pub fn tool(&self) -> Tool {
        self.record.borrow().recorded.tool.clone()
    }

    /// Whether no record told of the environment before.
    pub fn is_first(&self) -> bool {
        self.before.is_none()
    }

    /// The same question without the Python of the command line.
    pub fn request_of_files(&self) -> Request {
        Request { python: ROption::RNone, ..self.request.clone() }
    }

    /// The backend's settings, each with who said so.
    pub fn settings(&self) -> &[SettingValue] {
        &self.request.settings
    }

    /// What the backend found at the environment when it stood.
    pub fn found(&self) -> Vec<Finding> {
        self.found.borrow().clone()
    }

    /// Whether dependencies are put in after it stands.
    pub fn has_dependencies(&self) -> bool {
        self.actions.len() > self.essential
    }

    /// Whether the environment depends on the action of this index.
    pub fn needs(&self, index: usize) -> bool {
        index < self.essential
    }

    /// After a failure the record says what it said before, and the beginnings of an environment are gone. One that
    /// stands by now is kept, whatever failed after it.
    pub fn take_back(&self, choice: &ProjectContext, session: &Session, failure: Failure) -> Failure {
        if record::stands(choice) {
            return failure;
        }
        if let (Decision::Update(_), Some(before)) = (&self.decided, &self.before)
            && !update::still_works(before, &self.request, choice, session)
        {
            let shown = choice.layout.show(&self.creation.prefix.path());
            return failure.detail(format!("`{shown}` is only partly updated; the next `pyve init` recreates it"));
        }
        record::restore(choice, self.before.as_ref());
        let failure = self.remove_created(choice, failure);
        let prefix = self.creation.prefix.path();
        let begins = self.decided == Decision::Make && !self.creation.external;
        match begins.then(|| remove_beginnings(&self.allowed, &prefix)) {
            Some(Ok(true)) => failure.detail(format!("the incomplete {} was removed", choice.layout.show(&prefix))),
            Some(Err(removing)) => failure.detail(removing.message),
            Some(Ok(false)) | None => failure,
        }
    }
}

impl Plan<'_> {
    /// Takes away what the steps made besides the environment, and was not there before.
    fn remove_created(&self, choice: &ProjectContext, failure: Failure) -> Failure {
        let record = self.record.borrow();
        let before = self.before.iter().flat_map(|before| &before.made);
        let known: Vec<&Artifact> = before.filter(|made| matches!(made, Artifact::Path { .. })).collect();
        let new = record.made.iter().filter_map(|made| match made {
            Artifact::Path { path, .. } if !known.contains(&made) => Some(choice.layout.root().join(path.path())),
            _ => None,
        });
        new.fold(failure, |failure, path| match remove_beginnings(&self.allowed.clone().ours(&path), &path) {
            Ok(true) => failure.detail(format!("`{}` was removed", choice.layout.show(&path))),
            Ok(false) => failure,
            Err(removing) => failure.detail(removing.message),
        })
    }

    /// Notes of a Python that all projects share that this environment uses it.
    pub fn note_python(&self, session: &Session) {
        if let Some(home) = session.caller.pyve_home() {
            pythons::note(&self.record.borrow().recorded.prefix.path(), &home);
        }
    }

    /// Notes which files and folders were made besides the environment, now that all is done.
    pub fn settle_created(&self, choice: &ProjectContext) -> Result<(), Failure> {
        record::settle_created(&mut self.record.borrow_mut(), choice)
    }
}

fn request(
    choice: &ProjectContext,
    options: &Options,
    session: &Session,
    before: Option<&Record>,
) -> Result<Request, Failure> {
    let recorded = before.map(|record| record.recorded.clone());
    let asked = Asked { line: &options.line, python: options.python.as_deref(), recorded, strict: options.strict };
    Ok(Request { prune: options.prune, ..choice.request(session, asked)? })
}

/// A dry run starts nothing that only the project's files name: what they do is what it is to show.
fn hosting<'a>(choice: &ProjectContext, options: &Options, session: &'a Session) -> BackendHost<'a> {
    let host = session.hosting(&choice.layout);
    if options.dry_run { host } else { host.for_environment() }
}

/// Asks how the environment is made; a recipe that the backend offers is offered to the user once.
fn created(
    choice: &ProjectContext,
    session: &Session,
    request: &Request,
    tool: &Tool,
    ask: &Ask<'_>,
    options: &Options,
) -> Result<Creation, Failure> {
    let host = hosting(choice, options, session);
    let error: Error = match choice.backend.create(request, tool, &host) {
        Ok(creation) => return Ok(creation),
        Err(error) => error,
    };
    let offered = error.recipes.first().cloned().filter(|_| ask.can_ask() && !options.dry_run);
    let Some(recipe) = offered else { return Err(error.into()) };
    session.console.failure(&error.clone().into());
    let reply = ask.confirm(&format!("{}?", recipe.label), true, false);
    if !reply.is_yes() {
        // What is wrong was said above.
        let unanswered =
            || Failure::new("no environment was created: nobody answered").with_remedy(error.remedy.clone());
        return Err(reply.failure("no environment was created", unanswered));
    }
    let home = session.caller.pyve_home();
    let allowed = session.allowed_paths(&choice.layout).backend(&choice.description.id);
    allowed.check(&recipe.steps)?;
    let executor = session.executor(ask, &choice.layout, home.as_deref(), allowed);
    recipe.steps.iter().try_for_each(|step| executor.execute(step).map(|_| ()))?;
    Ok(choice.backend.create(request, tool, &host)?)
}
