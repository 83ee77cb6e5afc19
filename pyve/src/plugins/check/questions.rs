//! The questions about one sample project, and what their answers must be like.

use std::path::{Path, PathBuf};

use pyve_plugin_api::Question;
use pyve_plugin_api::{
    Adoption, Creation, DeclaredEnvironment, Description, Detection, Ecosystem, Finding, Inspection, Launch, Lock,
    LockRequest, Package, Request, Requirement, Requirements, Step, Tool, ToolAnswer, Update,
};

use super::Check;
use super::sample::{Expected, Sample, Sandbox};
use super::tree::Tree;
use crate::caller::{Caller, Persistence};
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::plugins::process::Call;
use crate::plugins::trial::{Quiet, Trial, Verdict};
use crate::plugins::validate::{self, Answer, Subject};
use crate::process::BackendHost;
use crate::ui::{Console, Volume};

/// The name of a second environment.
const OTHER: &str = "other";

/// The questions that a plugin need not answer.
const OPTIONAL: [Question; 6] = [
    Question::Update,
    Question::Lock,
    Question::Requirements,
    Question::Adopt,
    Question::Packages,
    Question::Environments,
];

/// The questions about one project.
pub struct Questions<'a> {
    pub caller: &'a Caller,
    pub library: &'a Path,
    pub description: &'a Description,
    pub sample: &'a Sample,
}

/// What one question brought.
struct Answered<T> {
    value: Option<T>,
    /// The error that the backend returned, which is an answer in most cases.
    error: Option<String>,
    faults: Vec<String>,
}

impl Questions<'_> {
    pub fn ask_all(&self, report: &mut dyn FnMut(Check)) -> Result<(), Failure> {
        let sandbox = &Sandbox::create(self.sample)
            .map_err(|error| Failure::io("create a sample project in", &std::env::temp_dir(), &error))?;
        let allowed = AllowedPaths::new(&sandbox.project, Some(&sandbox.folder("pyve"))).backend(&self.description.id);
        let mut tell = |question: Question, faults: Vec<String>| {
            report(Check::new(format!("{question} {}", self.sample.name), faults));
        };
        tell(Question::Detect, self.detect(sandbox)?);
        let tool = self.tool(sandbox, &allowed)?;
        let asked = tool_of(tool.value.as_ref(), sandbox);
        tell(Question::EnsureTool, tool.faults);
        tell(Question::Create, self.create(sandbox, &allowed, &asked)?);
        let request = || self.request(sandbox, None);
        tell(Question::Run, self.ask::<Launch>(Call::Run { request: request() }, sandbox)?.faults);
        tell(Question::Diagnose, self.ask::<Vec<Finding>>(Call::Diagnose { request: request() }, sandbox)?.faults);
        tell(Question::Inspect, self.inspect(sandbox, &allowed)?);
        let optional = OPTIONAL.into_iter().filter(|kind| self.sample.thorough && self.description.can(*kind));
        for kind in optional {
            tell(kind, self.optional(kind, &asked, sandbox)?);
        }
        Ok(())
    }

    fn tool(&self, sandbox: &Sandbox, allowed: &AllowedPaths) -> Result<Answered<ToolAnswer>, Failure> {
        let question = Call::EnsureTool { request: self.request(sandbox, None) };
        let mut answer = self.ask::<ToolAnswer>(question, sandbox)?;
        answer
            .judge(|answer| steps(allowed, answer.recipes.iter().flat_map(|recipe| &recipe.steps).chain(&answer.pins)));
        Ok(answer)
    }

    fn create(&self, sandbox: &Sandbox, allowed: &AllowedPaths, tool: &Tool) -> Result<Vec<String>, Failure> {
        let question = |name| Call::Create { request: self.request(sandbox, name), tool: tool.clone() };
        let mut answer = self.ask::<Creation>(question(None), sandbox)?;
        answer.judge(|creation| places(allowed, creation));
        if self.sample.thorough {
            let other = self.ask::<Creation>(question(Some(OTHER)), sandbox)?;
            answer.compare(&other, |creation| creation.prefix.path().into_owned());
        }
        Ok(answer.faults)
    }

    fn inspect(&self, sandbox: &Sandbox, allowed: &AllowedPaths) -> Result<Vec<String>, Failure> {
        let question = |name| Call::Inspect { request: self.request(sandbox, name) };
        let mut answer = self.ask::<Inspection>(question(None), sandbox)?;
        answer.judge(|inspection| {
            let prefixes = inspection.environments.iter().map(|environment| environment.prefix.path());
            prefixes.filter_map(|prefix| told(allowed.prefix(&prefix))).collect()
        });
        if self.sample.thorough {
            let other = self.ask::<Inspection>(question(Some(OTHER)), sandbox)?;
            answer.compare(&other, |inspection| inspection.prefix.path().into_owned());
        }
        Ok(answer.faults)
    }

    /// Those that the plugin answers are held to the rules as well.
    fn optional(&self, kind: Question, tool: &Tool, sandbox: &Sandbox) -> Result<Vec<String>, Failure> {
        let request = self.request(sandbox, None);
        Ok(match kind {
            Question::Update => self.ask::<Update>(Call::Update { request, tool: tool.clone() }, sandbox)?.faults,
            Question::Lock => self.ask::<Lock>(Call::Lock { request, lock: LockRequest::check() }, sandbox)?.faults,
            Question::Requirements => self.ask::<Requirements>(Call::Requirements { request }, sandbox)?.faults,
            Question::Adopt => {
                let from = Requirements::new().requirement(Requirement::new(Ecosystem::PYPI, "sample"));
                self.ask::<Adoption>(Call::Adopt { request, from }, sandbox)?.faults
            }
            Question::Packages => self.ask::<Vec<Package>>(Call::Packages { request }, sandbox)?.faults,
            _ => self.ask::<Vec<DeclaredEnvironment>>(Call::Environments { request }, sandbox)?.faults,
        })
    }

    /// The circumstances as pyve tells them.
    fn request(&self, sandbox: &Sandbox, environment: Option<&str>) -> Request {
        let request = Request::new(&sandbox.project, sandbox.folder("pyve"));
        environment.map_or(request.clone(), |name| request.with_environment(name))
    }

    fn detect(&self, sandbox: &Sandbox) -> Result<Vec<String>, Failure> {
        let mut answer = self.ask::<Vec<Detection>>(Call::detect(&sandbox.project), sandbox)?;
        match (&self.sample.expected, &answer.value, answer.error.take()) {
            (Expected::Nothing | Expected::Marker(_), _, Some(error)) => {
                answer.faults.push(format!("it returned an error: {error}"))
            }
            (Expected::Nothing, Some(seen), _) if !seen.is_empty() => {
                answer.faults.push(format!("it found `{}`", seen[0].file.display()));
            }
            (Expected::Marker(marker), Some(seen), _) => {
                let here = seen.iter().find(|detection| detection.file.path() == Path::new(marker.file.as_str()));
                match here {
                    None => answer.faults.push(format!("it did not find `{}`", marker.file)),
                    Some(detection) if detection.strength != marker.strength => answer.faults.push(format!(
                        "`{}` is declared as {} and found as {}",
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
    fn ask<T: Answer>(&self, question: Call, sandbox: &Sandbox) -> Result<Answered<T>, Failure> {
        let detecting = matches!(question, Call::Detect { .. });
        let mut variables = vec![
            ("HOME", sandbox.folder("home")),
            ("PYVE_HOME", sandbox.folder("pyve")),
            ("TMPDIR", sandbox.folder("tmp")),
        ];
        variables.extend(detecting.then(|| ("PATH", sandbox.folder("nothing"))));
        let trial = Trial::new(self.library, self.caller).within(&sandbox.project, &variables).watched();
        let console = Console::new(Volume::Quiet, anstream::ColorChoice::Never, false);
        let (caller, project) = (&trial.caller, sandbox.project.clone());
        let hosting = BackendHost {
            caller,
            console: &console,
            project,
            persistence: Persistence::ReadOnly,
            consent: Default::default(),
            searched: Default::default(),
        };
        // A tool that is asked may keep its own cache; what belongs to the user is not touched.
        let mut watched = vec![sandbox.folder("work"), sandbox.folder("pyve")];
        if detecting {
            watched.extend([sandbox.folder("home"), sandbox.folder("tmp")]);
        }
        let before = Tree::snapshot(&watched);
        let tried = trial.ask(question, Some(&Quiet(&hosting)))?;
        let mut answer = Answered { value: None, error: None, faults: Vec::new() };
        match tried.verdict {
            Verdict::Answer(value) => {
                let subject = Subject { description: self.description, project: &sandbox.project };
                match validate::read(value, &subject) {
                    Ok(value) => answer.value = Some(value),
                    Err(faults) => answer.faults = faults,
                }
            }
            Verdict::Error(failure) => answer.error = Some(failure.message),
            Verdict::Broken(failure) => answer.faults.extend(std::iter::once(failure.message).chain(failure.details)),
        }
        answer.faults.extend((detecting && tried.traces.started).then(|| "it started a process".to_owned()));
        answer.faults.extend(tried.traces.changed);
        answer.faults.extend(before.difference(&Tree::snapshot(&watched), &sandbox.folder("work")));
        Ok(answer)
    }
}

impl<T> Answered<T> {
    fn judge(&mut self, judge: impl FnOnce(&T) -> Vec<String>) {
        self.faults.extend(self.value.as_ref().map(judge).unwrap_or_default());
    }

    /// Two environments of a project must have a folder each.
    fn compare(&mut self, other: &Self, prefix: impl Fn(&T) -> PathBuf) {
        let (Some(own), Some(theirs)) = (&self.value, &other.value) else { return };
        let (own, theirs) = (prefix(own), prefix(theirs));
        if own == theirs && !own.as_os_str().is_empty() {
            self.faults
                .push(format!("the environments `default` and `{OTHER}` have the same prefix: {}", own.display()));
        }
    }
}

/// Where the environment is made, as the gate of all paths judges it.
fn places(allowed: &AllowedPaths, creation: &Creation) -> Vec<String> {
    let prefix = creation.prefix.path();
    let place = match creation.external {
        true => told(allowed.external(&prefix)),
        false => told(allowed.prefix(&prefix)),
    };
    let allowed = allowed.clone().environment(&prefix);
    let dependencies = creation.dependencies.as_ref().into_option();
    let planned = creation.steps.iter().chain(dependencies.iter().flat_map(|recipe| &recipe.steps));
    place.into_iter().chain(steps(&allowed, planned)).collect()
}

fn steps<'a>(allowed: &AllowedPaths, steps: impl IntoIterator<Item = &'a Step>) -> Vec<String> {
    let failures = steps.into_iter().filter_map(|step| allowed.check([step]).err().map(|failure| (step, failure)));
    failures.map(|(step, failure)| format!("the step `{}`: {}", step.title, failure.message)).collect()
}

fn told<T>(judged: Result<T, Failure>) -> Option<String> {
    judged.err().map(|failure| failure.message)
}

/// The tool that was found, or that a recipe would provide; else one that stands for any.
fn tool_of(answer: Option<&ToolAnswer>, sandbox: &Sandbox) -> Tool {
    let found = answer.and_then(|answer| answer.found.as_ref().into_option().cloned());
    let provided = || answer?.recipes.iter().find_map(|recipe| recipe.provides.as_ref().into_option().cloned());
    found.or_else(provided).unwrap_or_else(|| Tool::new(sandbox.folder("pyve").join("bin/tool"), "1.0.0", "sample"))
}
