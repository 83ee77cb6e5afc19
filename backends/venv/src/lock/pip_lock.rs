//! Locking with `pip lock`: for this platform and Python only. What is locked already is kept by constraints, of which those
//! are released that pip names in a conflict.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pyve_formats::dist_info::SitePackages;
use pyve_formats::pylock::Pylock;
use pyve_formats::python_name::normalized;
use pyve_formats::requirement::Requirement;
use pyve_pip::Pip;
use pyve_plugin_api::{Command, Error, Result, Solve, Solved};

use super::changes::Parents;
use super::solver::{Sources, failed, programs, version};
use super::{Next, Problem, Solution};
use crate::environment::{Environment, Sight, look};
use crate::prefix;

/// Since then there is `pip lock`.
const OLDEST: &str = "25.1";

/// The key of the round that finds the newest versions of what is to move.
const NEWEST: &str = "pip-newest";

/// How pip names a constraint that it could not keep.
const CONSTRAINT: &str = "The user requested (constraint) ";

/// A pip that locks.
pub struct Program {
    /// What is started, with its first arguments.
    start: Command,
    /// The Python that is locked for.
    interpreter: PathBuf,
}

/// The environment's own pip where it is new enough, else one on PATH, which is told whose packages it is about.
pub fn find(problem: &Problem<'_>, with: Option<&Path>) -> Result<Program> {
    let own = environment(problem).filter(|_| with.is_none());
    if let Some(interpreter) = own.as_ref().filter(|it| has_new_pip(it)).map(Environment::interpreter) {
        return Ok(Program { start: Command::new(&interpreter).args(["-I", "-m", "pip"]), interpreter });
    }
    let has_own = own.is_some();
    let interpreter = own.map_or_else(|| problem.python.path.path().into_owned(), |it| it.interpreter());
    let is_new = |program: &PathBuf| version(problem, &Command::new(program).arg("--version"), OLDEST).is_some();
    let found = programs(problem, "pip", with).into_iter().find(is_new);
    let program = found.ok_or_else(|| {
        let error = Error::new(format!("could not lock: neither uv nor pip {OLDEST} or newer found"));
        match has_own {
            true => error.hint("install uv, or update the environment's pip with").remedy(&crate::pyve(&[
                "run",
                "python",
                "-m",
                "pip",
                "install",
                "--upgrade",
                "pip",
            ])),
            false => error.hint("install uv (https://docs.astral.sh/uv/)"),
        }
    })?;
    let start = Command::new(program).arg("--python").arg(interpreter.as_path());
    Ok(Program { start, interpreter })
}

fn environment(problem: &Problem<'_>) -> Option<Environment> {
    let prefix = prefix::prefix(problem.request).ok()?;
    match look(&prefix, problem.request) {
        Sight::Environment(environment) => Some(environment),
        _ => None,
    }
}

fn has_new_pip(environment: &Environment) -> bool {
    let packages = environment.site_packages().and_then(SitePackages::read);
    let versions: Vec<String> = packages.iter().flat_map(|it| it.named("pip")).map(|pip| pip.version.clone()).collect();
    let parsed = |text: &str| text.parse::<pep440_rs::Version>().ok();
    versions.iter().any(|version| parsed(version) >= parsed(OLDEST))
}

pub fn next(problem: &Problem<'_>, program: &Program) -> Result<Next> {
    if !problem.asked.platforms.is_empty() {
        return Err(Error::new("pip locks for this platform only, so `--platform` cannot be followed")
            .hint("install uv, which locks for all platforms at once")
            .usage());
    }
    let held = match held(problem)? {
        Held::To(pins) => pins,
        Held::Unknown => return Ok(Next::Solves(vec![solve(problem, program, NEWEST, &BTreeMap::new())])),
    };
    let moving: BTreeSet<String> = sorted::set(problem.asked.update.iter().map(|name| normalized(name)));
    let mut kept = held.clone();
    let mut round = 1;
    loop {
        let key = format!("pip-{round}");
        let Some(solved) = problem.asked.answer(&key) else {
            return Ok(Next::Solves(vec![solve(problem, program, &key, &kept)]));
        };
        if solved.success() {
            return kept_again(problem, program, &held, kept, solved);
        }
        if kept.is_empty() {
            return Err(failed("pip", solved, problem.request.offline));
        }
        let named: BTreeSet<String> = sorted::set(constraints(solved).filter(|name| !moving.contains(name)));
        let before = kept.len();
        kept.retain(|name, _| !named.contains(name));
        if kept.len() == before {
            kept.clear();
        }
        round += 1;
    }
}

/// pip names all that took part in a conflict, and not all of that has to move: what was released is held again, one after
/// the other, where that can be solved as well.
fn kept_again(
    problem: &Problem<'_>,
    program: &Program,
    held: &BTreeMap<String, String>,
    mut kept: BTreeMap<String, String>,
    first: &Solved,
) -> Result<Next> {
    let mut best = first;
    for (name, version) in held.iter().filter(|_| !problem.asked.upgrade) {
        if kept.contains_key(name) {
            continue;
        }
        let now = parsed(best).and_then(|lock| lock.named(name).find_map(|package| package.version.clone()));
        let Some(now) = now else { continue };
        let mut more = kept.clone();
        more.insert(name.clone(), version.clone());
        if now == *version {
            kept = more;
            continue;
        }
        let key = format!("pip-keep-{name}");
        match problem.asked.answer(&key) {
            None => return Ok(Next::Solves(vec![solve(problem, program, &key, &more)])),
            Some(solved) if solved.success() => (best, kept) = (solved, more),
            Some(_) => {}
        }
    }
    Ok(Next::Solved(Box::new(solution(problem, best))))
}

/// The lock that pip wrote behind what it says meanwhile.
fn parsed(solved: &Solved) -> Option<Pylock> {
    let start = solved.output.find("lock-version").filter(|_| solved.success())?;
    Pylock::parse(&solved.output[start..]).ok()
}

/// What pip is held to.
enum Held {
    To(BTreeMap<String, String>),
    /// Which versions are the newest of what is to move has to be found out first: pip would rather keep them than move
    /// anything else.
    Unknown,
}

fn held(problem: &Problem<'_>) -> Result<Held> {
    if problem.asked.upgrade {
        return Ok(Held::To(BTreeMap::new()));
    }
    let mut pins: BTreeMap<String, String> =
        problem.pins.single().map(|(name, version)| (name.to_owned(), version.to_owned())).collect();
    if problem.asked.update.is_empty() {
        return Ok(Held::To(pins));
    }
    let Some(newest) = problem.asked.answer(NEWEST) else { return Ok(Held::Unknown) };
    let found = parsed(newest).ok_or_else(|| failed("pip", newest, problem.request.offline))?;
    for name in &problem.asked.update {
        let name = normalized(name);
        pins.remove(&name);
        let version = found.named(&name).find_map(|package| package.version.clone());
        pins.extend(version.map(|version| (name, version)));
    }
    Ok(Held::To(pins))
}

fn solve(problem: &Problem<'_>, program: &Program, key: &str, kept: &BTreeMap<String, String>) -> Solve {
    let request = problem.request;
    let prefix = prefix::prefix(request).unwrap_or_default();
    let pip = Pip::of(&program.interpreter, &prefix, &request.project(), request.offline, problem.host);
    let sources = Sources::of(problem);
    let mut command = program.start.clone().args(["lock", "--output", "-"]);
    let declared = sources.declared.iter().map(|(path, _)| path.as_path());
    for file in sources.requirements.iter().map(Path::new).chain(declared) {
        command = command.arg("--requirement").arg(file);
    }
    if sources.built.is_some() {
        let extras = problem.wanted.extras.join(",");
        command = command.arg(if extras.is_empty() { ".".to_owned() } else { format!(".[{extras}]") });
    }
    let pins = problem.asked.scratch.path().join(format!("{key}.txt"));
    let text: String = kept.iter().map(|(name, version)| format!("{name}=={version}\n")).collect();
    let command = if text.is_empty() { command } else { command.arg("--constraint").arg(pins.as_path()) };
    let solve = Solve::new(key, "Resolve for this platform", pip.shielded(command));
    let solve = if text.is_empty() { solve } else { solve.file(pins.as_path(), &text) };
    sources.declared.iter().fold(solve, |solve, (path, text)| solve.file(path.as_path(), text))
}

/// The packages of the constraints that pip names in a conflict.
fn constraints(solved: &Solved) -> impl Iterator<Item = String> {
    let lines = solved.output.lines().chain(solved.errors.lines());
    lines.filter_map(|line| {
        let pin = line.trim().strip_prefix(CONSTRAINT)?;
        Some(normalized(pin.split_once("==")?.0))
    })
}

fn solution(problem: &Problem<'_>, solved: &Solved) -> Solution {
    let warning = match problem.asked.with.is_empty() {
        true => "uv not found; locked by pip, for this platform and Python only (experimental)",
        false => "locked by pip, for this platform and Python only (experimental)",
    };
    Solution {
        text: solved.output.to_string(),
        folder: problem.request.project().into_owned(),
        parents: parents(&solved.output),
        holds_for: "this platform",
        warnings: vec![warning.to_owned()],
    }
}

/// `Collecting leaf<2 (from mid->top->-r requirements.txt (line 1))`: who requires what.
fn parents(text: &str) -> Parents {
    let mut parents = Parents::new();
    for line in text.lines() {
        let Some((what, from)) = line.split_once(" (from ") else { continue };
        let named = what.split_once(' ').and_then(|(word, what)| match word {
            "Collecting" => Requirement::of_line(what.trim()),
            "Processing" => Requirement::of_address(what.trim()),
            _ => None,
        });
        let parent = from.split_once("->").map(|(parent, _)| parent).and_then(Requirement::of_line);
        if let (Some(named), Some(parent)) = (named, parent) {
            parents.entry(named.name).or_default().insert(parent.name);
        }
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pip_says_is_understood() {
        let text = "Looking in links: /w\nCollecting top (from -r r.txt (line 1))\n\
             Processing /w/mid-2.0-py3-none-any.whl (from top->-r r.txt (line 1))\n\
             Collecting Leaf_Pkg>=1.1 (from mid>=2->top->-r r.txt (line 1))\n";
        let told: Vec<String> = parents(text)
            .into_iter()
            .map(|(name, all)| format!("{name} < {}", all.into_iter().collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(told, ["leaf-pkg < mid", "mid < top"]);
        let failed = Solved::new("pip-1", 1, "The conflict is caused by:\n    top 2.0 depends on mid>=2\n")
            .errors("    The user requested (constraint) Mid_Pkg==1.0\n");
        assert_eq!(constraints(&failed).collect::<Vec<_>>(), ["mid-pkg"]);
    }
}
