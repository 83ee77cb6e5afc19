//! A `Pipfile`: `[packages]`, and `[dev-packages]` and other categories as groups.

use std::path::Path;

use super::poetry::extras;
use super::{Declared, Dependency, Fault, List, source};
use crate::python_name::normalized;
use crate::requirement::Requirement;
use crate::requirements::Origin;
use crate::toml_file::{FileError, Item, TomlError, TomlFile};

/// The name of the file.
pub const NAME: &str = "Pipfile";

const TOOL: &str = "Pipenv";

/// Tables that name no packages.
const OTHERS: [&str; 5] = ["source", "requires", "scripts", "pipenv", "build-system"];

/// What pip takes packages from where nobody says otherwise.
const INDEX: &str = "https://pypi.org/simple";

/// Markers that may stand as keys of their own.
const MARKERS: [&str; 11] = [
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
];

const KNOWN: [&str; 12] = [
    "version",
    "extras",
    "markers",
    "index",
    "git",
    "ref",
    "subdirectory",
    "path",
    "file",
    "editable",
    "skip_resolver",
    "no_binary",
];

impl Declared {
    /// Reads the `Pipfile` of the project in this folder; `None` where there is none.
    pub fn of_pipfile(project: &Path) -> Result<Option<Self>, FileError> {
        let path = project.join(NAME);
        let Some(file) = TomlFile::read(&path)? else { return Ok(None) };
        read(&file, &path).map(Some).map_err(|error| FileError::Toml { path, error })
    }
}

fn read(file: &TomlFile, path: &Path) -> Result<Declared, TomlError> {
    let reader = Reader { path, indexes: indexes(file) };
    let mut declared = Declared { tool: Some(TOOL), ..Declared::default() };
    for (name, item) in file.entries("")? {
        let list = match name.text.as_str() {
            other if OTHERS.contains(&other) => continue,
            _ => reader.list(item, &name.text)?,
        };
        match name.text.as_str() {
            "packages" => declared.dependencies = list,
            "dev-packages" => declared.add_group("dev", list),
            category => declared.add_group(category, list),
        }
    }
    let pre = file.item("pipenv.allow_prereleases").filter(|item| item.as_bool() == Some(true));
    if let Some(item) = pre {
        let why = "it allows pre-releases of every package".to_owned();
        declared.dependencies.insert(0, Err(Fault { origin: reader.origin(item), why, tool: Some(TOOL) }));
    }
    Ok(declared)
}

/// The name of each index and its address, the one that is used by default first.
fn indexes(file: &TomlFile) -> Vec<(String, String)> {
    let sources = file.item("source").and_then(Item::as_list).unwrap_or_default();
    let text = |source: &Item, key| source.get(key).and_then(Item::as_text).unwrap_or_default().to_owned();
    sources.iter().map(|source| (text(source, "name"), text(source, "url"))).collect()
}

struct Reader<'a> {
    path: &'a Path,
    indexes: Vec<(String, String)>,
}

impl Reader<'_> {
    fn origin(&self, item: &Item) -> Origin {
        Origin { file: self.path.to_owned(), line: item.line }
    }

    fn list(&self, item: &Item, table: &str) -> Result<List, TomlError> {
        let mut entries: Vec<_> = item.entries(table)?.iter().collect();
        crate::sorted::by_key(&mut entries, |(key, _)| key.line);
        let line = |name: &str, item: &Item| {
            let fault = |why| Fault { origin: self.origin(item), why, tool: Some(TOOL) };
            let (text, editable) = self.line(name, item).map_err(fault)?;
            Dependency::put_together(text, editable, self.origin(item))
        };
        Ok(entries.into_iter().map(|(name, item)| line(&name.text, item)).collect())
    }

    /// The argument, and whether it is installed as it stands; an error says why pip cannot be told of it.
    fn line(&self, name: &str, item: &Item) -> Result<(String, bool), String> {
        if let Some(version) = item.as_text() {
            self.index(name, None)?;
            return Ok((format!("{name}{}", version_of(name, version)?), false));
        }
        let table = item.entries("").map_err(|_| format!("`{name}` is neither a version nor a table"))?;
        let is_known = |key: &str| KNOWN.contains(&key) || MARKERS.contains(&key);
        if let Some((key, _)) = table.iter().find(|(key, _)| !is_known(&key.text)) {
            return Err(format!("pip is not told of the `{}` of `{name}`", key.text));
        }
        if item.get("no_binary").is_some_and(|value| value.as_bool() != Some(false)) {
            return Err(format!("`{name}` is to be built, not taken as a wheel"));
        }
        let text = |key: &str| item.get(key).and_then(Item::as_text);
        let (extras, marker) = (extras(item)?, marker(item));
        let project = self.path.parent().unwrap_or(Path::new(""));
        let path = text("path").or(text("file"));
        let editable = item.get("editable").and_then(Item::as_bool) == Some(true);
        let git = source::git(item)?;
        if editable && (git.is_some() || path.is_some()) {
            if !marker.is_empty() {
                return Err(format!("pip installs `{name}` as it stands everywhere, not only for some"));
            }
            let place = match (git, path) {
                (Some(address), _) => {
                    let separator = if address.contains('#') { '&' } else { '#' };
                    format!("{address}{separator}egg={name}{extras}")
                }
                (None, path) => format!("{}{extras}", project.join(path.unwrap_or_default()).display()),
            };
            return Ok((place, true));
        }
        let address = git.or_else(|| {
            path.map(|path| if path.contains("://") { path.to_owned() } else { source::file(path, project) })
        });
        let wanted = match address {
            Some(address) => format!("{name}{extras} @ {address}"),
            None => {
                self.index(name, text("index"))?;
                format!("{name}{extras}{}", version_of(name, text("version").unwrap_or("*"))?)
            }
        };
        Ok((if marker.is_empty() { wanted } else { format!("{wanted} ; {marker}") }, false))
    }

    /// Fails where a package comes from another index than pip would take it from.
    fn index(&self, name: &str, index: Option<&str>) -> Result<(), String> {
        let used = match index {
            Some(index) => self.indexes.iter().find(|(name, _)| normalized(name) == normalized(index)),
            None => self.indexes.first(),
        };
        match used {
            Some((_, address)) if address.trim_end_matches('/') != INDEX => {
                Err(format!("`{name}` is taken from the source `{address}`"))
            }
            None if index.is_some() => {
                Err(format!("`{name}` is taken from the source `{}`", index.unwrap_or_default()))
            }
            _ => Ok(()),
        }
    }
}

/// The versions as a requirement has them.
fn version_of(name: &str, version: &str) -> Result<String, String> {
    let version = version.trim();
    if version == "*" || version.is_empty() {
        return Ok(String::new());
    }
    let version = if version.starts_with(|letter: char| letter.is_ascii_digit()) {
        format!("=={version}")
    } else {
        version.to_owned()
    };
    match Requirement::parse(&format!("{name}{version}")) {
        Some(_) => Ok(version),
        None => Err(format!("`{version}` is no constraint on versions")),
    }
}

fn marker(item: &Item) -> String {
    let own = MARKERS.iter().filter_map(|key| Some(format!("{key} {}", item.get(key)?.as_text()?)));
    let all: Vec<String> =
        item.get("markers").and_then(Item::as_text).map(str::to_owned).into_iter().chain(own).collect();
    match all.len() {
        0 | 1 => all.concat(),
        _ => all.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and "),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let declared = read(&TomlFile::parse(text).unwrap(), Path::new("/p/Pipfile")).unwrap();
        let told = |line: &Result<Dependency, Fault>| match line {
            Ok(it) => format!("{}{}", if it.editable { "-e " } else { "" }, it.text),
            Err(fault) => format!("{}: {}", fault.origin.line, fault.why),
        };
        let groups = declared
            .groups
            .iter()
            .map(|(name, list)| format!("{name}: {}", list.iter().map(told).collect::<Vec<_>>().join(", ")));
        declared.dependencies.iter().map(told).chain(groups).collect()
    }

    #[test]
    fn every_form_is_an_argument_of_pip() {
        let text = "[[source]]\nname = 'pypi'\nurl = 'https://pypi.org/simple'\nverify_ssl = true\n\
            [packages]\nsix = '*'\nidna = '>=2, <4'\nattrs = '23.1'\n\
            requests = {extras = ['socks'], version = '>=2', index = 'pypi'}\n\
            colorama = {version = '*', sys_platform = \"== 'win32'\", markers = \"python_version >= '3'\"}\n\
            a = {git = 'https://h/a.git', ref = 'main'}\nb = {git = 'https://h/b', editable = true, subdirectory = 's'}\n\
            c = {path = '../c', editable = true, extras = ['x']}\nd = {path = './d'}\ne = {file = 'https://h/e.zip'}\n\
            [dev-packages]\npytest = '~=8.0'\n[docs]\nsphinx = ''\n[requires]\npython_version = '3.12'\n[scripts]\nt = 'x'\n";
        let expected = [
            "six",
            "idna>=2, <4",
            "attrs==23.1",
            "requests[socks]>=2",
            "colorama ; (python_version >= '3') and (sys_platform == 'win32')",
            "a @ git+https://h/a.git@main",
            "-e git+https://h/b#subdirectory=s&egg=b",
            "-e /p/../c[x]",
            "d @ file:///p/d",
            "e @ https://h/e.zip",
            "dev: pytest~=8.0",
            "docs: sphinx",
        ];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn what_pip_cannot_be_told_is_named() {
        let text = "[[source]]\nname = 'own'\nurl = 'https://own/simple'\n\
            [[source]]\nname = 'pypi'\nurl = 'https://pypi.org/simple/'\n[packages]\nsix = '*'\na = {index = 'gone'}\n\
            b = {version = '*', hashes = ['x']}\nc = '^1'\nd = 1\n\"-e .\" = {index = 'pypi'}\n[pipenv]\nallow_prereleases = true\n";
        let expected = [
            "15: it allows pre-releases of every package",
            "8: `six` is taken from the source `https://own/simple`",
            "9: `a` is taken from the source `gone`",
            "10: pip is not told of the `hashes` of `b`",
            "11: `c` is taken from the source `https://own/simple`",
            "12: `d` is neither a version nor a table",
            "13: `-e .` is not a requirement by PEP 508",
        ];
        assert_eq!(shown(text), expected);
    }
}
