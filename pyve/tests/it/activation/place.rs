//! A world with every kind of environment to enter, and the shells to do it in.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use pyve_testkit::{Outcome, interpreter, prerequisite};

use super::shells::Shell;
use crate::conda::place;

/// What is hard to hand on: the value of `SCRIPT_SET` before anything is activated.
pub const HARD: &[u8] = b"it's \"odd\"!\n $(touch hacked) `touch hacked` \\ \xff\n";

/// An activation script that sets, removes and prepends, minds no option, and leaves options behind.
const ACTIVATE: &str = r#"export SCRIPT_SET="$CONDA_PREFIX/set"
unset SCRIPT_UNSET
export SCRIPT_LIST="$CONDA_PREFIX/lib${SCRIPT_LIST:+:$SCRIPT_LIST}"
export SCRIPT_NEW=
export PATH="$CONDA_PREFIX/more:$PATH"
false
: "$not_defined_anywhere"
set -C
own_function() { :; }
alias own_alias=true
echo activated >> "$LOG"
"#;

/// Undoes only some of it, and more than that.
const DEACTIVATE: &str = r#"unset SCRIPT_SET
export SCRIPT_LIST="${SCRIPT_LIST#*:}" SCRIPT_LEFT=1
unset KEPT
false
set -C
late_function() { :; }
echo deactivated >> "$LOG"
"#;

const ACTIVATE_FISH: &str = r#"set -gx SCRIPT_SET "$CONDA_PREFIX/set"
set -e SCRIPT_UNSET
set -gx SCRIPT_LIST "$CONDA_PREFIX/lib:$SCRIPT_LIST"
set -gx SCRIPT_NEW ''
set -gx PATH "$CONDA_PREFIX/more" $PATH
function own_function; end
echo activated >> "$LOG"
"#;

const DEACTIVATE_FISH: &str = r#"set -e SCRIPT_SET
set -gx SCRIPT_LIST changed
set -gx SCRIPT_LEFT 1
set -e KEPT
echo deactivated >> "$LOG"
"#;

/// What the package's own script does, for fish.
const PACKAGE_FISH: &str = r#"set -gx SAMPLE_HOME "$CONDA_PREFIX/share/sample"
set -gx SAMPLE_TEXT 'two words; $(not run)'
set -gx PATH "$CONDA_PREFIX/tools" $PATH
"#;

/// A shell, and in its project a conda environment (the default one, with scripts) and a virtual one called `dev`; another
/// project, in which pyve never was; and one that may be moved and emptied.
pub struct Place {
    conda: place::Place,
    shell: Shell,
}

impl Place {
    pub fn new(shell: Shell) -> Option<Self> {
        let conda = place::Place::named("demo it's");
        let world = &conda.world;
        for shell in Shell::ALL {
            world.link_as(shell.name(), &prerequisite(shell.name())?);
        }
        world.link_as("python3", &interpreter(3, 10)?.path);
        world.link_as("pyve", Path::new(env!("CARGO_BIN_EXE_pyve")));
        conda.environment(&["activated"]);
        conda.done("init --env-name demo --no-direnv");
        let place = Self { conda, shell };
        for (folder, files) in [
            ("activate.d", [("own.sh", ACTIVATE), ("own.fish", ACTIVATE_FISH)]),
            ("deactivate.d", [("own.sh", DEACTIVATE), ("own.fish", DEACTIVATE_FISH)]),
        ] {
            for (name, text) in files {
                fs::write(place.prefix().join("etc/conda").join(folder).join(name), text).unwrap();
            }
        }
        fs::write(place.package_fish(), PACKAGE_FISH).unwrap();
        let outer = place.root().join("outer/etc/conda/deactivate.d");
        fs::create_dir_all(&outer).unwrap();
        fs::write(outer.join("outer.sh"), "unset OUTER_SET\n").unwrap();
        let python = place.conda.world.command("python3").args(["-I", "-m", "venv", "--without-pip"]);
        let prefixes =
            [".pyve/envs/dev", "../other/.venv", "../movable/.venv"].map(|prefix| place.project().join(prefix));
        let _ = python.args(prefixes).run().success();
        place.conda.done("init --env dev --backend venv --no-direnv");
        fs::write(place.project().join(".env"), "DOTENV_SET=1\n").unwrap();
        // The scripts append to it with options that let nobody create it.
        fs::write(place.log(), "").unwrap();
        place.conda.settle();
        Some(place)
    }

    pub fn root(&self) -> &Path {
        self.conda.world.root()
    }

    pub fn project(&self) -> &Path {
        self.conda.project()
    }

    /// The environment of conda's.
    pub fn prefix(&self) -> PathBuf {
        self.conda.prefix()
    }

    /// The script for fish beside the one that the package brings.
    pub fn package_fish(&self) -> PathBuf {
        self.prefix().join("etc/conda/activate.d/activated.fish")
    }

    /// Where the scripts say that they ran.
    pub fn log(&self) -> PathBuf {
        self.root().join("log")
    }

    /// Runs a script in the shell, in the project.
    pub fn run(&self, script: &str) -> Outcome {
        self.run_in(self.shell, script)
    }

    /// The same in another shell.
    pub fn run_in(&self, shell: Shell, script: &str) -> Outcome {
        self.run_with(shell, shell.plain(), script)
    }

    /// The same with other arguments in front.
    pub fn run_with(&self, shell: Shell, arguments: &[&str], script: &str) -> Outcome {
        let mut invocation = self.conda.world.command(shell.name()).args(arguments).args(["-c", script]);
        invocation = invocation.env("LOG", self.log()).env("SCRIPT_SET", std::ffi::OsStr::from_bytes(HARD));
        let more = [("SCRIPT_UNSET", "was set"), ("SCRIPT_LIST", "/lists/one"), ("KEPT", "kept"), ("TERM", "dumb")];
        let invocation = more.iter().fold(invocation, |invocation, (name, value)| invocation.env(name, value));
        invocation.run()
    }
}
