//! A world with a micromamba, a channel of its own, and a project of conda's.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_standin_micromamba::channel::{self, Channel};
use pyve_standin_micromamba::sample;
use pyve_testkit::{Invocation, Outcome, World, prerequisite};

pub struct Place {
    pub world: World,
}

impl Place {
    /// A project called `demo`, and micromamba in the user's sandbox.
    pub fn new() -> Self {
        Self::named("demo")
    }

    pub fn named(project: impl AsRef<OsStr>) -> Self {
        let place = Self::without_tool(project);
        put_micromamba(&place.sandbox());
        place
    }

    /// The same without any micromamba.
    pub fn without_tool(project: impl AsRef<OsStr>) -> Self {
        let world = World::named(project);
        // micromamba starts commands by a script of bash, and pyve looks with it what activation scripts do.
        world.link_as("bash", &prerequisite("bash").expect("bash, which micromamba itself needs"));
        // Only looked for: pyve never starts it.
        world.stand_in("direnv", "#!/bin/sh\nexit 1\n");
        world.set("PYVE_STANDIN_LOG", world.root().join("calls"));
        world.filter(&regex_of(&channel().url()), "[CHANNEL]");
        world.filter(&format!(r"\b{}\b", regex_of(&channel::platform())), "[PLATFORM]");
        world.filter(&format!(r"\b{}\b", regex_of(&python().version)), "[PYTHON]");
        world.filter(r"micromamba: [0-9][^ ]* \(", "micromamba: [MICROMAMBA] (");
        Self { world }
    }

    pub fn project(&self) -> &Path {
        self.world.project()
    }

    /// Where the user's micromamba is.
    pub fn sandbox(&self) -> PathBuf {
        self.world.home().join(".pyve/bin/micromamba")
    }

    /// The environment of a project called `demo`.
    pub fn prefix(&self) -> PathBuf {
        self.project().join(".pyve/envs/demo")
    }

    /// Writes an `environment.yml` of the sample channel with these dependencies.
    pub fn environment(&self, dependencies: &[&str]) {
        self.world.write("environment.yml", environment(dependencies));
    }

    /// Writes a `conda-lock.yml` of these packages of the sample channel, for this machine.
    pub fn lock(&self, packages: &[(&str, &str)]) {
        self.world.write("conda-lock.yml", lock(packages, &channel::platform()));
    }

    /// Says a line to pyve, where nobody can be asked.
    pub fn pyve(&self, line: &str) -> Invocation<'_> {
        self.world.pyve().args(line.split_whitespace()).env("CI", "1")
    }

    /// Says a line to pyve, which must succeed.
    #[track_caller]
    pub fn done(&self, line: &str) -> Outcome {
        self.pyve(line).run().success()
    }

    /// Says a line to pyve, and shows what came of it.
    pub fn told(&self, line: &str) -> String {
        self.pyve(line).run().to_string()
    }

    /// What pyve says of a line that must fail: the exit code, and standard error.
    #[track_caller]
    pub fn refused(&self, line: &str) -> String {
        let outcome = self.pyve(line).run();
        assert_ne!(outcome.code, Some(0), "{outcome}");
        assert_eq!(outcome.out(), "");
        format!("{}\n{}", outcome.code.unwrap(), outcome.err())
    }

    /// What a command says inside.
    #[track_caller]
    pub fn run(&self, command: &[&str]) -> String {
        let outcome = self.world.pyve().arg("run").args(command).run().success();
        assert_eq!(outcome.err(), "");
        outcome.out()
    }

    /// Lets what was just written grow old enough for pyve to tell a further change from it.
    pub fn settle(&self) {
        std::thread::sleep(std::time::Duration::from_millis(60));
    }

    /// How often the stand-in was called with these as its first words; the real program does not count.
    pub fn calls(&self, words: &[&str]) -> usize {
        let text = fs::read_to_string(self.world.root().join("calls")).unwrap_or_default();
        let start = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(",");
        text.lines().filter(|line| line.starts_with(&format!("[{start}"))).count()
    }

    /// Nothing is left of an environment, begun, put aside or whole.
    #[track_caller]
    pub fn assert_no_environment(&self) {
        let left: Vec<_> = fs::read_dir(self.project().join(".pyve/envs")).into_iter().flatten().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
        let outcome = self.world.pyve().args(["run", "true"]).run();
        assert_eq!(outcome.code, Some(125), "{outcome}");
    }
}

pub fn environment(dependencies: &[&str]) -> String {
    let lines = dependencies.iter().map(|line| format!("  - {line}\n")).collect::<String>();
    format!("channels:\n  - {}\ndependencies:\n{lines}", channel().url())
}

pub fn lock(packages: &[(&str, &str)], platform: &str) -> String {
    let entries: Vec<_> = packages.iter().map(|(name, version)| channel().entry(name, version).unwrap()).collect();
    channel().lock(&entries, platform)
}

/// Puts the micromamba to test with at this place. It may be the very file, so it must not be written to.
pub fn put_micromamba(place: &Path) {
    let program = pyve_testkit::micromamba();
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::hard_link(&program, place).or_else(|_| fs::copy(&program, place).map(drop)).unwrap();
}

/// The sample channel.
pub fn channel() -> &'static Channel {
    sample::shared(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

pub fn python() -> sample::Python {
    sample::Python::find().unwrap()
}

fn regex_of(text: &str) -> String {
    text.chars().flat_map(|letter| if letter.is_alphanumeric() { vec![letter] } else { vec!['\\', letter] }).collect()
}
