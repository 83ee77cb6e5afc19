//! Whether the environment has what `uv.lock` says for it: told by the files of both, so that uv need not be started, and so that
//! what `uv add` or `uv sync` did by themselves counts as well.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pep508_rs::{MarkerEnvironment, MarkerTree};
use pyve_formats::python_name::normalized;
use pyve_formats::toml_file::Item;

use crate::choice::Choice;
use crate::lock::file::{Locked, Package};
use crate::project::{Member, Project};
use crate::site::{environment, installed};

const EXTRAS: &str = "optional-dependencies";
const GROUPS: &str = "dev-dependencies";

/// What is otherwise than the lock says, a line each; `None` where nobody but uv can tell.
pub fn differences(prefix: &Path, locked: &Locked, project: &Project, choice: &Choice) -> Option<Vec<String>> {
    if locked.has_conflicts() {
        return None;
    }
    let wanted = Closure::of(locked, project, choice, &environment(prefix)?);
    let installed = installed(prefix);
    let mut told = Vec::new();
    for (name, version) in &wanted {
        match (installed.get(name), version) {
            (None, Some(version)) => told.push(format!("{name} {version} is not installed")),
            (None, None) => told.push(format!("{name} is not installed")),
            (Some(other), Some(version)) if !is_same(other, version) => {
                told.push(format!("{name} {other} is installed, but {version} is locked"));
            }
            _ => {}
        }
    }
    // What the lock does not know the user installed by hand.
    let known: BTreeSet<&str> = locked.packages().map(Package::name).collect();
    let surplus = installed.keys().filter(|name| known.contains(name.as_str()) && !wanted.contains_key(*name));
    told.extend(surplus.map(|name| format!("{name} is installed, but not asked for")));
    Some(told)
}

/// A version of the index, whatever its form.
fn is_same(one: &str, other: &str) -> bool {
    one == other || one.parse::<pep440_rs::Version>().ok() == other.parse().ok()
}

/// All that the chosen members need, with the version of each that has one.
struct Closure<'a> {
    locked: &'a Locked,
    environment: &'a MarkerEnvironment,
    seen: BTreeSet<(String, String)>,
    found: BTreeMap<String, Option<String>>,
}

impl<'a> Closure<'a> {
    fn of(
        locked: &'a Locked,
        project: &Project,
        choice: &Choice,
        environment: &'a MarkerEnvironment,
    ) -> BTreeMap<String, Option<String>> {
        let mut closure = Self { locked, environment, seen: BTreeSet::new(), found: BTreeMap::new() };
        let defaults = defaults(project, choice);
        let groups: BTreeSet<&str> = defaults.iter().chain(&choice.groups).map(String::as_str).collect();
        for member in members(project, choice) {
            let Some(package) = locked.packages().find(|it| it.name() == member.declared.name) else { continue };
            closure.take(package);
            for extra in package.names(EXTRAS) {
                if choice.all_extras || choice.extras.iter().any(|chosen| *chosen == normalized(extra)) {
                    closure.all(package.more(EXTRAS, extra));
                }
            }
            for group in package.names(GROUPS).into_iter().filter(|name| groups.contains(normalized(name).as_str())) {
                closure.all(package.more(GROUPS, group));
            }
        }
        if !project.members.iter().any(Member::is_root) {
            let of_root =
                |group: &&str| locked.file.item(&format!("manifest.dependency-groups.{group}")).and_then(Item::as_list);
            groups.iter().filter_map(of_root).for_each(|lines| closure.all(lines));
        }
        closure.found
    }

    fn all(&mut self, dependencies: &'a [Item]) {
        let mut open: Vec<&Item> = dependencies.iter().collect();
        while let Some(item) = open.pop() {
            let text = |key: &str| item.get(key).and_then(Item::as_text);
            let Some(name) = text("name").filter(|_| self.holds(text("marker"))) else { continue };
            let Some(package) = self.package(name, text("version")) else { continue };
            let extras = ["extra", "extras"].into_iter().find_map(|key| item.get(key)?.as_list()).unwrap_or_default();
            if self.is_new(package, "") {
                self.note(package);
                open.extend(package.dependencies());
            }
            for extra in extras.iter().filter_map(Item::as_text) {
                if self.is_new(package, extra) {
                    open.extend(package.more(EXTRAS, extra));
                }
            }
        }
    }

    fn take(&mut self, package: Package<'a>) {
        if self.is_new(package, "") {
            self.note(package);
            self.all(package.dependencies());
        }
    }

    fn is_new(&mut self, package: Package<'a>, extra: &str) -> bool {
        let key = format!("{} {}", package.name(), package.version().unwrap_or_default());
        self.seen.insert((key, extra.to_owned()))
    }

    fn note(&mut self, package: Package<'a>) {
        if !package.local().is_some_and(|local| local.is_virtual) {
            self.found.insert(package.name().to_owned(), package.version().map(str::to_owned));
        }
    }

    fn holds(&self, marker: Option<&str>) -> bool {
        let evaluated =
            |marker: &str| marker.parse::<MarkerTree>().map_or(true, |tree| tree.evaluate(self.environment, &[]));
        marker.is_none_or(evaluated)
    }

    /// Of several versions of a package the one that this environment is to have.
    fn package(&self, name: &str, version: Option<&str>) -> Option<Package<'a>> {
        let is_it = |it: &Package<'a>| it.name() == name && version.is_none_or(|version| it.version() == Some(version));
        let found: Vec<Package<'a>> = self.locked.packages().filter(is_it).collect();
        let holds = |it: &&Package<'a>| it.markers().iter().any(|marker| self.holds(Some(marker)));
        found.iter().find(holds).or(found.first()).copied()
    }
}

/// The members of which everything is installed: the one that is synced, and all where it is no project itself, or all are wanted.
pub fn members<'a>(project: &'a Project, choice: &Choice) -> Vec<&'a Member> {
    match project.members.iter().find(|member| member.folder == project.target) {
        Some(target) if !choice.all_packages => vec![target],
        _ => project.members.iter().collect(),
    }
}

/// The groups that are installed where nobody names one.
pub fn defaults(project: &Project, choice: &Choice) -> Vec<String> {
    if !choice.default_groups {
        return Vec::new();
    }
    let all =
        || project.members.iter().chain([&project.root]).flat_map(|member| member.declared.groups.keys().cloned());
    let mut groups = project.target().default_groups().unwrap_or_else(|| all().collect());
    groups.retain(|group| choice.dev || group != "dev");
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_formats::toml_file::TomlFile;
    use pyve_plugin_api::Request;

    const LOCK: &str = "version = 1\n[[package]]\nname = 'top'\nversion = '1'\nsource = { editable = '.' }\n\
        dependencies = [{ name = 'six' }, { name = 'win', marker = \"sys_platform == 'other'\" }, { name = 'web', extra = ['fast'] }]\n\
        [package.optional-dependencies]\ncli = [{ name = 'click' }]\n\
        [package.dev-dependencies]\ndev = [{ name = 'pytest' }]\ndocs = [{ name = 'sphinx' }]\n\
        [[package]]\nname = 'six'\nversion = '1.16'\n[[package]]\nname = 'win'\nversion = '1'\n\
        [[package]]\nname = 'web'\nversion = '2'\ndependencies = [{ name = 'six' }]\n\
        [package.optional-dependencies]\nfast = [{ name = 'speed' }]\n\
        [[package]]\nname = 'speed'\nversion = '3'\n[[package]]\nname = 'click'\nversion = '8'\n\
        [[package]]\nname = 'pytest'\nversion = '8.3'\n[[package]]\nname = 'sphinx'\nversion = '7'\n";

    fn told(installed: &[&str], request: &Request) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let file = "[project]\nname = 'top'\n[dependency-groups]\ndev = ['pytest']\ndocs = ['sphinx']\n";
        std::fs::write(root.path().join("pyproject.toml"), file).unwrap();
        let prefix = root.path().join(".venv");
        let site = prefix.join(if cfg!(windows) { "Lib/site-packages" } else { "lib/python3.12/site-packages" });
        for name in installed {
            std::fs::create_dir_all(site.join(format!("{name}.dist-info"))).unwrap();
        }
        std::fs::write(prefix.join("pyvenv.cfg"), "version_info = 3.12.1\n").unwrap();
        let project = Project::read(root.path()).unwrap().unwrap();
        let choice = Choice::read(request, &|_| false).unwrap();
        let locked = Locked { file: TomlFile::parse(LOCK).unwrap(), revision: 5 };
        differences(&prefix, &locked, &project, &choice).unwrap()
    }

    #[test]
    fn what_is_locked_is_compared_with_what_is_installed() {
        let all = ["top-1", "six-1.16", "web-2", "speed-3", "pytest-8.3.0", "mine-1"];
        let asked = Request::new("/p", "/h");
        assert_eq!(told(&all, &asked), Vec::<String>::new(), "of another tool is what the lock does not know");
        assert_eq!(
            told(&["top-1", "six-1.17", "web-2", "pytest-8.3", "click-8"], &asked),
            [
                "six 1.17 is installed, but 1.16 is locked",
                "speed 3 is not installed",
                "click is installed, but not asked for",
            ]
        );
        let chosen = asked.clone().with_setting("groups", ["docs"], "f").with_setting("extras", ["cli"], "f");
        assert_eq!(told(&all, &chosen), ["click 8 is not installed", "sphinx 7 is not installed"]);
        for setting in ["no_dev", "no_default_groups"] {
            let without = asked.clone().with_setting(setting, ["true"], "f");
            assert_eq!(told(&all, &without), ["pytest is installed, but not asked for"], "{setting}");
        }
        assert_eq!(told(&all, &asked.with_setting("all_extras", ["true"], "f")), ["click 8 is not installed"]);
    }
}
