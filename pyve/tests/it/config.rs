//! `pyve config`: what it shows, from where, and how it fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pyve_testkit::Schema;
use serde_json::{Value, json};

/// A home folder, a project in another place, and a PATH on which every program is a trap.
struct Place {
    _top: tempfile::TempDir,
    home: PathBuf,
    project: PathBuf,
    traps: PathBuf,
}

/// What a run left.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        // The system's own folder for such things may be a link.
        let path = top.path().canonicalize().unwrap();
        let place =
            Self { _top: top, home: path.join("home"), project: path.join("work/p"), traps: path.join("traps") };
        for folder in [&place.home, &place.project, &place.traps] {
            fs::create_dir_all(folder).unwrap();
        }
        for program in ["python", "python3", "micromamba", "conda", "git", "direnv", "asdf", "pyenv", "sh"] {
            place.trap(program);
        }
        place
    }

    #[cfg(unix)]
    fn trap(&self, program: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.traps.join(program);
        fs::write(&path, format!("#!/bin/sh\necho {program} >> '{}'\n", self.sprung().display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[cfg(not(unix))]
    fn trap(&self, _: &str) {}

    fn sprung(&self) -> PathBuf {
        self.traps.join("sprung")
    }

    fn config(&self, text: &str) -> &Self {
        fs::create_dir_all(self.project.join(".pyve")).unwrap();
        fs::write(self.project.join(".pyve/config"), text).unwrap();
        self
    }

    fn pyve(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pyve"));
        command.env_clear().env("HOME", &self.home).env("USERPROFILE", &self.home).env("PATH", &self.traps);
        command.current_dir(folder);
        command
    }

    fn run_in(&self, folder: &Path, words: &[&str]) -> Outcome {
        let output = self.pyve(folder).args(words).output().unwrap();
        assert!(!self.sprung().exists(), "a program was started: {}", fs::read_to_string(self.sprung()).unwrap());
        Outcome {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn run(&self, words: &[&str]) -> Outcome {
        self.run_in(&self.project, words)
    }

    fn json(&self, folder: &Path) -> Value {
        let outcome = self.run_in(folder, &["config", "--json"]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        serde_json::from_str(&outcome.stdout).unwrap()
    }
}

fn setting<'a>(report: &'a Value, key: &str) -> &'a Value {
    report["settings"].as_array().unwrap().iter().find(|row| row["key"] == key).expect(key)
}

const SETTINGS: &str = "pyve_version: 1.0.0\nbackend: venv\npython:\n  version: 3.10\nprompt:\n  show: false\n";

#[test]
fn outside_of_a_project_nothing_is_set() {
    let place = Place::new();
    let outcome = place.run(&["config"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], format!("Version:           {}", env!("CARGO_PKG_VERSION")));
    assert_eq!(lines[1], format!("Project:           {} (no project found)", place.project.display()));
    assert_eq!(lines[2], "Config file:       .pyve/config (not found)");
    assert!(lines.contains(&"Detected backend:  none"), "{lines:#?}");
    assert!(lines.contains(&"Environment file:  none"), "{lines:#?}");
    assert!(lines.contains(&"> default          venv"), "{lines:#?}");
    let report = place.json(&place.project);
    assert_eq!(report["project"], json!({"root": place.project, "found": false}));
    assert_eq!(setting(&report, "backend"), &json!({"key": "backend", "value": null, "origin": null, "default": null}));
}

#[test]
fn each_value_has_its_origin() {
    let place = Place::new();
    let report = place.config(SETTINGS).json(&place.project);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["project"], json!({"root": place.project, "found": true}));
    assert_eq!(report["config_file"], json!({"path": place.project.join(".pyve/config"), "present": true}));
    assert_eq!(report["backend"]["backend"], "venv");
    assert_eq!(report["backend"]["decided_by"], ".pyve/config");
    assert_eq!(report["backend"]["why"], "set in `.pyve/config:2`");
    assert_eq!(
        setting(&report, "python.version"),
        &json!({"key": "python.version", "value": "3.10", "origin": ".pyve/config:4", "default": "backend default"})
    );
    assert_eq!(
        setting(&report, "prompt.show"),
        &json!({"key": "prompt.show", "value": false, "origin": ".pyve/config:6", "default": "true"})
    );
    assert_eq!(
        setting(&report, "prompt.format"),
        &json!({
            "key": "prompt.format", "value": null, "origin": "default", "default": "({backend}:{env_name})"
        })
    );
    assert_eq!(report["paths"]["pyve_home"], json!(place.home.join(".pyve")));
}

#[test]
fn an_initialised_project_keeps_its_backend() {
    let place = Place::new();
    let state = pyve_testkit::State::new(&place.project, &place.home.join(".pyve"));
    state.write("default/current", "{\"backend\": \"micromamba\"}");
    let report = place.json(&place.project);
    assert_eq!(report["backend"]["backend"], "micromamba");
    assert_eq!(report["backend"]["decided_by"], "last initialised");
    assert_eq!(
        report["backend"]["levels"][2],
        json!({
            "level": "last initialised", "said": "micromamba", "backend": "micromamba",
            "origins": [".pyve/state/default/current"], "decided": true
        })
    );
}

#[test]
fn the_text_shows_values_and_lines() {
    let place = Place::new();
    let outcome = place.config(SETTINGS).run(&["config"]);
    let line = |start: &str| {
        let line = outcome.stdout.lines().find(|line| line.trim_start().starts_with(start)).expect(start);
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("python.version"), "python.version 3.10 .pyve/config:4");
    assert_eq!(line("prompt.format"), "prompt.format ({backend}:{env_name}) default");
    assert_eq!(line("Backend:"), "Backend: venv (set in `.pyve/config:2`)");
    assert_eq!(line("> .pyve/config"), "> .pyve/config venv (.pyve/config:2)");
}

#[test]
fn every_spelling_and_every_folder_says_the_same() {
    let place = Place::new();
    let whole = place.config(SETTINGS).run(&["config"]);
    assert_eq!(whole.code, 0);
    let inner = place.project.join("src/inner");
    fs::create_dir_all(&inner).unwrap();
    assert_eq!(place.run(&["--config"]), whole);
    assert_eq!(place.run(&["-c"]), whole);
    assert_eq!(place.run_in(&inner, &["config"]), whole);
    assert_eq!(place.run_in(&place.home, &["-C", inner.to_str().unwrap(), "config"]), whole);
}

#[test]
fn what_lies_in_the_home_folder_is_no_project() {
    let place = Place::new();
    fs::create_dir(place.home.join(".pyve")).unwrap();
    fs::write(place.home.join(".pyve/config"), "\nlink_mode: copy\n").unwrap();
    let report = place.json(&place.home);
    assert_eq!(report["project"]["found"], false);
    // The file is the user's, for all projects.
    let settings = report["settings"].as_array().unwrap();
    let row = settings.iter().find(|row| row["key"] == "link_mode").unwrap();
    let origin = format!("{}/.pyve/config:2", place.home.display());
    assert_eq!(*row, json!({"key": "link_mode", "value": "copy", "origin": origin, "default": "clone"}));
    assert_eq!(report["user_config_file"]["present"], true);
    assert_eq!(report["backend"]["decided_by"], "default");
}

#[test]
fn no_home_is_no_obstacle() {
    let place = Place::new();
    let mut command = place.pyve(&place.project);
    let output = command.env("HOME", "/nowhere").arg("config").output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout.contains("pyve's directory:  none: `HOME` is `/nowhere`, which is not a directory\n"), "{stdout}");
}

#[test]
fn all_faults_of_the_file_are_told_and_nothing_is_printed() {
    let place = Place::new();
    let outcome = place
        .config("backend: venv\npyton: {}\nprompt:\n  show: yes\n  format: '({user})'\n")
        .run(&["config", "--json"]);
    insta::assert_snapshot!(outcome.stderr, @"
    error: .pyve/config:2:1: unknown key `pyton`; did you mean `python`?
      .pyve/config:4:9: invalid prompt.show `yes`: must be `true` or `false`; did you mean `true`?
      .pyve/config:5:11: invalid prompt.format `({user})`: unknown placeholder `{user}`
    hint: correct or remove it; the keys are backend, pyve_version, default_env, python, run, prompt, plugins, envs, micromamba, venv
    ");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""));
}

#[test]
fn a_backend_that_nobody_knows_is_an_error() {
    let place = Place::new();
    let outcome = place.config("backend: micromanba\nmicromanba:\n  env_name: x\n").run(&["config"]);
    let plugins = place.home.join(".pyve/plugins");
    assert_eq!(
        outcome.stderr,
        format!(
            "error: backend `micromanba` not found (`.pyve/config:1`)\n  known backends: micromamba, venv\n  plugins are \
             looked up in `{}`\nhint: did you mean `backend: micromamba`? Edit `.pyve/config:1`\n",
            plugins.display()
        )
    );
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""));
}

#[test]
fn the_schema_needs_no_project() {
    let place = Place::new();
    let outcome = place.config("not: [yaml").run(&["config", "--schema"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    if let Some(schema) = Schema::of(&outcome.stdout) {
        let settings: Value = serde_yaml::from_str(SETTINGS).unwrap();
        let complaints = schema.complaints(&[settings, json!({"backend": "nobody"})]);
        assert!(complaints[0].is_empty() && !complaints[1].is_empty(), "{complaints:?}");
    }
    assert_eq!(place.run(&["config", "--schema", "--json"]).code, 2);
    assert_eq!(place.run(&["config", "extra"]).code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_folders_cannot_speak_to_the_terminal() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let hostile = place.project.join(std::ffi::OsStr::from_bytes(b"a\x1b[31m\nb\xff"));
    fs::create_dir_all(hostile.join(".pyve/state")).unwrap();
    let outcome = place.run_in(&hostile, &["config"]);
    assert!(outcome.stdout.contains("/a\\u{1b}[31m\\nb\u{fffd}\n"), "{}", outcome.stdout);
    let root = &place.json(&hostile)["project"]["root"];
    let bytes: Vec<u8> = root["bytes"].as_array().unwrap().iter().map(|byte| byte.as_u64().unwrap() as u8).collect();
    assert_eq!(bytes, hostile.as_os_str().as_bytes());
}
