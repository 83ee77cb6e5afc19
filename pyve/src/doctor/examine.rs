//! All checks side by side, each with a time limit: one that hangs costs its own answer and no other.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use super::check::Check;
use super::checks::{ALL, Group};
use super::ground::Ground;
use crate::host::processes_started;

/// The checks of every group, in the order of the groups.
pub fn all(ground: &Arc<Ground>) -> Vec<Check> {
    let begun = Instant::now();
    let (sender, receiver) = mpsc::channel();
    for (number, group) in ALL.iter().enumerate() {
        let (ground, sender) = (Arc::clone(ground), sender.clone());
        let work = move || {
            let begun = Instant::now();
            let mut checks = (group.examine)(&ground);
            let (duration, processes) = (begun.elapsed(), processes_started());
            checks.iter_mut().for_each(|check| (check.duration, check.processes) = (duration, processes));
            // Nobody listens any more to one that took too long.
            let _ = sender.send((number, checks));
        };
        // A thread that cannot be started is a check that does not answer.
        let _ = std::thread::Builder::new().name(group.name.to_owned()).spawn(work);
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
    let told = answers.into_iter().zip(ALL).map(|(answer, group)| answer.unwrap_or_else(|| vec![silent(group)]));
    told.flatten().collect()
}

/// What those groups say that have something to say after an `init`, one after the other.
pub fn after_init(ground: &Ground) -> Vec<Check> {
    ALL.iter().filter_map(|group| group.after_init).flat_map(|examine| examine(ground)).collect()
}

/// How long the group that may take longest is still waited for; `None` if there is none.
fn next_limit(answers: &[Option<Vec<Check>>], begun: Instant) -> Option<Duration> {
    let open = answers.iter().zip(ALL).filter(|(answer, _)| answer.is_none());
    open.filter_map(|(_, group)| group.limit.checked_sub(begun.elapsed())).max().filter(|left| !left.is_zero())
}

fn silent(group: &Group) -> Check {
    let detail = format!("did not answer within {} seconds, or ended early", group.limit.as_secs());
    Check { duration: group.limit, ..Check::warning("pyve.no-answer", group.name, detail) }
        .hint("pyve doctor --verbose shows what each check takes")
}
