//! All checks side by side, each with a time limit: one that hangs costs its own answer and no other.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::check::{Check, NO_ANSWER, try_it};
use super::checks::{ALL, Group};
use super::context::Context;
use crate::process::{cancel, processes_started};
use crate::{plugins, registry};

/// The checks of every group, in the order of the groups.
pub fn all(context: &Arc<Context>) -> Vec<Check> {
    let begun = Instant::now();
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
    while let Some(limit) = next_limit(&answers, begun) {
        match receiver.recv_timeout(limit) {
            Ok((number, checks)) => answers[number] = Some(checks),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    if answers.iter().any(Option::is_none) {
        plugins::give_up();
    }
    let groups = ALL.iter().zip(threads);
    let told = answers.into_iter().zip(groups).map(|(answer, (group, thread))| {
        answer.unwrap_or_else(|| vec![silent(group, thread.and_then(cancel::give_up), context)])
    });
    told.flatten().collect()
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
fn next_limit(answers: &[Option<Vec<Check>>], begun: Instant) -> Option<Duration> {
    let open = answers.iter().zip(ALL).filter(|(answer, _)| answer.is_none());
    open.filter_map(|(_, group)| group.limit.checked_sub(begun.elapsed())).max().filter(|left| !left.is_zero())
}

/// Says who is waited for, as far as that is known.
fn silent(group: &Group, program: Option<String>, context: &Context) -> Check {
    let seconds = group.limit.as_secs();
    let plugin = context.choice.as_ref().ok().map(|choice| &choice.description.id);
    let plugin = plugin.filter(|id| group.asks_backend && registry::find(id).is_none());
    let (detail, help) = match (program, plugin) {
        (Some(program), _) => (format!("no answer within {seconds} seconds from {program}"), try_it(&program)),
        (None, Some(id)) => (
            format!("no answer within {seconds} seconds from plugin `{id}`"),
            format!("tell its author; `pyve plugin remove {id}` does without it"),
        ),
        (None, None) => (
            format!("no answer within {seconds} seconds"),
            "try again; see whether a disk on which the project or PATH lies is slow".to_owned(),
        ),
    };
    Check { duration: group.limit, ..Check::warning(NO_ANSWER, group.name, detail) }.hint(help)
}
