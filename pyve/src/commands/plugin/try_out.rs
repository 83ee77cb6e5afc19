//! `pyve plugin try`, not for people: asks a plugin that was added one question, as any command of pyve would ask it.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, arg, value_parser};
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Request, Tool};
use serde_json::Value;

use super::lookup::{find, inventory};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::exit;
use crate::plugins;
use crate::process::{BackendHost, code_of, process_of};

pub const ENTRY: Entry = Entry { name: "try", arguments, execute, failed: |code| code };

const QUESTIONS: [&str; 7] = ["describe", "detect", "ensure_tool", "create", "run", "diagnose", "inspect"];

fn arguments() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    Command::new("try")
        .about("Ask a plugin one question")
        .hide(true)
        .arg(arg!(<QUESTION>).value_parser(QUESTIONS))
        .arg(Arg::new("ID").required(true))
        .arg(path("project"))
        .arg(Arg::new("tool").long("tool"))
        .arg(path("then").help("A program to start afterwards, as `pyve run` would"))
        .arg(arg!(--added "The plugin was added").action(ArgAction::SetTrue))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let text = |name: &str| matches.get_one::<String>(name).expect("clap requires it");
    let tool = matches.get_one::<String>("tool").map(|text| serde_json::from_str::<Tool>(text)).transpose()?;
    let project = path("project").unwrap_or_else(|| session.caller.folder().to_owned());
    let inventory = inventory(session)?;
    let backend = plugins::open(find(&inventory, text("ID"))?, &session.caller)?;
    let hosting = session.hosting(&session.layout(project));
    let request = Request::new(&hosting.project, session.pyve_home()?);
    let answer = answer(&backend, text("QUESTION"), &request, &tool.unwrap_or_default(), &hosting)?;
    session.console.result(&answer.to_string());
    drop(backend);
    if let Some(program) = path("then") {
        let then = pyve_plugin_api::Command::new(program);
        let status = process_of(&then, &session.caller, &hosting.project)?.status()?;
        return Ok(u8::try_from(code_of(status)).unwrap_or(exit::FAILED));
    }
    Ok(exit::DONE)
}

fn answer(
    backend: &BackendObject,
    question: &str,
    request: &Request,
    tool: &Tool,
    host: &BackendHost<'_>,
) -> Result<Value> {
    Ok(match question {
        "describe" => serde_json::to_value(backend.describe()?)?,
        "detect" => serde_json::to_value(backend.detect(&request.project())?)?,
        "ensure_tool" => serde_json::to_value(backend.ensure_tool(request, host)?)?,
        "create" => serde_json::to_value(backend.create(request, tool, host)?)?,
        "run" => serde_json::to_value(backend.run(request, host)?)?,
        "diagnose" => serde_json::to_value(backend.diagnose(request, host)?)?,
        _ => serde_json::to_value(backend.inspect(request, host)?)?,
    })
}
