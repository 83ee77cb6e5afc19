//! Entering and leaving projects with the directory: what becomes of a shell whose prompt noticed that it is in another one.
//!
//! Only a project is entered that the user allowed, and whose files are as they were then: that is looked at before anything
//! of it is evaluated. An environment that was activated by hand stays, and so does what direnv has loaded.

mod memory;
mod notes;
mod watch;

use std::path::{Path, PathBuf};

use super::code::Statement;
use super::deactivate;
use super::shells::Shell;
use super::undo::{self, Undo};
use crate::caller::Caller;
use crate::context::Session;
use crate::environments;
use crate::failure::Failure;
use crate::files::envrc;
use crate::launch::{self, Prepared};
use crate::project::{EnvironmentName, Identity, Layout, find};
use crate::records::lock;
use crate::records::trust::{self, Entering, EnteringDecision};

pub use memory::Memory;
use watch::Watch;

/// The variable that says that the environment was entered with the directory: the root of its project.
pub const VARIABLE: &str = "PYVE_AUTO";

/// A shell in its new directory.
pub struct Arrival<'a> {
    pub session: &'a Session,
    pub shell: &'a dyn Shell,
    pub memory: Memory,
    /// How an environment is entered that may be.
    pub enter: &'a Enter<'a>,
}

/// Enters the environment of a project.
pub type Enter<'a> = dyn Fn(&Layout, &Prepared) -> Result<Vec<Statement>, Failure> + 'a;

/// What becomes of it.
#[derive(Default)]
pub struct Outcome {
    pub statements: Vec<Statement>,
    /// A line for the user.
    pub note: Option<String>,
    memory: Memory,
    watch: Watch,
}

impl Outcome {
    /// All that the shell has to do, and what it is to remember.
    pub fn into_statements(self) -> Vec<Statement> {
        let Self { mut statements, memory, watch, .. } = self;
        statements.push(memory.keep());
        statements.extend(watch.keep());
        statements
    }
}

/// The root of the project that was entered with the directory, if one was.
pub fn entered(caller: &Caller) -> Option<PathBuf> {
    caller.nonempty(undo::VARIABLE)?;
    caller.nonempty(VARIABLE).map(PathBuf::from)
}

/// What the shell is to remember once the user has left by hand what it entered with the directory: there it enters nothing
/// until it has been elsewhere.
pub fn left_by_hand(session: &Session) -> Option<Statement> {
    let root = entered(&session.caller)?;
    Some(Memory::Left(memory::of(&session.layout(root))).keep())
}

impl Arrival<'_> {
    /// What the shell has to do.
    pub fn outcome(&self) -> Result<Outcome, Failure> {
        let caller = &self.session.caller;
        let entered = entered(caller);
        if entered.is_none() && caller.nonempty(undo::VARIABLE).is_some() {
            return Ok(Outcome::default());
        }
        let Some(root) = find::initialised(caller).filter(|_| !is_direnvs(caller)) else {
            return Ok(Outcome { statements: self.leave(entered.as_deref())?, ..Outcome::default() });
        };
        let layout = self.session.layout(root);
        let is_inside = entered.as_deref().is_some_and(|entered| is_same(entered, layout.root()));
        // What is inside of the project stays, unless the user denied it.
        let elsewhere = entered.as_deref().filter(|_| !is_inside);
        let id = memory::of(&layout);
        let was_told = self.memory == Memory::Told(id.clone());
        let decision = trust::entering(caller, &layout);
        let note = match decision {
            _ if self.memory == Memory::Left(id.clone()) => None,
            EnteringDecision::Denied => {
                return Ok(Outcome { statements: self.leave(entered.as_deref())?, ..Outcome::default() });
            }
            EnteringDecision::Allowed(_) if is_inside && !was_told => {
                return Ok(Outcome { watch: Watch::of_entered(caller, &layout), ..Outcome::default() });
            }
            EnteringDecision::Allowed(seen) => match self.enter(&layout, &seen, elsewhere) {
                Ok(statements) => {
                    let watch = Watch::of_entered(caller, &layout);
                    return Ok(Outcome { statements, watch, ..Outcome::default() });
                }
                Err(note) => Some(note),
            },
            EnteringDecision::Unasked => Some(notes::unasked(self.session, &layout)),
            EnteringDecision::Changed(file) if is_inside => Some(notes::changed_inside(&layout, &file)),
            EnteringDecision::Changed(file) => Some(notes::changed(&layout, &file)),
        };
        Ok(Outcome {
            statements: self.leave(elsewhere)?,
            memory: if note.is_some() { Memory::Told(id) } else { self.memory.clone() },
            note: note.filter(|_| !was_told),
            watch: Watch::of_outside(caller, &layout),
        })
    }

    /// Enters the environment that is meant, `elsewhere` being the root of the project that is left for it; the line for the user
    /// where that is not to be.
    fn enter(&self, layout: &Layout, seen: &Entering, elsewhere: Option<&Path>) -> Result<Vec<Statement>, String> {
        let failed = |failure: Failure| notes::failed(layout, &failure);
        let environment = environments::meant_in(layout, None, &self.session.caller).map_err(failed)?;
        let prepared = self.prepared(layout, seen, &environment)?;
        // Its own scripts for leaving run before anything else; then the shell comes back.
        if let Some(left) = elsewhere
            && !self.leaving_scripts().is_empty()
        {
            let mut statements = self.leave(Some(left)).map_err(failed)?;
            let arguments = ["activate", "--shell", self.shell.name(), "--auto", ""].map(Into::into).to_vec();
            statements.push(Statement::Evaluate { arguments, input: String::new() });
            return Ok(statements);
        }
        (self.enter)(layout, &prepared).map_err(|failure| failed(prepared.blame(failure)))
    }

    /// The environment, with scripts that are as the user saw them. Where it has to be found out how commands are started,
    /// scripts may run: before that none may be there that the user never saw.
    fn prepared(&self, layout: &Layout, seen: &Entering, environment: &EnvironmentName) -> Result<Prepared, String> {
        let failed = |failure: Failure| notes::failed(layout, &failure);
        let standing = launch::scripts_to_run(self.session, layout, environment).map_err(failed)?;
        if let Some(script) = seen.unseen_script(environment, &standing) {
            return Err(notes::changed(layout, &script));
        }
        let is_busy = || lock::holder(layout).is_some();
        let prepare = || launch::prepare(self.session, layout, Some(environment), None);
        let prepared = launch::patiently(is_busy, prepare).map_err(failed)?;
        match seen.changed_script(environment, &launch::scripts(&prepared.launch)) {
            Some(script) => Err(notes::changed(layout, &script)),
            None => Ok(prepared),
        }
    }

    /// Leaves the project that was entered with the directory, if one was. Scripts that the user never saw do not run.
    fn leave(&self, entered: Option<&Path>) -> Result<Vec<Statement>, Failure> {
        let caller = &self.session.caller;
        let Some(root) = entered else { return Ok(Vec::new()) };
        let scripts = self.leaving_scripts();
        let layout = self.session.layout(root);
        let environment = environments::active(caller, layout.root()).unwrap_or_default();
        let is_seen = |seen: Entering| seen.unseen_script(&environment, &scripts).is_none();
        if scripts.is_empty() || trust::seen(caller, &layout).is_some_and(is_seen) {
            return deactivate::deactivate(caller, self.shell);
        }
        let Some(undo) = Undo::of(caller)? else { return Ok(Vec::new()) };
        Ok(deactivate::without_scripts(caller, &undo, self.shell))
    }

    /// What the shell would run when it leaves the environment that it is in.
    fn leaving_scripts(&self) -> Vec<PathBuf> {
        let undo = Undo::of(&self.session.caller).ok().flatten();
        undo.map(|undo| undo.scripts(self.shell.script_ending())).unwrap_or_default()
    }
}

/// Whether direnv has loaded an `.envrc` with pyve's block, or is about to load it.
fn is_direnvs(caller: &Caller) -> bool {
    let Some(file) = caller.nonempty("DIRENV_FILE").map(Path::new) else { return false };
    caller.nonempty("DIRENV_DIR").is_some() && envrc::has_block(file)
}

/// Whether two paths lead to the same folder.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || Identity::at(one).is_some_and(|it| Some(it) == Identity::at(other))
}
