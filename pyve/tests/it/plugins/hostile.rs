//! Every hostile plugin, and what pyve says of it: when it is added, when it is checked, when it is used.

use super::build::libraries;
use super::world::World;

/// What the stress plugin does, and the failure of `pyve plugin add`.
const ADDED: &[(&str, &str)] = &[
    (
        "constructor:segfault",
        "error: [ROOT]/stress.so cannot be used: it crashed when it was opened (SIGSEGV)\nhint: report this to its author\n",
    ),
    (
        "constructor:exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process when it was opened with exit code 0\nhint: report this to its author\n",
    ),
    (
        "constructor:loop",
        "error: [ROOT]/stress.so cannot be used: it did not answer when it was opened within 0.5 seconds\nhint: report this to its author\n",
    ),
    (
        "new:panic",
        "error: [ROOT]/stress.so cannot be used: it panicked in `new`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author\n",
    ),
    (
        "new:panic-bomb",
        "error: [ROOT]/stress.so cannot be used: it panicked in `new`: no message\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author\n",
    ),
    (
        "new:segfault",
        "error: [ROOT]/stress.so cannot be used: it crashed in `new` (SIGSEGV)\nhint: report this to its author\n",
    ),
    (
        "new:overflow",
        "error: [ROOT]/stress.so cannot be used: it overflowed its stack in `new`\nhint: report this to its author\n",
    ),
    (
        "new:abort",
        "error: [ROOT]/stress.so cannot be used: it crashed in `new` (SIGABRT)\nhint: report this to its author\n",
    ),
    (
        "new:exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process in `new` with exit code 0\nhint: report this to its author\n",
    ),
    (
        "new:_exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process in `new` with exit code 0\nhint: report this to its author\n",
    ),
    (
        "new:loop",
        "error: [ROOT]/stress.so cannot be used: it did not answer in `new` within 0.5 seconds\nhint: report this to its author\n",
    ),
    (
        "describe:panic",
        "error: [ROOT]/stress.so cannot be used: it panicked in `describe`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author\n",
    ),
    (
        "describe:segfault",
        "error: [ROOT]/stress.so cannot be used: it crashed in `describe` (SIGSEGV)\nhint: report this to its author\n",
    ),
    (
        "describe:exit0",
        "error: [ROOT]/stress.so cannot be used: it ended the process in `describe` with exit code 0\nhint: report this to its author\n",
    ),
    (
        "describe:loop",
        "error: [ROOT]/stress.so cannot be used: it did not answer in `describe` within 0.5 seconds\nhint: report this to its author\n",
    ),
];

/// What it does when it is asked, and what `pyve plugin check` finds in an empty project.
const CHECKED: &[(&str, &[&str])] = &[
    (
        "detect:panic,ensure_tool:overflow,create:abort,run:exit0,diagnose:segfault,inspect:panic",
        &[
            "detect in an empty project: it panicked in `detect`: out of luck; at crates/stress/src/lib.rs:[PLACE]",
            "ensure_tool in an empty project: it overflowed its stack in `ensure_tool`",
            "create in an empty project: it crashed in `create` (SIGABRT)",
            "run in an empty project: it ended the process in `run` with exit code 0",
            "diagnose in an empty project: it crashed in `diagnose` (SIGSEGV)",
            "inspect in an empty project: it panicked in `inspect`: out of luck; at crates/stress/src/lib.rs:[PLACE]",
        ],
    ),
    (
        "detect:process,ensure_tool:bad,create:write,run:bad,diagnose:loop-unmarked",
        &[
            "detect in an empty project: it started a process",
            "ensure_tool in an empty project: the path of `found` is not an absolute path: `sh`",
            "create in an empty project: it made \"project/litter.txt\"",
            "run in an empty project: a directory for PATH is not an absolute path: `bin`; `env` has the invalid variable name `A=B`; `inputs` names nothing that the answer depends on",
            "diagnose in an empty project: it did not answer in `diagnose` within 0.5 seconds",
        ],
    ),
    (
        "detect:write,create:bad,diagnose:bad,run:no-inputs",
        &[
            "detect in an empty project: it made \"project/litter.txt\"",
            "create in an empty project: the step `Do something` is of an unknown kind",
            "run in an empty project: `inputs` names nothing that the answer depends on",
            "diagnose in an empty project: the id of the finding `other.tool` does not begin with `stress.`; the subject of the finding `other.tool` is empty; the error `other.tool` has neither a detail nor a remedy",
        ],
    ),
    (
        "detect:bad,create:prefix=../victim,create:write=.git/x,diagnose:write",
        &[
            "detect in an empty project: the file `/etc/hostname` is not relative to the project; the file `/etc/hostname` is not one of its markers",
            "create in an empty project: could not use the environment `../victim`: it is not normalised (it contains `..`); the step `Write`: could not write `.git/x`: it belongs to a git repository; the step `Make the environment`: could not write `../victim/ready`: it is not normalised (it contains `..`)",
            "diagnose in an empty project: it made \"project/litter.txt\"",
        ],
    ),
    (
        "detect:folder,ensure_tool:environment,create:signals,diagnose:print,inspect:threads",
        &[
            "detect in an empty project: it changed the working directory to `/`",
            "ensure_tool in an empty project: it changed environment variables: `HOME`, `INJECTED`, `PATH`",
            "create in an empty project: it changed the umask from 022 to 777; it changed signal handlers: SIGPIPE, SIGTERM; it changed the signal mask: SIGABRT, SIGALRM, …",
        ],
    ),
];

/// What it does when a command of pyve's asks it: the exit code, and all that is printed on standard error.
const USED: &[(&str, &str, i32, &str)] = &[
    (
        "detect",
        "detect:panic",
        1,
        "error: plugin `stress` panicked in `detect`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author, or run `pyve plugin remove stress` to do without it\n",
    ),
    (
        "detect",
        "detect:panic-bomb",
        1,
        "error: plugin `stress` panicked in `detect`: no message\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author, or run `pyve plugin remove stress` to do without it\n",
    ),
    (
        "ensure_tool",
        "ensure_tool:panic",
        1,
        "error: plugin `stress` panicked in `ensure_tool`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author, or run `pyve plugin remove stress` to do without it\n",
    ),
    (
        "create",
        "create:panic",
        1,
        "error: plugin `stress` panicked in `create`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author, or run `pyve plugin remove stress` to do without it\n",
    ),
    (
        "run",
        "run:panic",
        1,
        "error: plugin `stress` panicked in `run`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author, or run `pyve plugin remove stress` to do without it\n",
    ),
    (
        "diagnose",
        "diagnose:panic",
        1,
        "error: plugin `stress` panicked in `diagnose`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author, or run `pyve plugin remove stress` to do without it\n",
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
        "error: plugin `stress` cannot be used: it panicked in `new`: out of luck\n  at crates/stress/src/lib.rs:[PLACE]\nhint: report this to its author\n",
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
        "error: plugin `stress` did not answer when it was opened within 0.5 seconds\nhint: set `PYVE_PLUGIN_TIMEOUT` to more seconds, or run `pyve plugin remove stress` to do without it\n",
    ),
    (
        "run",
        "run:loop",
        1,
        "error: plugin `stress` did not answer in `run` within 0.5 seconds\nhint: set `PYVE_PLUGIN_TIMEOUT` to more seconds, or run `pyve plugin remove stress` to do without it\n",
    ),
    ("diagnose", "diagnose:threads", 0, ""),
    ("detect", "detect:alone", 0, ""),
    (
        "diagnose",
        "diagnose:print",
        0,
        "stress: printed to standard output\nstress: printed to standard error\nstress: and no end of line\n",
    ),
    ("diagnose", "diagnose:stdin", 0, ""),
];

#[test]
fn hostile_plugins_that_are_added() {
    let mut wrong = Vec::new();
    for (stress, expected) in ADDED {
        let mut world = World::new();
        let library = world.bring(&libraries().path("stress"), "stress");
        world.set("STRESS", stress).set("PYVE_PLUGIN_TIMEOUT", "0.5");
        let said = world.pyve(&["plugin", "add", "--yes", library.to_str().unwrap()]);
        compare(&mut wrong, stress, &(Some(1), *expected), &(said.code, said.stderr.as_str()));
        let list = world.pyve(&["plugin", "list"]);
        assert_eq!((list.code, list.stdout.as_str()), (Some(0), ""), "{stress}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_plugins_that_are_checked() {
    for (stress, expected) in CHECKED {
        let said = checked(stress);
        let faults = said.lines().filter_map(|line| line.strip_prefix("FAIL  "));
        let faults: Vec<&str> = faults.filter(|line| line.contains(" in an empty project: ")).collect();
        let same = faults.len() == expected.len() && faults.iter().zip(*expected).all(|(fault, told)| is(fault, told));
        assert!(same, "{stress}:\n{expected:#?}\n{faults:#?}");
    }
}

/// What `pyve plugin check` prints, without what differs from machine to machine.
fn checked(stress: &str) -> String {
    let mut world = World::new();
    let library = world.bring(&libraries().path("stress"), "stress");
    world.set("STRESS", stress).set("PYVE_PLUGIN_TIMEOUT", "0.5");
    let said = world.pyve(&["plugin", "check", library.to_str().unwrap()]);
    assert_eq!(said.code, Some(1), "{stress}");
    placeless(&said.stdout)
}

/// Whether it is what was told; what stands behind `…` is not compared.
fn is(fault: &str, told: &str) -> bool {
    told.strip_suffix('…').map_or(fault == told, |start| fault.starts_with(start))
}

/// The text without the lines and columns of the plugin's source.
fn placeless(text: &str) -> String {
    let mut parts = text.split("lib.rs:");
    let first = parts.next().unwrap_or_default().to_owned();
    let place = |letter: char| letter.is_ascii_digit() || letter == ':';
    parts.fold(first, |all, part| all + "lib.rs:[PLACE]" + part.trim_start_matches(place))
}

#[test]
fn what_only_a_second_environment_or_the_handshake_shows() {
    let said = checked("create:same,inspect:same,constructor:folder");
    let faults: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("FAIL  ")).collect();
    assert_eq!(faults[0], "the handshake: it changed the working directory to `/`", "{said}");
    for question in ["create", "inspect"] {
        let start = format!("{question} with stress.txt: ");
        let fault = faults.iter().find_map(|fault| fault.strip_prefix(&start)).unwrap_or_else(|| panic!("{said}"));
        assert!(fault.contains("the environments `default` and `other` have the same prefix: /"), "{fault}");
        assert!(fault.ends_with("/project/.stress"), "{fault}");
    }
}

#[test]
fn hostile_plugins_that_are_used() {
    let mut wrong = Vec::new();
    let mut world = World::new();
    world.add(&libraries().path("stress"));
    world.set("PYVE_PLUGIN_TIMEOUT", "0.5");
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
    let said = &(said.0, &*placeless(said.1));
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
