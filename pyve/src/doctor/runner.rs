//! All checks side by side, each with a time limit: one that hangs costs its own answer and no other.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::check::{Check, NO_ANSWER, try_it};
use super::checks::{ALL, Group};
use super::context::Context;
use crate::caller::seconds;
use crate::failure::Failure;
use crate::process::{cancel, processes_started};
use crate::{plugins, registry};

/// The user's own limit for every group, in seconds.
const TIMEOUT_VARIABLE: &str = "PYVE_DOCTOR_TIMEOUT";

/// The checks of every group, in the order of the groups.
pub fn all(context: &Arc<Context>) -> Result<Vec<Check>, Failure> {
    let begun = Instant::now();
    let own = context.session.caller.timeout(TIMEOUT_VARIABLE)?;
    let (sender, receiver) = mpsc::channel();
    let mut threads = Vec::new();
    for (number, group) in ALL.iter().enumerate() {
        let work = || {
            let (context, sender) = (Arc::clone(context), sender.clone());
            move || {
                // Nobody listens any more to one that took too long.
                let _ = sender.send((number, examined(group, &context)));
            }
        };
        let thread = std::thread::Builder::new().name(group.name.to_owned()).spawn(work());
        if thread.is_err() {
            // Without a thread of its own it is examined here, however long it takes.
            work()();
        }
        threads.push(thread.ok().map(|thread| thread.thread().id()));
    }
    drop(sender);
    let mut answers: Vec<Option<Vec<Check>>> = vec![None; ALL.len()];
    while let Some(limit) = next_limit(&answers, begun, own) {
        match receiver.recv_timeout(limit) {
            Ok((number, checks)) => answers[number] = Some(checks),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let question = answers.iter().any(Option::is_none).then(plugins::give_up).flatten();
    let groups = ALL.iter().zip(threads);
    let told = answers.into_iter().zip(groups).map(|(answer, (group, thread))| {
        let waited = Waited {
            limit: own.unwrap_or(group.limit),
            program: if answer.is_none() { thread.and_then(cancel::give_up) } else { None },
            question,
        };
        answer.unwrap_or_else(|| vec![silent(group, waited, context)])
    });
    Ok(told.flatten().collect())
}

fn examined(group: &Group, context: &Context) -> Vec<Check> {
    let (begun, started) = (Instant::now(), processes_started());
    let mut checks = (group.examine)(context);
    let (duration, processes) = (begun.elapsed(), processes_started() - started);
    checks.iter_mut().for_each(|check| (check.duration, check.processes) = (duration, processes));
    checks
}

/// What those groups say that have something to say after an `init`, one after the other.
pub fn after_init(context: &Context) -> Vec<Check> {
    ALL.iter().filter_map(|group| group.after_init).flat_map(|examine| examine(context)).collect()
}

/// How long the group that may take longest is still waited for; `None` if there is none.
fn next_limit(answers: &[Option<Vec<Check>>], begun: Instant, own: Option<Duration>) -> Option<Duration> {
    let open = answers.iter().zip(ALL).filter(|(answer, _)| answer.is_none());
    let left = open.filter_map(|(_, group)| own.unwrap_or(group.limit).checked_sub(begun.elapsed()));
    left.max().filter(|left| !left.is_zero())
}

/// What a group was waiting for when it was given up.
struct Waited {
    limit: Duration,
    /// A program that was started.
    program: Option<String>,
    /// The question to the backend, where that is a plugin.
    question: Option<&'static str>,
}

/// Says who is waited for, as far as that is known.
fn silent(group: &Group, waited: Waited, context: &Context) -> Check {
    let Waited { limit, program, question } = waited;
    let within = format!("no answer within {}", seconds(limit));
    let plugin = context.choice.as_ref().ok().map(|choice| &choice.description.id);
    let plugin = plugin.filter(|id| group.asks_backend && registry::find(id).is_none());
    let (detail, help) = match (program, plugin) {
        (Some(program), _) => (format!("{within} from {program}"), try_it(&program)),
        (None, Some(id)) => {
            let question = question.map(|question| format!(" to `{question}`")).unwrap_or_default();
            (format!("{within} from plugin `{id}`{question}"), plugins::without(id))
        }
        (None, None) => (within, "try again; see whether a disk on which the project or PATH lies is slow".to_owned()),
    };
    Check { duration: limit, ..Check::warning(NO_ANSWER, group.name, detail) }.hint(help)
}
