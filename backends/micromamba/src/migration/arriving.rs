//! The answer to "how are these requirements written here?": entries of an environment file that is not there yet.

use std::collections::BTreeSet;

use pyve_formats::name_map;
use pyve_formats::package_names::{Counterpart, of_pypi};
use pyve_formats::python_name;
use pyve_formats::translation::applies::{Applies, of_marker};
use pyve_formats::translation::versions;
use pyve_plugin_api::{
    Adopted, AdoptedLine, Adoption, Command, Ecosystem, Error, Host, Request, Requirement, Requirements, Result,
    Variable,
};

use super::asked;
use super::text::{Entry, File};
use crate::{candidates, pyve};

/// Where no channel could be asked whether it has a package of this name.
const NOT_ASKED: &str = "not verified";

/// Where conda's own packages come from where nobody says otherwise.
const CHANNEL: &str = "conda-forge";

/// What becomes of each requirement, and the environment file.
pub fn adopted(request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
    let file = file(request);
    let mut adoption = Adoption::new();
    let mut written = File { channels: channels(requirements, request), ..File::default() };
    let names: Vec<String> = requirements.requirements.iter().filter_map(name_for_conda).collect();
    let missing = asked::missing(&names, &written.channels, request, host);
    let has_python = requirements.requirements.iter().any(|one| one.name == "python");
    if !has_python {
        written.entries.push(Entry::new("python"));
    }
    for one in &requirements.requirements {
        adoption = adoption.adopted(place(one, requirements, missing.as_ref(), &mut written));
    }
    for line in &requirements.sources {
        let line = line.as_str();
        adoption = adoption.line(match is_index(line) {
            true => AdoptedLine::changed(line, "", "pip's indexes are pip's own settings"),
            false => AdoptedLine::carried(line, line),
        });
    }
    for line in &requirements.others {
        adoption = adoption.line(other(line, &mut written));
    }
    for Variable { name, value, .. } in &requirements.variables {
        let said = format!("{name}={}", value.display());
        written.variables.push((name.to_string(), value.display().to_string()));
        adoption = adoption.line(AdoptedLine::carried(&said, &format!("{name} below variables:")));
    }
    let text = written.text();
    match there(request)? {
        None => Ok(adoption.write_file(&format!("Write {file}"), file, text)),
        // From the last time that the project was moved here.
        Some((_, known)) if known == text => Ok(adoption),
        Some((name, _)) => {
            let error = Error::new(format!("`{name}` is there already, and says something else than would be written"));
            let entries = written.entries.iter().take(10).map(|entry| format!("would be written: {}", entry.text));
            let other = pyve(&["init", "--backend", crate::describe::ID]);
            Err(entries
                .fold(error, Error::detail)
                .hint(format!("rename {name}, or use it as it is: {}", Command::to_string(&other))))
        }
    }
}

fn file(request: &Request) -> String {
    match request.is_named() {
        true => format!("environment.{}.yml", request.environment),
        false => "environment.yml".to_owned(),
    }
}

/// The environment file that counts today.
fn there(request: &Request) -> Result<Option<(String, String)>> {
    let Some(name) =
        candidates::specs(request).into_iter().find(|it| request.in_project(it).symlink_metadata().is_ok())
    else {
        return Ok(None);
    };
    let text = crate::yaml::read(&request.in_project(&name), &name)?;
    Ok(Some((name, text)))
}

/// Those that are said; else those that the settings have, of somebody who may have no other.
fn channels(requirements: &Requirements, request: &Request) -> Vec<String> {
    let said = requirements.sources.iter().map(ToString::to_string).filter(|source| !is_index(source));
    let of_settings = || request.list("channels").into_iter().map(str::to_owned).collect();
    let known = [said.collect::<Vec<_>>(), of_settings()].into_iter().find(|channels| !channels.is_empty());
    known.unwrap_or_else(|| vec![CHANNEL.to_owned()])
}

/// Whether a source is an index of packages for pip, by the address that PEP 503 gives it.
fn is_index(source: &str) -> bool {
    source.trim_end_matches('/').ends_with("/simple")
}

/// Puts a requirement into the file, and says what became of it.
fn place(one: &Requirement, all: &Requirements, missing: Option<&BTreeSet<String>>, file: &mut File) -> Adopted {
    if one.ecosystem == Ecosystem::CONDA {
        let entry = as_it_was(one);
        let text = entry.text.clone();
        file.entries.push(entry.noted(one));
        return Adopted::carried(one.clone(), &text);
    }
    let is_missing = |name: &String| missing.is_some_and(|missing| missing.contains(name));
    let placed = match name_for_conda(one).filter(is_missing) {
        Some(name) => Err(format!("no channel has a package `{name}`")),
        None => for_conda(one, all),
    };
    match placed {
        Ok(None) => Adopted::changed(one.clone(), "", "it applies to no platform and Python that this project has"),
        Ok(Some(placed)) => {
            let Placed { entries, changed, note } = placed;
            let shown = entries.iter().map(Entry::shown).collect::<Vec<_>>().join(", ");
            // Noted once, however many lines it becomes.
            let first = file.entries.len();
            file.entries.extend(entries);
            file.entries.iter_mut().skip(first).take(1).for_each(|entry| entry.noted = Some(one.clone()));
            match changed.as_slice() {
                [] if !note.is_empty() => Adopted { reason: note.into(), ..Adopted::carried(one.clone(), &shown) },
                [] if missing.is_none() && one.name != "python" => {
                    Adopted { reason: NOT_ASKED.into(), ..Adopted::carried(one.clone(), &shown) }
                }
                [] => Adopted::carried(one.clone(), &shown),
                changed => Adopted::changed(one.clone(), &shown, &changed.join("; ")),
            }
        }
        Err(why) => {
            let line = one.pip_line();
            file.pip.push(Entry::new(&line).noted(one));
            Adopted::changed(one.clone(), &format!("{line} below pip:"), &format!("pip installs it: {why}"))
        }
    }
}

/// What came from a file of conda's goes back as it was.
fn as_it_was(one: &Requirement) -> Entry {
    let build = if one.build.is_empty() { String::new() } else { format!("={}", one.build) };
    let spec = match one.constraint.is_empty() && build.is_empty() {
        true => one.name.to_string(),
        false => format!("{} {}{build}", one.name, one.constraint),
    };
    let text = match one.source.as_str() {
        "" => spec,
        // More than a channel, as `numpy[md5=…]` and addresses are, stands for itself.
        whole if one.name.is_empty() || whole.contains(['[', '/']) => whole.to_owned(),
        channel => format!("{channel}::{spec}"),
    };
    Entry { selector: Some(one.platform.to_string()).filter(|it| !it.is_empty()), ..Entry::new(&text) }
}

struct Placed {
    entries: Vec<Entry>,
    changed: Vec<String>,
    /// What else is to be said of it.
    note: &'static str,
}

/// As packages of conda's; why not, as half a sentence, where pip can do it all the same. None where it is wanted nowhere.
fn for_conda(one: &Requirement, all: &Requirements) -> std::result::Result<Option<Placed>, String> {
    if one.editable || !one.source.is_empty() || one.name.is_empty() {
        return Err("it is taken from an address or a directory".to_owned());
    }
    if !one.extras.is_empty() {
        return Err("conda's packages have no extras".to_owned());
    }
    let (name, mut changed, note) = name(one)?;
    let translated = versions::to_conda(&one.constraint)?;
    changed.extend(translated.changed);
    if !one.hashes.is_empty() {
        changed.push("hashes are kept by a lock file: `pyve lock`".to_owned());
    }
    let text = match translated.text.as_str() {
        "" => name,
        versions => format!("{name} {versions}"),
    };
    let entries = match of_marker(&one.marker, &all.python)? {
        Applies::Nowhere => return Ok(None),
        Applies::Everywhere if one.marker.is_empty() => vec![Entry::new(&text)],
        Applies::Everywhere => {
            changed.push(format!("`{}` is true wherever this project can be", one.marker));
            vec![Entry::new(&text)]
        }
        Applies::On(selectors) => {
            if selectors.len() > 1 {
                changed.push(format!("a line each for {}", selectors.join(", ")));
            }
            let on = |selector: &str| Entry { selector: Some(selector.to_owned()), ..Entry::new(&text) };
            selectors.into_iter().map(on).collect()
        }
    };
    Ok(Some(Placed { entries, changed, note }))
}

/// What a requirement of pip's is called in conda's channels, if it can be one of their packages.
fn name_for_conda(one: &Requirement) -> Option<String> {
    let is_package = one.ecosystem != Ecosystem::CONDA
        && !one.editable
        && one.source.is_empty()
        && one.extras.is_empty()
        && python_name::is_valid(&one.name);
    name(one).ok().map(|(name, ..)| name).filter(|name| is_package && !name.is_empty() && name != "python")
}

/// The name in the channel, what changes by it, and a note.
fn name(one: &Requirement) -> std::result::Result<(String, Vec<String>, &'static str), String> {
    let pypi = one.name.as_str();
    let listed = one.counterpart_names();
    let called = |conda: &str, why: String| Ok((conda.to_owned(), vec![why], ""));
    match of_pypi(pypi).or_listed(listed.as_deref()) {
        Counterpart::Named(conda) => called(conda, format!("{CHANNEL} calls it `{conda}`")),
        Counterpart::Listed(conda) if conda == pypi => Ok((conda.to_owned(), Vec::new(), name_map::HAS_IT)),
        Counterpart::Listed(conda) => called(conda, name_map::told(conda, listed.as_deref().unwrap_or_default())),
        Counterpart::Trap(trap) => match trap.pypi_in_conda {
            Some(conda) => called(conda, format!("{CHANNEL} calls it `{conda}`; its `{pypi}` is {}", trap.on_conda)),
            None => Err(format!("{CHANNEL} does not have it; its `{pypi}` is {}", trap.on_conda)),
        },
        Counterpart::Unlisted => Err(format!("by the name map {CHANNEL}'s `{pypi}` is something else")),
        Counterpart::OnlyConda | Counterpart::Unknown => Ok((pypi.to_owned(), Vec::new(), "")),
    }
}

/// Options of pip's stand in its list, where there is one.
fn other(line: &str, file: &mut File) -> AdoptedLine {
    match line.split_once(": ").filter(|(_, text)| text.starts_with('-')) {
        Some((_, text)) => {
            file.options.push(text.to_owned());
            AdoptedLine::carried(line, &format!("{text} below pip:"))
        }
        None => AdoptedLine::impossible(line, "an environment file has nothing like it"),
    }
}
