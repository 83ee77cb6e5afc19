//! What `init` writes around the environment: settings, `.gitignore`, `.envrc` and `.env`.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use pyve_plugin_api::OsText;

use super::making::Making;
use super::options::Options;
use super::{record, settings};
use crate::config::FILE;
use crate::context::ProjectContext;
use crate::environments::DirenvNote;
use crate::failure::Failure;
use crate::files::allowed_paths::stays_inside;
use crate::files::{atomic, envrc, gitignore};
use crate::records::{Artifact, Record};
use crate::steps::{Action, HostAction};

/// The actions, and in the record what they make.
pub fn actions<'a>(
    making: &Making<'a>,
    settings: settings::Written,
    made: &Rc<RefCell<Record>>,
) -> Result<Vec<Action<'a>>, Failure> {
    look(making)?;
    let mut actions: Vec<Action<'a>> = Vec::new();
    // A file of the user's that is a link out of the project is found out before anything is done.
    let direnv = has_envrc(making).then_some(envrc::FILE);
    for file in [FILE, gitignore::FILE].into_iter().chain(direnv) {
        stays_inside(making.choice.layout.root(), file)?;
    }
    actions.extend(settings.action.map(Action::from));
    let entries = making.choice.ignored(&making.request, &making.creation.prefix.path(), has_envrc(making));
    actions.push(HostAction::Gitignore { entries }.into());
    remember_block(making, made, gitignore::FILE);
    if making.options.beside {
        return Ok(actions);
    }
    if has_envrc(making) {
        let block = block(making, made);
        actions.push(HostAction::Envrc { block, take_over: making.options.update }.into());
        remember_block(making, made, envrc::FILE);
    }
    actions.push(HostAction::Dotenv { template: template(making)? }.into());
    let (choice, options, record) = (making.choice, making.options, Rc::clone(made));
    let holds = settings.will_choose;
    let write = Box::new(move || {
        note_entered(choice, options)?;
        record::settle(&mut record.borrow_mut(), choice, holds)
    });
    let environment = making.choice.environment.clone();
    actions.push(HostAction::Record { environment, status: "wired in", write }.into());
    Ok(actions)
}

fn has_envrc(making: &Making) -> bool {
    !making.options.beside && is_entered(making.choice, making.options)
}

/// Whether the environment is the one that is entered with the directory: there is one `.envrc`, for the one that was
/// chosen or is meant where none is named.
pub fn is_entered(choice: &ProjectContext, options: &Options) -> bool {
    let chosen = options.direnv_env.as_ref().map(|entered| *entered == choice.environment);
    !options.no_direnv && chosen.unwrap_or_else(|| choice.is_entered())
}

/// Notes the choice of the environment that is entered.
fn note_entered(choice: &ProjectContext, options: &Options) -> Result<(), Failure> {
    match options.direnv_env.as_ref().filter(|entered| **entered == choice.environment) {
        Some(entered) if choice.config.means_another(entered) => DirenvNote::new(entered.clone()).keep(&choice.layout),
        Some(_) => DirenvNote::forget(&choice.layout),
        None => Ok(()),
    }
}

/// Files that cannot be read cannot be changed: that is said before anything is made, and by a dry run, too.
fn look(making: &Making) -> Result<(), Failure> {
    let root = making.choice.layout.root();
    let files = [Some(gitignore::FILE), has_envrc(making).then_some(envrc::FILE)];
    files.into_iter().flatten().try_for_each(|file| atomic::read(&root.join(file)).map(drop))
}

fn remember_block(making: &Making, made: &Rc<RefCell<Record>>, file: &str) {
    let mut record = made.borrow_mut();
    let known =
        record.made.iter().any(|made| matches!(made, Artifact::Block { path, .. } if *path == OsText::from(file)));
    if !known {
        let created = !making.choice.layout.root().join(file).exists();
        record.remember(Artifact::Block { path: file.into(), created });
    }
}

/// The block of `.envrc`, from the launch that is known once the environment stands.
fn block<'a>(making: &Making<'a>, made: &Rc<RefCell<Record>>) -> crate::steps::Later<'a, Vec<u8>> {
    let (choice, record) = (making.choice, Rc::clone(made));
    Box::new(move || {
        choice.envrc_block(&record.borrow()).ok_or_else(|| Failure::new("internal error: no launch recorded"))
    })
}

/// `~/.local/.env`, if `--local-env` asks for it.
fn template(making: &Making) -> Result<Option<PathBuf>, Failure> {
    if !making.options.local_env {
        return Ok(None);
    }
    let caller = &making.session.caller;
    let template = caller.home().map(|home| Some(home.join(".local/.env")));
    template.ok_or_else(|| {
        caller.no_home("could not find the template `~/.local/.env`").remedy("omit `--local-env`, or set `HOME`")
    })
}
