//! What uv accepts of what pip does, and in which of its files.

use pyve_plugin_api::{Requirement, Requirements};

use super::arriving::Translated;
use super::settings;

/// Whether only a file of requirements can say it: what has no name, and what a variable is part of.
pub fn needs_file(one: &Requirement) -> bool {
    let source = one.source.as_str();
    !matches!(source, "" | ".")
        && (one.name.is_empty() || source.contains("${") || one.editable && source.starts_with("file:"))
}

/// Whether `uv pip` heeds all of it in a file of requirements.
pub fn is_whole_in_file(all: &[Translated], from: &Requirements) -> bool {
    let is_taken = |one: &Requirement| for_uv(one).is_ok_and(|(_, changed)| changed.is_empty());
    let is_heeded = |line: &str| line.ends_with(settings::CONSTRAINT) || settings::is_heeded(text_in(line));
    all.iter().flatten().all(|(one, _)| is_taken(one)) && from.others.iter().all(|line| is_heeded(line))
}

/// The line without its place.
pub fn text_in(line: &str) -> &str {
    line.split_once(": ").map_or(line, |(_, text)| text)
}

/// Whether nothing has to be written for it.
pub fn is_nothing(one: &Requirement) -> bool {
    one.name.is_empty() && one.source.is_empty()
}

/// What uv takes where pip takes more.
pub fn for_uv(one: &Requirement) -> std::result::Result<(Requirement, Vec<String>), String> {
    let Some(scheme) = one.source.split_once("://").map(|(scheme, _)| scheme) else { return Ok((one.clone(), vec![])) };
    if let Some(control) = ["hg", "svn", "bzr"].into_iter().find(|it| scheme.starts_with(&format!("{it}+"))) {
        return Err(format!("uv takes no packages from repositories of {control}"));
    }
    if !one.editable || scheme == "file" {
        return Ok((one.clone(), Vec::new()));
    }
    let changed = vec!["uv installs what is in a repository, and keeps no checkout to be edited".to_owned()];
    Ok((Requirement { editable: false, ..one.clone() }, changed))
}
