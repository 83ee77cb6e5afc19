//! `pyve plugin add`: a library is examined, tried in a child, shown, agreed to, copied and recorded.

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, arg};

use super::{argument, show, source, taken};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::store::{self, Adding};
use crate::plugins::{Folder, probe};

pub const ENTRY: Entry = Entry { name: "add", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("add")
        .about("Check a plugin, show it, ask, and add it")
        .arg(
            arg!(<SOURCE> "A library, a directory that contains one, or a URL")
                .value_parser(clap::value_parser!(std::ffi::OsString)),
        )
        .arg(Arg::new("sha256").long("sha256").value_name("HEX").help("Expected SHA-256 of the file"))
        .arg(arg!(--replace "Replace a plugin with the same ID").action(ArgAction::SetTrue))
        .arg(argument::yes())
        .arg(argument::json())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let source: &std::ffi::OsString = matches.get_one("SOURCE").expect("clap requires it");
    let wanted = matches.get_one::<String>("sha256").map(|hash| source::checked_hash(hash)).transpose()?;
    let fetched = source::fetch(source, wanted.as_deref(), session)?;
    let folder = Folder::of(&session.pyve_home()?);
    let examined = probe::examine(&session.caller, fetched.path()).map_err(|failure| fetched.named(failure))?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != examined.inspected.sha256) {
        return Err(Failure::new(format!("unexpected SHA-256 of `{}`", fetched.path().display()))
            .detail(format!("expected: {wanted}"))
            .detail(format!("found:    {}", examined.inspected.sha256))
            .into());
    }
    let taken = taken::everywhere()?;
    let adding = Adding { taken: &taken, replace: matches.get_flag("replace") };
    store::refuse_clash(&folder, &folder.read()?, &examined, &adding).map_err(|failure| fetched.named(failure))?;
    let entry = examined.clone().entry(fetched.path().into());
    for line in show::entry(&entry) {
        session.console.note(&line);
    }
    session.console.note("A plugin runs with all your permissions, as any program that you start.");
    let reply = fetched.agreed(session, matches.get_flag("yes"), &format!("Add plugin `{}`?", entry.id()));
    if !reply.is_yes() {
        let kept = format!("plugin `{}` was not added", entry.id());
        let unanswered = || Failure::new(format!("{kept}: nobody said yes")).command(fetched.add_again(&entry.sha256));
        return Err(reply.failure(&kept, unanswered).into());
    }
    let entry = store::add(&folder, examined, &adding)?;
    session.console.done(&format!("added plugin `{}` {}", entry.id(), entry.description.version));
    if matches.get_flag("json") {
        session.console.result(&show::document("plugin", serde_json::to_value(&entry)?));
    }
    Ok(exit::DONE)
}
