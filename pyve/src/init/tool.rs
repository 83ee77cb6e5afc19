//! Getting the tool that a backend needs: what is found, what may be fetched, and who agrees to it.

use pyve_plugin_api::{Command, Consent, Description, PythonSearch, Recipe, Remedy, Step, Tool, ToolAnswer};

use super::missing_python;
use super::options::Bootstrap;
use crate::download;
use crate::failure::{Failure, exit};
use crate::ui::{Answers, Ask, Console, Reply};

/// The tool to plan with, and the steps that bring it where it is not there yet.
pub struct Obtained {
    pub tool: Tool,
    pub steps: Vec<Step>,
}

/// Who decides on a missing tool.
pub struct Terms<'a> {
    pub bootstrap: &'a Bootstrap,
    pub ask: &'a Ask<'a>,
    pub console: &'a Console,
    /// A dry run asks nothing.
    pub dry_run: bool,
    /// What agrees to it.
    pub agreeing: Agreeing,
    /// Where the tool is a Python that the host looked for: how one would be fetched.
    pub python: Option<download::Terms<'a>>,
}

/// The commands that agree to what would be asked.
pub struct Agreeing {
    /// To what a version manager or a package manager of the system does.
    pub install: Command,
    /// To what pyve downloads.
    pub download: Command,
}

impl Agreeing {
    /// `pyve init --yes`, `pyve init --auto-bootstrap`
    pub fn init() -> Self {
        let init = |flag: &str| Command::new("pyve").args(["init", flag]);
        Self { install: init("--yes"), download: init("--auto-bootstrap") }
    }
}

/// Whether the answer is what the host itself said of a Python that it did not find: other tools have a menu of their own.
pub fn is_missing_python(answer: &ToolAnswer, search: Option<&PythonSearch>) -> bool {
    search.is_some_and(|search| !search.missing.is_empty() && search.missing == answer.missing)
}

/// The tool that was found, or the one that an agreed recipe will bring.
pub fn obtain(answer: ToolAnswer, backend: &Description, terms: &Terms) -> Result<Obtained, Failure> {
    if let Some(tool) = answer.found.clone().into_option() {
        return Ok(Obtained { tool, steps: Vec::new() });
    }
    let recipe = agreed(&answer, backend, terms)?;
    match recipe.provides.clone().into_option() {
        Some(tool) => Ok(Obtained { tool, steps: recipe.steps.to_vec() }),
        None => {
            Err(Failure::new(format!("{} has to be installed first", backend.tool)).remedy(recipe.instruction.as_str()))
        }
    }
}

fn agreed<'a>(answer: &'a ToolAnswer, backend: &Description, terms: &Terms) -> Result<&'a Recipe, Failure> {
    let fetched = |recipe: &&Recipe| recipe.consent == Consent::BOOTSTRAP;
    match terms.bootstrap {
        Bootstrap::To(place) => return named(answer, backend, place),
        Bootstrap::Auto => {
            let best = answer.recipes.iter().filter(fetched).find(|recipe| recipe.id == "user");
            if let Some(recipe) = best.or_else(|| answer.recipes.iter().find(fetched)) {
                return Ok(recipe);
            }
        }
        Bootstrap::Ask => {}
    }
    if let Some(network) = &terms.python {
        return missing_python::agreed(answer, backend, terms, network);
    }
    if answer.recipes.iter().any(|recipe| fetched(&recipe)) {
        return by_menu(answer, backend, terms);
    }
    let missing = || missing(answer, backend, &terms.agreeing);
    let recipe = answer.recipes.iter().find(|recipe| recipe.consent == Consent::CONFIRM).ok_or_else(missing)?;
    if terms.dry_run {
        return Ok(recipe);
    }
    if terms.ask.answers() != Answers::Nobody {
        terms.console.info(&format!("{}.", answer.missing));
    }
    match terms.ask.confirm(&format!("{}?", recipe.label), true, false) {
        Reply::Yes => Ok(recipe),
        reply => Err(reply.failure(&format!("{} was not installed", backend.tool), missing)),
    }
}

fn named<'a>(answer: &'a ToolAnswer, backend: &Description, place: &str) -> Result<&'a Recipe, Failure> {
    answer.recipes.iter().find(|recipe| recipe.id == place && recipe.consent == Consent::BOOTSTRAP).ok_or_else(|| {
        Failure::usage(format!("backend `{}` does not install {} into the {place}'s sandbox", backend.id, backend.tool))
            .detail(answer.missing.to_string())
            .with_remedy(if answer.remedy.is_none() { init(&[]) } else { answer.remedy.clone() })
    })
}

/// The menu of the recipes, shown where somebody can choose.
fn by_menu<'a>(answer: &'a ToolAnswer, backend: &Description, terms: &Terms) -> Result<&'a Recipe, Failure> {
    if terms.dry_run || !terms.ask.can_ask() {
        return Err(not_found(answer, backend));
    }
    let console = terms.console;
    console.note(&format!("ERROR: Backend '{}' required but not found.\n", backend.id));
    if !answer.required_by.is_empty() {
        console.note(&format!("Detected: {}", answer.required_by));
    }
    console.note(&format!("Required: {}\n\nInstallation options:", backend.tool));
    for (index, recipe) in answer.recipes.iter().enumerate() {
        console.note(&format!("  {}. {}", index + 1, recipe.label));
    }
    console.note("");
    let cancelled = || Failure::cancelled(format!("{} was not installed", backend.tool));
    match terms.ask.choose(answer.recipes.len()).map(|index| &answer.recipes[index]) {
        Some(recipe) if recipe.consent == Consent::MANUAL => Err(cancelled().remedy(recipe.instruction.as_str())),
        Some(recipe) => Ok(recipe),
        None if terms.ask.at_terminal() => Err(cancelled()),
        None => Err(aborted(backend)),
    }
}

fn aborted(backend: &Description) -> Failure {
    Failure::new(format!("{} was not installed; nothing was changed", backend.tool))
        .remedy("say where to put it (`--bootstrap-to project|user`), or let pyve choose")
        .command(["pyve", "init", "--auto-bootstrap"])
        .code(exit::FAILED)
}

fn not_found(answer: &ToolAnswer, backend: &Description) -> Failure {
    let mut failure = Failure::new(format!("Backend '{}' required but not found", backend.id));
    if !answer.required_by.is_empty() {
        failure = failure.detail(format!("Detected: {}", answer.required_by));
    }
    failure = failure.detail(format!("Required: {}", backend.tool));
    seen(failure, answer).remedy("choose the place with `--bootstrap-to project|user`, or let pyve choose").command([
        "pyve",
        "init",
        "--backend",
        &backend.id,
        "--auto-bootstrap",
    ])
}

fn init(flags: &[&str]) -> Remedy {
    Remedy::command(&Command::new("pyve").arg("init").args(flags))
}

/// That the tool is not there, and what helps.
pub fn missing(answer: &ToolAnswer, backend: &Description, agreeing: &Agreeing) -> Failure {
    let has = |consent| answer.recipes.iter().find(|recipe| recipe.consent == consent);
    let remedy = match (has(Consent::CONFIRM), has(Consent::BOOTSTRAP)) {
        (Some(_), _) => Remedy::command(&agreeing.install),
        (None, Some(recipe)) if answer.remedy.command.is_empty() => {
            let label = recipe.label.to_string();
            Remedy { text: lower_first(&label).into(), ..Remedy::command(&agreeing.download) }
        }
        _ if answer.remedy.is_none() => Remedy::text(format!("install {} and try again", backend.tool)),
        _ => answer.remedy.clone(),
    };
    let failure = Failure::new(answer.missing.to_string());
    let failure = match answer.required_by.as_str() {
        "" => failure,
        origin => failure.detail(format!("asked for by `{origin}`")),
    };
    seen(failure, answer).with_remedy(remedy)
}

fn seen(failure: Failure, answer: &ToolAnswer) -> Failure {
    answer.seen.iter().fold(failure, |failure, line| failure.detail(format!("found: {line}")))
}

/// `download CPython 3.13.15`, for the middle of a sentence.
fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
