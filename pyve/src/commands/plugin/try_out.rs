//! `pyve plugin try`, not for people: asks a plugin that was added one question, as any command of pyve would ask it.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, arg, value_parser};
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{LockRequest, Question, Request, Requirements, Tool};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::lookup::{find, inventory};
use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::exit;
use crate::plugins::{self, validate};
use crate::process::{BackendHost, code_of, process_of};

pub const ENTRY: Entry = Entry { name: "try", arguments, execute, failed: |code| code };

fn arguments() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    let json = |name: &'static str| Arg::new(name).long(name).value_name("JSON");
    Command::new("try")
        .about("Ask a plugin one question")
        .hide(true)
        .arg(
            arg!(<QUESTION>)
                .value_parser(PossibleValuesParser::new(Question::ALL.iter().map(|question| question.name()))),
        )
        .arg(Arg::new("ID").required(true))
        .arg(path("project"))
        .arg(json("tool").help("For `create` and `update`"))
        .arg(json("requirements").help("For `adopt`, as `requirements` answers"))
        .arg(path("then").help("A program to start afterwards, as `pyve run` would"))
        .arg(arg!(--added "The plugin was added").action(ArgAction::SetTrue))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let text = |name: &str| matches.get_one::<String>(name).expect("clap requires it");
    let tool: Tool = given(matches, "tool")?;
    let requirements: Requirements = given(matches, "requirements")?;
    let project = path("project").unwrap_or_else(|| session.caller.folder().to_owned());
    let inventory = inventory(session)?;
    let backend = plugins::open(find(&inventory, text("ID"))?, &session.caller)?;
    let hosting = session.hosting(&session.layout(project));
    let request = Request::new(&hosting.project, session.pyve_home()?);
    let answer = answer(&backend, text("QUESTION").parse()?, &request, (&tool, &requirements), &hosting)?;
    session.console.result(&answer.to_string());
    drop(backend);
    if let Some(program) = path("then") {
        let then = pyve_plugin_api::Command::new(program);
        let status = process_of(&then, &session.caller, &hosting.project)?.status()?;
        return Ok(u8::try_from(code_of(status)).unwrap_or(exit::FAILED));
    }
    Ok(exit::DONE)
}

/// What an argument holds as JSON; without it, nothing.
fn given<T: DeserializeOwned + Default>(matches: &ArgMatches, name: &str) -> Result<T> {
    let text = matches.get_one::<String>(name);
    Ok(text.map(|text| serde_json::from_str(text)).transpose()?.unwrap_or_default())
}

fn answer(
    backend: &BackendObject,
    question: Question,
    request: &Request,
    (tool, requirements): (&Tool, &Requirements),
    host: &BackendHost<'_>,
) -> Result<Value> {
    Ok(match question {
        Question::Describe => validate::value(&backend.describe()?)?,
        Question::Detect => validate::value(&backend.detect(&request.project())?)?,
        Question::EnsureTool => validate::value(&backend.ensure_tool(request, host)?)?,
        Question::Create => validate::value(&backend.create(request, tool, host)?)?,
        Question::Run => validate::value(&backend.run(request, host)?)?,
        Question::Diagnose => validate::value(&backend.diagnose(request, host)?)?,
        Question::Inspect => validate::value(&backend.inspect(request, host)?)?,
        Question::Update => validate::value(&backend.update(request, tool, host)?)?,
        Question::Lock => validate::value(&backend.lock(request, &LockRequest::check(), host)?)?,
        Question::Requirements => validate::value(&backend.requirements(request, host)?)?,
        Question::Adopt => validate::value(&backend.adopt(request, requirements, host)?)?,
        Question::Packages => validate::value(&backend.packages(request, host)?)?,
        Question::Environments => validate::value(&backend.environments(request, host)?)?,
        later => bail!("this pyve does not know how to ask `{later}`"),
    })
}
