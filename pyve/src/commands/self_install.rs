//! `pyve self install` and `pyve self uninstall`: pyve itself in `~/.local/bin`, and on PATH.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgMatches, Command};
use pyve_formats::read::{self, Limit};

use super::entry::Entry;
use super::package_manager;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::files::{Change, atomic, dotenv, rc};

pub const ENTRY: Entry = Entry { name: "self", arguments, execute, failed: |code| code };

const INSTALL_HELP: &str = "\
PATH is set between pyve's marks in the startup file of your login shell.

Examples:
  ./pyve self install  Install the pyve that you downloaded";

const UNINSTALL_HELP: &str = "\
Environments, ~/.pyve and a ~/.local/.env that is not empty are kept.

Examples:
  pyve self uninstall";

fn arguments() -> Command {
    let install = Command::new("install")
        .about("Copy pyve to ~/.local/bin and add that directory to PATH")
        .after_help(INSTALL_HELP);
    let uninstall = Command::new("uninstall").about("Undo `pyve self install`").after_help(UNINSTALL_HELP);
    Command::new("self")
        .about("Install or uninstall pyve itself")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([install, uninstall])
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let caller = &session.caller;
    let home = caller
        .home()
        .ok_or_else(|| caller.no_home("could not find `~/.local/bin`").remedy("set `HOME` to your home directory"))?;
    let place = Installation { session, local: home.join(".local"), home };
    match matches.subcommand_name() {
        Some("install") => place.install()?,
        _ => place.uninstall()?,
    }
    Ok(exit::DONE)
}

/// Where pyve goes, and who is told.
struct Installation<'a> {
    session: &'a Session,
    home: PathBuf,
    local: PathBuf,
}

impl Installation<'_> {
    fn bin(&self) -> PathBuf {
        self.local.join("bin")
    }

    fn target(&self) -> PathBuf {
        self.bin().join(format!("pyve{}", std::env::consts::EXE_SUFFIX))
    }

    fn install(&self) -> Result<(), Failure> {
        let running = running()?;
        package_manager::refuse(&running, &self.session.caller)?;
        package_manager::refuse(&self.target(), &self.session.caller)?;
        fs::create_dir_all(self.bin()).map_err(|error| Failure::io("create the directory", &self.bin(), &error))?;
        self.copy(&running)?;
        let template = self.local.join(dotenv::FILE);
        if atomic::create_new(&template, b"", Some(0o600))? {
            self.done(&format!("created the empty template `{}`", template.display()));
        }
        self.add_to_path()
    }

    fn copy(&self, running: &Path) -> Result<(), Failure> {
        let target = self.target();
        let bytes = read::bytes(running, Limit::PROGRAM)?.unwrap_or_default();
        if is_same(running, &target)
            || read::bytes(&target, Limit::PROGRAM).is_ok_and(|there| there.as_ref() == Some(&bytes))
        {
            self.session.console.info(&format!("`{}` is up to date", target.display()));
            return Ok(());
        }
        // The bash tool put a link to its checkout there: that checkout is not ours to write.
        atomic::replace(&target, &bytes, Some(0o755))?;
        self.done(&format!("installed `{}`", target.display()));
        Ok(())
    }

    fn add_to_path(&self) -> Result<(), Failure> {
        let console = &self.session.console;
        let bin = self.bin();
        if self.session.caller.path().contains(&bin) {
            return Ok(());
        }
        let Some(shell) = rc::Shell::of_login(&self.session.caller) else {
            console.warning(&format!("`{}` is not on PATH; add it in the startup file of your shell", bin.display()));
            return Ok(());
        };
        let file = shell.rc_file(&self.home, &self.session.caller);
        if rc::add_path(shell, &file)? != Change::Unchanged {
            self.done(&format!("added `{}` to PATH in `{}`", bin.display(), file.display()));
        }
        console.info("restart your shell to use `pyve`");
        Ok(())
    }

    fn uninstall(&self) -> Result<(), Failure> {
        let target = self.target();
        package_manager::refuse(&target, &self.session.caller)?;
        let mut changed = self.remove(&target)?;
        for file in rc::remove_all(&self.home, &self.session.caller)? {
            self.done(&format!("removed pyve's lines from `{}`", file.display()));
            changed = true;
        }
        let template = self.local.join(dotenv::FILE);
        if dotenv::remove_if_empty(&self.local)? {
            self.done(&format!("removed the empty template `{}`", template.display()));
            changed = true;
        } else if template.exists() {
            self.session.console.info(&format!("kept `{}`, which is not empty", template.display()));
        }
        if !changed {
            self.session.console.info("nothing to uninstall");
        }
        Ok(())
    }

    fn remove(&self, target: &Path) -> Result<bool, Failure> {
        if fs::symlink_metadata(target).is_err() {
            return Ok(false);
        }
        fs::remove_file(target).map_err(|error| Failure::io("remove", target, &error))?;
        self.done(&format!("removed `{}`", target.display()));
        Ok(true)
    }

    fn done(&self, text: &str) {
        self.session.console.done(text);
    }
}

fn running() -> Result<PathBuf, Failure> {
    let path = std::env::current_exe().and_then(fs::canonicalize);
    path.map_err(|error| Failure::io("find the running program", Path::new("pyve"), &error))
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
