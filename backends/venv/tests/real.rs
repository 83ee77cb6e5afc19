//! Files of real projects: what is found of their packages is what pip would find, and what is installed is what pip would ask for.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::world::{World, newest, tool};
use pyve_backend_venv::backend;
use pyve_formats::dependencies::Declared;
use pyve_formats::pyproject::Pyproject;
use pyve_formats::python_name::normalized;
use pyve_plugin_api::{Backend, Request};
use serde_json::{Value, json};

const BAD: &str = "0.0.0.dev0";

/// By name: a version that fits, and whether pip would leave [`BAD`] in place.
type Wanted = BTreeMap<String, (String, bool)>;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real")
}

/// The files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn by_pip(python: &Path, asked: &[Value]) -> Vec<Wanted> {
    let mut pip = Command::new(python)
        .args(["-X", "utf8"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real.py"))
        .arg(&newest().version)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = asked.iter().map(|line| format!("{line}\n")).collect();
    pip.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = pip.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// An environment whose packages are only described.
struct Site<'a> {
    world: &'a World,
    folder: PathBuf,
}

impl Site<'_> {
    fn describe(&self, name: &str, version: &str) {
        fs::create_dir_all(self.description(name, version)).unwrap();
    }

    fn forget(&self, name: &str, version: &str) {
        fs::remove_dir_all(self.description(name, version)).unwrap();
    }

    fn description(&self, name: &str, version: &str) -> PathBuf {
        self.folder.join(format!("{}-{version}.dist-info", name.replace('-', "_")))
    }

    /// What is said of packages: the id and the words.
    fn found(&self, request: &Request) -> Vec<(String, String)> {
        let findings = backend().diagnose(request, &self.world.host()).unwrap();
        let packages =
            ["venv.package-missing", "venv.package-conflict", "venv.choice-unknown", "venv.requirements-unreadable"];
        let found = findings.iter().filter(|it| packages.contains(&it.id.as_str()));
        found.map(|it| (it.id.to_string(), it.detail.to_string())).collect()
    }

    /// Compares all verdicts on one file; how many there were.
    fn compare(&self, file: &Path, request: &Request, wanted: &Wanted) -> usize {
        let wanted: Vec<_> = wanted.iter().filter(|(name, _)| *name != "pip").collect();
        wanted.iter().for_each(|(name, (version, _))| self.describe(name, version));
        let at = file.display();
        assert_eq!(self.found(request), [], "{at}: all is installed");
        // Of a long list every sixth is enough: each costs two looks at the whole.
        let tried: Vec<_> = wanted.iter().step_by(if wanted.len() > 6 { 6 } else { 1 }).collect();
        for (name, (version, bad_stays)) in &tried {
            self.forget(name, version);
            let missing = self.found(request);
            let told = |detail: &str| {
                let first = detail.trim_start_matches("not installed: ");
                let end = first.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
                normalized(&first[..end.unwrap_or(first.len())]) == **name || first.contains(&format!("egg={name}"))
            };
            let is_it = missing.len() == 1 && missing[0].0 == "venv.package-missing" && told(&missing[0].1);
            assert!(is_it, "{at}: {name} is missing: {missing:?}");
            self.describe(name, BAD);
            let other = self.found(request);
            assert_eq!(other.is_empty(), *bad_stays, "{at}: {name} is there in version {BAD}: {other:?}");
            assert!(other.iter().all(|(id, _)| id == "venv.package-conflict"), "{at}: {other:?}");
            self.forget(name, BAD);
            self.describe(name, version);
        }
        wanted.iter().for_each(|(name, (version, _))| self.forget(name, version));
        tried.len() * 2 + 1
    }
}

#[test]
fn what_is_found_of_real_files_is_what_pip_finds() {
    let Some(python) = pyve_testkit::tools_python() else { return };
    let world = World::new();
    let folder = world.venv(newest(), ".venv").join(format!("lib/python{}/site-packages", newest().minor));
    let site = Site { world: &world, folder };
    let requirements = files(&data().join("requirements"));
    let mut projects: Vec<PathBuf> =
        data().join("pyproject").read_dir().unwrap().map(|it| it.unwrap().path()).collect();
    projects.sort();
    assert!(requirements.len() >= 20 && projects.len() >= 20);
    let asked =
        requirements.iter().map(|file| json!(["file", file])).chain(projects.iter().map(|it| json!(["project", it])));
    let by_pip = by_pip(&python, &asked.collect::<Vec<_>>());
    assert_eq!(by_pip.len(), requirements.len() + projects.len());
    let (of_files, of_projects) = by_pip.split_at(requirements.len());
    let mut verdicts = 0;
    for (file, wanted) in requirements.iter().zip(of_files) {
        let request = world.request().with_setting("requirements", [file.to_str().unwrap()], "--requirements");
        verdicts += site.compare(file, &request, wanted);
        let creation = backend().create(&request, &tool(newest()), &world.host()).unwrap();
        let recipe = creation.dependencies.into_option().unwrap();
        let commands: Vec<String> =
            recipe.steps.iter().map(|step| step.command.as_ref().unwrap().to_string()).collect();
        assert!(commands.len() == 1 && commands[0].ends_with(&format!(" -r {}", file.display())), "{commands:?}");
    }
    for (folder, wanted) in projects.iter().zip(of_projects) {
        fs::copy(folder.join("pyproject.toml"), world.project().join("pyproject.toml")).unwrap();
        let pyproject = Pyproject::read(folder).unwrap().unwrap();
        let declared = Declared::of_pyproject(&pyproject).unwrap();
        // Those that pip knows: Poetry's own have no other reader here.
        let groups = pyproject.file().entries("dependency-groups").unwrap();
        let groups: Vec<&str> = groups.iter().map(|(name, _)| name.text.as_str()).collect();
        assert!(!declared.dynamic_dependencies && declared.groups.values().flatten().all(Result::is_ok));
        let request = world.request().with_setting("all_extras", ["true"], "--all-extras");
        let request = match groups.is_empty() {
            true => request,
            false => request.with_setting("groups", &groups, "--group"),
        };
        verdicts += site.compare(folder, &request, wanted);
        // pip is asked for the project with its extras, and for each line of the groups.
        let creation = backend().create(&request, &tool(newest()), &world.host()).unwrap();
        let recipe = creation.dependencies.into_option().unwrap();
        let words: Vec<String> =
            recipe.steps[0].command.as_ref().unwrap().args.iter().map(|word| word.display()).collect();
        let extras: Vec<&str> = declared.extras.keys().map(String::as_str).collect();
        let place = if extras.is_empty() { ".".to_owned() } else { format!(".[{}]", extras.join(",")) };
        let at = words.iter().position(|word| *word == place).unwrap_or_else(|| panic!("{words:?}"));
        let mut told: Vec<&String> = words[at + 1..].iter().collect();
        let lines = groups.iter().flat_map(|name| declared.expanded(&declared.groups[&normalized(name)])).flatten();
        let mut expected: Vec<&String> = lines.map(|line| &line.text).collect();
        told.sort();
        expected.sort();
        expected.dedup();
        assert_eq!(told, expected, "{}", folder.display());
    }
    assert!(verdicts > 200, "{verdicts} verdicts");
}
