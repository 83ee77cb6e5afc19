//! What a project's own files say it depends on, in the words that pip takes.
//!
//! Read are the standard tables of `pyproject.toml` (PEP 621, PEP 735) and those of Poetry, PDM and uv beside them, and a
//! `Pipfile`. What means something that pip cannot be told is a [`Fault`], never left out in silence.

mod constraint;
mod pipfile;
mod poetry;
mod source;
mod standard;

use std::collections::{BTreeMap, BTreeSet};

pub use pipfile::NAME as PIPFILE;
pub use source::git as git_address;

use crate::python_name::normalized;
use crate::requirement::Requirement;
use crate::requirements::Origin;

/// One dependency, as an argument of `pip install`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// A requirement by PEP 508; for an editable one a path or an address.
    pub text: String,
    /// Whether it is a project to be installed as it stands (`-e`).
    pub editable: bool,
    /// Where it stands.
    pub origin: Origin,
}

impl Dependency {
    /// An argument that was put together from a table: what is no requirement by then might be an option of pip's.
    fn put_together(text: String, editable: bool, origin: Origin) -> Result<Self, Fault> {
        if editable || Requirement::parse(&text).is_some() {
            return Ok(Self { text, editable, origin });
        }
        Err(Fault { origin, why: format!("`{text}` is not a requirement by PEP 508"), tool: None })
    }

    /// The package that is asked for; `None` where only who builds it knows the name.
    pub fn requirement(&self) -> Option<Requirement> {
        if self.editable { Requirement::of_address(&self.text) } else { Requirement::of_line(&self.text) }
    }
}

/// A dependency that pip cannot be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands.
    pub origin: Origin,
    /// Half a sentence: `` `a` is taken from the source `b` ``.
    pub why: String,
    /// The tool whose word it is, and which understands it; `None` where the word is wrong for all.
    pub tool: Option<&'static str>,
}

/// What a list of dependencies says, line for line.
pub type List = Vec<Result<Dependency, Fault>>;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The name of the project, as indexes compare it; empty where the file does not say it.
    pub name: String,
    /// The tool whose own tables say it, where they are not the standard's: `Poetry`.
    pub tool: Option<&'static str>,
    /// What the project always needs.
    pub dependencies: List,
    /// By name, as indexes compare them.
    pub extras: BTreeMap<String, List>,
    /// By name, as indexes compare them: what is needed to work on the project, and is no part of its package.
    pub groups: BTreeMap<String, List>,
    /// Whether only who builds the project knows its dependencies.
    pub dynamic_dependencies: bool,
    /// Whether only who builds the project knows its extras.
    pub dynamic_extras: bool,
}

impl Declared {
    /// Adds to a group what another table says of it.
    fn add_group(&mut self, name: &str, list: List) {
        self.groups.entry(normalized(name)).or_default().extend(list);
    }

    /// The lines of a list, where the project's own extras (`app[docs]`) stand for what is in them.
    pub fn expanded<'a>(&'a self, list: &'a [Result<Dependency, Fault>]) -> Vec<&'a Result<Dependency, Fault>> {
        let mut found = Vec::new();
        let (mut open, mut seen) = (vec![list.iter()], BTreeSet::new());
        while let Some(lines) = open.last_mut() {
            let Some(line) = lines.next() else {
                open.pop();
                continue;
            };
            match line.as_ref().ok().and_then(|line| self.own_extras(line)) {
                None => found.push(line),
                Some(extras) => {
                    let new = extras.into_iter().filter(|extra| seen.insert(extra.clone()));
                    open.extend(new.filter_map(|extra| Some(self.extras.get(&extra)?.iter())));
                }
            }
        }
        found
    }

    /// The extras of the project itself that a line stands for.
    fn own_extras(&self, line: &Dependency) -> Option<Vec<String>> {
        if self.name.is_empty() || line.editable {
            return None;
        }
        let requirement = line.requirement()?;
        let own = requirement.name == self.name && requirement.url.is_none() && !requirement.extras.is_empty();
        own.then_some(requirement.extras)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projects_own_extras_stand_for_what_is_in_them() {
        let line = |text: &str| {
            let origin = Origin { file: "pyproject.toml".into(), line: 1 };
            Ok(Dependency { text: text.to_owned(), editable: false, origin })
        };
        let extras =
            [("all", vec!["App[docs,test]", "x"]), ("docs", vec!["sphinx"]), ("test", vec!["app[all]", "pytest"])];
        let extras = extras.map(|(name, texts)| (name.to_owned(), texts.into_iter().map(line).collect::<List>()));
        let declared = Declared { name: "app".to_owned(), extras: extras.into(), ..Declared::default() };
        let list = vec![line("app[all]"), line("six"), line("app")];
        let texts = |list: &List| {
            let all: Vec<String> = declared.expanded(list).iter().map(|it| it.as_ref().unwrap().text.clone()).collect();
            all.join(" ")
        };
        assert_eq!(texts(&list), "pytest sphinx x six app");
        let nameless = Declared { name: String::new(), ..declared.clone() };
        assert_eq!(nameless.expanded(&list).len(), 3);
    }
}
