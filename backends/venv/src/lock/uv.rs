//! Locking with uv: for every platform at once, and with as few moves as can be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pyve_formats::pylock::{self, Pylock};
use pyve_formats::python_name::normalized;
use pyve_pip::Settings;
use pyve_plugin_api::{Command, Error, Result, Solve};

use super::changes::{self, Parents};
use super::pins::versions;
use super::solver::{Sources, failed, programs, version};
use super::{Next, Problem, Solution};
use crate::prefix;

/// Since then uv writes such files and takes versions from them.
pub const OLDEST: &str = "0.7.0";

/// The keys of what is run.
const LOCK: &str = "uv";
const PARENTS: &str = "uv-parents";

/// Variables that would make another file of it than the one that is asked for.
const REMOVED: [&str; 6] =
    ["UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_CUSTOM_COMPILE_COMMAND", "UV_UPGRADE", "VIRTUAL_ENV", "CONDA_PREFIX"];

pub fn find(problem: &Problem<'_>, with: Option<&Path>) -> Option<PathBuf> {
    let found = programs(problem, "uv", with).into_iter();
    let mut found = found.filter(|program| version(problem, &Command::new(program).arg("--version"), OLDEST).is_some());
    found.next()
}

pub fn next(problem: &Problem<'_>, uv: &Path) -> Result<Next> {
    let folder = problem.asked.scratch.path().join("lock");
    let Some(solved) = problem.asked.answer(LOCK) else {
        return Ok(Next::Solves(vec![solve(problem, uv, &folder)]));
    };
    if !solved.success() {
        return Err(failed("uv", solved, problem.request.offline));
    }
    let answered = Pylock::parse(&solved.output);
    let answered =
        answered.map_err(|error| Error::new(format!("could not lock: the answer of uv cannot be used: {error}")))?;
    let parents = match problem.asked.answer(PARENTS) {
        Some(told) => parents(&told.output),
        None if changes::unexplained(problem, &answered) => {
            return Ok(Next::Solves(vec![ask_parents(problem, uv, &answered)]));
        }
        None => Parents::new(),
    };
    let warnings = if problem.asked.platforms.is_empty() {
        Vec::new()
    } else {
        vec![format!("`--platform` is not needed: {} holds for all platforms", problem.file.name)]
    };
    let text = solved.output.to_string();
    Ok(Next::Solved(Box::new(Solution { text, folder, parents, holds_for: "all platforms", warnings })))
}

fn solve(problem: &Problem<'_>, uv: &Path, folder: &Path) -> Solve {
    let output = folder.join(pylock::NAME);
    let command = compile(problem, uv).arg("--output-file").arg(output.as_path());
    let command = match problem.asked.upgrade {
        true => command.arg("--upgrade"),
        false => problem
            .asked
            .update
            .iter()
            .fold(command, |command, name| command.arg("--upgrade-package").arg(normalized(name).as_str())),
    };
    let solve =
        with_sources(problem, Solve::new(LOCK, "Resolve for all platforms", command).output_file(output.as_path()));
    match &problem.pins.text {
        Some(text) if !problem.asked.upgrade => solve.file(output.as_path(), text),
        _ => solve.file(folder.join(".keep"), ""),
    }
}

/// The same once more, held to what was found, as a list that says who requires what.
fn ask_parents(problem: &Problem<'_>, uv: &Path, answered: &Pylock) -> Solve {
    let output = problem.asked.scratch.path().join("parents").join("requirements.txt");
    let one =
        |(name, versions): (String, BTreeSet<String>)| Some(format!("{name}=={}\n", versions.into_iter().next()?));
    let pins: String = versions(answered).into_iter().filter_map(one).collect();
    let command = compile(problem, uv).arg("--output-file").arg(output.as_path());
    let solve = Solve::new(PARENTS, "Ask who requires what", command).output_file(output.as_path());
    with_sources(problem, solve.file(output.as_path(), &pins))
}

fn compile(problem: &Problem<'_>, uv: &Path) -> Command {
    let command = Command::new(uv).args(["pip", "compile", "--universal", "--no-header", "--no-progress"]);
    let command = if problem.request.offline { command.arg("--offline") } else { command };
    let command = command.arg("--python").arg(&problem.python.path).env("UV_PYTHON_DOWNLOADS", "never");
    let command = REMOVED.iter().fold(command, |command, name| command.env_remove(name));
    let sources = Sources::of(problem);
    let command = command.args(sources.requirements.iter().map(String::as_str));
    let command = sources.declared.iter().fold(command, |command, (path, _)| command.arg(path.as_path()));
    let command = match sources.built {
        Some(file) => {
            let command = command.arg(file);
            problem.wanted.extras.iter().fold(command, |command, extra| command.arg("--extra").arg(extra.as_str()))
        }
        None => command,
    };
    of_pip(problem, command)
}

fn with_sources(problem: &Problem<'_>, solve: Solve) -> Solve {
    let declared = Sources::of(problem).declared;
    declared.iter().fold(solve, |solve, (path, text)| solve.file(path.as_path(), text))
}

/// Where packages come from is said to pip: its settings hold for uv, which does not read them, unless uv is told otherwise.
fn of_pip(problem: &Problem<'_>, command: Command) -> Command {
    let (request, host) = (problem.request, problem.host);
    let prefix = prefix::prefix(request).unwrap_or_default();
    let settings = Settings::read(&prefix, &request.project(), host);
    let variable = |name: &str| host.variable(name)?.into_string().ok().filter(|value| !value.is_empty());
    let said = |key: &str| {
        let by_variable = variable(&format!("PIP_{}", key.to_uppercase().replace('-', "_")));
        by_variable.or_else(|| settings.get(key).map(|setting| setting.value.clone()))
    };
    let is_free = |names: &[&str]| names.iter().all(|name| variable(name).is_none());
    let words = |value: String, joint: &str| value.split_whitespace().collect::<Vec<_>>().join(joint);
    let sets = [
        ("index-url", "UV_DEFAULT_INDEX", &["UV_DEFAULT_INDEX", "UV_INDEX_URL"][..], " "),
        ("extra-index-url", "UV_EXTRA_INDEX_URL", &["UV_EXTRA_INDEX_URL", "UV_INDEX"][..], " "),
        ("find-links", "UV_FIND_LINKS", &["UV_FIND_LINKS"][..], ","),
        ("trusted-host", "UV_INSECURE_HOST", &["UV_INSECURE_HOST"][..], " "),
        ("cert", "SSL_CERT_FILE", &["SSL_CERT_FILE"][..], " "),
    ];
    let command = sets.into_iter().fold(command, |command, (key, name, theirs, joint)| {
        match said(key).filter(|_| is_free(theirs)) {
            Some(value) => command.env(name, words(value, joint)),
            None => command,
        }
    });
    let no_index =
        said("no-index").is_some_and(|value| ["1", "true", "yes", "on"].contains(&value.to_lowercase().as_str()));
    if no_index { command.arg("--no-index") } else { command }
}

/// By package those behind `# via`, in the lines below it.
fn parents(text: &str) -> Parents {
    let mut parents = Parents::new();
    let mut name = String::new();
    for line in text.lines() {
        let Some(comment) = line.trim_start().strip_prefix('#') else {
            let end = line.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
            name = normalized(&line[..end.unwrap_or(line.len())]);
            continue;
        };
        let comment = comment.trim();
        let parent = comment.strip_prefix("via").unwrap_or(comment).trim();
        // A file that names it is told by its line.
        if !parent.is_empty() && !parent.starts_with('-') && !parent.contains(['/', '(', ' ']) {
            parents.entry(name.clone()).or_default().insert(normalized(parent));
        }
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_requires_what_is_read() {
        let text = "leaf==2.0\n    # via mid\nmid==2.0 ; x\n    # via\n    #   -r r1.txt\n    #   top\n    #   Other_One\n\
             other-one==1.5\n    # via -r /tmp/declared.txt\ntop==2.0\n    # via app (pyproject.toml)\n";
        let told = parents(text);
        let of = |name: &str| told.get(name).map(|all| all.iter().cloned().collect::<Vec<_>>().join(" "));
        assert_eq!(of("leaf").as_deref(), Some("mid"));
        assert_eq!(of("mid").as_deref(), Some("other-one top"));
        assert_eq!((of("other-one"), of("top")), (None, None));
    }
}
