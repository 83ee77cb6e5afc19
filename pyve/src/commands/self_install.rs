//! `pyve self install` and `pyve self uninstall`: pyve itself in `~/.local/bin`, and on PATH.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgMatches, Command};
use pyve_formats::read::{self, Limit};

use super::entry::{Entry, yes};
use super::{package_manager, self_update};
use crate::bash_tool::Installation;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::files::{Change, atomic, dotenv, rc};
use crate::ui::{Ask, Reply};

pub const ENTRY: Entry = Entry { name: "self", arguments, execute, failed: |code| code };

const INSTALL_HELP: &str = "\
PATH is set between pyve's marks in the startup file of your login shell, and where you agree, the prompt in the one of \
interactive shells. A bash tool that installed itself there is removed with its lines in startup files.

Examples:
  ./pyve self install        Install the pyve that you downloaded
  ./pyve self install --yes  Install it and add the prompt without asking";

const UNINSTALL_HELP: &str = "\
Environments, ~/.pyve and a ~/.local/.env that is not empty are kept.

Examples:
  pyve self uninstall";

fn arguments() -> Command {
    let install = Command::new("install")
        .about("Copy pyve to ~/.local/bin and add that directory to PATH")
        .arg(yes("Answer yes to safe prompts"))
        .after_help(INSTALL_HELP);
    let uninstall = Command::new("uninstall").about("Undo `pyve self install`").after_help(UNINSTALL_HELP);
    Command::new("self")
        .about("Install, update or uninstall pyve itself")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([install, self_update::arguments(), uninstall])
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    if let Some(matches) = matches.subcommand_matches("update") {
        return self_update::execute(matches, session);
    }
    let caller = &session.caller;
    let home = caller
        .home()
        .ok_or_else(|| caller.no_home("could not find `~/.local/bin`").remedy("set `HOME` to your home directory"))?;
    let place = Place { session, local: home.join(".local"), home };
    match matches.subcommand_name() {
        Some("install") => {
            let yes = matches.subcommand_matches("install").is_some_and(|install| install.get_flag("yes"));
            place.install(&session.ask(yes))?;
        }
        _ => place.uninstall()?,
    }
    Ok(exit::DONE)
}

/// Where pyve goes, and who is told.
struct Place<'a> {
    session: &'a Session,
    home: PathBuf,
    local: PathBuf,
}

impl Place<'_> {
    fn bin(&self) -> PathBuf {
        self.local.join("bin")
    }

    fn target(&self) -> PathBuf {
        self.bin().join(format!("pyve{}", std::env::consts::EXE_SUFFIX))
    }

    fn install(&self, ask: &Ask<'_>) -> Result<(), Failure> {
        let running = running()?;
        package_manager::refuse(&running, &self.session.caller)?;
        package_manager::refuse(&self.target(), &self.session.caller)?;
        fs::create_dir_all(self.bin()).map_err(|error| Failure::io("create the directory", &self.bin(), &error))?;
        let earlier = Installation::find(&self.home, &self.session.caller);
        self.copy(&running)?;
        self_update::note(&self.target(), &self.session.caller)?;
        let lost_path = self.replace(&earlier, ask)?;
        let template = self.local.join(dotenv::FILE);
        if atomic::create_new(&template, b"", Some(0o600))? {
            self.done(&format!("created the empty template `{}`", template.display()));
        }
        self.add_to_path(lost_path)?;
        self.offer_prompt(ask)
    }

    /// Removes the bash tool; whether a line of it that put the folder on PATH went along. Where nobody can be asked, who
    /// installs the successor has said it.
    fn replace(&self, earlier: &Installation, ask: &Ask<'_>) -> Result<bool, Failure> {
        if earlier.is_empty() {
            return Ok(false);
        }
        let console = &self.session.console;
        console.info(format!("The bash tool is installed here:\n{earlier}").trim_end());
        let removes = ask.has_nobody() || ask.confirm("Remove it?", true, true).is_yes();
        if !removes {
            console.info("kept the bash tool's files; `pyve` is this one");
            return Ok(false);
        }
        earlier.remove()?;
        self.done("removed the bash tool");
        Ok(earlier.sets_path())
    }

    /// The prompt is the user's own, so it is changed only if somebody says so.
    fn offer_prompt(&self, ask: &Ask<'_>) -> Result<(), Failure> {
        let Some(shell) = rc::Shell::of_login(&self.session.caller) else { return Ok(()) };
        let file = shell.prompt_file(&self.home, &self.session.caller);
        if rc::has_prompt(&file)? {
            return Ok(());
        }
        let shown = file.display();
        let reply = match ask.has_nobody() {
            true => Reply::Unanswered,
            false => ask.confirm(&format!("Show the environment in the prompt, by lines in `{shown}`?"), true, false),
        };
        match reply {
            Reply::Yes => {
                rc::add_prompt(shell, &file)?;
                self.done(&format!("added the prompt to `{shown}`"));
            }
            Reply::No => {}
            Reply::Unanswered => self.session.console.info(&format!(
                "to show the environment in the prompt, add this line to `{shown}`: {}",
                shell.prompt_line()
            )),
        }
        Ok(())
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

    /// `lost` says that the shell's PATH has the folder by a line that is no more.
    fn add_to_path(&self, lost: bool) -> Result<(), Failure> {
        let console = &self.session.console;
        let bin = self.bin();
        if !lost && self.session.caller.path().contains(&bin) {
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
        self_update::forget(&target, &self.session.caller);
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
