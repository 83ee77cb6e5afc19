//! Very many environments and plugins: what they cost is files that are looked at once, no processes and no libraries. The
//! times are rows of the benchmarks.

use std::fs;
use std::os::unix::fs::MetadataExt;

use pyve_testkit::{World, prerequisite};
use serde_json::{Value, json};

use crate::ready::{done, pyve, quick};

const MANY: usize = 150;

/// A project in a repository with so many environments besides the default one.
fn crowded(world: &World) {
    done(world, "init --no-direnv");
    let state = world.state();
    for number in 0..MANY {
        let name = format!("e{number}");
        for file in ["venv.json", "current"] {
            let content = state.content(&format!("default/{file}"));
            let content = content.replace("\"environment\":\"default\"", &format!("\"environment\":\"{name}\""));
            state.write(&format!("{name}/{file}"), &content.replace("/.venv", &format!("/.pyve/envs/{name}")));
        }
        world.write(format!(".pyve/envs/{name}/pyvenv.cfg"), world.read(".venv/pyvenv.cfg"));
    }
}

#[test]
fn of_many_environments_git_is_asked_once() {
    let Some(git) = prerequisite("git") else { return };
    let Some(world) = quick("project") else { return };
    crowded(&world);
    assert!(std::process::Command::new(&git).args(["init", "-q"]).arg(world.project()).status().unwrap().success());
    let calls = world.root().join("calls");
    let told = format!("#!/bin/sh\necho git >> '{}'\nexec '{}' \"$@\"\n", calls.display(), git.display());
    world.stand_in("git", &told);
    let asked = |line: &str, most: usize| {
        let _ = fs::remove_file(&calls);
        let outcome = done(&world, line);
        let count = fs::read_to_string(&calls).unwrap_or_default().lines().count();
        assert!(count <= most, "{line} started git {count} times");
        outcome
    };
    let planned = asked("purge --dry-run", 3).out();
    assert_eq!(planned.lines().filter(|line| line.starts_with("  remove  .pyve/envs/e")).count(), MANY, "{planned}");
    assert_eq!(asked("envs", 0).out().lines().count(), MANY + 2);
    asked("run printenv VIRTUAL_ENV", 0);
    asked("doctor", 1);
    // An answer holds for a second, and this takes a few.
    asked("purge --yes", MANY / 3);
    assert!(!world.project().join(".pyve").exists());
}

#[test]
fn no_library_of_many_plugins_is_opened() {
    let Some(world) = quick("project") else { return };
    let plugins = world.home().join(".pyve/plugins");
    fs::create_dir_all(&plugins).unwrap();
    let known = |number: usize| {
        let file = plugins.join(format!("fern{number}{}", std::env::consts::DLL_SUFFIX));
        // Who opened it would say so, and put it into quarantine.
        fs::write(&file, "no library").unwrap();
        let seen = fs::metadata(&file).unwrap();
        let nanoseconds = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
        json!({
            "id": format!("fern{number}"), "version": "0.1.0", "summary": "Ferns", "tool": "fern", "capabilities": [],
            "markers": [{"file": format!("fern{number}.lock"), "strength": "exclusive"}], "settings": [], "ignores": [],
            "file": file.file_name().unwrap().to_str().unwrap(), "api_version": "1.0.0", "state": "trusted",
            "sha256": pyve_formats::sha256::of("no library"),
            "fingerprint": {
                "size": seen.len(), "inode": seen.ino(),
                "mtime": nanoseconds(seen.mtime(), seen.mtime_nsec()),
                "ctime": nanoseconds(seen.ctime(), seen.ctime_nsec()),
            },
        })
    };
    let listed = json!({"schema": 1, "plugins": (0..MANY).map(known).collect::<Vec<Value>>()});
    let manifest = plugins.join("manifest.json");
    fs::write(&manifest, listed.to_string()).unwrap();
    assert!(done(&world, "plugin list").out().lines().all(|line| line.contains("trusted")));
    for line in ["init --dry-run --no-direnv", "init --no-direnv", "config", "envs", "doctor", "run printenv HOME"] {
        let outcome = done(&world, line);
        assert!(!outcome.err().contains("fern"), "{line}: {outcome}");
    }
    assert_eq!(fs::read_to_string(&manifest).unwrap(), listed.to_string());
    // The one that is asked for is opened, and its failure told.
    world.write("fern7.lock", "");
    world.write(".pyve/config", "backend: fern7\n");
    let refused = pyve(&world, "init --no-direnv");
    assert!(refused.code == Some(1) && refused.err().contains("fern7"), "{refused}");
}
