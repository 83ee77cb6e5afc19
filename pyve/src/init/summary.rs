//! What the user is told once all is done: what there is now, and what to type next.

use pyve_formats::python_version::VersionRequest;
use pyve_pythons::{RequestedPython, home};

use super::decision::Decision;
use super::options::Options;
use super::plan::Plan;
use super::{verify, wiring};
use crate::config::FILE;
use crate::context::{ProjectContext, Session};
use crate::doctor::Check;
use crate::files::envrc;
use crate::steps::Outcome;

/// How it ended.
pub struct Seen<'a> {
    pub outcome: Outcome,
    pub problems: &'a [Check],
}

/// Says what came about.
pub fn print(plan: &Plan<'_>, choice: &ProjectContext, options: &Options, session: &Session, seen: &Seen<'_>) {
    let console = &session.console;
    let prefix = choice.layout.show(&plan.creation.prefix.path());
    let (id, tool) = (&choice.description.id, plan.tool());
    let verb = match plan.decided {
        Decision::Keep => "kept",
        Decision::Update(_) => "updated",
        Decision::Make | Decision::Rebuild => "created",
    };
    console.done(&format!("Backend: {id} ({})", choice.selection.why));
    console.done(&format!("{}: {} ({}, {})", choice.description.tool, tool.version, tool.origin, tool.path.display()));
    console.done(&format!("Environment: {prefix} ({verb})"));
    plan.changes.iter().for_each(|change| console.done(&format!("{change} (`{FILE}`)")));
    plan.dependencies.tell(seen.outcome, console);
    seen.problems.iter().for_each(|problem| console.warning(&verify::line(problem)));
    if options.beside {
        return;
    }
    contradictions(plan, choice, options, session);
    let manifest = choice.manifest.as_ref().filter(|_| options.update || plan.is_first());
    let notes = manifest.map(|manifest| manifest.notes(choice.known(), &choice.description)).unwrap_or_default();
    notes.iter().for_each(|note| console.info(&format!("note: {note}")));
    if wiring::is_entered(choice, options) {
        if envrc::is_of_bash_pyve(choice.layout.root()).unwrap_or(false) {
            let file = envrc::FILE;
            console.info(&format!("{file} still has lines of the bash tool; to replace them: pyve init --update"));
        }
        direnv(session);
    }
    let named = if choice.config.means_another(&choice.environment) {
        format!("--env {} ", choice.environment)
    } else {
        String::new()
    };
    console.info(&format!("Run commands in it with: pyve run {named}CMD"));
}

/// Where the settings say something else than the flag, the next `run` follows the settings.
fn contradictions(plan: &Plan<'_>, choice: &ProjectContext, options: &Options, session: &Session) {
    let id = choice.description.id.as_str();
    if let Some(lines) = &plan.to_add {
        let name = &choice.environment;
        session.console.info(&format!(
            "{FILE} does not name the environment `{name}`; to share it, add there:\n{}",
            lines.trim_end()
        ));
    }
    if let (Some(flag), Some(said)) = (&options.python, choice.config.python())
        && *flag != said.value
    {
        session.console.warning(&format!(
            "{} says Python {}, which the next `pyve init` without --python-version takes; change it there to keep {flag}",
            said.origin, said.value
        ));
    }
    if let Some(flag) = options.python.as_deref().filter(|flag| !is_kept(flag, plan, choice, session)) {
        let key = match choice.config.means_another(&choice.environment) {
            true => format!("envs.{}.python.version", choice.environment),
            false => "python.version".to_owned(),
        };
        session.console.warning(&format!(
            "`--python-version {flag}` holds for this environment only; set `{key}: \"{flag}\"` in `{FILE}` to keep it"
        ));
    }
    for said in choice.config.section(id) {
        let other = plan.settings().iter().find(|given| given.key == said.key && given.values != said.values);
        if let Some(given) = other {
            // What is installed is no matter of `pyve run`.
            let now = match choice.description.remembers(&said.key) {
                true => "`pyve doctor` and",
                false => "`pyve run` uses what was made now, and",
            };
            session.console.warning(&format!(
                "{} says `{}: {}`; {now} the next `pyve init` without a word on it takes \
                 what stands there; change it there to keep {}",
                said.origin,
                said.key,
                said.values.join(", "),
                given.values.join(", ")
            ));
        }
    }
}

/// Whether the next `init` finds the version again: it is pinned, but for a range, which version files that others read
/// cannot hold, and but for an environment of another name; settings that were there are the user's.
fn is_kept(flag: &str, plan: &Plan<'_>, choice: &ProjectContext, session: &Session) -> bool {
    let Ok(wanted) = VersionRequest::parse(flag) else { return true };
    let is_pinned = !wanted.is_range() && !choice.config.means_another(&choice.environment);
    let is_said = !choice.config.is_present() || choice.config.python().is_some() || plan.to_add.is_some();
    if is_pinned || is_said {
        return true;
    }
    let home = home(&session.hosting(&choice.layout));
    let said = RequestedPython::read(&plan.request_of_files(), home.as_deref());
    said.is_ok_and(|said| said.asks.iter().any(|ask| ask.spec == wanted))
}

fn direnv(session: &Session) {
    if session.caller.programs("direnv").next().is_some() {
        session.console.info("Run `direnv allow` to activate it automatically");
    } else {
        session.console.warning(
            "direnv is not installed, so .envrc has no effect; install it (apt install direnv, brew install direnv), \
             or use --no-direnv",
        );
    }
}
