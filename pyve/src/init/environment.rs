//! The environment itself: kept, created or recreated, as what stands there allows.

use std::cell::RefCell;
use std::rc::Rc;

use pyve_plugin_api::{Finding, PrefixState, Step, StepKind};

use super::decision::Decision;
use super::making::Making;
use super::{record, update};
use crate::failure::Failure;
use crate::records::trust::{self, Candidate};
use crate::records::{Current, Journal, Record};
use crate::steps::{Action, HostAction, leftovers};
use crate::ui::{Ask, Reply};

/// What the backend finds at the environment once it stands.
pub type Found = Rc<RefCell<Vec<Finding>>>;

/// Decides by what stands at the prefix and what was asked for.
pub fn decide(making: &Making, ask: &Ask<'_>) -> Result<Decision, Failure> {
    let creation = &making.creation;
    let (prefix, detail) = (making.shown_prefix(), creation.state_detail.as_str());
    let unfinished = making.before.as_ref().is_some_and(|record| !record.recorded.ready);
    let options = making.options;
    match creation.state {
        PrefixState::ABSENT => Ok(Decision::Make),
        PrefixState::FOREIGN => {
            Err(Failure::new(format!("{prefix} exists and is not an environment of pyve's: it {detail}"))
                .detail("it was not touched")
                .remedy(another_place(making)))
        }
        _ if options.force => confirmed(making, ask),
        _ if unfinished => Ok(Decision::Rebuild),
        PrefixState::OUTDATED if options.update => update::decide(making),
        PrefixState::USABLE => kept(making, ask),
        PrefixState::OUTDATED if options.python.is_some() => replaced(making, ask),
        PrefixState::OUTDATED => {
            kept(making, ask)?;
            let console = &making.session.console;
            console.warning(&format!("{prefix} is kept as it is: {detail}; to bring it in line: pyve init --update"));
            Ok(Decision::Keep)
        }
        PrefixState::BROKEN => Err(Failure::new(format!("the environment {prefix} cannot be used: {detail}"))
            .remedy("recreate it; the old one is restored if that fails")
            .command(["pyve", "init", "--force"])),
        other => Err(Failure::new(format!("unknown state of `{prefix}`: {other}")).remedy("update pyve")),
    }
}

/// One that no record tells of is taken over only if nobody else could have put it there; scripts of it are sourced
/// from then on, and that is for the user to say, in so many words: `--yes` is none.
fn kept(making: &Making, ask: &Ask<'_>) -> Result<Decision, Failure> {
    if making.before.is_none() {
        let (choice, session, prefix) = (making.choice, making.session, making.creation.prefix.path());
        let inspection = choice.backend.inspect(&making.request, &session.hosting(&choice.layout))?;
        let standing = inspection.environments.iter().find(|environment| environment.prefix == making.creation.prefix);
        let scripts = standing.map(|environment| environment.scripts.as_slice()).unwrap_or_default();
        let mut cancelled = false;
        let consent = |script: &str| {
            let question = format!("Use `{}` and source its activation script `{script}`?", making.shown_prefix());
            if making.options.dry_run || !ask.can_ask() {
                return making.options.dry_run;
            }
            let reply = ask.confirm(&question, false, false);
            cancelled = reply == Reply::No;
            reply.is_yes()
        };
        let candidate = Candidate { prefix: &prefix, scripts };
        let checked = trust::check_kept(&session.caller, &choice.layout, &candidate, consent);
        checked.map_err(|refused| match cancelled {
            true => Failure::cancelled(format!("`{}` is not used", making.shown_prefix())),
            false => refused,
        })?;
    }
    Ok(Decision::Keep)
}

/// A version that was asked for in so many words is not what stands there: it is for the user to say what happens to that.
fn replaced(making: &Making, ask: &Ask<'_>) -> Result<Decision, Failure> {
    let (prefix, detail) = (making.shown_prefix(), &making.creation.state_detail);
    let python = making.options.python.as_deref().unwrap_or_default();
    let reply = match making.options.dry_run {
        true => Reply::Yes,
        false => ask.confirm(&format!("`{prefix}` was {detail}. Recreate it with Python {python}?"), false, false),
    };
    if reply.is_yes() {
        return update::decide(making);
    }
    Err(reply.failure(&format!("`{prefix}` was left as it is"), || {
        Failure::new(format!("`{prefix}` is not changed to Python {python}: {detail}"))
            .remedy("recreate it with `--force` or `--update`; the old one is restored if that fails")
            .command(["pyve", "init", "--force"])
    }))
}

fn confirmed(making: &Making, ask: &Ask<'_>) -> Result<Decision, Failure> {
    let prefix = making.shown_prefix();
    // Who wrote `--force` where nobody can be asked has answered already.
    let reply = match making.options.dry_run {
        true => Reply::Yes,
        false => ask.confirm(&format!("Recreate {prefix}?"), false, true),
    };
    if reply.is_yes() {
        return Ok(Decision::Rebuild);
    }
    let kept = format!("{prefix} was left as it is");
    Err(reply.failure(&kept, || Failure::new(&kept).command(["pyve", "init", "--force", "--yes"])))
}

fn another_place(making: &Making) -> String {
    match making.choice.description.positional().into_option() {
        Some(_) => "name another directory: pyve init DIR".to_owned(),
        None => "move it away, then run `pyve init` again".to_owned(),
    }
}

/// The actions that bring the environment to where its record says *ready*.
pub fn actions<'a>(
    making: &Making<'a>,
    decision: &Decision,
    made: &Rc<RefCell<Record>>,
    found: &Found,
    ask: &Ask<'_>,
) -> Vec<Action<'a>> {
    let mut actions: Vec<Action<'a>> = Vec::new();
    let environment = making.choice.environment.clone();
    // What is kept outside of the project its tool brings in line by itself.
    let external = making.creation.external;
    let rebuilds = *decision == Decision::Rebuild && !external;
    let prefix = making.creation.prefix.path().into_owned();
    let planned: &[Step] = if let Decision::Update(steps) = decision { steps } else { &making.creation.steps };
    let planned = &without_idle_questions(planned, making, ask)[..];
    // Who says no to what is asked first has changed nothing yet.
    let asks_first = planned.iter().take_while(|step| step.kind == StepKind::CONFIRM).count();
    let (questions, steps) = planned.split_at(asks_first);
    if decision.makes() {
        actions.extend(questions.iter().cloned().map(Action::from));
        let (layout, record, before) = (&making.choice.layout, Rc::clone(made), making.before.clone());
        let place = prefix.clone();
        let write = Box::new(move || {
            let mut record = record.borrow_mut();
            record.journal = if rebuilds { Journal::begin(&place, before.clone()) } else { None };
            record.save(layout)
        });
        actions.push(HostAction::Record { environment: environment.clone(), status: "creating", write }.into());
        if rebuilds {
            let record = Rc::clone(made);
            let note = Box::new(move |what| record::note_move(&mut record.borrow_mut(), what, layout));
            actions.push(HostAction::PutAside { prefix: prefix.clone(), note }.into());
        }
        actions.extend(steps.iter().cloned().map(Action::from));
    }
    let (choice, session, record, found) = (making.choice, making.session, Rc::clone(made), Rc::clone(found));
    let request = making.request.clone();
    let (new, beside) = (decision.makes(), making.options.beside);
    // One that is kept may be another tool's, which stays its own.
    let brings_tool = making.brings_tool && (new || making.creation.made_with.is_none());
    let write = Box::new(move || {
        let mut record = record.borrow_mut();
        if brings_tool {
            record::note_tool(&mut record, choice, session, &request)?;
        }
        *found.borrow_mut() = record::verify(choice, session, &request, &record, new)?;
        record::finish(&mut record, choice, session, &request)?;
        if beside { Ok(()) } else { Current::new(&choice.description.id).save(&choice.layout, &choice.environment) }
    });
    actions.push(HostAction::Record { environment, status: "ready", write }.into());
    // What a pyve that was killed left beside it goes too, now that there is one that works.
    if rebuilds || (!external && !leftovers(&prefix).is_empty()) {
        actions.push(HostAction::Discard { prefix }.into());
    }
    actions
}

/// The steps without the questions that mean yes where nobody is there to answer them: who looks closer is told.
fn without_idle_questions(steps: &[Step], making: &Making, ask: &Ask<'_>) -> Vec<Step> {
    let idle = |step: &&Step| step.kind == StepKind::CONFIRM && step.default_yes;
    if making.options.dry_run || !ask.has_nobody() {
        return steps.to_vec();
    }
    steps.iter().filter(idle).for_each(|step| making.session.console.debug(&step.text()));
    steps.iter().filter(|step| !idle(step)).cloned().collect()
}
