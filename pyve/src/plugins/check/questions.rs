//! The five questions about one sample project, and what their answers must be like.

use std::path::Path;

use pyve_plugin_api::{Creation, Description, Detection, Finding, Inspection, Launch, Request, Tool, ToolAnswer};
use serde::de::DeserializeOwned;

use super::Check;
use super::sample::{Expected, Sample, Sandbox};
use super::tree::Tree;
use crate::caller::{Caller, Persistence};
use crate::failure::Failure;
use crate::plugins::process::Question;
use crate::plugins::trial::{Quiet, Trial, Verdict};
use crate::plugins::validate::{self, Bounds};
use crate::process::BackendHost;
use crate::ui::{Console, Volume};

/// The questions about one project.
pub struct Questions<'a> {
    pub caller: &'a Caller,
    pub library: &'a Path,
    pub description: &'a Description,
    pub sample: &'a Sample,
}

/// What one question brought.
struct Answer<T> {
    value: Option<T>,
    /// The error that the backend returned, which is an answer in most cases.
    error: Option<String>,
    faults: Vec<String>,
}

impl Questions<'_> {
    pub fn ask_all(&self, report: &mut dyn FnMut(Check)) -> Result<(), Failure> {
        let sandbox = Sandbox::of(self.sample)
            .map_err(|error| Failure::io("make a sample project in", &std::env::temp_dir(), &error))?;
        let home = sandbox.folder("pyve");
        let bounds = Bounds { project: &sandbox.project, home: &home };
        let request = || Request::new(&sandbox.project, &home);
        let mut tell = |question: &str, faults: Vec<String>| {
            report(Check::new(format!("{question} {}", self.sample.name), faults));
        };
        tell("detect", self.detect(&sandbox)?);

        let mut tool = self.ask::<ToolAnswer>(Question::EnsureTool { request: request() }, &sandbox)?;
        tool.judge(|answer| validate::tool(answer, &bounds));
        tell("ensure_tool", tool.faults);

        let tool = tool_of(tool.value.as_ref(), &sandbox);
        let mut creation = self.ask::<Creation>(Question::Create { request: request(), tool }, &sandbox)?;
        creation.judge(|answer| validate::creation(answer, &bounds));
        tell("create", creation.faults);

        let mut launch = self.ask::<Launch>(Question::Run { request: request() }, &sandbox)?;
        launch.judge(validate::launch);
        tell("run", launch.faults);

        let mut findings = self.ask::<Vec<Finding>>(Question::Diagnose { request: request() }, &sandbox)?;
        findings.judge(|answer| validate::findings(answer, &self.description.id));
        tell("diagnose", findings.faults);

        let mut inspection = self.ask::<Inspection>(Question::Inspect { request: request() }, &sandbox)?;
        inspection.judge(|answer| validate::inspection(answer, &bounds));
        tell("inspect", inspection.faults);
        Ok(())
    }

    fn detect(&self, sandbox: &Sandbox) -> Result<Vec<String>, Failure> {
        let mut answer = self.ask::<Vec<Detection>>(Question::detect(&sandbox.project), sandbox)?;
        answer.judge(|seen| validate::detections(seen, &sandbox.project, self.description));
        match (&self.sample.expected, &answer.value, answer.error.take()) {
            (Expected::Nothing | Expected::Marker(_), _, Some(error)) => {
                answer.faults.push(format!("an error: {error}"))
            }
            (Expected::Nothing, Some(seen), _) if !seen.is_empty() => {
                answer.faults.push(format!("it saw {} in it", seen[0].file.display()));
            }
            (Expected::Marker(marker), Some(seen), _) => {
                let here = seen.iter().find(|detection| detection.file.path() == Path::new(marker.file.as_str()));
                match here {
                    None => answer.faults.push(format!("it did not see {}", marker.file)),
                    Some(detection) if detection.strength != marker.strength => answer.faults.push(format!(
                        "{} is announced as {} and seen as {}",
                        marker.file, marker.strength, detection.strength
                    )),
                    Some(_) => {}
                }
            }
            _ => {}
        }
        Ok(answer.faults)
    }

    /// Asks in a process of its own, and compares the sandbox before and after.
    fn ask<T: DeserializeOwned>(&self, question: Question, sandbox: &Sandbox) -> Result<Answer<T>, Failure> {
        let detecting = matches!(question, Question::Detect { .. });
        let mut variables = vec![
            ("HOME", sandbox.folder("home")),
            ("PYVE_HOME", sandbox.folder("pyve")),
            ("TMPDIR", sandbox.folder("tmp")),
        ];
        variables.extend(detecting.then(|| ("PATH", sandbox.folder("nothing"))));
        let trial = Trial::of(self.library, self.caller).within(&sandbox.project, &variables);
        let console = Console::new(Volume::Quiet, anstream::ColorChoice::Never, false);
        let (caller, project) = (&trial.caller, sandbox.project.clone());
        let hosting = BackendHost {
            caller,
            console: &console,
            project,
            persistence: Persistence::ReadOnly,
            consent: Default::default(),
        };
        // A tool that is asked may keep its own cache; what belongs to the user is not touched.
        let mut watched = vec![sandbox.folder("work"), sandbox.folder("pyve")];
        if detecting {
            watched.extend([sandbox.folder("home"), sandbox.folder("tmp")]);
        }
        let before = Tree::of(&watched);
        let verdict = trial.ask(question, Some(&Quiet(&hosting)))?;
        let mut answer = Answer { value: None, error: None, faults: Vec::new() };
        match verdict {
            Verdict::Answer(value, started) => {
                if detecting && started {
                    answer.faults.push("it started a process".to_owned());
                }
                match serde_json::from_value(value) {
                    Ok(value) => answer.value = Some(value),
                    Err(error) => answer.faults.push(format!("its answer is garbled: {error}")),
                }
            }
            Verdict::Error(failure) if failure.message.trim().is_empty() => {
                answer.faults.push("an error without a word".to_owned())
            }
            Verdict::Error(failure) => answer.error = Some(failure.message),
            Verdict::Broken(failure) => answer.faults.extend(std::iter::once(failure.message).chain(failure.details)),
        }
        answer.faults.extend(before.difference(&Tree::of(&watched), &sandbox.folder("work")));
        Ok(answer)
    }
}

impl<T> Answer<T> {
    fn judge(&mut self, judge: impl FnOnce(&T) -> Vec<String>) {
        self.faults.extend(self.value.as_ref().map(judge).unwrap_or_default());
    }
}

/// The tool that was found, or that a recipe would provide; else one that stands for any.
fn tool_of(answer: Option<&ToolAnswer>, sandbox: &Sandbox) -> Tool {
    let found = answer.and_then(|answer| answer.found.as_ref().into_option().cloned());
    let provided = || answer?.recipes.iter().find_map(|recipe| recipe.provides.as_ref().into_option().cloned());
    found.or_else(provided).unwrap_or_else(|| Tool::new(sandbox.folder("pyve").join("bin/tool"), "1.0.0", "sample"))
}
