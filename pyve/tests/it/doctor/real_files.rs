//! Files of real projects: `pyve doctor --strict` says of an environment what pip itself says.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use pyve_testkit::{World, interpreter, tools_python, workspace_root};
use serde_json::{Value, json};

use crate::ready::{done, light};

/// Packages by name, each with a version that fits.
type Wanted = BTreeMap<String, String>;

fn data() -> PathBuf {
    workspace_root().join("backends/venv/tests")
}

/// A program that answers each line of its input with a line.
struct Asked {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Asked {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (questions, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, questions, answers }
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions.as_mut().unwrap(), "{question}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{question}: {error}: {line}"))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.child.wait();
    }
}

/// An environment whose packages are only described, and who judges it.
struct Place {
    world: World,
    packages: PathBuf,
    pip: Asked,
    verdicts: BTreeMap<bool, usize>,
}

impl Place {
    fn make(tools: &Path) -> Option<Self> {
        let world = light("project")?;
        world.write("requirements.txt", "");
        done(&world, "init --no-direnv --no-install-deps");
        let python = interpreter(3, 11)?;
        let packages = world.project().join(format!(".venv/lib/python{}/site-packages", python.minor()));
        // pip alone, which its environment does not see as installed.
        let with_pip = world.root().join("with-pip");
        fs::create_dir(&with_pip).unwrap();
        let pip = Command::new(tools).args(["-c", "import pip; print(pip.__path__[0])"]).output().unwrap();
        std::os::unix::fs::symlink(String::from_utf8(pip.stdout).unwrap().trim(), with_pip.join("pip")).unwrap();
        let mut command = Command::new(world.project().join(".venv/bin/python"));
        command.arg("-I").arg(workspace_root().join("pyve/tests/it/doctor/real_files.py")).arg(with_pip);
        command.current_dir(world.root()).env("PIP_CONFIG_FILE", "/dev/null").env("HOME", world.home());
        let pip = Asked::start(&mut command);
        Some(Self { world, packages, pip, verdicts: BTreeMap::new() })
    }

    fn describe(&self, name: &str, version: &str) {
        let folder = self.description(name, version);
        fs::create_dir_all(&folder).unwrap();
        let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        fs::write(folder.join("METADATA"), metadata).unwrap();
    }

    fn forget(&self, name: &str, version: &str) {
        fs::remove_dir_all(self.description(name, version)).unwrap();
    }

    fn description(&self, name: &str, version: &str) -> PathBuf {
        self.packages.join(format!("{}-{version}.dist-info", name.replace('-', "_")))
    }

    /// Compares what both say of the environment as it is.
    fn compare(&mut self, pip: &[&str], of: &str) {
        let begun = ["install", "--dry-run", "--no-index", "--disable-pip-version-check"];
        let by_pip = self.pip.ask(&json!([&begun[..], pip].concat())) == json!(0);
        let said = self.world.pyve().args(["doctor", "--strict"]).run();
        assert_eq!(said.code == Some(0), by_pip, "{of}: pip {pip:?}: {}{}", said.out(), said.err());
        *self.verdicts.entry(by_pip).or_default() += 1;
    }

    /// All that is wanted, then one of it missing.
    fn compare_all(&mut self, wanted: &Wanted, pip: &[&str], of: &str) {
        wanted.iter().for_each(|(name, version)| self.describe(name, version));
        self.compare(pip, of);
        if let Some((name, version)) = wanted.first_key_value() {
            self.forget(name, version);
            self.compare(pip, of);
            self.describe(name, version);
        }
        wanted.iter().for_each(|(name, version)| self.forget(name, version));
    }
}

/// A project of its own, as its builder described it.
struct Own {
    name: String,
    version: String,
    extras: Vec<String>,
    groups: Vec<String>,
}

impl Own {
    fn read(folder: &Path) -> Self {
        let metadata = fs::read_to_string(folder.join("METADATA")).unwrap();
        let all =
            |key: &str| metadata.lines().filter_map(|line| Some(line.strip_prefix(key)?.trim().to_owned())).collect();
        let (names, versions): (Vec<String>, Vec<String>) = (all("Name:"), all("Version:"));
        let pyproject: toml::Table = fs::read_to_string(folder.join("pyproject.toml")).unwrap().parse().unwrap();
        let groups = pyproject.get("dependency-groups").and_then(toml::Value::as_table);
        let groups = groups.map(|groups| groups.keys().cloned().collect()).unwrap_or_default();
        Self { name: names[0].clone(), version: versions[0].clone(), extras: all("Provides-Extra:"), groups }
    }

    /// Installs it, chooses all that it offers, and tells how pip is asked for the same.
    fn install(&self, place: &Place, metadata: &Path) -> Vec<String> {
        let description = place.description(&self.name, &self.version);
        fs::create_dir_all(&description).unwrap();
        fs::copy(metadata, description.join("METADATA")).unwrap();
        let pyproject = metadata.with_file_name("pyproject.toml");
        fs::copy(&pyproject, place.world.project().join("pyproject.toml")).unwrap();
        let choice = json!({"backend": "venv", "venv": {"all_extras": true, "groups": self.groups}});
        place.world.write(".pyve/config", choice.to_string());
        let own = format!("{}[{}]=={}", self.name, self.extras.join(","), self.version);
        let groups =
            self.groups.iter().flat_map(|group| ["--group".to_owned(), format!("{}:{group}", pyproject.display())]);
        [own].into_iter().chain(groups).collect()
    }
}

/// What is wanted of each, as the reader of these files' own test finds it.
fn wanted(reader: &mut Asked, question: &Value) -> Wanted {
    let by_name: BTreeMap<String, (String, bool)> = serde_json::from_value(reader.ask(question)).unwrap();
    by_name.into_iter().filter(|(name, _)| name != "pip").map(|(name, (version, _))| (name, version)).collect()
}

/// The files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Whether pip would have to build something for its verdict, for which it needs the network.
fn builds(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap();
    text.lines().any(|line| line.starts_with("-e ") || line.starts_with("git+"))
}

#[test]
fn of_real_files_it_says_what_pip_says() {
    let Some(tools) = tools_python() else { return };
    let Some(mut place) = Place::make(&tools) else { return };
    let version = &interpreter(3, 11).unwrap().version;
    let mut reader =
        Asked::start(Command::new(&tools).args(["-u", "-X", "utf8"]).arg(data().join("real.py")).arg(version));
    for file in files(&data().join("real/requirements")).into_iter().filter(|file| !builds(file)) {
        let of = file.to_str().unwrap();
        place.world.write("requirements.txt", format!("-r {of}\n"));
        let wanted = wanted(&mut reader, &json!(["file", of]));
        place.compare_all(&wanted, &["--no-deps", "-r", of], of);
    }
    fs::remove_file(place.world.project().join("requirements.txt")).unwrap();
    for metadata in files(&data().join("real/pyproject")).into_iter().filter(|it| it.ends_with("METADATA")) {
        let folder = metadata.parent().unwrap();
        let own = Own::read(folder);
        let pip = own.install(&place, &metadata);
        let wanted = wanted(&mut reader, &json!(["project", folder]));
        let pip: Vec<&str> = pip.iter().map(String::as_str).collect();
        place.compare_all(&wanted, &pip, folder.to_str().unwrap());
        place.forget(&own.name, &own.version);
    }
    let count = |by_pip| place.verdicts.get(&by_pip).copied().unwrap_or_default();
    assert!(count(true) >= 40 && count(false) >= 40, "{:?}", place.verdicts);
}
