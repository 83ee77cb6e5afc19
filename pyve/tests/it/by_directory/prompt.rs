//! What a prompt costs where nothing has changed: no process.

use std::fs;

use pyve_testkit::prerequisite;

use super::scene::{SHELLS, project};

#[test]
fn a_steady_prompt_starts_no_process() {
    let (Some(world), Some(strace)) = (project(), prerequisite("strace")) else { return };
    let traced = |shell: &super::scene::Shell, lines: &str| {
        let log = world.root().join("calls");
        let tracer = [strace.as_os_str(), "-f".as_ref(), "-qq".as_ref(), "-e".as_ref()];
        let tracer =
            tracer.into_iter().chain(["trace=fork,vfork,clone,clone3,execve".as_ref(), "-o".as_ref(), log.as_os_str()]);
        let words: Vec<std::ffi::OsString> = tracer.map(Into::into).collect();
        let said = shell.run_by(&world, &words, lines);
        (said.out(), processes(&fs::read_to_string(&log).unwrap()))
    };
    for shell in &SHELLS {
        for come in ["pyve -q deny\nrm -r ../home/.pyve/trust\nat told", "pyve -q allow\nat in", "cd ../beside\nat out"]
        {
            let (first, once) = traced(shell, come);
            let (_, often) = traced(shell, &format!("{come}{}", "\nat again".repeat(20)));
            assert_eq!(once, often, "{}: {first}", shell.name);
            assert!(once > 2, "{}: nothing was traced", shell.name);
        }
    }
}

/// Starts of processes and of programs; a thread of the shell's own is none, and a call that took a while has two lines.
fn processes(log: &str) -> usize {
    let is_start = |line: &&str| !["+++", "---", "CLONE_THREAD", " resumed>"].iter().any(|other| line.contains(other));
    log.lines().filter(is_start).count()
}
