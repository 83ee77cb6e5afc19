//! What a prompt costs where nothing has changed: no process.

use std::fs;

use pyve_testkit::prerequisite;

use super::scene::{SHELLS, project};

#[cfg(target_os = "linux")]
#[test]
fn a_steady_prompt_starts_no_process() {
    let (Some(world), Some(strace)) = (project(), prerequisite("strace")) else { return };
    let _ = world.pyve().arg("allow").run().success();
    let traced = |shell: &super::scene::Shell, lines: &str| {
        let log = world.root().join("calls");
        let tracer = [strace.as_os_str(), "-f".as_ref(), "-qq".as_ref(), "-e".as_ref()];
        let tracer =
            tracer.into_iter().chain(["trace=fork,vfork,clone,clone3,execve".as_ref(), "-o".as_ref(), log.as_os_str()]);
        let words: Vec<std::ffi::OsString> = tracer.map(Into::into).collect();
        let said = shell.run_by(&world, &words, lines);
        (said.out(), fs::read_to_string(&log).unwrap().lines().filter(|line| !line.contains("+++")).count())
    };
    for shell in &SHELLS {
        for come in ["at in", "cd ../beside\nat out"] {
            let (first, once) = traced(shell, come);
            let (_, often) = traced(shell, &format!("{come}{}", "\nat again".repeat(20)));
            assert_eq!(once, often, "{}: {first}", shell.name);
            assert!(once > 2, "{}: nothing was traced", shell.name);
        }
    }
}
