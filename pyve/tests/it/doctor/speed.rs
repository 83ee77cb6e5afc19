//! What an examination costs where there are many packages: files that are read and processes that are started, which
//! are the same on every machine. The time is a row of the benchmarks.

use std::fs;
use std::time::{Duration, Instant};

use pyve_testkit::prerequisite;
use serde_json::Value;

use super::{healthy, report, wrong};

/// What the checks of a report started, each group once.
fn processes(report: &Value) -> Vec<(String, u64)> {
    let checks = report["checks"].as_array().unwrap().iter();
    let started = checks.map(|check| (check["id"].as_str().unwrap().to_owned(), check["processes"].as_u64().unwrap()));
    started.filter(|(_, count)| *count > 0).collect()
}

#[test]
fn none_of_five_hundred_packages_is_opened() {
    let Some(world) = healthy() else { return };
    let lib = fs::read_dir(world.project().join(".venv/lib")).unwrap().next().unwrap().unwrap().path();
    let fifo = prerequisite("mkfifo").unwrap();
    for number in 0..500 {
        let folder = lib.join(format!("site-packages/p{number}-1.0.dist-info"));
        fs::create_dir_all(&folder).unwrap();
    }
    // Who opened one of these would wait for ever.
    let files = (0..500).map(|number| lib.join(format!("site-packages/p{number}-1.0.dist-info/METADATA")));
    assert!(std::process::Command::new(fifo).args(files).status().unwrap().success());
    let names: Vec<String> = (0..500).map(|number| format!("p{number}>=1.0\n")).collect();
    world.write("requirements.txt", names.concat());
    assert!(wrong(&world).is_empty());
    let best = (0..5).map(|_| {
        let begun = Instant::now();
        assert_eq!(world.pyve().args(["doctor"]).run().code, Some(0));
        begun.elapsed()
    });
    // A debug build on a busy machine; the limit of an optimised one is in the benchmarks.
    assert!(best.min().unwrap() < Duration::from_millis(250));
}

#[test]
fn a_healthy_project_starts_one_git_and_nothing_else() {
    let Some(git) = prerequisite("git") else { return };
    let Some(world) = healthy() else { return };
    assert_eq!(processes(&report(&world, "")), []);
    let calls = world.root().join("calls");
    let real = format!("#!/bin/sh\necho git >> '{}'\nexec '{}' \"$@\"\n", calls.display(), git.display());
    world.stand_in("git", &real);
    assert!(std::process::Command::new(&git).args(["init", "-q"]).arg(world.project()).status().unwrap().success());
    for program in ["direnv", "python3"] {
        world.unlink(program);
        let told = format!("#!/bin/sh\necho {program} >> '{}'\nexit 1\n", calls.display());
        world.stand_in(program, &told);
    }
    let seen = report(&world, "");
    assert_eq!(processes(&seen), [("pyve.dotenv".to_owned(), 1)], "{seen:#}");
    assert_eq!(fs::read_to_string(&calls).unwrap(), "git\n");
    let text = world.pyve().args(["doctor", "--verbose"]).run().out();
    let line = text.lines().find(|line| line.trim_start().starts_with("pyve.dotenv (")).unwrap();
    assert!(line.ends_with(" ms, 1 process)"), "{line}");
}
