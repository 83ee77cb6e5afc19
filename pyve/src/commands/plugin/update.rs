//! `pyve plugin update`: the file that a plugin's source has now takes the place of the one that was added, if it passes its
//! trial.

use std::ffi::OsString;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, arg, value_parser};
use pyve_plugin_api::OsText;
use serde_json::{Value, json};

use super::lookup::find;
use super::{argument, show, taken};
use crate::commands::entry::{Entry, switch};
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::source::{self, Fetched, PERMISSIONS};
use crate::plugins::store::{self, Adding, Replace};
use crate::plugins::{self, Entry as Recorded, Folder, Inspected, Inventory, Known, Origin, State, inspect, probe};

pub const ENTRY: Entry = Entry { name: "update", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
A plugin is updated from the file or URL that it was added from, or from SOURCE. The new file is examined without running it, \
its SHA-256 is shown beside the old one, and it is tried only after a yes; `--yes` answers only with `--sha256`. If the new \
one fails its trial, the old one stays.

Exit codes with `--check`: 0 if all are up to date; 1 if a source has another file, or cannot be looked at.

Examples:
  pyve plugin update                     Update all plugins from their sources
  pyve plugin update --check             Tell which have another file there, and change nothing
  pyve plugin update fern                Update one
  pyve plugin update fern ./libfern.so   Update it from this file from now on";

fn arguments() -> Command {
    Command::new("update")
        .about("Update plugins from where they were added from")
        .after_help(AFTER_HELP)
        .arg(arg!([ID] "ID of the plugin; without it, all plugins"))
        .arg(
            Arg::new("SOURCE")
                .value_parser(value_parser!(OsString))
                .requires("ID")
                .help("A library, a directory that contains one, or a URL to update from"),
        )
        .arg(argument::sha256().requires("ID"))
        .arg(switch("check", "Tell what would be updated, and change nothing"))
        .arg(argument::yes())
        .arg(argument::json())
}

/// What was asked for.
struct Asked<'a> {
    session: &'a Session,
    /// Another source than the recorded one.
    source: Option<&'a OsString>,
    sha256: Option<String>,
    check: bool,
    yes: bool,
    json: bool,
    /// Whether one is meant, not all.
    is_named: bool,
}

/// What came of one plugin: for programs `current`, `newer`, `updated`, `kept` after a no, `failed`, or `unknown` where no source is
/// recorded.
///
/// With it the file at the source, where that was looked at.
type Outcome = (&'static str, Option<Inspected>);

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let asked = Asked {
        session,
        source: matches.get_one("SOURCE"),
        sha256: argument::hash(matches)?,
        check: matches.get_flag("check"),
        yes: matches.get_flag("yes"),
        json: matches.get_flag("json"),
        is_named: matches.contains_id("ID"),
    };
    let inventory = plugins::known(&session.pyve_home()?, &session.caller, session.persistence);
    if let Some(failure) = inventory.failure {
        return Err(failure.into());
    }
    let chosen: Vec<(&Known, &Recorded)> = match matches.get_one::<String>("ID") {
        Some(id) => vec![named(&inventory, id)?],
        None => inventory.plugins.iter().filter_map(added).collect(),
    };
    if chosen.is_empty() {
        session.console.info("no plugins found; add one with `pyve plugin add FILE`");
    }
    let (mut rows, mut code) = (Vec::new(), exit::DONE);
    for (known, recorded) in chosen {
        let outcome = match asked.one(known, recorded) {
            // The others are looked at all the same.
            Err(failure) if !asked.is_named && failure.code != exit::INTERRUPTED => {
                session.console.failure(&failure);
                (if failure.is_cancelled() { "kept" } else { "failed" }, None)
            }
            outcome => outcome?,
        };
        if ["newer", "failed"].contains(&outcome.0) {
            code = exit::FAILED;
        }
        rows.push(row(recorded, &outcome));
    }
    if matches.get_flag("json") {
        session.console.result(&show::document("plugins", rows.into()));
    }
    Ok(code)
}

/// One that was added; those under development are what their folders have.
fn added(known: &Known) -> Option<(&Known, &Recorded)> {
    Some((known, known.entry.as_ref().filter(|_| known.origin == Origin::Added)?))
}

fn named<'a>(inventory: &'a Inventory, id: &str) -> Result<(&'a Known, &'a Recorded), Failure> {
    let mut of_id = inventory.plugins.iter().filter_map(added).filter(|(_, entry)| entry.id() == id);
    if let Some(found) = of_id.next() {
        return Ok(found);
    }
    let known = find(inventory, id)?;
    let path = known.path.display();
    Err(match known.origin {
        Origin::Added => known.trouble().unwrap_or_default(),
        Origin::Development => Failure::new(format!("plugin `{id}` was not added: {path} is of PYVE_PLUGIN_PATH"))
            .remedy("build it again to update it"),
    })
}

fn row(recorded: &Recorded, (word, found): &Outcome) -> Value {
    json!({
        "id": recorded.id(),
        "version": recorded.description.version.as_str(),
        "sha256": recorded.sha256,
        "source": (!recorded.source.is_empty()).then(|| recorded.source.display()),
        "outcome": word,
        "found_sha256": found.as_ref().map(|found| &found.sha256),
        "found_version": found.as_ref().and_then(|found| found.note.as_ref()).map(|note| &note.version),
    })
}

impl Asked<'_> {
    fn one(&self, known: &Known, recorded: &Recorded) -> Result<Outcome, Failure> {
        let label = label(recorded);
        let source = self.source.map_or_else(|| recorded.source.clone(), OsText::from);
        if source.is_empty() {
            let failure = Failure::new(format!("the source of {label} is not recorded"))
                .remedy(format!("pass one: `pyve plugin update {} FILE`", recorded.id()));
            if self.is_named {
                return Err(failure);
            }
            self.tell(&failure.message);
            return Ok(("unknown", None));
        }
        let is_whole = matches!(known.state, State::Trusted | State::Quarantined(_) | State::Replaced(_));
        let is_current = |sha256: &str| is_whole && sha256 == recorded.sha256;
        if self.sha256.as_deref().is_some_and(is_current) {
            self.tell(&format!("{label} is up to date"));
            return Ok(("current", None));
        }
        let fetched = source::fetch(&source.os_str(), self.sha256.as_deref(), &self.session.network())?.copied()?;
        let found = inspect(fetched.path()).map_err(|failure| fetched.named(failure))?;
        if let Some(wanted) = &self.sha256 {
            found.verified(fetched.path(), wanted).map_err(|failure| fetched.named(failure))?;
        }
        if is_current(&found.sha256) {
            self.tell(&format!("{label} is up to date"));
            return Ok(("current", Some(found)));
        }
        if self.check {
            self.tell(&format!("{label} has another file at its source"));
            difference(recorded, &fetched, &found).iter().for_each(|line| self.tell(&format!("  {line}")));
            return Ok(("newer", Some(found)));
        }
        self.replace(recorded, &fetched, found.clone())?;
        Ok(("updated", Some(found)))
    }

    /// What `--check` is asked for is its result.
    fn tell(&self, text: &str) {
        let console = &self.session.console;
        if self.check && !self.json { console.result(text) } else { console.info(text) }
    }

    /// Shows the new file, asks, tries it, and puts it in the place of the old one, which stays whatever fails.
    fn replace(&self, recorded: &Recorded, fetched: &Fetched, found: Inspected) -> Result<(), Failure> {
        let (console, id, label) = (&self.session.console, recorded.id(), label(recorded));
        let hash = found.sha256.clone();
        console.note(&format!("{label} has another file at its source:"));
        difference(recorded, fetched, &found).iter().for_each(|line| console.note(line));
        console.note(PERMISSIONS);
        let yes = self.yes && self.sha256.is_some();
        let reply = self.session.ask(yes).confirm("Try the new file, and use it instead?", false, false);
        if !reply.is_yes() {
            let kept = format!("{label} was not updated");
            let words = ["pyve", "plugin", "update", "--yes", "--sha256", &hash, id].map(OsText::from);
            let words = words.into_iter().chain(self.source.map(OsText::from));
            return Err(reply.failure(&kept, || Failure::new(format!("{kept}: nobody said yes")).command(words)));
        }
        let stays = |failure: Failure| fetched.named(failure).detail(format!("{label} stays as it was"));
        let examined = probe::tried(&self.session.caller, fetched.path(), found).map_err(stays)?;
        if examined.id() != id {
            let why = format!("`{}` is plugin `{}`, not `{id}`", fetched.source.display(), examined.id());
            return Err(stays(Failure::new(why).remedy("add it with `pyve plugin add`")));
        }
        let (taken, folder) = (taken::everywhere()?, Folder::of(&self.session.caller.needed_pyve_home()?));
        let adding = Adding { taken: &taken, replace: Replace::This(&recorded.sha256), source: fetched.origin() };
        let entry = store::add(&folder, examined, &adding).map_err(stays)?;
        console.done(&format!("updated {label} to {}", entry.description.version));
        Ok(())
    }
}

fn label(recorded: &Recorded) -> String {
    format!("plugin `{}` {}", recorded.id(), recorded.description.version)
}

/// The file that is in use beside the one at the source.
fn difference(recorded: &Recorded, fetched: &Fetched, found: &Inspected) -> Vec<String> {
    let mut lines = vec![show::line("source", &fetched.source.display())];
    lines.extend(found.note.iter().map(show::note));
    lines.push(show::line("SHA-256 now", &recorded.sha256));
    lines.push(show::line("SHA-256 there", &found.sha256));
    lines
}
