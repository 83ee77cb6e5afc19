//! Poetry's own tables: `[tool.poetry.dependencies]`, its extras and groups.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Declared, Dependency, Fault, List, constraint, source};
use crate::Written;
use crate::python_name::normalized;
use crate::requirements::Origin;
use crate::toml_file::{Item, TomlError, TomlFile};

const TOOL: &str = "Poetry";

/// The table that the version of Python stands in, beside the packages.
const PYTHON: &str = "python";

/// What a table of a dependency may say; what else it says pip is not told.
const KNOWN: [&str; 21] = [
    "version",
    "extras",
    "markers",
    "python",
    "platform",
    "optional",
    "git",
    "rev",
    "tag",
    "branch",
    "subdirectory",
    "url",
    "path",
    "file",
    "develop",
    "allow-prereleases",
    "allows-prereleases",
    "source",
    "in-project",
    "include-groups",
    "description",
];

/// Reads the tables of a file into what is declared; `main` says whether those of the project itself count, which
/// `[project]` says otherwise.
pub(super) fn read(file: &TomlFile, path: &Path, main: bool, declared: &mut Declared) -> Result<(), TomlError> {
    let reader = Reader { path };
    let packages = reader.packages(file, "tool.poetry.dependencies")?;
    if main {
        declared.tool = file.line("tool.poetry.dependencies").map(|_| TOOL);
        let needed = packages.iter().filter(|package| !package.optional);
        declared.dependencies = needed.flat_map(|package| package.lines.clone()).collect();
        let named: BTreeMap<String, &Package> =
            crate::sorted::map(packages.iter().map(|it| (normalized(&it.name), it)));
        for (extra, item) in file.entries("tool.poetry.extras")? {
            let names = item.texts(&format!("tool.poetry.extras.{}", extra.text))?;
            let lines = names.iter().filter_map(|name| named.get(&normalized(&name.text)));
            declared.extras.insert(normalized(&extra.text), lines.flat_map(|package| package.lines.clone()).collect());
        }
    } else {
        // Beside `[project]` they only say where a package comes from.
        packages.iter().for_each(|package| enrich(declared, package));
    }
    reader.groups(file, declared)
}

/// A package with a source of its own takes the place of the requirement by name.
fn enrich(declared: &mut Declared, package: &Package) {
    let all = std::iter::once(&mut declared.dependencies).chain(declared.extras.values_mut());
    for list in all.filter(|_| package.has_source) {
        let name = normalized(&package.name);
        let is_it = |line: &Result<Dependency, Fault>| {
            line.as_ref().is_ok_and(|line| line.requirement().is_some_and(|requirement| requirement.name == name))
        };
        if let Some(at) = list.iter().position(is_it) {
            list.splice(at..=at, package.lines.clone());
        }
    }
}

struct Package {
    name: String,
    optional: bool,
    has_source: bool,
    lines: List,
}

struct Reader<'a> {
    path: &'a Path,
}

impl Reader<'_> {
    fn packages(&self, file: &TomlFile, table: &str) -> Result<Vec<Package>, TomlError> {
        let entries = file.entries(table)?.into_iter().filter(|(name, _)| name.text != PYTHON);
        Ok(entries.map(|(name, item)| self.package(name, item)).collect())
    }

    fn package(&self, name: &Written, item: &Item) -> Package {
        let choices = item.as_list().unwrap_or(std::slice::from_ref(item));
        let has = |key: &str| choices.iter().any(|choice| choice.get(key).is_some());
        let optional = choices.iter().any(|choice| choice.get("optional").and_then(Item::as_bool) == Some(true));
        let has_source = ["git", "url", "path", "file", "source"].iter().any(|key| has(key));
        let line = |choice: &Item| {
            let origin = Origin { file: self.path.to_owned(), line: choice.line };
            let fault = |why| Fault { origin: origin.clone(), why, tool: Some(TOOL) };
            let (text, editable) = self.line(&name.text, choice).map_err(fault)?;
            Dependency::put_together(text, editable, origin.clone())
        };
        Package { name: name.text.clone(), optional, has_source, lines: choices.iter().map(line).collect() }
    }

    /// The argument, and whether it is installed as it stands; an error says why pip cannot be told of it.
    fn line(&self, name: &str, item: &Item) -> Result<(String, bool), String> {
        if let Some(version) = item.as_text() {
            return Ok((format!("{name}{}", constraint::pep440(version)?), false));
        }
        let table = item.entries("").map_err(|_| format!("`{name}` is neither a version nor a table"))?;
        if let Some((key, _)) = table.iter().find(|(key, _)| !KNOWN.contains(&key.text.as_str())) {
            return Err(format!("pip is not told of the `{}` of `{name}`", key.text));
        }
        let text = |key: &str| item.get(key).and_then(Item::as_text);
        if let Some(index) = text("source") {
            return Err(format!("`{name}` is taken from the source `{index}`"));
        }
        if ["allow-prereleases", "allows-prereleases"]
            .iter()
            .any(|key| item.get(key).and_then(Item::as_bool) == Some(true))
        {
            return Err(format!("pip cannot take pre-releases of `{name}` alone"));
        }
        let extras = extras(item)?;
        let marker = marker(item)?;
        let project = self.path.parent().unwrap_or(Path::new(""));
        let place = match source::git(item)? {
            Some(address) => Some(address),
            None => text("url").map(str::to_owned),
        };
        let path = text("path").or(text("file"));
        if let Some(path) = path.filter(|_| item.get("develop").and_then(Item::as_bool) == Some(true)) {
            return match marker.is_empty() {
                true => Ok((format!("{}{extras}", project.join(path).display()), true)),
                false => Err(format!("pip installs `{name}` as it stands everywhere, not only for some")),
            };
        }
        let wanted = match place.or_else(|| path.map(|path| source::file(path, project))) {
            Some(address) => format!("{name}{extras} @ {address}"),
            None => format!("{name}{extras}{}", constraint::pep440(text("version").unwrap_or_default())?),
        };
        Ok((if marker.is_empty() { wanted } else { format!("{wanted} ; {marker}") }, false))
    }

    fn groups(&self, file: &TomlFile, declared: &mut Declared) -> Result<(), TomlError> {
        let older = self.packages(file, "tool.poetry.dev-dependencies")?;
        if !older.is_empty() {
            declared.add_group("dev", older.into_iter().flat_map(|package| package.lines).collect());
        }
        let mut own: BTreeMap<String, (List, Vec<String>)> = BTreeMap::new();
        for (name, item) in file.entries("tool.poetry.group")? {
            let path = format!("tool.poetry.group.{}", name.text);
            let _ = item.entries(&path)?;
            let table = item.get("dependencies").map(|it| it.entries(&path)).transpose()?.unwrap_or_default();
            let mut entries: Vec<_> = table.iter().filter(|(name, _)| name.text != PYTHON).collect();
            crate::sorted::by_key(&mut entries, |(key, _)| key.line);
            let lines = entries.into_iter().flat_map(|(name, item)| self.package(name, item).lines).collect();
            let included = item.get("include-groups").map(|it| it.texts(&path)).transpose()?.unwrap_or_default();
            own.insert(normalized(&name.text), (lines, included.iter().map(|it| normalized(&it.text)).collect()));
        }
        for name in own.keys() {
            let mut open = vec![name];
            let mut seen = vec![name];
            while let Some(next) = open.pop() {
                let Some((lines, included)) = own.get(next) else { continue };
                declared.add_group(name, lines.clone());
                let new: Vec<&String> = included.iter().filter(|other| !seen.contains(other)).collect();
                seen.extend(&new);
                open.extend(new);
            }
        }
        Ok(())
    }
}

/// `[a,b]`, or nothing.
pub(super) fn extras(item: &Item) -> Result<String, String> {
    let Some(extras) = item.get("extras") else { return Ok(String::new()) };
    let extras = extras.texts("extras").map_err(|error| error.words)?;
    let names: Vec<&str> = extras.iter().map(|extra| extra.text.as_str()).collect();
    Ok(if names.is_empty() { String::new() } else { format!("[{}]", names.join(",")) })
}

fn marker(item: &Item) -> Result<String, String> {
    let text = |key: &str| item.get(key).and_then(Item::as_text);
    let python = text("python").map(constraint::marker).transpose()?;
    let platform = text("platform").map(|platform| format!("sys_platform == \"{platform}\""));
    let all = [text("markers").map(str::to_owned), python, platform];
    let all: Vec<String> = all.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Ok(match all.len() {
        0 | 1 => all.concat(),
        _ => all.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and "),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shown(text: &str, main: bool, declared: Declared) -> Vec<String> {
        let mut declared = declared;
        read(&TomlFile::parse(text).unwrap(), Path::new("/p/pyproject.toml"), main, &mut declared).unwrap();
        let told = |line: &Result<Dependency, Fault>| match line {
            Ok(it) => format!("{}{}", if it.editable { "-e " } else { "" }, it.text),
            Err(fault) => format!("{}: {}", fault.origin.line, fault.why),
        };
        let named = |(name, list): (&String, &List)| {
            format!("{name}: {}", list.iter().map(told).collect::<Vec<_>>().join(", "))
        };
        let (extras, groups) = (declared.extras.iter().map(named), declared.groups.iter().map(named));
        declared.dependencies.iter().map(told).chain(extras).chain(groups).collect()
    }

    #[test]
    fn every_form_is_an_argument_of_pip() {
        let text = "[tool.poetry.dependencies]\npython = '^3.9'\nsix = '*'\nidna = '^2.1'\n\
            requests = {version = '~2.3', extras = ['socks', 'x']}\n\
            tomli = {version = '>=2', python = '<3.11', markers = \"os_name == 'posix' or os_name == 'nt'\"}\n\
            pywin32 = {version = '*', platform = 'win32', optional = false}\n\
            foo = [{version = '<2', python = '<3.8'}, {version = '>=2', python = '>=3.8'}]\n\
            a = {git = 'https://h/a.git', branch = 'main', extras = ['x']}\nb = {url = 'https://h/b.zip'}\n\
            c = {path = '../c', develop = true}\nd = {path = 'd'}\nsphinx = {version = '^7', optional = true}\n\
            [tool.poetry.extras]\nDocs_ = ['Sphinx', 'six']\n\
            [tool.poetry.dev-dependencies]\nblack = '*'\n\
            [tool.poetry.group.test.dependencies]\npytest = '^8.0'\n\
            [tool.poetry.group.all]\ninclude-groups = ['test', 'all']\n[tool.poetry.group.all.dependencies]\nmypy = '1.*'\n";
        let expected = [
            "six",
            "idna>=2.1,<3.0",
            "requests[socks,x]>=2.3,<2.4",
            "tomli>=2 ; (os_name == 'posix' or os_name == 'nt') and (python_version < \"3.11\")",
            "pywin32 ; sys_platform == \"win32\"",
            "foo<2 ; python_version < \"3.8\"",
            "foo>=2 ; python_version >= \"3.8\"",
            "a[x] @ git+https://h/a.git@main",
            "b @ https://h/b.zip",
            "-e /p/../c",
            "d @ file:///p/d",
            "docs-: sphinx>=7,<8, six",
            "all: mypy==1.*, pytest>=8.0,<9.0",
            "dev: black",
            "test: pytest>=8.0,<9.0",
        ];
        assert_eq!(shown(text, true, Declared::default()), expected);
    }

    #[test]
    fn what_pip_cannot_be_told_is_named() {
        let text = "[tool.poetry.dependencies]\na = '^1 | ^2'\nb = {version = '1', source = 'own'}\n\
            c = {version = '*', allow-prereleases = true}\nd = {path = 'd', develop = true, python = '3.9'}\n\
            e = {version = '1', hashes = []}\nf = 1\n\"--index-url=https://evil\" = '*'\n";
        let expected = [
            "2: pip has no alternatives such as `^1 | ^2`",
            "3: `b` is taken from the source `own`",
            "4: pip cannot take pre-releases of `c` alone",
            "5: pip installs `d` as it stands everywhere, not only for some",
            "6: pip is not told of the `hashes` of `e`",
            "7: `f` is neither a version nor a table",
            "8: `--index-url=https://evil` is not a requirement by PEP 508",
        ];
        assert_eq!(shown(text, true, Declared::default()), expected);
    }

    #[test]
    fn beside_the_standard_table_only_sources_count() {
        let origin = Origin { file: "pyproject.toml".into(), line: 1 };
        let line = |text: &str| Ok(Dependency { text: text.to_owned(), editable: false, origin: origin.clone() });
        let declared = Declared { dependencies: vec![line("six>=1"), line("A>=1")], ..Declared::default() };
        let text = "[tool.poetry.dependencies]\nsix = '^1'\nother = '*'\na = {git = 'https://h/a'}\n";
        assert_eq!(shown(text, false, declared), ["six>=1", "a @ git+https://h/a"]);
    }
}
