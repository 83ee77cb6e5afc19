//! `pyve plugin try`, not for people: asks a plugin that was added one question, as any command of pyve would ask it.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Arg, ArgAction, ArgMatches, Command, arg, value_parser};
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Question, Request, Tool};
use serde_json::Value;

use super::lookup::{find, inventory};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::exit;
use crate::plugins;
use crate::process::{BackendHost, code_of, process_of};

pub const ENTRY: Entry = Entry { name: "try", arguments, execute, failed: |code| code };

/// Those that need nothing but a request, and `create`.
const QUESTIONS: [Question; 7] = [
    Question::Describe,
    Question::Detect,
    Question::EnsureTool,
    Question::Create,
    Question::Run,
    Question::Diagnose,
    Question::Inspect,
];

fn arguments() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    Command::new("try")
        .about("Ask a plugin one question")
        .hide(true)
        .arg(arg!(<QUESTION>).value_parser(QUESTIONS.map(Question::name)))
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
    let answer = answer(&backend, text("QUESTION").parse()?, &request, &tool.unwrap_or_default(), &hosting)?;
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
    question: Question,
    request: &Request,
    tool: &Tool,
    host: &BackendHost<'_>,
) -> Result<Value> {
    Ok(match question {
        Question::Describe => serde_json::to_value(backend.describe()?)?,
        Question::Detect => serde_json::to_value(backend.detect(&request.project())?)?,
        Question::EnsureTool => serde_json::to_value(backend.ensure_tool(request, host)?)?,
        Question::Create => serde_json::to_value(backend.create(request, tool, host)?)?,
        Question::Run => serde_json::to_value(backend.run(request, host)?)?,
        Question::Diagnose => serde_json::to_value(backend.diagnose(request, host)?)?,
        _ => serde_json::to_value(backend.inspect(request, host)?)?,
    })
}
