//! What a plugin does stays in its own process: without consequence for pyve, its results, its commands and the next pyve.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::build::libraries;
use super::world::World;

fn stressed(stress: &str) -> World {
    let mut world = World::new();
    world.add(&libraries().path("stress"));
    world.set("STRESS", stress);
    world
}

fn ask(question: &str) -> [&str; 5] {
    ["plugin", "try", "--added", question, "stress"]
}

/// The reason for the quarantine, as the list tells it; nothing if there is none.
fn quarantine(world: &mut World) -> Option<String> {
    world.set("STRESS", "");
    let said = world.pyve(&["plugin", "list"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = said.stdout.lines().collect();
    if lines[0] == "stress  0.1.0     trusted      Misbehaves when told to" {
        return None;
    }
    assert_eq!(lines[0], "stress  0.1.0     quarantined  Misbehaves when told to");
    assert_eq!(lines[2], "    run `pyve plugin trust stress`");
    lines[1].strip_prefix("    plugin `stress` is not used: ").map(ToOwned::to_owned)
}

#[test]
fn a_crash_puts_the_plugin_aside_until_it_is_trusted() {
    let mut world = stressed("detect:segfault");
    assert_eq!(world.pyve(&ask("detect")).code, Some(1));
    let reason = "it crashed in `detect` (SIGSEGV)";
    assert_eq!(quarantine(&mut world).as_deref(), Some(reason));
    let refused = world.pyve(&ask("detect"));
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        refused.stderr,
        format!(
            "error: plugin `stress` is not used: {reason}\n  [ROOT]/home/.pyve/plugins/stress.so\n\
             hint: run `pyve plugin trust stress`\n"
        )
    );
    let trusted = world.pyve(&["plugin", "trust", "--yes", "stress"]);
    assert!(trusted.stderr.starts_with(&format!("Plugin `stress` was disabled: {reason}.\n")), "{}", trusted.stderr);
    assert_eq!(world.pyve(&ask("detect")).stdout, "[]\n");
    assert_eq!(quarantine(&mut world), None);
}

#[test]
fn ending_its_process_is_no_success() {
    for (question, stress) in
        [("diagnose", "diagnose:exit0"), ("diagnose", "diagnose:_exit0"), ("detect", "detect:thread-exit0,detect:wait")]
    {
        let mut world = stressed(stress);
        let said = world.pyve(&ask(question));
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
        let words = format!("ended the process in `{question}` with exit code 0");
        assert!(said.stderr.starts_with(&format!("error: plugin `stress` {words}\n")), "{}", said.stderr);
        assert_eq!(quarantine(&mut world), Some(format!("it {words}")));
    }
}

#[test]
fn a_panic_and_a_hang_are_errors_and_nothing_more() {
    for stress in ["detect:panic", "detect:loop", "detect:flood"] {
        let mut world = stressed(stress);
        world.set("PYVE_PLUGIN_TIMEOUT", "0.3");
        assert_eq!(world.pyve(&ask("detect")).code, Some(1), "{stress}");
        assert_eq!(quarantine(&mut world), None, "{stress}");
    }
}

#[test]
fn what_pyve_does_for_it_is_not_its_own_time() {
    let mut world = stressed("ensure_tool:slow-capture");
    world.set("PYVE_PLUGIN_TIMEOUT", "0.5");
    let said = world.pyve(&ask("ensure_tool"));
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
}

/// Starts a question that does not end and waits until the plugin is being called; its process is told as well.
fn in_call(world: &World) -> (Child, String) {
    let child = world.command(&ask("detect")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let called = world.path("project/litter.txt");
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        match fs::read_to_string(&called) {
            Ok(process) if !process.is_empty() => return (child, process),
            _ => assert!(Instant::now() < end, "the plugin was never called"),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn kill(signal: &str, process: &str) -> bool {
    let output = std::process::Command::new("/bin/kill").args([signal, process]).output().unwrap();
    output.status.success()
}

/// The process with this number is gone in a moment.
fn ends(process: &str) {
    let end = Instant::now() + Duration::from_secs(10);
    while kill("-0", process) && Instant::now() < end {
        // One whose parent is gone stays for a moment, for whoever adopts it.
        let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        if state.contains(") Z ") {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Instant::now() < end, "the plugin's process goes on");
}

#[test]
fn a_plugin_ends_with_pyve_and_is_not_blamed_for_it() {
    use std::os::unix::process::ExitStatusExt;
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1), ("-KILL", 9)] {
        let mut world = stressed("detect:number,detect:loop");
        let (mut child, process) = in_call(&world);
        assert!(kill(signal, &child.id().to_string()));
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        ends(&process);
        assert_eq!(quarantine(&mut world), None, "{signal}");
    }
}

#[test]
fn a_call_that_goes_on_elsewhere_is_no_crash() {
    let mut world = stressed("detect:number,detect:loop");
    let (mut child, _) = in_call(&world);
    assert_eq!(quarantine(&mut world), None);
    assert_eq!(world.pyve(&ask("detect")).stdout, "[]\n");
    assert!(kill("-TERM", &child.id().to_string()));
    child.wait().unwrap();
}

#[test]
fn one_process_answers_all_questions_of_a_command() {
    let world = stressed("constructor:count");
    fs::write(world.path("project/stress.txt"), "").unwrap();
    for line in [&["config"][..], &["plugin", "list"]] {
        assert_eq!(world.pyve(line).code, Some(0));
    }
    let counted = || fs::read_to_string(world.path("project/count.txt")).unwrap_or_default();
    assert_eq!(counted(), "", "nothing was asked");
    let said = world.pyve(&["init", "--no-direnv"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(counted(), "+");
}

#[test]
fn one_that_hangs_ends_the_command_and_leaves_the_project_as_it_was() {
    let mut world = stressed("create:loop");
    world.set("PYVE_PLUGIN_TIMEOUT", "0.3");
    fs::write(world.path("project/stress.txt"), "").unwrap();
    let said = world.pyve(&["init", "--no-direnv"]);
    assert_eq!(said.code, Some(1));
    let hint = "hint: set `PYVE_PLUGIN_TIMEOUT` to more seconds, or run `pyve plugin remove stress` to do without it\n";
    let words =
        |method: &str| format!("error: plugin `stress` did not answer in `{method}` within 0.3 seconds\n{hint}");
    assert_eq!(said.stderr, words("create"));
    assert_eq!(fs::read_dir(world.path("project")).unwrap().count(), 1);
    world.set("STRESS", "");
    assert_eq!(world.pyve(&["init", "--no-direnv"]).code, Some(0));
    // What was kept of the launch counts for nothing any more.
    fs::write(world.path("project/.stress/ready"), "changed").unwrap();
    world.set("STRESS", "run:loop");
    // What was kept does not hold for other settings.
    let config = world.path("project/.pyve/config");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n")).unwrap();
    let said = world.pyve(&["run", "true"]);
    assert_eq!((said.code, said.stderr), (Some(125), words("run")));
    world.set("STRESS", "diagnose:loop");
    let said = world.pyve(&["doctor"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains("plugin `stress` did not answer in `diagnose` within 0.3 seconds"), "{}", said.stdout);
    world.set("PYVE_PLUGIN_TIMEOUT", "soon");
    let said = world.pyve(&["run", "true"]);
    assert_eq!(said.code, Some(125));
    assert_eq!(
        said.stderr,
        "error: PYVE_PLUGIN_TIMEOUT is no number of seconds: soon\n\
         hint: set it to seconds, for example PYVE_PLUGIN_TIMEOUT=60, or unset it\n"
    );
}

#[test]
fn one_that_hangs_three_times_in_a_row_is_put_aside_as_one_that_crashes_is() {
    let mut world = stressed("");
    world.set("PYVE_PLUGIN_TIMEOUT", "0.3");
    for _ in 0..2 {
        world.set("STRESS", "create:loop");
        for _ in 0..2 {
            assert!(!world.pyve(&ask("create")).stderr.contains("trust"));
        }
        assert_eq!(quarantine(&mut world), None);
        // An answer, be it to another question, begins the count again.
        assert_eq!(world.pyve(&ask("detect")).stdout, "[]\n");
    }
    world.set("STRESS", "create:loop");
    for _ in 0..2 {
        assert!(!world.pyve(&ask("create")).stderr.contains("trust"));
    }
    let third = world.pyve(&ask("create"));
    assert_eq!(
        third.stderr,
        "error: plugin `stress` did not answer in `create` within 0.3 seconds\n  \
         it did not answer for the third time in a row\n  \
         it is not used again until it is trusted\n\
         hint: run `pyve plugin trust stress`\n"
    );
    let reason = "it did not answer in `create` within 0.3 seconds, for the third time in a row";
    assert_eq!(quarantine(&mut world).as_deref(), Some(reason));
    assert_eq!(world.pyve(&ask("detect")).code, Some(1));
    assert_eq!(world.pyve(&["plugin", "trust", "--yes", "stress"]).code, Some(0));
    world.set("STRESS", "create:loop");
    assert_eq!(world.pyve(&ask("create")).code, Some(1));
    assert_eq!(quarantine(&mut world), None, "trust forgets how often it hung");
}

#[test]
fn what_it_prints_is_no_result() {
    let world = stressed("diagnose:print,constructor:print,new:print");
    let said = world.pyve(&ask("diagnose"));
    assert_eq!(said.code, Some(0));
    let answer: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(answer[0]["id"], "stress.tool");
    assert_eq!(said.stderr.matches("printed to standard output\n").count(), 3, "{}", said.stderr);
    assert!(said.stderr.lines().all(|line| line.starts_with("stress: ")), "{}", said.stderr);
}

#[test]
fn what_it_reads_is_not_the_users_answer() {
    let world = stressed("detect:stdin");
    let said = world.answered(&ask("detect"), "y\n");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "[]\n"));
}

#[test]
fn changed_variables_reach_no_child() {
    let world = stressed("constructor:environment,ensure_tool:environment,ensure_tool:capture");
    let said = world.pyve(&ask("ensure_tool"));
    let answer: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let environment = answer["found"]["version"].as_str().unwrap();
    assert!(environment.contains("PATH=/usr/bin:/bin"), "{environment}");
    assert!(!environment.contains("hijacked") && !environment.contains("INJECTED"), "{environment}");
}

#[test]
fn a_changed_folder_mask_or_signal_reaches_no_command() {
    let world = stressed("detect:folder,detect:signals,detect:environment,constructor:signals");
    let probe = world.path("probe");
    fs::write(
        &probe,
        "#!/bin/sh\npwd; umask; echo $PATH $INJECTED; grep -E '^Sig(Blk|Ign)' /proc/self/status; exec /bin/kill -TERM $$\n",
    )
    .unwrap();
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o755)).unwrap();
    let then = format!("--then={}", probe.display());
    let calm = stressed("");
    let expected = calm.pyve(&["plugin", "try", "--added", &then, "detect", "stress"]);
    let said = world.pyve(&["plugin", "try", "--added", &then, "detect", "stress"]);
    assert_eq!(said, expected);
    assert_eq!(said.code, Some(143));
    assert!(said.stdout.starts_with("[]\n[ROOT]/project\n00"), "{}", said.stdout);
}

#[test]
fn threads_do_not_keep_pyve_from_ending() {
    let world = stressed("detect:threads");
    let begin = Instant::now();
    let said = world.pyve(&ask("detect"));
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "[]\n"));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn only_the_plugin_in_use_is_opened() {
    let mut world = stressed("constructor:segfault");
    world.set("STRESS", "");
    world.add(&libraries().path("frozen"));
    world.set("STRESS", "constructor:segfault");
    assert_eq!(world.pyve(&["plugin", "try", "--added", "detect", "frozen"]).stdout, "[]\n");
    assert_eq!(world.pyve(&["plugin", "list"]).code, Some(0));
}
