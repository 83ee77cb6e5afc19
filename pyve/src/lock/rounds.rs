//! Asking a backend for a lock, running what is to be solved, and asking again with the answers.

use std::collections::BTreeSet;

use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Lock, LockRequest, Request, Solve, Solved, Step};

use super::path;
use super::scratch::Scratch;
use crate::context::{ProjectContext, Session};
use crate::failure::Failure;
use crate::process::{Job, guard, run_together};
use crate::steps::{Action, moving};

/// After so many rounds a backend goes in circles: releasing one pin of a large lock after the other takes fewer.
const MOST: usize = 200;

/// What came of it.
pub struct Answer {
    /// The last answer, without solves.
    pub lock: Lock,
    /// The file as it was when the backend was asked.
    pub before: Option<Vec<u8>>,
    /// What was run, a line each.
    pub commands: Vec<String>,
}

pub fn ask(
    choice: &ProjectContext,
    request: &Request,
    mut asked: LockRequest,
    session: &Session,
    scratch: &Scratch,
) -> Result<Answer, Failure> {
    let guard = guard();
    let host = session.hosting(&choice.layout).for_environment();
    let mut lock = choice.backend.lock(request, &asked, &host)?;
    let before = read::bytes(path(&choice.layout, &lock), Limit::LOCK)?;
    let (mut keys, mut commands) = (BTreeSet::new(), Vec::new());
    for _ in 0..MOST {
        if lock.solves.is_empty() {
            return Ok(Answer { lock, before, commands });
        }
        guard.check()?;
        for solve in &lock.solves {
            if !keys.insert(solve.key.clone()) {
                return Err(wrong(choice, &format!("it asked twice for what it calls `{}`", solve.key)));
            }
            commands.push(shown(solve, choice));
            session.console.debug(&shown(solve, choice));
            solve.files.iter().try_for_each(|file| scratch.write(file))?;
        }
        let answers = solved(&lock.solves, &host, session, scratch)?;
        asked.answers.extend(answers);
        lock = choice.backend.lock(request, &asked, &host)?;
    }
    Err(wrong(choice, &format!("it was not done after {MOST} rounds")))
}

fn solved(
    solves: &[Solve],
    host: &crate::process::BackendHost<'_>,
    session: &Session,
    scratch: &Scratch,
) -> Result<Vec<Solved>, Failure> {
    let titles: Vec<&str> = solves.iter().map(|solve| solve.title.as_str()).collect();
    let jobs: Vec<Job<'_>> = solves.iter().map(|solve| Job { command: &solve.command, stdin: &solve.stdin }).collect();
    let line = moving(&session.console, &titles.join(", "));
    let outputs = run_together(&jobs, host);
    drop(line);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let answer = |(solve, output): (&Solve, pyve_plugin_api::Output)| {
        let said = match solve.output_file.is_empty() {
            true => text(&output.stdout),
            false => scratch.read(&solve.output_file)?,
        };
        Ok(Solved::new(&solve.key, output.code, &said).errors(&text(&output.stderr)))
    };
    solves.iter().zip(outputs?).map(answer).collect()
}

fn shown(solve: &Solve, choice: &ProjectContext) -> String {
    Action::from(Step::run(&solve.title, solve.command.clone())).show(&choice.layout)
}

fn wrong(choice: &ProjectContext, what: &str) -> Failure {
    Failure::new(format!("could not lock with backend `{}`: {what}", choice.description.id))
        .remedy("report this to the author of the backend")
}
