//! Every Python that can be seen, each once: where it is, who manages it, and what it says of itself.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::Build;
use pyve_formats::sorted;
use pyve_plugin_api::Host;

use crate::find::Machine;
use crate::interpreter::{self, Interpreter};
use crate::managers::{self, Installation, Manager};
use crate::on_path;

/// What environments are made with: a Python without one of these is there and makes none.
const MODULES: [&str; 2] = ["venv", "ensurepip"];

/// What may be a Python, before it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    path: PathBuf,
    origin: &'static str,
    name: String,
    others: Vec<PathBuf>,
    /// Why it is not asked.
    unusable: Option<String>,
}

/// A Python that was found, and what it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The interpreter.
    pub path: PathBuf,
    /// Other names of the same program: links, shims, those of environments on PATH.
    pub others: Vec<PathBuf>,
    /// Where it was found: `asdf`, `pyenv`, `pyve`, `PATH`.
    pub origin: String,
    /// Who installed it, as far as its path tells: `pyenv`, `Homebrew`, `system`; empty where it tells nothing.
    pub managed_by: String,
    /// How its version manager names it.
    pub name: String,
    /// `3.13.0`, `3.13.0t`; `None` where it did not answer.
    pub version: Option<String>,
    /// `cpython`, `pypy`.
    pub implementation: Option<String>,
    /// Why no environment can be made with it.
    pub trouble: Option<String>,
}

impl Machine<'_> {
    /// All that may be a Python; nothing is started. What is the same file is one candidate.
    pub fn candidates(&self) -> Vec<Candidate> {
        let managers = managers::all(self.host);
        let mut found: Vec<Candidate> = Vec::new();
        for manager in managers.iter().chain(&self.pyve.and_then(managers::own)) {
            found.extend(manager.installations().into_iter().map(|it| Candidate::installed(manager, it)));
            found.extend(manager.incomplete().into_iter().map(|(name, path)| Candidate {
                unusable: Some("it does not exist".to_owned()),
                ..Candidate::installed(manager, Installation { name, build: None, interpreter: path })
            }));
        }
        let on_path = on_path::pythons(self.host, &managers).into_iter();
        found.extend(on_path.chain(on_path::of_other_kinds(self.host, &managers)).map(Candidate::on_path));
        let mut candidates: Vec<(PathBuf, Candidate)> = Vec::new();
        for candidate in found {
            let real = real(&candidate.path);
            match candidates.iter_mut().find(|(known, _)| *known == real) {
                Some((_, known)) => {
                    add_names(&mut known.others, &known.path, candidate.path, candidate.others);
                }
                None => candidates.push((real, candidate)),
            }
        }
        candidates.into_iter().map(|(_, candidate)| candidate).collect()
    }
}

impl Candidate {
    fn installed(manager: &Manager, it: Installation) -> Self {
        let is_old = it.build.is_some_and(|build| build.series().minor.0 < 3);
        let unusable = is_old.then(|| "it is older than Python 3".to_owned());
        Self { path: it.interpreter, origin: manager.name, name: it.name, others: Vec::new(), unusable }
    }

    fn on_path(it: on_path::OnPath) -> Self {
        let name = it.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path: it.path, origin: "PATH", name, others: it.others, unusable: None }
    }

    /// Asks it; of several this may be done at the same time.
    pub fn examine(&self, host: &dyn Host) -> Listed {
        let modules = MODULES.map(str::to_owned);
        let answer = match &self.unusable {
            Some(why) => Err(why.clone()),
            None => interpreter::inspect(&self.path, &modules, None, host),
        };
        let mut others = self.others.clone();
        let path = match &answer {
            // It only stood for that one.
            Ok(found) if found.path != self.path => {
                others.insert(0, self.path.clone());
                found.path.clone()
            }
            _ => self.path.clone(),
        };
        let prefix = answer.as_ref().map_or(Path::new(""), |found| &found.facts.base_prefix);
        let trouble = match &answer {
            Err(why) => Some(why.clone()),
            Ok(found) => found.lacks().map(|module| format!("its module {module} is missing")),
        };
        let managed_by = if self.origin == "PATH" { manager_of(&real(&path), prefix) } else { self.origin };
        Listed {
            origin: self.origin.to_owned(),
            managed_by: managed_by.to_owned(),
            name: self.name.clone(),
            version: answer.as_ref().ok().map(|found| self.build(found).to_string()),
            implementation: answer.as_ref().ok().map(|found| found.facts.implementation.clone()),
            trouble,
            path,
            others,
        }
    }

    /// The build is what its version manager says it is, too.
    fn build(&self, found: &Interpreter) -> Build {
        let is_named = Build::parse(&self.name).is_some_and(|named| named.free_threaded);
        Build { free_threaded: found.build.free_threaded || is_named, ..found.build.clone() }
    }
}

/// Puts together what turned out to be one Python, in the order of versions: those that work first, newer ones before older.
pub fn in_order(examined: Vec<Listed>) -> Vec<Listed> {
    let mut listed: Vec<(PathBuf, Listed)> = Vec::new();
    for one in examined {
        let real = real(&one.path);
        match listed.iter_mut().find(|(known, _)| *known == real) {
            Some((_, known)) => {
                add_names(&mut known.others, &known.path, one.path, one.others);
            }
            None => listed.push((real, one)),
        }
    }
    let mut listed: Vec<Listed> = listed.into_iter().map(|(_, one)| one).collect();
    let build = |one: &Listed| one.version.as_deref().and_then(Build::parse);
    sorted::by(&mut listed, |a, b| match (build(a), build(b)) {
        (Some(first), Some(second)) => Build::best_first(&first, &second).then_with(|| a.path.cmp(&b.path)),
        (first, second) => second.is_some().cmp(&first.is_some()).then_with(|| a.path.cmp(&b.path)),
    });
    listed
}

/// Adds the names of what turned out to be the Python at `path`, each once.
fn add_names(others: &mut Vec<PathBuf>, path: &Path, name: PathBuf, more: Vec<PathBuf>) {
    for name in [name].into_iter().chain(more) {
        if name != path && !others.contains(&name) {
            others.push(name);
        }
    }
}

/// Who installed a Python that is on PATH; empty where its path does not tell.
fn manager_of(real: &Path, prefix: &Path) -> &'static str {
    // What is in the prefix tells more than how it is called.
    if !prefix.as_os_str().is_empty() && prefix.join("conda-meta").is_dir() {
        return "conda";
    }
    const FOLDERS: [(&str, &str); 8] = [
        ("/uv/python/", "uv"),
        ("/mise/installs/", "mise"),
        ("/Cellar/", "Homebrew"),
        ("/homebrew/", "Homebrew"),
        ("/Python.framework/", "python.org"),
        ("/nix/store/", "Nix"),
        ("/hatch/pythons/", "hatch"),
        ("/rye/py/", "rye"),
    ];
    let text = real.to_string_lossy().replace('\\', "/");
    let by_folder = FOLDERS.iter().find(|(folder, _)| text.contains(folder)).map(|(_, name)| *name);
    let is_the_systems = || ["/usr/bin", "/bin", "/usr/lib", "/usr/libexec"].iter().any(|it| real.starts_with(it));
    by_folder.unwrap_or_else(|| if is_the_systems() { "system" } else { "" })
}

/// The file behind links; where there is none, the path.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(path: &str, version: Option<&str>) -> Listed {
        Listed {
            path: path.into(),
            others: Vec::new(),
            origin: "PATH".to_owned(),
            managed_by: String::new(),
            name: String::new(),
            version: version.map(str::to_owned),
            implementation: None,
            trouble: None,
        }
    }

    #[test]
    fn what_is_one_file_is_listed_once_and_newer_ones_first() {
        let all = [
            listed("/nowhere/b", Some("3.9.18")),
            listed("/nowhere/x", None),
            listed("/nowhere/a", Some("3.13.0t")),
            Listed { others: vec!["/nowhere/link".into()], ..listed("/nowhere/b", Some("3.9.18")) },
            listed("/nowhere/c", Some("3.13.0")),
        ];
        let told = in_order(all.into());
        let paths: Vec<_> = told.iter().map(|one| one.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["/nowhere/c", "/nowhere/b", "/nowhere/a", "/nowhere/x"]);
        assert_eq!(told[1].others, [PathBuf::from("/nowhere/link")]);
    }

    #[test]
    fn a_path_tells_who_installed_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("conda-meta")).unwrap();
        for (path, name) in [
            ("/home/me/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python3.12", "uv"),
            ("/home/me/.local/share/mise/installs/python/3.12.4/bin/python3.12", "mise"),
            ("/opt/homebrew/Cellar/python@3.12/3.12.4/bin/python3.12", "Homebrew"),
            ("/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12", "python.org"),
            ("/nix/store/abc-python3-3.12.4/bin/python3.12", "Nix"),
            ("/usr/bin/python3.12", "system"),
            ("/usr/local/bin/python3.12", ""),
            ("/home/me/pythons/bin/python3.12", ""),
        ] {
            assert_eq!(manager_of(Path::new(path), Path::new("")), name, "{path}");
        }
        assert_eq!(manager_of(Path::new("/usr/bin/python3.12"), folder.path()), "conda");
    }
}
