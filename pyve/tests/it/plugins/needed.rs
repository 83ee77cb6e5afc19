//! Plugins that a project's settings name: offered with their hash by `pyve init`, and by nobody else; never fetched without.

use std::fs;

use pyve_testkit::{World, contents};

use super::build::libraries;
use super::from_url::{served, sha256};
use crate::doctor::{check, give_pyve, report};
use crate::ready::{changed_nothing, done, pyve, told};

/// A project whose settings ask for the stress plugin, and how the plugin is to be had.
fn asking(how: &str) -> World {
    let world = World::new();
    give_pyve(&world);
    world.filter(r"\.dylib", ".so");
    world.filter("[0-9a-f]{64}", "[HASH]");
    world.filter(r"\.tmp\w+/plugin: [\d.]+ MB", "plugin: [SIZE]");
    world.filter(r"127\.0\.0\.1:\d+", "[SERVER]");
    world.write(".pyve/config", format!("backend: stress\nplugins:\n  - id: stress\n{how}"));
    world
}

fn hash() -> String {
    sha256(&libraries().path("stress"))
}

/// `pyve init` answered by a person.
fn answered(world: &World, line: &str, answer: &str) -> pyve_testkit::Outcome {
    world.pyve().args(line.split_whitespace()).stdin(answer).run()
}

fn was_added(world: &World) -> bool {
    world.home().join(".pyve/plugins").exists()
}

#[test]
fn a_yes_brings_that_file_and_the_same_init_goes_on() {
    let url = served(&libraries().path("stress"));
    let world = asking(&format!("    source: {url}\n    sha256: {}\n", hash()));
    // Nobody who can be asked: not in CI, not with `--yes`, not where nothing is changed.
    let before = contents(world.project());
    insta::assert_snapshot!(told(&world, "init --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` not found (`.pyve/config:1`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
      `.pyve/config:3` names its plugin: http://[SERVER]/plugin.so, SHA-256 [HASH]
    hint: run `pyve plugin add http://[SERVER]/plugin.so --sha256 [HASH]`
    ");
    insta::assert_snapshot!(told(&world, "init --no-direnv --yes"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` not found (`.pyve/config:1`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
      `.pyve/config:3` names its plugin: http://[SERVER]/plugin.so, SHA-256 [HASH]
      `--yes` adds no plugin
    hint: run `pyve plugin add http://[SERVER]/plugin.so --sha256 [HASH]`
    ");
    let typed = "hint: run `pyve plugin add http://[SERVER]/plugin.so --sha256 [HASH]`\n";
    for line in ["init --dry-run", "init --explain", "config", "run true", "init --offline", "envs --json"] {
        let outcome = answered(&world, line, "y\n");
        assert!(outcome.err().ends_with(typed) || line.starts_with("envs"), "{line}: {outcome}");
        assert!(!was_added(&world), "{line}");
    }
    insta::assert_snapshot!(answered(&world, "init --no-direnv", "n\n").to_string(), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    This project needs plugin `stress`, which was not added. `.pyve/config:3` names this file:
    source          http://[SERVER]/plugin.so
    SHA-256         [HASH]
    A plugin runs with all your permissions, as any program that you start.
    Download and add plugin `stress`? [y/N]: 
    cancelled: no environment was created
    ");
    changed_nothing(&before, &contents(world.project()));
    let found = check(&report(&world, ""), "pyve.plugin-needed");
    assert_eq!(found["status"], "warning");
    insta::assert_snapshot!(answered(&world, "init --no-direnv", "y\n").to_string(), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    This project needs plugin `stress`, which was not added. `.pyve/config:3` names this file:
    source          http://[SERVER]/plugin.so
    SHA-256         [HASH]
    A plugin runs with all your permissions, as any program that you start.
    Download and add plugin `stress`? [y/N]: 
    Downloading plugin from http://[SERVER]/plugin.so
    ✓ [TMP]/plugin: [SIZE], SHA-256 verified
    ✓ added plugin `stress` 0.1.0
    ✓ Backend: stress (set in `.pyve/config:1`)
    ✓ stress: 1.0.0 (PATH, /bin/sh)
    ✓ Environment: .stress (created)
    Run commands in it with: pyve run CMD
    ");
    done(&world, "run printenv STRESSED");
    let list = done(&world, "plugin list --verbose").out();
    assert!(list.ends_with("\n    from http://[SERVER]/plugin.so\n"), "{list}");
    let listed: serde_json::Value = serde_json::from_slice(&done(&world, "plugin list --json").stdout).unwrap();
    assert_eq!(listed["plugins"][0]["source"], url);
    assert_eq!(listed["plugins"][0]["sha256"], hash());
    assert!(listed["plugins"][0]["added"].as_u64().unwrap() > 1_700_000_000);
    assert!(!report(&world, "").to_string().contains("pyve.plugin-needed"));
}

#[test]
fn the_command_of_the_error_does_the_same() {
    let url = served(&libraries().path("stress"));
    let world = asking(&format!("    source: {url}\n    sha256: {}\n", hash()));
    world.pyve().args(["plugin", "add", "--yes", &url, "--sha256", &hash()]).run().success();
    done(&world, "init --no-direnv");
}

#[test]
fn without_a_hash_it_is_named_and_never_fetched() {
    let asked = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x.so", asked.local_addr().unwrap());
    asked.set_nonblocking(true).unwrap();
    let others = if cfg!(target_arch = "s390x") { "x86_64-apple-darwin" } else { "s390x-unknown-linux-gnu" };
    for hash in [String::new(), format!("    sha256: {{{others}: {}}}\n", hash())] {
        let world = asking(&format!("    source: {url}\n{hash}"));
        world.filter("for [a-z0-9_]+-[a-z0-9_-]+\n", "for [TARGET]\n");
        insta::allow_duplicates! {
            insta::assert_snapshot!(answered(&world, "init", "y\n").to_string(), @"
            exit code: 1
            ----- stdout -----
            ----- stderr -----
            error: backend `stress` not found (`.pyve/config:1`)
              known backends: micromamba, venv
              plugins are looked up in `[HOME]/.pyve/plugins`
              `.pyve/config:3` names its plugin: http://[SERVER]/x.so, without a SHA-256 for [TARGET]
            hint: run `pyve plugin add http://[SERVER]/x.so`
            ");
        }
        assert!(asked.accept().is_err() && !was_added(&world));
    }
    let world = asking("");
    insta::assert_snapshot!(answered(&world, "init", "y\n").to_string(), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` not found (`.pyve/config:1`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
      `.pyve/config:3` names its plugin, not where to get it
    hint: get it from its author, and add it with `pyve plugin add FILE`
    ");
}

#[test]
fn a_file_of_the_project_is_offered_with_its_hash_and_no_link_is_followed_out() {
    let world = asking(&format!("    source: tools/x.so\n    sha256: {}\n", hash()));
    let refuse = |said: &str| {
        let outcome = answered(&world, "init --no-direnv", "y\n");
        assert_eq!(outcome.code, Some(1), "{outcome}");
        assert!(outcome.err().contains(said) && !was_added(&world), "{said}: {outcome}");
    };
    refuse(
        "error: could not read `[PROJECT]/tools/x.so`: no such file or directory\n\
         hint: correct its `source` in `.pyve/config`, or put the file there\n",
    );
    let outside = world.root().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::copy(libraries().path("stress"), outside.join("x.so")).unwrap();
    std::os::unix::fs::symlink(&outside, world.project().join("tools")).unwrap();
    refuse("error: `[PROJECT]/tools/x.so` is not used: it links to `");
    fs::remove_file(world.project().join("tools")).unwrap();
    // Of another file nothing is run.
    fs::create_dir(world.project().join("tools")).unwrap();
    fs::copy(libraries().path("frozen"), world.project().join("tools/x.so")).unwrap();
    refuse("error: unexpected SHA-256 of `[PROJECT]/tools/x.so`\n");
    fs::rename(outside.join("x.so"), world.project().join("tools/x.so")).unwrap();
    let said = answered(&world, "init --no-direnv", "y\n");
    assert!(said.err().contains("Add plugin `stress`? [y/N]: \n✓ added plugin `stress` 0.1.0\n"), "{said}");
    done(&world, "run printenv STRESSED");
}

#[test]
fn what_the_file_is_must_be_what_the_settings_say() {
    let url = served(&libraries().path("frozen"));
    let world = asking(&format!("    source: {url}\n    sha256: {}\n", sha256(&libraries().path("frozen"))));
    let said = answered(&world, "init", "y\n");
    let expected =
        "error: `http://[SERVER]/plugin.so` is plugin `frozen`, not `stress`\nhint: correct `.pyve/config:3`\n";
    assert!(said.err().ends_with(expected) && !was_added(&world), "{said}");
}

#[test]
fn one_that_is_there_for_its_marker_files_is_asked_for_by_none_of_the_settings() {
    let url = served(&libraries().path("stress"));
    let world = asking("");
    world.write(
        ".pyve/config",
        format!("stress: {{}}\nplugins:\n  - id: stress\n    source: {url}\n    sha256: {}\n", hash()),
    );
    world.write("stress.txt", "");
    insta::assert_snapshot!(told(&world, "init --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: this project needs plugin `stress`, which was not added
      `.pyve/config:3` names its plugin: http://[SERVER]/plugin.so, SHA-256 [HASH]
      without it the backend is venv (default); `--backend venv` asks for that
    hint: run `pyve plugin add http://[SERVER]/plugin.so --sha256 [HASH]`
    ");
    let explained = done(&world, "init --explain --backend venv").out();
    assert!(explained.starts_with("Backend: venv (set by `--backend`)"), "{explained}");
    let said = answered(&world, "init --no-direnv", "y\n");
    assert!(said.code == Some(0) && said.err().contains("✓ Backend: stress (found `stress.txt`)"), "{said}");
}

#[test]
fn another_file_than_the_settings_name_is_told_and_not_exchanged() {
    let url = served(&libraries().path("stress"));
    let other = "0".repeat(64);
    let world = asking(&format!("    source: {url}\n    sha256: {other}\n"));
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    let said = done(&world, "init --no-direnv").err();
    let warning =
        "warning: plugin `stress` is not the one that `.pyve/config:3` names: its SHA-256 is [HASH], not [HASH]\n";
    assert!(said.contains(warning), "{said}");
    let found = check(&report(&world, ""), "pyve.plugin-other");
    assert_eq!(found["status"], "warning");
    let remedy: Vec<&str> = found["remedy"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(remedy, ["pyve", "plugin", "update", "stress", &url, "--sha256", &other]);
    assert_eq!(pyve(&world, &remedy[1..].join(" ")).code, Some(1));
    done(&world, "run printenv STRESSED");
}

#[test]
fn settings_show_what_is_needed() {
    let world = asking("    source: tools/x.so\n    sha256: \n  - fern\n");
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    let shown: serde_json::Value = serde_json::from_slice(&done(&world, "config --json").stdout).unwrap();
    let file = world.project().join("tools/x.so");
    let expected = serde_json::json!([
        {"id": "stress", "source": file, "sha256": null, "origin": ".pyve/config:3"},
        {"id": "fern", "source": null, "sha256": null, "origin": ".pyve/config:6"},
    ]);
    assert_eq!(shown["plugins"], expected);
    assert!(done(&world, "config").out().contains("\nPlugins:           stress, fern\n"));
}
