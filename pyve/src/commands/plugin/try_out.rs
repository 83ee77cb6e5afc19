//! `pyve plugin try`, not for people: asks a library one question. pyve starts itself with this to try a plugin; with
//! `--added` the question goes to a plugin that was added, in this very process, as any command of pyve would ask it, and
//! `--then` starts a program afterwards, as `pyve run` would.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, arg, value_parser};
use pyve_plugin_api::Tool;

use super::{Entry, find, inventory};
use crate::failure::{Failure, exit};
use crate::host::{Hosting, code_of};
use crate::plugins;
use crate::plugins::trial::{Answer, Asking, QUESTIONS};
use crate::session::Session;
use crate::steps::process_of;

pub const ENTRY: Entry = Entry { name: "try", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    Command::new("try")
        .about("Ask a library one question")
        .hide(true)
        .arg(arg!(<QUESTION>).value_parser(QUESTIONS))
        .arg(Arg::new("LIBRARY").required(true).value_parser(value_parser!(PathBuf)))
        .arg(path("project"))
        .arg(path("home"))
        .arg(Arg::new("tool").long("tool"))
        .arg(Arg::new("then").long("then").requires("added").value_parser(value_parser!(PathBuf)))
        .arg(arg!(--added "LIBRARY is the id of a plugin that was added").action(ArgAction::SetTrue))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let tool = matches.get_one::<String>("tool").map(|text| serde_json::from_str::<Tool>(text)).transpose()?;
    let library = path("LIBRARY").expect("clap requires it");
    let project = path("project").unwrap_or_else(|| session.caller.folder().to_owned());
    let asking = Asking {
        question: matches.get_one::<String>("QUESTION").expect("clap requires it"),
        hosting: Hosting { caller: &session.caller, console: &session.console, project, memory: session.memory },
        home: path("home").map_or_else(|| session.pyve_home(), Ok)?,
        tool,
    };
    if matches.get_flag("added") {
        let inventory = inventory(session)?;
        let backend = plugins::open(find(&inventory, &library.to_string_lossy())?)?;
        session.console.result(&asking.value(&backend)?.to_string());
        if let Some(program) = path("then") {
            let then = pyve_plugin_api::Command::new(program);
            let status = process_of(&then, &session.caller, &asking.hosting.project).status()?;
            return Ok(u8::try_from(code_of(status)).unwrap_or(exit::FAILED));
        }
    } else {
        let answer = Answer::take().map_err(|error| Failure::new(crate::failure::reason(&error)))?;
        asking.in_child(&library, answer);
    }
    Ok(exit::DONE)
}
