//! The answer to "how are these requirements written here?": lines of a file of requirements that pip reads.

use pyve_formats::sorted;
use std::collections::BTreeSet;

use pyve_formats::read::{self, Limit};
use pyve_formats::shell_word::quoted;
use pyve_formats::translation::of_conda::{Spec, on_pypi};
use pyve_formats::translation::{applies, versions};
use pyve_pip::comments;
use pyve_plugin_api::{
    Adopted, AdoptedLine, Adoption, Ecosystem, Error, Fate, Host, Request, Requirement, Requirements, Result,
};

use super::{asked, leaving};

/// The file that pins a Python for pyve, uv and pyenv alike.
const PIN: &str = ".python-version";
/// The file of the variables that pyve sets in an environment.
const VARIABLES: &str = ".env";

/// Where no index could be asked whether it has a package of this name.
const NOT_ASKED: &str = "not verified";

/// A line of the file, or why there is none.
struct Written {
    line: String,
    /// The name of a package that was only known by conda's.
    name: Option<String>,
    /// What is not quite the same.
    changed: Vec<String>,
    /// What else is to be said of it.
    note: &'static str,
}

/// What becomes of each requirement, and the files that are to be written. What the project's files say already is not
/// written again.
pub fn adopted(request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
    let said = leaving::requirements(request, host)?;
    let known: BTreeSet<String> = sorted::set(said.requirements.iter().map(Requirement::pip_line));
    let mut adoption = Adoption::new();
    let mut lines: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut pin = None;
    let translated: Vec<_> = requirements.requirements.iter().map(written).collect();
    let names: Vec<String> = translated.iter().flatten().filter_map(|written| written.name.clone()).collect();
    let missing = asked::missing(&names, request, host);
    for (one, written) in requirements.requirements.iter().zip(translated) {
        let adopted = match written.and_then(|written| found(written, missing.as_ref())) {
            _ if one.name == "python" => python(one, request, &mut pin)?,
            Err(why) => Adopted::impossible(one.clone(), &why),
            Ok(Written { line, changed, note, .. }) => {
                if !line.is_empty() && !known.contains(&line) && !lines.contains(&line) {
                    lines.push(line.clone());
                    text += &comments::block(one, "", &line);
                }
                match changed.as_slice() {
                    [] => Adopted { reason: note.into(), ..Adopted::carried(one.clone(), &line) },
                    changed => Adopted::changed(one.clone(), &line, &changed.join("; ")),
                }
            }
        };
        let unsure = one.ecosystem == Ecosystem::CONDA && missing.is_none() && adopted.fate == Fate::CARRIED;
        let unsure = unsure && !adopted.written.is_empty() && adopted.reason.is_empty() && one.name != "python";
        adoption = adoption.adopted(if unsure { Adopted { reason: NOT_ASKED.into(), ..adopted } } else { adopted });
    }
    let mut options = Vec::new();
    for line in requirements.sources.iter().map(|channel| of_channel(channel)).chain(others(requirements, &mut options))
    {
        adoption = adoption.line(line);
    }
    adoption = with_variables(adoption, requirements, request)?;
    if let Some(pin) = pin {
        adoption = adoption.write_file(&format!("Pin the Python in {PIN}"), PIN, format!("{pin}\n"));
    }
    let text = options.iter().map(|option| format!("{option}\n")).collect::<String>() + &text;
    options.extend(lines);
    with_lines(adoption, &options, &text, request)
}

/// Those that are not there yet, in a file that is not there yet; `text` has them with their comments.
fn with_lines(adoption: Adoption, lines: &[String], text: &str, request: &Request) -> Result<Adoption> {
    if lines.is_empty() {
        return Ok(adoption);
    }
    let file = match request.is_named() {
        true => format!("requirements-{}.txt", request.environment),
        false => "requirements.txt".to_owned(),
    };
    if request.in_project(&file).symlink_metadata().is_ok() {
        let error = Error::new(format!("`{file}` is there already, and does not say all that would be written"));
        let error = lines.iter().take(10).fold(error, |error, line| error.detail(format!("not in it: {line}")));
        return Err(error.hint(format!("add these lines to {file}, or rename it, then run the same command again")));
    }
    Ok(adoption.write_file(&format!("Write {file}"), file, text))
}

fn written(one: &Requirement) -> std::result::Result<Written, String> {
    if one.ecosystem != Ecosystem::CONDA {
        let marker = applies::marker(&one.marker, &one.platform)?;
        let line = Requirement { marker: marker.into(), ..one.clone() }.pip_line();
        return Ok(Written { line, name: None, changed: Vec::new(), note: "" });
    }
    if one.name == "pip" {
        let changed = vec!["each environment has pip".to_owned()];
        return Ok(Written { line: String::new(), name: None, changed, note: "" });
    }
    let Requirement { name, constraint, build, source, platform, .. } = one;
    let listed = one.counterpart_names();
    let found = on_pypi(&Spec { name, constraint, build, channel: source, platform, listed: listed.as_deref() })?;
    let there = Requirement::new(Ecosystem::PYPI, &found.name).constraint(&found.constraint).marker(&found.marker);
    Ok(Written { line: there.pip_line(), name: Some(found.name), changed: found.changed, note: found.note })
}

/// What an index has.
fn found(written: Written, missing: Option<&BTreeSet<String>>) -> std::result::Result<Written, String> {
    let name = written.name.as_deref().filter(|name| missing.is_some_and(|missing| missing.contains(*name)));
    match name {
        Some(name) => Err(format!("no index has a package `{name}`")),
        None => Ok(written),
    }
}

/// A pin is one version, or one minor version; any other range is no file's of pip's.
fn python(one: &Requirement, request: &Request, pin: &mut Option<String>) -> Result<Adopted> {
    let constraint = match one.ecosystem {
        Ecosystem::CONDA => match versions::to_pypi(&one.constraint) {
            Ok(translated) => translated.text,
            Err(why) => return Ok(Adopted::impossible(one.clone(), &why)),
        },
        _ => one.constraint.to_string(),
    };
    let exact = constraint.strip_prefix("==").map(|version| version.strip_suffix(".*").unwrap_or(version));
    let Some(version) = exact.filter(|version| !version.contains(',')) else {
        return Ok(match constraint.is_empty() {
            true => Adopted::carried(one.clone(), ""),
            false => Adopted::changed(one.clone(), "", "the Python that is found is recorded, and not asked for again"),
        });
    };
    let there = text_of(request, PIN)?;
    match there.as_deref().map(str::trim) {
        Some(said) if said != version => Ok(Adopted::impossible(
            one.clone(),
            &format!("`{PIN}` asks for Python {said}; remove it, or change it to {version}"),
        )),
        Some(_) => Ok(Adopted::carried(one.clone(), &format!("{version} in {PIN}"))),
        None => {
            *pin = Some(version.to_owned());
            Ok(Adopted::carried(one.clone(), &format!("{version} in {PIN}")))
        }
    }
}

fn of_channel(channel: &str) -> AdoptedLine {
    AdoptedLine::changed(channel, "", "packages come from PyPI, or the index that pip is set to")
}

/// Options of pip's are lines of its files; anything else is told.
fn others(requirements: &Requirements, options: &mut Vec<String>) -> Vec<AdoptedLine> {
    let one = |line: &str| match line.split_once(": ").filter(|(_, text)| text.starts_with('-')) {
        Some((_, text)) => {
            options.push(text.to_owned());
            AdoptedLine::carried(line, text)
        }
        None => AdoptedLine::impossible(line, "it means nothing to pip"),
    };
    requirements.others.iter().map(|line| line.as_str()).map(one).collect()
}

/// Variables go where pyve reads those of every environment.
fn with_variables(adoption: Adoption, requirements: &Requirements, request: &Request) -> Result<Adoption> {
    let there = text_of(request, VARIABLES)?;
    let mut lines: Vec<String> = Vec::new();
    let mut adoption = adoption;
    for variable in &requirements.variables {
        let line = format!("{}={}", variable.name, quoted(&variable.value.display().to_string()));
        let from = format!("{}={}", variable.name, variable.value.display());
        let known = there.as_deref().is_some_and(|text| text.lines().any(|known| known == line));
        adoption = adoption.line(match &there {
            // Also where it is empty, as pyve creates it: what is there is not written over.
            Some(_) if !known => {
                AdoptedLine::impossible(&from, &format!("`{VARIABLES}` is there already: add `{line}` to it"))
            }
            _ => AdoptedLine::carried(&from, &format!("{line} in {VARIABLES}")),
        });
        lines.extend(Some(line).filter(|_| there.is_none()));
    }
    Ok(match lines.is_empty() {
        true => adoption,
        false => adoption.write_file(&format!("Write {VARIABLES}"), VARIABLES, lines.join("\n") + "\n"),
    })
}

fn text_of(request: &Request, file: &str) -> Result<Option<String>> {
    read::text(request.in_project(file), Limit::PROJECT).map_err(crate::unreadable)
}
