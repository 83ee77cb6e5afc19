//! What a plugin does to pyve's own process stays without consequence: for results, for children, for the next pyve.

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
    assert_eq!(lines[2], "    pyve plugin trust stress");
    lines[1].strip_prefix("    plugin `stress` is not used: ").map(ToOwned::to_owned)
}

#[test]
fn a_crash_puts_the_plugin_aside_until_it_is_trusted() {
    let mut world = stressed("detect:segfault");
    assert_eq!(world.pyve(&ask("detect")).code, Some(139));
    let reason = "it crashed in `detect` (SIGSEGV: it touched memory that is not its own)";
    assert_eq!(quarantine(&mut world).as_deref(), Some(reason));
    let refused = world.pyve(&ask("detect"));
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        refused.stderr,
        format!(
            "ERROR: plugin `stress` is not used: {reason}\n  [ROOT]/home/.pyve/plugins/stress.so\n\
             hint: pyve plugin trust stress\n"
        )
    );
    let trusted = world.pyve(&["plugin", "trust", "--yes", "stress"]);
    assert!(trusted.stderr.starts_with(&format!("Plugin `stress` was put aside: {reason}.\n")), "{}", trusted.stderr);
    assert_eq!(world.pyve(&ask("detect")).stdout, "[]\n");
    assert_eq!(quarantine(&mut world), None);
}

#[test]
fn leaving_in_pyves_place_is_no_success() {
    let mut world = stressed("diagnose:exit0");
    assert_eq!(world.pyve(&ask("diagnose")).code, Some(1));
    assert_eq!(quarantine(&mut world).as_deref(), Some("it called exit() in `diagnose`"));
    // Nothing can be said when it leaves by `_exit`, but the next pyve knows.
    let mut world = stressed("diagnose:_exit0");
    assert_eq!(world.pyve(&ask("diagnose")).stdout, "");
    assert_eq!(quarantine(&mut world).as_deref(), Some("pyve ended while it was in `diagnose`"));
    let mut world = stressed("detect:thread-exit0,detect:wait");
    let said = world.pyve(&ask("detect"));
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    assert!(said.stderr.starts_with("ERROR: plugin `stress` called exit() in `detect`\n"), "{}", said.stderr);
    assert!(quarantine(&mut world).is_some());
}

#[test]
fn a_panic_is_an_error_and_nothing_more() {
    let mut world = stressed("detect:panic");
    assert_eq!(world.pyve(&ask("detect")).code, Some(1));
    assert_eq!(quarantine(&mut world), None);
}

/// Starts a question that does not end and waits until the plugin is being called.
fn in_call(world: &World) -> Child {
    let child = world.command(&ask("detect")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let calls = world.plugins().join("calls");
    let marker = calls.join(format!("stress.{}", child.id()));
    let end = Instant::now() + Duration::from_secs(20);
    // The call has begun in earnest when the marker names the method.
    while !fs::read_to_string(&marker).is_ok_and(|text| text.contains("`detect`")) {
        assert!(Instant::now() < end, "the plugin was never called");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(50));
    child
}

fn kill(child: &Child, signal: &str) {
    let status = std::process::Command::new("/bin/kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn ending_pyve_is_not_the_plugins_fault_but_killing_it_is_taken_for_a_hang() {
    use std::os::unix::process::ExitStatusExt;
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        let mut world = stressed("detect:loop");
        let mut child = in_call(&world);
        kill(&child, signal);
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(quarantine(&mut world), None, "{signal}");
    }
    let mut world = stressed("detect:loop");
    let mut child = in_call(&world);
    kill(&child, "-KILL");
    child.wait().unwrap();
    assert_eq!(quarantine(&mut world).as_deref(), Some("pyve ended while it was in `detect`"));
}

#[test]
fn a_call_that_goes_on_elsewhere_is_no_crash() {
    let mut world = stressed("detect:loop");
    let mut child = in_call(&world);
    assert_eq!(quarantine(&mut world), None);
    assert_eq!(world.pyve(&ask("detect")).stdout, "[]\n");
    kill(&child, "-TERM");
    child.wait().unwrap();
    assert_eq!(fs::read_dir(world.plugins().join("calls")).unwrap().count(), 0);
}

#[test]
fn what_it_prints_is_no_result() {
    let world = stressed("diagnose:print,constructor:print,new:print");
    let said = world.pyve(&ask("diagnose"));
    assert_eq!(said.code, Some(0));
    let answer: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(answer[0]["id"], "stress.tool");
    assert_eq!(said.stderr.matches("printed to standard output").count(), 3, "{}", said.stderr);
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
