//! Who solves: uv where it is there, else pip; or whom the user names.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use pyve_plugin_api::{Command, Error, Result, Solved};

use super::{Next, Problem, pip_lock, uv};

/// What the user may name with `--with`.
const KNOWN: [&str; 2] = ["uv", "pip"];

/// So many lines of what a solver says are told where it fails.
const TOLD: usize = 10;

pub fn next(problem: &Problem<'_>) -> Result<Next> {
    let with = problem.asked.with.path().into_owned();
    let name = with.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match name.as_str() {
        "" => match uv::find(problem, None) {
            Some(uv) => uv::next(problem, &uv),
            None => pip_lock::next(problem, &pip_lock::find(problem, None)?),
        },
        "uv" => {
            let uv = uv::find(problem, Some(&with)).ok_or_else(|| not_found(&with, uv::OLDEST))?;
            uv::next(problem, &uv)
        }
        name if name.starts_with("pip") => pip_lock::next(problem, &pip_lock::find(problem, Some(&with))?),
        _ => {
            let (with, known) = (with.display(), KNOWN.join("` or `"));
            Err(Error::new(format!("could not lock with `{with}`: it does not write `pylock.toml`"))
                .hint(format!("use `{known}`"))
                .usage())
        }
    }
}

fn not_found(program: &Path, oldest: &str) -> Error {
    Error::new(format!("`{}` {oldest} or newer not found", program.display())).hint("install it, or name its path")
}

/// The programs that may be meant: one by its path, else all of the name on PATH.
pub fn programs(problem: &Problem<'_>, name: &str, with: Option<&Path>) -> Vec<PathBuf> {
    match with {
        Some(path) if path.components().count() > 1 => vec![problem.request.in_project(path)],
        Some(name) => problem.host.find_program(&name.to_string_lossy()),
        None => problem.host.find_program(name),
    }
}

/// The version that a program tells, the second word of what it says, if it is new enough.
pub fn version(problem: &Problem<'_>, command: &Command, oldest: &str) -> Option<String> {
    let output = problem.host.capture(command).ok().filter(|output| output.success())?;
    let text = output.text();
    let version = text.split_whitespace().nth(1)?.to_owned();
    let (found, oldest): (Version, Version) = (version.parse().ok()?, oldest.parse().ok()?);
    (found >= oldest).then_some(version)
}

/// What is solved, as files and paths that pip and uv take alike: the project's files of requirements, and one with what its
/// tables declare.
pub struct Sources {
    /// From the project's folder, or absolute.
    pub requirements: Vec<String>,
    /// What the tables say, where that is all known.
    pub declared: Option<(PathBuf, String)>,
    /// The file from which the project is built, where only the build knows what it needs.
    pub built: Option<&'static str>,
}

impl Sources {
    pub fn of(problem: &Problem<'_>) -> Self {
        let wanted = problem.wanted;
        // One whose name begins with a dash would be an option.
        let plain = |name: &str| if name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
        let requirements = wanted.files.iter().map(|file| plain(&file.name)).collect();
        let declared = match wanted.dynamic {
            true => wanted.told(),
            false => wanted.all_declared(),
        };
        let line = |dependency: &&pyve_formats::dependencies::Dependency| {
            format!("{}{}\n", if dependency.editable { "-e " } else { "" }, dependency.text)
        };
        let text: String = declared.unwrap_or_default().iter().map(line).collect();
        let path = problem.asked.scratch.path().join("declared.txt");
        let built = wanted.package.filter(|_| wanted.dynamic);
        // A solver wants something to solve.
        let is_needed = !text.is_empty() || wanted.files.is_empty() && built.is_none();
        Self { requirements, declared: is_needed.then_some((path, text)), built }
    }
}

/// What a solver that failed said, its own words without what only a terminal needs.
pub fn failed(solver: &str, solved: &Solved, offline: bool) -> Error {
    let said = if solved.errors.trim().is_empty() { &solved.output } else { &solved.errors };
    let lines = said.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with("WARNING: pip lock is ")).collect();
    let last = lines.len().saturating_sub(TOLD);
    let error = Error::new(format!("could not lock: {solver} found no solution"));
    let error = lines[last..].iter().fold(error, |error, line| error.detail(line.trim_start_matches("error: ")));
    match offline {
        true => {
            error.hint("run the same command without `--offline`, or loosen the requirements that exclude each other")
        }
        false => error.hint("loosen the requirements that exclude each other, or correct the one that is not found"),
    }
}
