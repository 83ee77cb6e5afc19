//! Dependency groups as `uv.lock` notes them: those of a member with its package, those of a root that is no project by themselves.

use std::collections::BTreeSet;

use pyve_formats::python_name::normalized;
use pyve_formats::toml_file::Item;

use super::asked::{Asked, Compared, List, compared, list};
use super::file::Locked;
use super::source::Sources;
use crate::project::{Member, Project};

/// Since then uv notes which groups are installed by default.
const NOTES_DEFAULTS: u32 = 5;

/// What differs, a line each; `noted` is the table of the groups, and `defaults` what is noted of the default ones.
pub fn differences(
    member: &Member,
    project: &Project,
    locked: &Locked,
    (noted, defaults): (Option<&Item>, Option<&Item>),
) -> Vec<String> {
    let pythons = &locked.pythons();
    let (file, groups) = (member.shown(), &member.declared.groups);
    let sources = Sources { project, member };
    // What `requires-python` of a group says is in the markers of its lines.
    let markers = member.file.file().item("tool.uv.dependency-groups").is_none();
    let mut reasons = Vec::new();
    for (name, lines) in groups {
        let asked: Vec<Asked> =
            lines.iter().flat_map(|line| Asked::of_line(line, List::Group(name), &sources, &file)).collect();
        let within = format!(" for the group {name}");
        let what = Compared { pythons, extras: &[], markers, within: &within };
        reasons.extend(compared(&asked, &list(noted.and_then(|noted| noted.get(name))), &what));
    }
    let entries = noted.and_then(|noted| noted.entries("groups").ok()).unwrap_or_default();
    let gone = entries.iter().filter(|(name, _)| !groups.contains_key(&normalized(&name.text)));
    reasons.extend(gone.map(|(name, _)| format!("the group `{}` is locked, but {file} no longer has it", name.text)));
    if locked.revision >= NOTES_DEFAULTS && !are_same_defaults(member, defaults) {
        reasons.push(format!("{file} has other default-groups than are locked"));
    }
    reasons
}

fn are_same_defaults(member: &Member, noted: Option<&Item>) -> bool {
    let noted = match (noted.and_then(Item::as_text), noted.and_then(Item::as_list)) {
        (Some("all"), _) => None,
        (_, Some(list)) => Some(list.iter().filter_map(Item::as_text).map(normalized).collect()),
        _ => Some(BTreeSet::from(["dev".to_owned()])),
    };
    member.default_groups().map(BTreeSet::from_iter) == noted
}
