//! Results that cannot be written are a failure; a reader that went away is none.

use std::process::{Command, Stdio};

use pyve_testkit::World;

use crate::ready::{done, quick};

/// Every command with a result, in a project that is ready.
const RESULTS: [&str; 15] = [
    "--version",
    "-v",
    "--help",
    "help init",
    "init --help",
    "completions bash",
    "shell-hook bash",
    "config",
    "config --json",
    "config --schema",
    "doctor",
    "doctor --json",
    "plugin list --json",
    "init --dry-run",
    "purge --dry-run",
];

fn command(world: &World, line: &str) -> Command {
    let mut command = world.pyve().args(line.split(' ')).into_command();
    command.stdin(Stdio::null());
    command
}

/// A disk without room.
#[cfg(target_os = "linux")]
fn full() -> std::fs::File {
    std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    for line in RESULTS {
        let output = command(&world, line).stdout(full()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let last: Vec<&str> = told.lines().rev().take(2).collect();
        assert_eq!(output.status.code(), Some(1), "{line}: {told}");
        assert_eq!(
            last,
            [
                "hint: free some space, or send the output elsewhere",
                "error: could not write to standard output: no space left on device"
            ],
            "{line}: {told}"
        );
    }
}

/// What is to be removed was not seen.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_removed_after_a_list_that_nobody_saw() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let output = command(&world, "purge --yes").stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(done(&world, "run python -c pass").code, Some(0));
}

#[test]
fn a_reader_that_went_away_changes_nothing() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    for line in RESULTS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(&world, line).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("standard output"), "{line}: {output:?}");
    }
}

#[test]
fn closed_streams_and_a_full_standard_error_change_nothing() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let pyve = world.pyve().into_command().get_program().to_owned();
    let sh = |script: &str| {
        let outcome = world.command("sh").args(["-c", script, "sh"]).arg(&pyve).run();
        assert_eq!(outcome.code, Some(0), "{script}: {outcome}");
        assert!(!outcome.err().contains("panicked"), "{script}: {outcome}");
    };
    // Nothing that is opened later, such as a record, gets what was meant for standard output.
    let before = (world.tree(), world.read(".pyve/config"));
    sh("\"$1\" config >&-");
    sh("\"$1\" doctor --json <&- >&- 2>&-");
    sh("\"$1\" init >&- 2>&-");
    assert_eq!((world.tree(), world.read(".pyve/config")), before);
    if cfg!(target_os = "linux") {
        sh("\"$1\" config 2>/dev/full");
        sh("\"$1\" init 2>/dev/full");
    }
}
