//! The tables of `pyproject.toml` that all tools share: `[project]` (PEP 621) and `[dependency-groups]` (PEP 735), and the
//! groups of PDM and uv, which are written alike.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Declared, Dependency, Fault, List, poetry};
use crate::Written;
use crate::pyproject::{Pyproject, PyprojectError};
use crate::python_name::normalized;
use crate::requirement::Requirement;
use crate::requirements::Origin;
use crate::toml_file::{Item, TomlError, TomlFile};

const GROUPS: &str = "dependency-groups";

/// So many lines a group may have; more come about only where groups include each other again and again.
const MOST_LINES: usize = 2_000;

impl Declared {
    /// What a `pyproject.toml` declares.
    pub fn of_pyproject(file: &Pyproject) -> Result<Self, PyprojectError> {
        read(file.file(), file.path()).map_err(|error| file.error(error))
    }
}

fn read(file: &TomlFile, path: &Path) -> Result<Declared, TomlError> {
    let reader = Reader { file, path };
    let mut declared = Declared::default();
    let name = file.text("project.name")?.or(file.text("tool.poetry.name")?);
    declared.name = name.map(|name| normalized(&name.text)).unwrap_or_default();
    let dynamic = file.texts("project.dynamic")?;
    let is_dynamic = |field: &str| dynamic.iter().any(|known| known.text == field);
    declared.dependencies = reader.list(file.texts("project.dependencies")?);
    for (extra, item) in file.entries("project.optional-dependencies")? {
        let texts = item.texts(&format!("project.optional-dependencies.{}", extra.text))?;
        declared.extras.entry(normalized(&extra.text)).or_default().extend(reader.list(texts));
    }
    let by_poetry = file.line("project.dependencies").is_none() && file.line("tool.poetry.dependencies").is_some();
    declared.dynamic_dependencies = is_dynamic("dependencies") && !by_poetry;
    declared.dynamic_extras = is_dynamic("optional-dependencies") && !by_poetry;
    reader.groups(&mut declared)?;
    poetry::read(file, path, by_poetry, &mut declared)?;
    for table in ["tool.pdm.dev-dependencies", "tool.uv.dev-dependencies"] {
        let Some(item) = file.item(table) else { continue };
        // uv has only one such group.
        if item.as_list().is_some() {
            declared.add_group("dev", reader.list(item.texts(table)?));
            continue;
        }
        for (name, item) in file.entries(table)? {
            declared.add_group(&name.text, reader.list(item.texts(&format!("{table}.{}", name.text))?));
        }
    }
    Ok(declared)
}

struct Reader<'a> {
    file: &'a TomlFile,
    path: &'a Path,
}

impl Reader<'_> {
    fn list(&self, texts: Vec<Written>) -> List {
        texts.into_iter().map(|text| self.line(text)).collect()
    }

    fn line(&self, Written { text, line }: Written) -> Result<Dependency, Fault> {
        let origin = Origin { file: self.path.to_owned(), line };
        // PDM marks what is installed as it stands as pip's own command line does.
        if let Some(place) = text.strip_prefix("-e ") {
            return Ok(Dependency { text: place.trim().to_owned(), editable: true, origin });
        }
        match Requirement::parse(&text) {
            Some(_) => Ok(Dependency { text: text.trim().to_owned(), editable: false, origin }),
            None => Err(Fault { origin, why: format!("`{text}` is not a requirement by PEP 508"), tool: None }),
        }
    }

    fn groups(&self, declared: &mut Declared) -> Result<(), TomlError> {
        let groups = self.file.entries(GROUPS)?;
        for (at, (name, _)) in groups.iter().enumerate() {
            if let Some((other, _)) =
                groups[..at].iter().find(|(other, _)| normalized(&other.text) == normalized(&name.text))
            {
                let words = format!("the groups `{}` and `{}` have the same name", other.text, name.text);
                return Err(TomlError { line: name.line, words });
            }
        }
        for (name, _) in &groups {
            let _ = self.group(&groups, name, &mut Vec::new(), &mut declared.groups)?;
        }
        Ok(())
    }

    /// The lines of a group with those of the groups that it includes; `within` are the groups that led to it, and `done`
    /// those that are known.
    fn group(
        &self,
        all: &[&(Written, Item)],
        name: &Written,
        within: &mut Vec<String>,
        done: &mut BTreeMap<String, List>,
    ) -> Result<List, TomlError> {
        let (normal, line) = (normalized(&name.text), name.line);
        if let Some(known) = done.get(&normal) {
            return Ok(known.clone());
        }
        let Some((key, item)) = all.iter().find(|(key, _)| normalized(&key.text) == normal) else {
            return Err(TomlError { line, words: format!("there is no group `{}` to include", name.text) });
        };
        if within.contains(&normal) {
            return Err(TomlError { line, words: format!("the group `{}` includes itself", key.text) });
        }
        within.push(normal.clone());
        let path = format!("{GROUPS}.{}", key.text);
        let mut list = List::new();
        for item in item.as_list().ok_or_else(|| item.mistyped(&path, "an array"))? {
            match item.get("include-group") {
                None => list.push(self.line(item.written(&path)?)),
                Some(other) => list.extend(self.group(all, &other.written("include-group")?, within, done)?),
            }
            if list.len() > MOST_LINES {
                let words = format!("the group `{}` has more than {MOST_LINES} lines", key.text);
                return Err(TomlError { line: key.line, words });
            }
        }
        within.pop();
        done.insert(normal, list.clone());
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str) -> Result<Declared, String> {
        read(&TomlFile::parse(text).unwrap(), Path::new("/p/pyproject.toml")).map_err(|error| error.to_string())
    }

    fn shown(list: &List) -> String {
        let told = |line: &Result<Dependency, Fault>| match line {
            Ok(it) => format!("{}{}", if it.editable { "-e " } else { "" }, it.text),
            Err(fault) => format!("{}: {}", fault.origin.line, fault.why),
        };
        list.iter().map(told).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_file_says_what_it_needs_always_and_for_some() {
        let text = "[project]\nname = 'My.App'\ndependencies = [\n  'six',\n  'oh no',\n]\n\
            [project.optional-dependencies]\nDocs = ['sphinx>=7']\ntest_all = ['my-app[docs]']\n\
            [dependency-groups]\ntest = ['pytest', 'coverage']\nDev = ['ruff', {include-group = 'TEST'}, {include-group = 'test'}]\n\
            [tool.pdm.dev-dependencies]\nlint = ['-e file:///p/lint', 'mypy']\n[tool.uv]\ndev-dependencies = ['pip-tools']\n";
        let declared = declared(text).unwrap();
        assert_eq!((declared.name.as_str(), declared.tool), ("my-app", None));
        assert_eq!(shown(&declared.dependencies), "six, 5: `oh no` is not a requirement by PEP 508");
        let named = |map: &BTreeMap<String, List>| {
            map.iter().map(|(name, list)| format!("{name}: {}", shown(list))).collect::<Vec<_>>()
        };
        assert_eq!(named(&declared.extras), ["docs: sphinx>=7", "test-all: my-app[docs]"]);
        let dev = "dev: ruff, pytest, coverage, pytest, coverage, pip-tools";
        assert_eq!(named(&declared.groups), [dev, "lint: -e file:///p/lint, mypy", "test: pytest, coverage"]);
        assert_eq!(declared.groups["test"][0].as_ref().unwrap().origin.line, 11);
    }

    #[test]
    fn what_only_the_builder_knows_is_told() {
        let read = |text: &str| declared(text).map(|it| (it.dynamic_dependencies, it.dynamic_extras, it.tool));
        assert_eq!(read("[project]\ndynamic = ['version', 'dependencies']\n"), Ok((true, false, None)));
        let poetry = "[project]\ndynamic = ['dependencies']\n[tool.poetry.dependencies]\nsix = '*'\n";
        assert_eq!(read(poetry), Ok((false, false, Some("Poetry"))));
        let both = "[project]\ndependencies = []\n[tool.poetry.dependencies]\nsix = '*'\n";
        assert_eq!(read(both), Ok((false, false, None)));
    }

    #[test]
    fn groups_that_cannot_be_are_errors_with_their_line() {
        let many = (0..40).map(|n| format!("g{n} = [{0}, {0}]\n", format!("{{include-group = 'g{}'}}", n + 1)));
        let many = format!("[dependency-groups]\n{}g40 = ['six']\n", many.collect::<String>());
        for (text, error) in [
            ("[dependency-groups]\na_b = []\nA-B = []\n", "line 3: the groups `a_b` and `A-B` have the same name"),
            ("[dependency-groups]\na = [\n{include-group = 'b'}]\n", "line 3: there is no group `b` to include"),
            (
                "[dependency-groups]\na = [{include-group = 'b'}]\nb = [{include-group = 'A'}]\n",
                "line 3: the group `a` includes itself",
            ),
            (
                "[dependency-groups]\na = 'six'\n",
                "line 2: `dependency-groups.a` must be an array, not of the type string",
            ),
            (
                "[dependency-groups]\na = [1]\n",
                "line 2: `dependency-groups.a` must be a string, not of the type integer",
            ),
            (many.as_str(), "line 31: the group `g29` has more than 2000 lines"),
        ] {
            assert_eq!(declared(text).unwrap_err(), error);
        }
    }
}
