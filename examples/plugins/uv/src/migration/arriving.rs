//! The answer to "how are these requirements written here?": each in PyPI's words, and what becomes of it.

use pyve_formats::read::{self, Limit};
use pyve_formats::shell_word::quoted;
use pyve_formats::translation::of_conda::{Spec, on_pypi};
use pyve_formats::translation::{applies, versions};
use pyve_plugin_api::{
    Adopted, AdoptedLine, Adoption, Ecosystem, Fate, Host, Request, Requirement, Requirements, Result, Variable,
};

use super::sheet::divided;
use super::target::Target;
use super::{asked, leaving, sources, unreadable};

/// The file of the variables that pyve sets in an environment.
const VARIABLES: &str = ".env";
/// Where no index could be asked whether it has a package of this name.
const NOT_ASKED: &str = "not verified";

/// A requirement in PyPI's words, and what is not quite the same in them; or why there is none.
pub type Translated = std::result::Result<(Requirement, Vec<String>), String>;

/// What becomes of one line: as it is written there, and what is not quite the same.
pub type Taken = std::result::Result<(String, Vec<String>), String>;

/// What becomes of each requirement, and the files that are to be written.
pub fn adopted(request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
    let own = leaving::requirements(request, host)?;
    let mut translated: Vec<Translated> =
        requirements.requirements.iter().map(|one| translated(one, request)).collect();
    let guessed = |(from, to): (&Requirement, &Translated)| {
        let name = to.as_ref().ok().map(|(to, _)| to.name.to_string());
        name.filter(|name| from.ecosystem == Ecosystem::CONDA && !["", "python"].contains(&name.as_str()))
    };
    let names: Vec<String> = requirements.requirements.iter().zip(&translated).filter_map(guessed).collect();
    let missing = asked::missing(&names, request, host);
    for one in &mut translated {
        if let Ok((to, _)) = one
            && missing.as_ref().is_some_and(|missing| missing.contains(to.name.as_str()))
        {
            *one = Err(format!("no index has a package `{}`", to.name));
        }
    }
    let mut target = Target::of(request, &own, &translated, requirements, host)?;
    let mut adoption = Adoption::new();
    for (one, translated) in requirements.requirements.iter().zip(translated) {
        let adopted = match translated {
            Err(why) => Adopted::impossible(one.clone(), &why),
            Ok((to, _)) if one.name == "python" => target.python(one, &to, request)?,
            Ok((to, changed)) => {
                let (comments_above, comment) = (one.comments_above.clone(), one.comment.clone());
                let to = Requirement { comments_above, comment, ..to };
                let unsure = one.ecosystem == Ecosystem::CONDA && missing.is_none() && !to.name.is_empty();
                match told(one, target.take(&to), changed) {
                    carried if unsure && carried.fate == Fate::CARRIED => {
                        Adopted { reason: NOT_ASKED.into(), ..carried }
                    }
                    other => other,
                }
            }
        };
        adoption = adoption.adopted(adopted);
    }
    for source in &requirements.sources {
        let reason = "packages come from PyPI, or the index that uv is set to";
        adoption = adoption.line(AdoptedLine::changed(source, "", reason));
    }
    for line in &requirements.others {
        adoption = adoption.line(target.other(line));
    }
    target.write(with_variables(adoption, &requirements.variables, request)?, request, host)
}

fn told(from: &Requirement, taken: Taken, mut changed: Vec<String>) -> Adopted {
    match taken {
        Err(why) => Adopted::impossible(from.clone(), &why),
        Ok((written, more)) => {
            changed.extend(more);
            match changed.as_slice() {
                [] => Adopted::carried(from.clone(), &written),
                changed => Adopted::changed(from.clone(), &written, &changed.join("; ")),
            }
        }
    }
}

/// A requirement in PyPI's words; one without name and source is wanted by nobody there.
fn translated(one: &Requirement, request: &Request) -> Translated {
    if one.ecosystem != Ecosystem::CONDA {
        let marker = applies::marker(&one.marker, &one.platform)?;
        let is_directory = one.name.is_empty() && !one.source.contains("://");
        let name = is_directory.then(|| sources::project_name(&request.in_project(divided(&one.source).0))).flatten();
        let name = name.map_or_else(|| one.name.clone(), Into::into);
        return Ok((Requirement { name, marker: marker.into(), ..one.clone() }, Vec::new()));
    }
    let to = Requirement::new(Ecosystem::PYPI, &one.name).origin(&one.origin);
    match one.name.as_str() {
        "python" => return Ok((to.constraint(&versions::to_pypi(&one.constraint)?.text), Vec::new())),
        "pip" => {
            let changed = vec!["uv installs packages itself".to_owned()];
            return Ok((Requirement::new(Ecosystem::PYPI, ""), changed));
        }
        _ => {}
    }
    let Requirement { name, constraint, build, source, platform, .. } = one;
    let listed = one.counterpart_names();
    let found = on_pypi(&Spec { name, constraint, build, channel: source, platform, listed: listed.as_deref() })?;
    let to = Requirement { name: found.name.into(), ..to };
    Ok((to.constraint(&found.constraint).marker(&found.marker), found.changed))
}

/// Variables go where pyve reads those of every environment; a file that is there, and be it empty, stays as it is.
fn with_variables(mut adoption: Adoption, variables: &[Variable], request: &Request) -> Result<Adoption> {
    let there = text_of(request, VARIABLES)?;
    let mut text = String::new();
    for Variable { name, value, .. } in variables {
        let (from, line) = (format!("{name}={}", value.display()), format!("{name}={}", quoted(&value.display())));
        let fits = there.as_ref().is_none_or(|text| text.lines().any(|known| known == line));
        adoption = adoption.line(match fits {
            true => AdoptedLine::carried(&from, &format!("{line} in {VARIABLES}")),
            false => AdoptedLine::impossible(&from, &format!("`{VARIABLES}` is there already: add `{line}` to it")),
        });
        text += &format!("{line}\n");
    }
    let write = there.is_none() && !text.is_empty();
    Ok(if write { adoption.write_file(&format!("Write {VARIABLES}"), VARIABLES, text) } else { adoption })
}

pub fn text_of(request: &Request, file: &str) -> Result<Option<String>> {
    read::text(request.in_project(file), Limit::PROJECT).map_err(unreadable)
}
