//! A world with real shells, whose prompts a test lets come.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use pyve_testkit::{Outcome, World, prerequisite};

use crate::ready::quick;

/// A shell, and how its words differ.
pub struct Shell {
    pub name: &'static str,
    /// So that nothing of the machine is read.
    plain: &'static str,
    /// Defines `at`, which does what the shell does before a prompt and says what became of the shell.
    at: &'static str,
}

const AT_BASH: &str = r#"PROMPT_COMMAND=
eval "$(pyve shell-hook bash --auto)"
at() { eval "$PROMPT_COMMAND"; echo "$1: ${VIRTUAL_ENV-outside} ${SECRET-}"; }"#;

const AT_ZSH: &str = r#"eval "$(pyve shell-hook zsh --auto)"
at() { local each; for each in $precmd_functions; do $each; done; echo "$1: ${VIRTUAL_ENV-outside} ${SECRET-}"; }"#;

const AT_FISH: &str = r#"pyve shell-hook fish --auto | source
function at; emit fish_prompt; set --query VIRTUAL_ENV; and echo "$argv[1]: $VIRTUAL_ENV $SECRET"; or echo "$argv[1]: outside $SECRET"; end"#;

pub const SHELLS: [Shell; 3] = [
    Shell { name: "bash", plain: "--norc", at: AT_BASH },
    Shell { name: "zsh", plain: "-f", at: AT_ZSH },
    Shell { name: "fish", plain: "--no-config", at: AT_FISH },
];

impl Shell {
    /// What the shell says of these lines.
    pub fn run(&self, world: &World, lines: &str) -> Outcome {
        self.run_by(world, &[], lines)
    }

    /// The same, started by a program with arguments.
    pub fn run_by(&self, world: &World, by: &[OsString], lines: &str) -> Outcome {
        let script = world.root().join("script");
        std::fs::write(&script, format!("{}\n{lines}", self.at)).unwrap();
        let words = by.iter().map(OsString::as_os_str).chain([OsStr::new(self.name), OsStr::new(self.plain)]);
        let mut words = words.chain([script.as_os_str()]);
        let program = words.next().unwrap_or_default();
        world.command(program).args(words).env("TERM", "dumb").run().success()
    }
}

/// A world with the shells and pyve on PATH.
pub fn with_shells(world: &World) -> Option<()> {
    for shell in &SHELLS {
        world.link_as(shell.name, &prerequisite(shell.name)?);
    }
    world.link_as("pyve", Path::new(env!("CARGO_BIN_EXE_pyve")));
    Some(())
}

/// A project with an environment and a secret in its `.env`, a folder in it, and one beside it.
pub fn project() -> Option<World> {
    let world = quick("project")?;
    with_shells(&world)?;
    world.write(".env", "SECRET=one\n");
    world.write("sub/file", "");
    std::fs::create_dir(world.root().join("beside")).unwrap();
    let _ = world.pyve().args(["init", "--no-direnv", "--no-install-deps"]).run().success();
    Some(world)
}

/// What `env -0` wrote into a file of the world, but for what counts folders and commands.
pub fn variables(world: &World, file: &str) -> Vec<String> {
    let text = String::from_utf8(std::fs::read(world.root().join(file)).unwrap()).unwrap();
    let mut all: Vec<String> = text.split('\0').map(str::to_owned).collect();
    all.retain(|pair| !["PWD", "OLDPWD", "LAST_EXIT_CODE", "_"].contains(&pair.split('=').next().unwrap()));
    all.sort();
    all
}
