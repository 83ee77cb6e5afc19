//! The answer to "how is the environment locked?": `pylock.toml`, solved by uv or by pip.

mod changes;
mod file;
mod inputs;
mod locked;
mod pins;
mod pip_lock;
mod solver;
mod state;
mod uv;

use pyve_formats::foreign_lock;
use pyve_formats::nearest::nearest;
use pyve_formats::pylock::{self, Pylock};
use pyve_plugin_api::{Error, Host, Lock, LockRequest, LockState, Request, Result, Tool};

use crate::wanted::Wanted;
use crate::wanted::choice::listed;

pub use file::{Content, LockFile};
pub use inputs::Inputs;
pub use locked::{Locked, not_locked};
use pins::Pins;
pub use state::Judged;

/// What is solved, by whoever does it.
struct Problem<'a> {
    request: &'a Request,
    asked: &'a LockRequest,
    host: &'a dyn Host,
    python: &'a Tool,
    wanted: &'a Wanted,
    inputs: &'a Inputs,
    file: &'a LockFile,
    /// What is locked, as far as it stays.
    pins: &'a Pins,
}

/// What a solver does next.
enum Next {
    /// These are to be run.
    Solves(Vec<pyve_plugin_api::Solve>),
    /// The answer, and by whom each package is required, as far as that was asked for.
    Solved(Box<Solution>),
}

struct Solution {
    /// As it was written, with paths from `folder`.
    text: String,
    folder: std::path::PathBuf,
    parents: changes::Parents,
    /// Where it holds: `all platforms`.
    holds_for: &'static str,
    warnings: Vec<String>,
}

pub fn answer(request: &Request, asked: &LockRequest, host: &dyn Host) -> Result<Lock> {
    let file = LockFile::read(request)?;
    let wanted = Wanted::read(request, host)?;
    let inputs = Inputs::of(&wanted, &request.project())?;
    let judged = Judged::of(&file, &inputs, request)?;
    let lock = judged.reasons.iter().fold(Lock::new(file.name.as_str(), judged.state), |lock, why| lock.reason(why));
    // Who has no lock of pyve's may have another's, which is no reason to be silent.
    let others =
        foreign_lock::in_project(&request.project()).into_iter().filter(|_| judged.state == LockState::MISSING);
    let others = others.map(|it| format!("{} is not read; `{}` installs from it", it.file, it.command));
    let lock = match asked.is_check() {
        true => others.fold(lock, |lock, line| lock.reason(&line)),
        false => others.fold(lock, |lock, line| lock.warning(&line)),
    };
    match asked.tool.as_ref().into_option() {
        None => Ok(lock),
        Some(python) => write(lock, python, &file, &wanted, &inputs, request, asked, host),
    }
}

#[expect(clippy::too_many_arguments, reason = "what was read is handed on once, and belongs together nowhere else")]
fn write(
    lock: Lock,
    python: &Tool,
    file: &LockFile,
    wanted: &Wanted,
    inputs: &Inputs,
    request: &Request,
    asked: &LockRequest,
    host: &dyn Host,
) -> Result<Lock> {
    if inputs.is_empty() && wanted.files.is_empty() && wanted.package.is_none() {
        return Err(Error::new("nothing to lock: no file names a dependency")
            .hint("list the dependencies in `requirements.txt` or `pyproject.toml`"));
    }
    // A file that cannot be read is not written over.
    let before = file.parsed()?;
    let pins = Pins::of(file, before.as_ref())?;
    check_names(&asked.update, &pins, &file.name)?;
    let is_asked = asked.upgrade || !asked.update.is_empty() || !asked.with.is_empty();
    if lock.state == LockState::FRESH
        && !is_asked
        && let (Some(before), Content::Text(text)) = (&before, &file.content)
    {
        return Ok(lock.content(text).summary(&count(before)));
    }
    let problem = Problem { request, asked, host, python, wanted, inputs, file, pins: &pins };
    let solution = match solver::next(&problem)? {
        Next::Solves(solves) => return Ok(solves.into_iter().fold(lock, Lock::solve)),
        Next::Solved(solution) => *solution,
    };
    let project = request.project();
    let text = pylock::finished(&solution.text, &solution.folder, &project, &inputs.texts());
    let text = text.map_err(|error| unreadable_answer(&error.to_string()))?;
    let after = Pylock::parse(&text).map_err(|error| unreadable_answer(&error.to_string()))?;
    let changes = changes::between(&problem, &after, &solution.parents);
    let lock = changes.into_iter().fold(lock, Lock::change);
    let lock = solution.warnings.iter().fold(lock, |lock, line| lock.warning(line));
    Ok(lock.content(&text).summary(&format!("{} for {}", count(&after), solution.holds_for)))
}

fn count(lock: &Pylock) -> String {
    let count = lock.packages.len();
    format!("{count} package{}", if count == 1 { "" } else { "s" })
}

fn unreadable_answer(why: &str) -> Error {
    Error::new(format!("could not lock: the answer of the solver cannot be used: {why}"))
        .hint("update uv or pip, then run `pyve lock` again")
}

/// A package that is to move must be locked.
fn check_names(names: &[pyve_plugin_api::RString], pins: &Pins, file: &str) -> Result<()> {
    let known: Vec<&str> = pins.names().collect();
    for name in names {
        let normal = pyve_formats::python_name::normalized(name);
        if !known.contains(&normal.as_str()) {
            let near = nearest(&normal, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let error = Error::new(format!("`{}` is not locked in `{file}`{near}", name.escape_debug()));
            return Err(match known.is_empty() {
                true => error.hint("lock first").remedy(&crate::pyve(&["lock"])).usage(),
                false => error.hint(format!("use one of {}", listed(&known))).usage(),
            });
        }
    }
    Ok(())
}
