//! `pyve python uninstall`: a build that pyve installed goes; those of version managers are theirs to remove.

use std::path::Path;

use anyhow::Result;
use clap::{ArgMatches, Command};
use pyve_formats::python_version::{Build, VersionRequest};
use pyve_plugin_api::Remedy;
use pyve_pythons::builds::{Installed, present};
use pyve_pythons::managed;

use super::argument;
use crate::commands::entry::{Entry, switch, yes};
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::pythons;
use crate::ui::suggest::nearest;

pub const ENTRY: Entry = Entry { name: "uninstall", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Only builds in ~/.pyve/pythons are removed, and none that an environment uses which `pyve init` created.

Examples:
  pyve python uninstall 3.12.14    Remove that build
  pyve python uninstall 3.12       Remove the only build of 3.12";

fn arguments() -> Command {
    Command::new("uninstall")
        .about("Remove Pythons that pyve installed")
        .after_help(AFTER_HELP)
        .arg(argument::versions("The versions, such as 3.12 or 3.12.14").required(true))
        .arg(switch("force", "Remove it though environments use it"))
        .arg(yes("Answer yes to safe prompts"))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let home = session.pyve_home()?;
    pythons::sweep(&home);
    let builds = present(&home);
    let mut meant: Vec<&Installed> = Vec::new();
    let said = argument::said(matches);
    for text in &said {
        let build = self::meant(text, &builds, session)?;
        if !meant.contains(&build) {
            meant.push(build);
        }
    }
    let (force, yes) = (matches.get_flag("force"), matches.get_flag("yes"));
    let uninstalling = Uninstalling { force, yes, said, session };
    for build in meant {
        uninstalling.remove(build, &home)?;
    }
    Ok(exit::DONE)
}

/// The only build that the text means: a version, or the name of its directory.
fn meant<'a>(text: &str, builds: &'a [Installed], session: &Session) -> Result<&'a Installed, Failure> {
    if let Some(build) = builds.iter().find(|build| build.name() == text) {
        return Ok(build);
    }
    let spec = argument::parsed(text)?;
    let fits = |build: &&Installed| spec.fits(&Build::usual(build.version.clone()));
    let fitting: Vec<&Installed> = builds.iter().filter(fits).collect();
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(not_there(text, &spec, builds, session)),
        [first, ..] => {
            let failure = Failure::new(format!("Python {text} means {} builds", fitting.len()));
            let name = |build: &Installed| {
                let same = fitting.iter().filter(|other| other.version == build.version).count();
                if same > 1 { build.name() } else { build.version.to_string() }
            };
            let lines = fitting.iter().map(|build| format!("{} ({})", name(build), build.directory.display()));
            let failure = lines.fold(failure, Failure::detail);
            Err(failure.remedy("name one of them").command(["pyve", "python", "uninstall", &name(first)]))
        }
    }
}

fn not_there(text: &str, spec: &VersionRequest, builds: &[Installed], session: &Session) -> Failure {
    let host = session.hosting(&session.layout(session.caller.folder()));
    if let Some(other) = managed(spec, &host).into_iter().next() {
        return Failure::new(format!("Python {} is managed by {}", other.name, other.manager))
            .with_remedy(Remedy::command(&other.uninstall));
    }
    let names: Vec<String> = builds.iter().map(|build| build.version.to_string()).collect();
    let failure = Failure::new(format!("Python {text} was not installed by pyve"));
    match nearest(text, names.iter().map(String::as_str)) {
        Some(near) => failure.remedy(format!("did you mean `pyve python uninstall {near}`?")),
        None => failure.command(["pyve", "python", "list"]),
    }
}

struct Uninstalling<'a> {
    force: bool,
    yes: bool,
    /// The versions as they were typed.
    said: Vec<String>,
    session: &'a Session,
}

impl Uninstalling<'_> {
    fn remove(&self, build: &Installed, home: &Path) -> Result<(), Failure> {
        let (version, console) = (&build.version, &self.session.console);
        self.check_unused(build)?;
        let question = format!("Remove CPython {version} ({})?", build.directory.display());
        let reply = self.session.ask(self.yes).confirm(&question, true, false);
        if !reply.is_yes() {
            let kept = format!("CPython {version} was not removed");
            let unanswered = || Failure::new(format!("{kept}: nobody said yes")).command(self.typed(self.force, true));
            return Err(reply.failure(&kept, unanswered));
        }
        let removed = pythons::remove(build, home, console, &|| self.check_unused(build))?;
        pythons::forget_gone(build);
        match removed {
            true => console.done(&format!("removed CPython {version} (`{}`)", build.directory.display())),
            false => console.info(&format!("CPython {version} was removed meanwhile")),
        }
        Ok(())
    }

    fn check_unused(&self, build: &Installed) -> Result<(), Failure> {
        let users = build.environments();
        if self.force || users.is_empty() {
            return Ok(());
        }
        let who = if users.len() == 1 {
            "1 environment uses".to_owned()
        } else {
            format!("{} environments use", users.len())
        };
        let failure = Failure::new(format!("could not remove CPython {}: {who} it", build.version));
        let failure = users.iter().map(|prefix| prefix.display().to_string()).fold(failure, Failure::detail);
        Err(failure.remedy("purge them, or remove it all the same").command(self.typed(true, self.yes)))
    }

    /// The command as it was typed, with these flags.
    fn typed(&self, force: bool, yes: bool) -> Vec<&str> {
        let flags = [("--force", force), ("--yes", yes)].into_iter().filter_map(|(flag, given)| given.then_some(flag));
        let words = ["pyve", "python", "uninstall"].into_iter().chain(flags);
        words.chain(self.said.iter().map(String::as_str)).collect()
    }
}
