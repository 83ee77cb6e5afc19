//! What `init` is made of: a backend's steps and the host's own deeds, in one list to show or to do.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{OsText, Step};

use super::backup::{Backup, Move};
use super::executor::{Done, Executor, make_folder};
use super::show;
use crate::config::FILE as CONFIG;
use crate::failure::Failure;
use crate::files::allowed_paths::own_file;
use crate::files::{atomic, dotenv, envrc, gitignore};
use crate::project::{EnvironmentName, Layout};
use crate::ui::printable;

/// Something that is known only once the actions before it are done.
pub type Later<'a, T> = Box<dyn Fn() -> Result<T, Failure> + 'a>;

/// One thing to do.
pub enum Action<'a> {
    Backend(Box<Step>),
    Host(HostAction<'a>),
}

/// What the host does by itself.
pub enum HostAction<'a> {
    /// Writes `.pyve/config` where there is none.
    WriteConfig { contents: Vec<u8> },
    /// Writes `.pyve/config` again; `changes` says what of it changes.
    UpdateConfig { contents: Vec<u8>, changes: String },
    /// Brings the block in `.gitignore` up to date; `entries` are the backend's lines.
    Gitignore { entries: Vec<String> },
    /// Brings the block in `.envrc` up to date; with `take_over` the bash tool's lines make place for it.
    Envrc { block: Later<'a, Vec<u8>>, take_over: bool },
    /// Makes `.env` where there is none.
    Dotenv { template: Option<PathBuf> },
    /// Writes the record of an environment, or does what else has to be right before it is `status`.
    Record { environment: EnvironmentName, status: &'static str, write: Later<'a, ()> },
    /// Lets the environment at the prefix make place for the new one; it comes back if a later action fails. What happens
    /// to it is noted first.
    PutAside { prefix: PathBuf, note: Box<dyn Fn(Move) -> Result<(), Failure> + 'a> },
    /// Removes what was put backup: from here on the new one counts.
    Discard { prefix: PathBuf },
}

impl From<Step> for Action<'_> {
    fn from(step: Step) -> Self {
        Self::Backend(Box::new(step))
    }
}

impl<'a> From<HostAction<'a>> for Action<'a> {
    fn from(action: HostAction<'a>) -> Self {
        Self::Host(action)
    }
}

impl Action<'_> {
    /// What it does, in one line.
    pub fn show(&self, project: &Layout) -> String {
        match self {
            Self::Backend(step) => show::step(step, project),
            Self::Host(action) => printable(&action.show(project)),
        }
    }

    /// Does it.
    pub fn execute<'b>(&'b self, executor: &Executor<'_>, backup: &mut Backup<'b>) -> Result<Done, Failure> {
        match self {
            Self::Backend(step) => executor.replacing(step, backup),
            Self::Host(action) => {
                executor.console.debug(&self.show(executor.project));
                action.execute(executor, backup).map(|()| Done::Done)
            }
        }
    }
}

impl HostAction<'_> {
    fn show(&self, project: &Layout) -> String {
        let place = |path: &Path| show::path(&OsText::from(path), project);
        match self {
            Self::WriteConfig { .. } => format!("write {} if it is missing", place(&project.config())),
            Self::UpdateConfig { changes, .. } => format!("write {} ({changes})", place(&project.config())),
            Self::Gitignore { .. } => format!("write {} (marked block)", gitignore::FILE),
            Self::Envrc { .. } => format!("write {} (marked block)", envrc::FILE),
            Self::Dotenv { template: None } => format!("write {} if it is missing (empty, mode 600)", dotenv::FILE),
            Self::Dotenv { template: Some(template) } => {
                format!("write {} if it is missing (from {}, mode 600)", dotenv::FILE, place(template))
            }
            Self::Record { environment, status, .. } => format!("record the environment `{environment}` as {status}"),
            Self::PutAside { prefix, .. } => format!("put aside {}", place(prefix)),
            Self::Discard { prefix } => format!("remove the old {}", place(prefix)),
        }
    }

    fn execute<'b>(&'b self, executor: &Executor<'_>, backup: &mut Backup<'b>) -> Result<(), Failure> {
        let root = executor.project.root();
        match self {
            Self::WriteConfig { contents } => {
                make_folder(&executor.project.folder())?;
                atomic::create_entry(&own_file(root, CONFIG)?, contents, None)?;
            }
            Self::UpdateConfig { contents, .. } => atomic::write_entry(&own_file(root, CONFIG)?, contents, None)?,
            Self::Gitignore { entries } => {
                gitignore::update(root, entries)?;
            }
            Self::Envrc { block, take_over } => {
                envrc::update(root, &block()?, *take_over)?;
            }
            Self::Dotenv { template } => warn_about(&dotenv::ensure(root, template.as_deref())?, template, executor),
            Self::Record { write, .. } => write()?,
            Self::PutAside { prefix, note } => {
                if let Some(prefix) = executor.allowed.remove(prefix)? {
                    backup.expect(prefix, note);
                }
            }
            Self::Discard { prefix } => {
                if let Some(prefix) = executor.allowed.prefix(prefix)? {
                    backup.discard(&prefix)?;
                }
            }
        }
        Ok(())
    }
}

fn warn_about(outcome: &dotenv::Outcome, template: &Option<PathBuf>, executor: &Executor<'_>) {
    match outcome {
        #[cfg(unix)]
        dotenv::Outcome::KeptOpen(mode) => {
            let file = dotenv::FILE;
            executor
                .console
                .warning(&format!("{file} can be read by others (mode {mode:o}); to change that: chmod 600 {file}"));
        }
        dotenv::Outcome::TemplateMissing => {
            let template = template.as_deref().unwrap_or(Path::new("")).display();
            executor.console.warning(&format!("{template} does not exist; {} is empty", dotenv::FILE));
        }
        _ => {}
    }
}
