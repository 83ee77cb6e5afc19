//! `pyve plugin check`: the conformance suite, a line for each check.

use anyhow::Result;
use clap::{ArgMatches, Command, arg};
use serde_json::{Value, json};

use super::lookup::{find, inventory};
use super::{argument, show, taken};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::exit;
use crate::plugins::check::{self, Check};

pub const ENTRY: Entry = Entry { name: "check", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    Command::new("check")
        .about("Check a plugin against the plugin API")
        .arg(arg!(<PLUGIN> "A library, or the ID of a plugin").value_parser(clap::value_parser!(std::ffi::OsString)))
        .arg(argument::json())
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let said: &std::ffi::OsString = matches.get_one("PLUGIN").expect("clap requires it");
    let file = session.caller.folder().join(said);
    let looks_like_path = said.to_string_lossy().contains(std::path::MAIN_SEPARATOR);
    let path = match file.symlink_metadata() {
        Ok(_) => file,
        Err(_) if looks_like_path => file,
        Err(_) => find(&inventory(session)?, &said.to_string_lossy())?.path.clone(),
    };
    let (json, mut checks) = (matches.get_flag("json"), Vec::new());
    check::suite(&session.caller, &taken::everywhere()?, &path, &mut |check| {
        if !json {
            session.console.result(&line(&check));
        }
        checks.push(check);
    })?;
    let failed = checks.iter().filter(|check| !check.passed()).count();
    if json {
        session.console.result(&show::document("checks", checks.iter().map(value).collect::<Vec<Value>>().into()));
    }
    session.console.info(&match failed {
        0 => format!("all {} checks passed", checks.len()),
        _ => format!("{failed} of {} checks failed", checks.len()),
    });
    Ok(if failed == 0 { exit::DONE } else { exit::FAILED })
}

fn line(check: &Check) -> String {
    match check.passed() {
        true => format!("ok    {}", check.name),
        false => format!("FAIL  {}: {}", check.name, check.faults.join("; ")),
    }
}

fn value(check: &Check) -> Value {
    json!({ "name": check.name, "passed": check.passed(), "faults": check.faults })
}
