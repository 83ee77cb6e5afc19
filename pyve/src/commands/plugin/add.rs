//! `pyve plugin add`: a library is examined, tried in a child, shown, agreed to, copied and recorded.

use anyhow::Result;
use clap::{ArgMatches, Command, arg};
use pyve_plugin_api::OsText;

use super::{argument, show, taken};
use crate::commands::entry::{Entry, switch};
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::store::{self, Adding, Replace};
use crate::plugins::{Folder, probe, source};

pub const ENTRY: Entry = Entry { name: "add", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("add")
        .about("Check a plugin, show it, ask, and add it")
        .arg(
            arg!(<SOURCE> "A library, a directory that contains one, or a URL")
                .value_parser(clap::value_parser!(std::ffi::OsString)),
        )
        .arg(argument::sha256())
        .arg(switch("replace", "Replace a plugin with the same ID"))
        .arg(argument::yes())
        .arg(argument::json())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let source: &std::ffi::OsString = matches.get_one("SOURCE").expect("clap requires it");
    let wanted = argument::hash(matches)?;
    let fetched = source::fetch(source, wanted.as_deref(), &session.network())?;
    let folder = Folder::of(&session.pyve_home()?);
    let examined = match &wanted {
        Some(wanted) => probe::examine_verified(&session.caller, fetched.path(), wanted),
        None => probe::examine(&session.caller, fetched.path()),
    };
    let examined = examined.map_err(|failure| fetched.named(failure))?;
    let taken = taken::everywhere()?;
    let replace = if matches.get_flag("replace") { Replace::Any } else { Replace::None };
    let adding = Adding { taken: &taken, replace, source: fetched.origin() };
    store::refuse_clash(&folder, &folder.read()?, &examined, &adding).map_err(|failure| fetched.named(failure))?;
    let entry = examined.clone().entry(fetched.path().into());
    let noted = examined.inspected.note.iter().map(show::note);
    for line in show::entry(&entry).into_iter().chain(noted) {
        session.console.note(&line);
    }
    session.console.note(source::PERMISSIONS);
    // It stands for a yes, but never for what nobody verified.
    let yes = matches.get_flag("yes") && !fetched.unverified;
    let reply = session.ask(yes).confirm(&format!("Add plugin `{}`?", entry.id()), false, false);
    if !reply.is_yes() {
        let kept = format!("plugin `{}` was not added", entry.id());
        let hash: &[&str] = if fetched.unverified { &["--sha256", &entry.sha256] } else { &[] };
        let again = ["pyve", "plugin", "add", "--yes"].iter().chain(hash).map(|word| OsText::from(*word));
        let unanswered =
            || Failure::new(format!("{kept}: nobody said yes")).command(again.chain([fetched.source.clone()]));
        return Err(reply.failure(&kept, unanswered).into());
    }
    let entry = store::add(&folder, examined, &adding)?;
    session.console.done(&format!("added plugin `{}` {}", entry.id(), entry.description.version));
    if matches.get_flag("json") {
        session.console.result(&show::document("plugin", serde_json::to_value(&entry)?));
    }
    Ok(exit::DONE)
}
