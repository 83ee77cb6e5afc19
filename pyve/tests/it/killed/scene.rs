//! The scenarios, and a world that is as it was before each point.

use std::fs;
use std::path::{Path, PathBuf};

use pyve_testkit::{Invocation, Outcome, World};

use crate::plugins::build::libraries;
use crate::ready::{done, light, quick};

/// What is killed, and from where it starts.
pub struct Scenario {
    pub line: &'static str,
    /// What was done before.
    before: &'static [&'static str],
    /// Whether home still has what the first of all commands prepares.
    warm: bool,
    project: &'static str,
    pub after: After,
    /// How many calls are tried where not all are.
    pub points: usize,
}

/// What must hold from the blow on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// There was no environment: there is a whole one, or none.
    None,
    /// There was one: there is a whole one at every moment.
    Always,
    /// There was one, and it goes.
    Leaves,
}

const BASE: Scenario =
    Scenario { line: "init", before: &[], warm: true, project: "project", after: After::Always, points: 24 };

pub const FIRST: Scenario = Scenario { warm: false, after: After::None, ..BASE };
pub const WARM: Scenario = Scenario { after: After::None, ..BASE };
pub const FORCE: Scenario = Scenario { line: "init --force --yes", before: &["init"], points: 40, ..BASE };
/// What stands in a folder whose name has a space is never cloned: its old environment must go first.
pub const IN_PLACE: Scenario = Scenario { project: "my project", points: 32, ..FORCE };
pub const UPDATE: Scenario = Scenario { line: "init --update --yes", before: &["init"], ..BASE };
pub const PURGE: Scenario =
    Scenario { line: "purge --yes", before: &["init"], after: After::Leaves, points: 32, ..BASE };
pub const PYTHON_VERSION: Scenario = Scenario { line: "python-version 3", before: &["init"], points: 10, ..BASE };
pub const PLUGIN: Scenario = Scenario { line: "plugin add --yes", before: &["init"], points: 18, ..BASE };
pub const SELF_INSTALL: Scenario = Scenario { line: "self install", before: &["init"], points: 14, ..BASE };

/// The user's own files; pyve adds marked blocks and lines to some of them.
pub const SEED: &[(&str, &str)] = &[
    (".envrc", "# mine\nexport MY_OWN=1\nPATH_add tools\n"),
    (".env", "SECRET=hunter2\n"),
    (".gitignore", "# my lines\n*.log\n/build/\n"),
    (".tool-versions", "nodejs 20.1.0\nruby 3.2.2 # keep\n"),
    ("main.py", "print('hello')\n"),
    (".pyve/config", "# my settings\nprompt:\n  show: true\n"),
];

pub const RC: (&str, &str) = (".bashrc", "# my bashrc\nalias ll='ls -l'\n");

pub struct Scene<'a> {
    pub world: World,
    pub scenario: &'a Scenario,
}

impl<'a> Scene<'a> {
    /// The world of the scenario; `None` where the machine has not what it needs.
    #[track_caller]
    pub fn new(scenario: &'a Scenario) -> Option<Self> {
        let world = if scenario.project.contains(' ') { quick(scenario.project)? } else { light(scenario.project)? };
        let scene = Self { world, scenario };
        scene.seed();
        if scenario.warm {
            done(&scene.world, "init");
            fs::remove_dir_all(scene.world.project()).unwrap();
            fs::create_dir(scene.world.project()).unwrap();
            scene.seed();
        }
        for line in scenario.before {
            done(&scene.world, line);
        }
        for folder in scene.folders() {
            copy(&folder, &kept(&folder));
        }
        Some(scene)
    }

    fn seed(&self) {
        for (file, text) in SEED {
            self.world.write(file, text);
        }
        fs::write(self.world.home().join(RC.0), RC.1).unwrap();
        // The version manager that pins versions in `.tool-versions`.
        fs::create_dir_all(self.world.home().join(".asdf/installs/python")).unwrap();
    }

    /// What pyve may change.
    pub fn folders(&self) -> [PathBuf; 2] {
        [self.world.project().to_owned(), self.world.home()]
    }

    /// All is as it was before the command.
    pub fn reset(&self) {
        for folder in self.folders() {
            fs::remove_dir_all(&folder).unwrap();
            copy(&kept(&folder), &folder);
        }
    }

    /// The command that is killed.
    pub fn command(&self) -> Invocation<'_> {
        self.pyve(self.scenario.line)
    }

    pub fn pyve(&self, line: &str) -> Invocation<'_> {
        let command = self.world.pyve().env("SHELL", "/bin/bash").args(line.split(' '));
        if line.starts_with("plugin add") { command.arg(libraries().path("frozen")) } else { command }
    }

    /// Says the line to pyve.
    pub fn said(&self, line: &str) -> Outcome {
        self.pyve(line).run()
    }
}

pub fn kept(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap().to_owned();
    name.push("-as-it-was");
    folder.with_file_name(name)
}

/// With modes, times and links, which prepared trees are known by.
pub fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}
