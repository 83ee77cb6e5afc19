//! `[tool.uv.sources]`: where the packages that a project asks for come from.

use std::path::Path;

use pep508_rs::MarkerTree;
use pyve_formats::dependencies::git_address;
use pyve_formats::pyproject::Pyproject;
use pyve_formats::python_name::normalized;
use pyve_formats::toml_file::Item;
use pyve_plugin_api::Requirement;

use crate::project::{Member, Project};

/// The table of sources.
const SOURCES: &str = "tool.uv.sources";

/// The list in which a requirement stands; some sources are for one only.
#[derive(Clone, Copy, Debug)]
pub enum List<'a> {
    Always,
    Extra(&'a str),
    Group(&'a str),
}

/// A requirement with the place that it comes from; an error says why no other backend can be told of it.
type Placed = Result<Requirement, String>;

/// What a member and the root of its workspace say of sources: the member's word counts.
pub struct Sources<'a> {
    pub project: &'a Project,
    pub member: &'a Member,
}

impl Sources<'_> {
    /// The requirement by each of its sources; as it is where it has none.
    pub fn placed(&self, one: &Requirement, list: List<'_>) -> Vec<Placed> {
        let said = |of: &'_ Member| {
            let entries = of.file.file().entries(SOURCES).unwrap_or_default();
            let own = entries.into_iter().find(|(name, _)| normalized(&name.text) == one.name.as_str())?;
            Some((own.1.clone(), of.folder.clone()))
        };
        let own = said(self.member).or_else(|| said(&self.project.root)).filter(|_| one.source.is_empty());
        let Some((item, folder)) = own else { return vec![Ok(one.clone())] };
        let item = &item;
        let tables = item.as_list().unwrap_or(std::slice::from_ref(item));
        let mut found = Vec::new();
        let mut rest = marker(&one.marker);
        for table in tables.iter().filter(|table| is_for(table, list)) {
            let own = table.get("marker").and_then(Item::as_text).unwrap_or_default();
            let (Some(left), Some(own)) = (&mut rest, marker(own)) else {
                found.push(Err(format!("the marker `{own}` of its source is none")));
                continue;
            };
            let mut here = left.clone();
            here.and(own.clone());
            left.and(own.negate());
            if !here.is_false() {
                let here =
                    Requirement { marker: here.try_to_string().unwrap_or_default().as_str().into(), ..one.clone() };
                match table.get("index").and_then(Item::as_text) {
                    // Others take it from any index: the requirement goes there, and what it loses is told.
                    Some(index) => {
                        found.extend([Ok(here), Err(format!("only the index `{index}` is asked for it"))]);
                    }
                    None => found.push(self.from(here, table, &folder)),
                }
            }
        }
        // Where no source applies it comes from an index, as if there were none.
        match rest.filter(|rest| !rest.is_false()) {
            Some(rest) if !found.is_empty() => {
                let marker = rest.try_to_string().unwrap_or_default();
                found.push(Ok(Requirement { marker: marker.as_str().into(), ..one.clone() }));
            }
            Some(_) => found.push(Ok(one.clone())),
            None => {}
        }
        found
    }

    /// The requirement from one source.
    fn from(&self, one: Requirement, table: &Item, folder: &Path) -> Placed {
        let text = |key: &str| table.get(key).and_then(Item::as_text);
        let is = |key: &str| table.get(key).and_then(Item::as_bool) == Some(true);
        let none = Requirement { constraint: Default::default(), ..one.clone() };
        if let Some(address) = git_address(table)? {
            return Ok(none.source(&address));
        }
        if let Some(url) = text("url") {
            let part = text("subdirectory").map(|part| format!("#subdirectory={part}")).unwrap_or_default();
            return Ok(none.source(&format!("{url}{part}")));
        }
        if let Some(path) = text("path") {
            let place = folder.join(path);
            return Ok(Requirement { editable: is("editable"), ..local(none, &place.to_string_lossy()) });
        }
        if is("workspace") {
            let member = self.project.members.iter().find(|member| member.declared.name == one.name.as_str());
            let member = member.ok_or_else(|| "it is no member of this workspace".to_owned())?;
            let path = if member.is_root() { ".".into() } else { member.folder.to_string_lossy() };
            let editable = table.get("editable").and_then(Item::as_bool) != Some(false);
            return Ok(Requirement { editable, ..local(none, &path) });
        }
        Err("its source is of an unknown kind".to_owned())
    }
}

/// A marker as it is compared; empty means everywhere.
fn marker(text: &str) -> Option<MarkerTree> {
    if text.is_empty() { Some(MarkerTree::TRUE) } else { text.parse().ok() }
}

fn is_for(table: &Item, list: List<'_>) -> bool {
    let said = |key: &str| table.get(key).and_then(Item::as_text).map(normalized);
    match (said("extra"), said("group"), list) {
        (None, None, _) => true,
        (Some(extra), _, List::Extra(own)) => extra == own,
        (_, Some(group), List::Group(own)) => group == own,
        _ => false,
    }
}

/// From a path, which pip tells from a name by its slash. Its extras stand behind it.
fn local(one: Requirement, path: &str) -> Requirement {
    let plain = !path.starts_with('.') && !Path::new(path).is_absolute();
    let extras: Vec<&str> = one.extras.iter().map(|extra| extra.as_str()).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let source = format!("{}{path}{extras}", if plain { "./" } else { "" });
    Requirement { extras: Default::default(), ..one.source(&source) }
}

/// The name that the project in a folder has, as indexes compare it.
pub fn project_name(folder: &Path) -> Option<String> {
    let file = Pyproject::read(folder).ok()??;
    let name = file.file().text("project.name").ok()??;
    Some(normalized(&name.text)).filter(|name| pyve_formats::python_name::is_valid(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Ecosystem;

    fn told(sources: &str, one: &Requirement, list: List<'_>, root: &Path) -> Vec<String> {
        std::fs::write(root.join("pyproject.toml"), format!("[project]\nname = 'top'\n{sources}")).unwrap();
        let project = Project::read(root).unwrap().unwrap();
        let line = |placed: Placed| placed.map_or_else(|why| format!("! {why}"), |it| it.pip_line());
        Sources { project: &project, member: &project.root }.placed(one, list).into_iter().map(line).collect()
    }

    #[test]
    fn each_kind_of_source_is_told_as_pip_writes_it() {
        let root = tempfile::tempdir().unwrap();
        for (folder, name) in [("packages/one", "Lib"), ("packages/two", "other")] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
            let text = format!("[project]\nname = \"{name}\"\n");
            std::fs::write(root.path().join(folder).join("pyproject.toml"), text).unwrap();
        }
        let lib = Requirement::new(Ecosystem::PYPI, "lib").constraint(">=1").extra("x");
        let workspace = "workspace = true}\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n";
        for (source, line) in [
            ("git = \"https://h/lib\", rev = \"main\"}", "lib[x] @ git+https://h/lib@main"),
            ("url = \"https://h/lib.zip\", subdirectory = \"a\"}", "lib[x] @ https://h/lib.zip#subdirectory=a"),
            ("path = \"lib\", editable = true}", "-e ./lib[x]"),
            ("path = \"../lib-1.0-py3-none-any.whl\"}", "../lib-1.0-py3-none-any.whl[x]"),
            (workspace, "-e ./packages/one[x]"),
            (
                &workspace.replace("[\"p", "[\"packages/two\", \"none\"]\nexclude = [\"p"),
                "! it is no member of this workspace",
            ),
            ("index = \"own\"}", "lib[x]>=1 / ! only the index `own` is asked for it"),
            ("of = \"own\"}", "! its source is of an unknown kind"),
            ("git = \"nowhere\"}", "! `nowhere` is not the address of a repository"),
            ("marker = \"oh no\", url = \"https://h/x\"}", "! the marker `oh no` of its source is none / lib[x]>=1"),
        ] {
            let text = format!("[tool.uv.sources]\nLIB = {{{source}");
            let told = told(&text, &lib, List::Always, root.path());
            assert_eq!(told.join(" / "), line, "{source}");
        }
    }

    #[test]
    fn a_source_for_some_leaves_the_others_to_the_index() {
        let lib = Requirement::new(Ecosystem::PYPI, "lib").constraint(">=1").marker("python_full_version >= '3.9'");
        let text = "[tool.uv.sources]\nlib = [{url = 'https://h/a.zip', marker = \"sys_platform == 'linux'\"},\n\
                    {url = 'https://h/b.zip', marker = \"sys_platform == 'darwin'\"}, {url = 'https://h/t.zip', group = 'test'}]\n";
        let root = tempfile::tempdir().unwrap();
        let all = told(text, &lib, List::Always, root.path());
        assert_eq!(
            all,
            [
                "lib @ https://h/a.zip ; python_full_version >= '3.9' and sys_platform == 'linux'",
                "lib @ https://h/b.zip ; python_full_version >= '3.9' and sys_platform == 'darwin'",
                "lib>=1 ; python_full_version >= '3.9' and sys_platform != 'darwin' and sys_platform != 'linux'",
            ]
        );
        let all = told(text, &lib, List::Group("test"), root.path());
        assert_eq!(
            all.last().unwrap(),
            "lib @ https://h/t.zip ; python_full_version >= '3.9' and sys_platform != 'darwin' and sys_platform != 'linux'"
        );
        assert_eq!(all.len(), 3);
    }
}
