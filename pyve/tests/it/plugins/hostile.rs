//! Every hostile plugin, and what pyve says of it: when it is added, when it is checked, when it is used.

use super::build::libraries;
use super::world::World;

/// What the stress plugin does, and the failure of `pyve plugin add`.
const ADDED: &[(&str, &str)] = &[
    (
        "constructor:segfault",
        "error: [ROOT]/stress.so cannot be used: it crashed when it was opened (SIGSEGV)\nhint: tell the plugin's author\n",
    ),
    (
        "constructor:exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process when it was opened with exit code 0\nhint: tell the plugin's author\n",
    ),
    (
        "constructor:loop",
        "error: [ROOT]/stress.so cannot be used: it did not answer when it was opened within 0.5 seconds\nhint: tell the plugin's author\n",
    ),
    (
        "new:panic",
        "error: [ROOT]/stress.so cannot be used: it panicked in `new`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell the plugin's author\n",
    ),
    (
        "new:panic-bomb",
        "error: [ROOT]/stress.so cannot be used: it panicked in `new`: no message\n  at crates/stress/src/lib.rs:58:29\nhint: tell the plugin's author\n",
    ),
    (
        "new:segfault",
        "error: [ROOT]/stress.so cannot be used: it crashed in `new` (SIGSEGV)\nhint: tell the plugin's author\n",
    ),
    (
        "new:overflow",
        "error: [ROOT]/stress.so cannot be used: it overflowed its stack in `new`\nhint: tell the plugin's author\n",
    ),
    (
        "new:abort",
        "error: [ROOT]/stress.so cannot be used: it crashed in `new` (SIGABRT)\nhint: tell the plugin's author\n",
    ),
    (
        "new:exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process in `new` with exit code 0\nhint: tell the plugin's author\n",
    ),
    (
        "new:_exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process in `new` with exit code 0\nhint: tell the plugin's author\n",
    ),
    (
        "new:loop",
        "error: [ROOT]/stress.so cannot be used: it did not answer in `new` within 0.5 seconds\nhint: tell the plugin's author\n",
    ),
    (
        "describe:panic",
        "error: [ROOT]/stress.so cannot be used: it panicked in `describe`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell the plugin's author\n",
    ),
    (
        "describe:segfault",
        "error: [ROOT]/stress.so cannot be used: it crashed in `describe` (SIGSEGV)\nhint: tell the plugin's author\n",
    ),
    (
        "describe:exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process in `describe` with exit code 0\nhint: tell the plugin's author\n",
    ),
    (
        "describe:loop",
        "error: [ROOT]/stress.so cannot be used: it did not answer in `describe` within 0.5 seconds\nhint: tell the plugin's author\n",
    ),
];

/// What it does when it is asked, and the first fault that `pyve plugin check` finds.
const CHECKED: &[(&str, &str)] = &[
    (
        "detect:panic",
        "FAIL  detect in an empty project: it panicked in `detect`: out of luck; at crates/stress/src/lib.rs:57:24",
    ),
    ("detect:process", "FAIL  detect in an empty project: it started a process"),
    ("detect:write", "FAIL  detect in an empty project: it made \"project/litter.txt\""),
    (
        "detect:bad",
        "FAIL  detect in an empty project: `/etc/hostname` is not relative to the project; it saw `/etc/hostname`, which its description does not list as a marker; it saw /etc/hostname in it",
    ),
    ("detect:threads", "no fault"),
    ("ensure_tool:overflow", "FAIL  ensure_tool in an empty project: it overflowed its stack in `ensure_tool`"),
    (
        "ensure_tool:bad",
        "FAIL  ensure_tool in an empty project: the tool's path `sh` is not absolute; the tool sh is not there",
    ),
    ("create:abort", "FAIL  create in an empty project: it crashed in `create` (SIGABRT)"),
    ("create:write", "FAIL  create in an empty project: it made \"project/litter.txt\""),
    (
        "create:bad",
        "FAIL  create in an empty project: the prefix / is not inside the project; the step `Do something` is of a kind that this pyve does not know",
    ),
    ("run:exit0", "FAIL  run in an empty project: it ended the process in `run` with exit code 0"),
    (
        "run:bad",
        "FAIL  run in an empty project: the folder `bin` for PATH is not absolute; \"A=B\" is not the name of a variable",
    ),
    ("diagnose:loop", "FAIL  diagnose in an empty project: it did not answer in `diagnose` within 0.5 seconds"),
    ("diagnose:write", "FAIL  diagnose in an empty project: it made \"project/litter.txt\""),
    (
        "diagnose:bad",
        "FAIL  diagnose in an empty project: the finding \"other.tool\" does not begin with `stress.`; the finding `other.tool` has no subject; the error `other.tool` says neither what was seen nor what mends it",
    ),
    ("diagnose:segfault", "FAIL  diagnose in an empty project: it crashed in `diagnose` (SIGSEGV)"),
    ("diagnose:print", "no fault"),
];

/// What it does when a command of pyve's asks it: the exit code, and all that is printed on standard error.
const USED: &[(&str, &str, i32, &str)] = &[
    (
        "detect",
        "detect:panic",
        1,
        "error: plugin `stress` panicked in `detect`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell its author; `pyve plugin remove stress` does without it\n",
    ),
    (
        "detect",
        "detect:panic-bomb",
        1,
        "error: plugin `stress` panicked in `detect`: no message\n  at crates/stress/src/lib.rs:58:29\nhint: tell its author; `pyve plugin remove stress` does without it\n",
    ),
    (
        "ensure_tool",
        "ensure_tool:panic",
        1,
        "error: plugin `stress` panicked in `ensure_tool`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell its author; `pyve plugin remove stress` does without it\n",
    ),
    (
        "create",
        "create:panic",
        1,
        "error: plugin `stress` panicked in `create`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell its author; `pyve plugin remove stress` does without it\n",
    ),
    (
        "run",
        "run:panic",
        1,
        "error: plugin `stress` panicked in `run`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell its author; `pyve plugin remove stress` does without it\n",
    ),
    (
        "diagnose",
        "diagnose:panic",
        1,
        "error: plugin `stress` panicked in `diagnose`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell its author; `pyve plugin remove stress` does without it\n",
    ),
    (
        "detect",
        "constructor:segfault",
        1,
        "error: plugin `stress` crashed when it was opened (SIGSEGV)\n  it is not used again until it is trusted\nhint: run `pyve plugin trust stress`\n",
    ),
    (
        "detect",
        "new:panic",
        1,
        "error: plugin `stress` cannot be used: it panicked in `new`: out of luck\n  at crates/stress/src/lib.rs:57:24\nhint: tell the plugin's author\n",
    ),
    (
        "detect",
        "detect:segfault",
        1,
        "error: plugin `stress` crashed in `detect` (SIGSEGV)\n  it is not used again until it is trusted\nhint: run `pyve plugin trust stress`\n",
    ),
    (
        "detect",
        "detect:overflow",
        1,
        "error: plugin `stress` overflowed its stack in `detect`\n  it is not used again until it is trusted\nhint: run `pyve plugin trust stress`\n",
    ),
    (
        "create",
        "create:abort",
        1,
        "error: plugin `stress` crashed in `create` (SIGABRT)\n  it is not used again until it is trusted\nhint: run `pyve plugin trust stress`\n",
    ),
    (
        "diagnose",
        "diagnose:exit0",
        1,
        "error: plugin `stress` ended the process in `diagnose` with exit code 0\n  it is not used again until it is trusted\nhint: run `pyve plugin trust stress`\n",
    ),
    (
        "diagnose",
        "diagnose:_exit0",
        1,
        "error: plugin `stress` ended the process in `diagnose` with exit code 0\n  it is not used again until it is trusted\nhint: run `pyve plugin trust stress`\n",
    ),
    (
        "inspect",
        "constructor:loop",
        1,
        "error: plugin `stress` did not answer when it was opened within 0.5 seconds\nhint: set `PYVE_PLUGIN_TIME_LIMIT` to more seconds, or `pyve plugin remove stress` to do without it\n",
    ),
    (
        "run",
        "run:loop",
        1,
        "error: plugin `stress` did not answer in `run` within 0.5 seconds\nhint: set `PYVE_PLUGIN_TIME_LIMIT` to more seconds, or `pyve plugin remove stress` to do without it\n",
    ),
    ("diagnose", "diagnose:threads", 0, ""),
    ("detect", "detect:alone", 0, ""),
    ("diagnose", "diagnose:print", 0, "printed to standard output\nprinted to standard error\nand no end of line"),
    ("diagnose", "diagnose:stdin", 0, ""),
];

#[test]
fn hostile_plugins_that_are_added() {
    let mut wrong = Vec::new();
    for (stress, expected) in ADDED {
        let mut world = World::new();
        let library = world.bring(&libraries().path("stress"), "stress");
        world.set("STRESS", stress).set("PYVE_PLUGIN_TIME_LIMIT", "0.5");
        let said = world.pyve(&["plugin", "add", "--yes", library.to_str().unwrap()]);
        compare(&mut wrong, stress, &(Some(1), *expected), &(said.code, said.stderr.as_str()));
        let list = world.pyve(&["plugin", "list"]);
        assert_eq!((list.code, list.stdout.as_str()), (Some(0), ""), "{stress}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_plugins_that_are_checked() {
    let mut wrong = Vec::new();
    for (stress, expected) in CHECKED {
        let mut world = World::new();
        let library = world.bring(&libraries().path("stress"), "stress");
        world.set("STRESS", stress).set("PYVE_PLUGIN_TIME_LIMIT", "0.5");
        let said = world.pyve(&["plugin", "check", library.to_str().unwrap()]);
        let fault = said.stdout.lines().find(|line| line.starts_with("FAIL")).unwrap_or("no fault");
        let code = if *expected == "no fault" { 0 } else { 1 };
        compare(&mut wrong, stress, &(Some(code), *expected), &(said.code, fault));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_plugins_that_are_used() {
    let mut wrong = Vec::new();
    let mut world = World::new();
    world.add(&libraries().path("stress"));
    world.set("PYVE_PLUGIN_TIME_LIMIT", "0.5");
    for (question, stress, code, expected) in USED {
        world.set("STRESS", stress);
        let said = world.answered(&["plugin", "try", "--added", question, "stress"], "input\n");
        compare(&mut wrong, stress, &(Some(*code), *expected), &(said.code, said.stderr.as_str()));
        world.set("STRESS", "");
        world.pyve(&["plugin", "trust", "--yes", "stress"]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(wrong: &mut Vec<String>, stress: &str, expected: &(Option<i32>, &str), said: &(Option<i32>, &str)) {
    if expected != said {
        wrong.push(format!("{stress}\n  expected: {expected:?}\n  said:     {said:?}"));
    }
}

#[test]
fn a_plugin_that_would_abort_on_a_panic_is_refused_beforehand() {
    let world = World::new();
    let library = world.bring(&libraries().path("aborting"), "aborting");
    assert_eq!(
        world.pyve(&["plugin", "add", "--yes", library.to_str().unwrap()]).stderr,
        "error: [ROOT]/aborting.so cannot be used: it is built with `panic = \"abort\"`: any panic in it would end pyve\n\
         hint: remove `panic = \"abort\"` from the profile in its Cargo.toml and build it again\n"
    );
}
