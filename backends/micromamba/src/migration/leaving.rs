//! The answer to "what do the project's files ask for?": an environment file, for all platforms.

use std::path::Path;

use pyve_formats::comments::Comments;
use pyve_formats::environment_yml::{DeclaredEntry, declared};
use pyve_formats::match_spec::{self, MatchSpec};
use pyve_formats::requirements;
use pyve_formats::translation::versions;
use pyve_pip::comments::commented;
use pyve_pip::requirement;
use pyve_plugin_api::{Ecosystem, Error, Request, Requirement, Requirements, Result, Variable};

use super::from_lock;
use crate::candidates;
use crate::environment::Environment;
use crate::lock::is_lock_name;
use crate::yaml;

/// All that the environment file asks for, in its order.
pub fn requirements(request: &Request) -> Result<Requirements> {
    let file = file(request)?;
    let path = request.in_project(&file);
    // What cannot be understood for this platform is told as when an environment is created from it.
    let environment = Environment::read(&path, &file)?;
    let mut found = Requirements::new();
    let text = yaml::read(&path, &file)?;
    let Some(root) = yaml::parse(&text, &file)? else { return Ok(found) };
    let (lines, entries): (Vec<&str>, _) = (text.lines().collect(), declared(&root));
    for entry in &entries {
        let origin = format!("{file}:{}", entry.line);
        let first = found.requirements.len();
        match entry.pip {
            true => of_pip(entry, &path, &origin, &mut found)?,
            false => of_conda(entry, &origin, &mut found),
        }
        // Of a line that says more than one nobody knows which is meant.
        let is_alone = entries.iter().filter(|it| it.line == entry.line).count() == 1;
        let is_item = lines.get(entry.line.saturating_sub(1)).is_some_and(|line| line.trim_start().starts_with("- "));
        if let Some(one) = found.requirements.get_mut(first).filter(|_| is_alone && is_item) {
            *one = commented(one.clone(), &Comments::of(&lines, entry.line));
        }
    }
    found.sources = environment.content.channels.iter().map(|channel| channel.as_str().into()).collect();
    let variable = |(name, value): (&String, &String)| Variable::new(name, value);
    found.variables = environment.content.variables.iter().map(variable).collect();
    match request.from_lock {
        true => from_lock::pinned(request, found),
        false => Ok(found),
    }
}

/// The environment file, also where the environment was created from its lock.
fn file(request: &Request) -> Result<String> {
    if let Some(file) = request.text("env_file").filter(|file| !is_lock_name(file)) {
        return Ok(file.to_owned());
    }
    let there = candidates::specs(request).into_iter().find(|file| request.in_project(file).exists());
    there.ok_or_else(|| {
        Error::new("there is no environment.yml that says what the project asks for")
            .hint("name the environment file with `--env-file`, or write one")
    })
}

fn of_conda(entry: &DeclaredEntry, origin: &str, found: &mut Requirements) {
    let mut one = Requirement::new(Ecosystem::CONDA, "").origin(origin);
    match match_spec::divided(&entry.text) {
        Some(spec) => {
            one.name = spec.name.as_str().into();
            one.constraint = spec.version.as_str().into();
            one.build = spec.build.as_str().into();
            one.source = spec.channel.as_str().into();
        }
        // An address of a package, or keys in brackets: only conda's own tools understand it.
        None => {
            one.name = MatchSpec::parse(&entry.text).map(|spec| spec.name).unwrap_or_default().into();
            one.source = entry.text.as_str().into();
        }
    }
    // The innermost says most.
    one.platform = entry.selectors.last().map(String::as_str).unwrap_or_default().into();
    if one.name == "python" && one.platform.is_empty() {
        found.python = versions::to_pypi(&one.constraint).map(|python| python.text).unwrap_or_default().into();
    }
    found.requirements.push(one);
}

fn of_pip(entry: &DeclaredEntry, path: &Path, origin: &str, found: &mut Requirements) -> Result<()> {
    let unreadable = |error: pyve_formats::read::ReadError| Error::new(error.to_string()).hint(error.hint());
    let read = requirements::of_text(&entry.text, path, &|_| None).map_err(unreadable)?;
    let platform = entry.selectors.last().map(String::as_str).unwrap_or_default();
    let mut model: Vec<Requirement> = read.entries.iter().map(|it| requirement::of_entry(it, origin)).collect();
    model.iter_mut().for_each(|one| one.platform = platform.into());
    found.requirements.extend(model);
    let others = read.others.iter().map(|other| format!("{origin}: {}", other.written).into());
    found.others.extend(others);
    Ok(())
}
