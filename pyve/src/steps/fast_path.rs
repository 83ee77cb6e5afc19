//! A prepared tree made by the program that makes it sooner: tried without a word, and forgotten where it fails.

use std::path::Path;
use std::process::Stdio;

use pyve_plugin_api::Step;

use super::executor::Executor;
use super::moving::moving;
use super::{remove, run};
use crate::failure::Failure;
use crate::process::{BY_INTERRUPT, code_of, interrupt, process_under};
use crate::template::UMASK;

/// Whether the tree is at `source` now. Only the user who stops it is a failure: there is a usual way.
pub fn made(executor: &Executor<'_>, step: &Step, source: &Path) -> Result<bool, Failure> {
    let Some(command) = step.fast_path.clone().into_option() else { return Ok(false) };
    let guard = interrupt::guard();
    let mut process = process_under(&command, executor.caller, executor.project.root(), Some(UMASK))?;
    process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let line = moving(executor.console, &step.title);
    let output = process.spawn().and_then(std::process::Child::wait_with_output);
    drop(line);
    let ended = output.as_ref().map(|output| code_of(output.status));
    if ended.as_ref().is_ok_and(|code| *code == 0) && source.is_dir() {
        return Ok(true);
    }
    remove::tree(source)?;
    if ended.as_ref().is_ok_and(|code| *code == BY_INTERRUPT) || guard.requested() {
        return Err(run::stopped(&step.command.clone().into_option().unwrap_or(command)));
    }
    let why = match output {
        Ok(output) => last_line(&String::from_utf8_lossy(&output.stderr)),
        Err(error) => crate::failure::reason(&error),
    };
    executor.console.debug(&format!("{} is made in the usual way: {why}", source.display()));
    Ok(false)
}

fn last_line(said: &str) -> String {
    said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it does not say why").to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Fixture;
    use pyve_plugin_api::Command;

    fn sh(script: &str, source: &Path) -> Command {
        Command::new("/bin/sh").args(["-ec", script, "sh"]).arg(source)
    }

    /// Which of the two commands made the clone.
    fn maker(place: &Fixture, fast: &str) -> String {
        let source = place.home.join("cache/tree");
        let step = Step::clone_tree("Clone", &source, sh("mkdir -p \"$1\"; echo usual > \"$1/by\"", &source), ".e");
        place.execute(&step.fast_path(sh(fast, &source))).unwrap();
        let files = std::fs::read_dir(place.root().join(".e")).unwrap().count();
        assert_eq!(files, 1, "nothing of the other is left");
        std::fs::read_to_string(place.root().join(".e/by")).unwrap()
    }

    #[test]
    fn the_tree_is_made_sooner_where_that_works() {
        assert_eq!(maker(&Fixture::new(), "mkdir -p \"$1\"; echo sooner > \"$1/by\""), "sooner\n");
    }

    #[test]
    fn one_that_fails_leaves_nothing_behind() {
        for fails in ["mkdir -p \"$1/half\"; echo no >&2; exit 4", "exit 0", "kill -s TERM $$"] {
            assert_eq!(maker(&Fixture::new(), fails), "usual\n", "{fails}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_no_failure() {
        let place = Fixture::new();
        let source = place.home.join("cache/tree");
        let step = Step::clone_tree("Clone", &source, sh("mkdir -p \"$1\"", &source), ".e");
        place.execute(&step.fast_path(Command::new("/no/such/program"))).unwrap();
        assert!(place.root().join(".e").is_dir());
    }
}
