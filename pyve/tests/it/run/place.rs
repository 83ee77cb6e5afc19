//! A project with a recorded environment, in a home of its own.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use pyve_testkit::State;
use serde_json::{Value, json};

pub struct Place {
    _folder: tempfile::TempDir,
    pub top: PathBuf,
    pub project: PathBuf,
}

impl Place {
    /// A folder without any project in it.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let project = top.join("my project");
        fs::create_dir_all(&project).unwrap();
        fs::create_dir(top.join("home")).unwrap();
        Self { _folder: folder, top, project }
    }

    /// A project whose environment has an empty `bin`.
    pub fn bare() -> Self {
        let place = Self::empty();
        fs::create_dir_all(place.project.join(".venv/bin")).unwrap();
        place.write_records();
        place
    }

    /// A project with a real virtual environment.
    pub fn real() -> Self {
        let place = Self::empty();
        let mut venv = Command::new(real_python());
        venv.args(["-m", "venv", "--without-pip"]).arg(place.project.join(".venv"));
        assert!(venv.env_clear().status().unwrap().success());
        place.write_records();
        place
    }

    pub fn write_records(&self) {
        self.write_record(self.record());
        self.write_current(json!({"backend": "venv", "config": fingerprint(&self.project.join(".pyve/config"))}));
    }

    /// A record as it is after the launch was kept.
    pub fn record(&self) -> Value {
        let prefix = self.project.join(".venv");
        let inputs = [prefix.join("pyvenv.cfg"), prefix.join("bin")];
        let launch = json!({
            "path": [{"directory": prefix.join("bin")}],
            "env": [{"name": "VIRTUAL_ENV", "value": prefix}, {"name": "VIRTUAL_ENV_PROMPT", "value": "my project"}],
            "env_remove": ["PYTHONHOME"],
            "deactivate": ["VIRTUAL_ENV", "CONDA_PREFIX"],
            "outer": [pyve_plugin_api::Outer::conda()],
            "inputs": inputs,
        });
        let stamps: Vec<Value> = inputs.iter().map(|path| json!({"path": path, "was": fingerprint(path)})).collect();
        json!({
            "pyve_version": "4.0.0", "backend": "venv", "environment": "default", "status": "ready",
            "recorded": {"prefix": prefix, "interpreter": prefix.join("bin/python"), "ready": true},
            "launch": {
                "launch": launch, "config": fingerprint(&self.project.join(".pyve/config")), "inputs": stamps,
            },
        })
    }

    pub fn write_record(&self, record: Value) {
        let name = format!("{}.json", record["backend"].as_str().unwrap());
        self.write_state(record["environment"].as_str().unwrap(), &name, record.to_string());
    }

    pub fn write_current(&self, chosen: Value) {
        self.write_state("default", "current", json!({"backend": "venv", "chosen": chosen}).to_string());
    }

    pub fn write_state(&self, environment: &str, name: &str, content: String) {
        self.state().write(&format!("{environment}/{name}"), &content);
    }

    pub fn state(&self) -> State {
        State::new(&self.project, &self.top.join("home/.pyve"))
    }

    /// A program of the environment; the launch does not have to be computed again for it.
    pub fn program(&self, name: &str, content: &str) -> PathBuf {
        let path = self.project.join(".venv/bin").join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        self.write_records();
        path
    }

    /// pyve, started in the project with nothing of the tester's environment.
    pub fn pyve(&self, words: &[&str]) -> Command {
        pyve_testkit::default_for_children();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pyve"));
        command.args(words).current_dir(&self.project).env_clear();
        command.env("HOME", self.top.join("home")).env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.pyve(&[&["run"], words].concat()).output().unwrap()
    }

    /// The exit code and what was said, of a line that must say nothing on standard output.
    pub fn refused(&self, words: &[&str]) -> String {
        self.told(self.pyve(words).output().unwrap())
    }

    pub fn told(&self, output: Output) -> String {
        assert_eq!(text(&output.stdout), "");
        let said = text(&output.stderr).replace(self.top.to_str().unwrap(), "<top>");
        format!("{}\n{}", output.status.code().unwrap(), said.trim_end())
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// As pyve writes it.
pub fn fingerprint(path: &Path) -> Value {
    let Ok(metadata) = path.symlink_metadata() else { return json!({"kind": "absent"}) };
    let modified = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
    let changed = metadata.ctime() * 1_000_000_000 + metadata.ctime_nsec();
    json!({
        "kind": if metadata.is_dir() { "folder" } else { "file" },
        "traits": [metadata.size(), modified, changed, metadata.ino()],
    })
}

/// The interpreter behind the `python3` of whoever tests, which may be a shim.
pub fn real_python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let code = "import sys; print(getattr(sys, '_base_executable', sys.executable))";
        let output = Command::new("python3").args(["-c", code]).output().expect("the tests need a python3 on PATH");
        PathBuf::from(text(&output.stdout).trim())
    })
}
