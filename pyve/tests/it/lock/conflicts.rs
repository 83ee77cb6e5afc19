//! A lock that git could not merge is named by every command, and healed by `pyve lock`.

use std::process::Command;

use pyve_testkit::{World, prerequisite};

use super::{TREE, done, locked, told, wheels, with_uv};

/// Runs git in the project, with nobody's settings.
fn git(world: &World, line: &str) -> bool {
    let mut command = Command::new(prerequisite("git").unwrap());
    command.current_dir(world.project()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "t").env(format!("GIT_{role}_EMAIL"), "t@example.com");
    }
    command.args(line.split(' ')).output().unwrap().status.success()
}

/// What is on the two branches: how each changes the requirements `leaf`, `other` and `kept`.
const BRANCHES: [(&str, &str); 5] = [
    // Both move `leaf`, to other versions.
    ("leaf==1.1\nother==1.0\nkept==1.0\n", "leaf==2.0\nother==1.0\nkept==1.0\n"),
    // One moves what the other removes.
    ("leaf==1.1\nother==1.5\nkept==1.0\n", "leaf==1.0\nkept==1.0\n"),
    // Each adds a package of its own at the same place.
    ("leaf==1.0\nother==1.0\nkept==1.0\nmid==1.0\n", "leaf==1.0\nother==1.0\nkept==1.0\nnew==1.0\n"),
    // Both move several.
    ("leaf==1.1\nother==1.5\nkept==1.0\n", "leaf==2.0\nother==1.0\nkept==1.0\nnew==1.0\n"),
    // One moves down what the other moves up.
    ("leaf==2.0\nother==1.0\nkept==1.0\n", "leaf==1.1\nother==1.5\nkept==1.0\nnew==1.0\n"),
];

const BASE: &str = "leaf==1.0\nother==1.0\nkept==1.0\n";

/// Ways to bring the two together: a stash is brought otherwise.
const WAYS: [&str; 6] = [
    "merge theirs",
    "stash",
    "-c merge.conflictStyle=diff3 merge theirs",
    "-c merge.conflictStyle=zdiff3 merge theirs",
    "rebase theirs",
    "cherry-pick theirs",
];

/// The lock of these requirements, from nothing.
fn lock_of(world: &World, requirements: &str) -> String {
    let _ = std::fs::remove_file(world.project().join("pylock.toml"));
    world.write("requirements.txt", requirements);
    done(world, "lock");
    world.read("pylock.toml")
}

/// Leaves the conflict of two locks in the project, if there is one.
pub fn conflict(world: &World, file: &str, way: &str, [base, ours, theirs]: [&str; 3]) -> bool {
    let _ = std::fs::remove_dir_all(world.project().join(".git"));
    let commit = |text: &str| {
        world.write(file, text);
        assert!(git(world, &format!("add {file}")) && git(world, "commit -q -m change"), "{way}");
    };
    assert!(git(world, "init -q -b ours"));
    commit(base);
    assert!(git(world, "checkout -q -b theirs"));
    commit(theirs);
    assert!(git(world, "checkout -q ours"));
    if way == "stash" {
        world.write(file, ours);
        assert!(git(world, "stash") && git(world, "merge -q theirs"));
        git(world, "stash pop");
    } else {
        commit(ours);
        git(world, way);
    }
    world.read(file).contains("<<<<<<< ")
}

#[test]
fn whatever_brought_two_locks_together_they_are_healed() {
    let Some(world) = with_uv(&format!("{TREE}kept 1.0\nkept 2.0\nnew 1.0\n")) else { return };
    let Some(_) = prerequisite("git") else { return };
    let is_long = std::env::var_os("PYVE_TEST_LONG").is_some();
    let base = lock_of(&world, BASE);
    let mut healed = 0;
    for (ours, theirs) in BRANCHES.into_iter().take(if is_long { 5 } else { 2 }) {
        let (our_lock, their_lock) = (lock_of(&world, ours), lock_of(&world, theirs));
        // The people say what is asked for; versions are the lock's.
        world.write("requirements.txt", "leaf\nother\nkept\n");
        for way in WAYS.into_iter().take(if is_long { WAYS.len() } else { 3 }) {
            assert!(
                conflict(&world, "pylock.toml", way, [&base, &our_lock, &their_lock]),
                "{way}: {ours:?} {theirs:?}"
            );
            let named = told(&world, "lock --check");
            assert!(named.starts_with("exit code: 1\n") && named.contains("pylock.toml: conflict\n"), "{way}: {named}");
            done(&world, "lock");
            let now = locked(&world, "pylock.toml");
            // What both sides agree on stays, though there is a newer one.
            for pin in ours.lines().filter(|pin| theirs.lines().any(|other| other == *pin)) {
                assert!(now.contains(&pin.replace("==", " ")), "{way}: {pin} in {now:?}");
            }
            healed += 1;
        }
    }
    assert_eq!(healed, if is_long { 30 } else { 6 });
    assert_eq!(done(&world, "lock --check").out(), "pylock.toml: fresh\n");
}

#[test]
fn every_command_that_reads_it_names_it() {
    let Some(world) = with_uv(TREE) else { return };
    world.write("requirements.txt", "leaf\nother\n");
    done(&world, "lock");
    let text = world.read("pylock.toml");
    let side = |version: &str| format!("name = \"leaf\"\nversion = \"{version}\"\n");
    let both = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> theirs\n", side("1.0"), side("1.1"));
    world.write("pylock.toml", text.replace(&side("2.0"), &both));
    insta::assert_snapshot!(told(&world, "lock --check"), @"
    exit code: 1
    ----- stdout -----
    pylock.toml: conflict
      pylock.toml:7: merge conflict
    ----- stderr -----
    hint: run `pyve lock`
    ");
    insta::assert_snapshot!(told(&world, "init --no-direnv"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pylock.toml:7: merge conflict
    hint: lock again; what both sides agree on is kept: `pyve lock`
    ");
    insta::assert_snapshot!(told(&world, "init --env dev --no-direnv --dry-run").lines().next().unwrap(), @"exit code: 0");
    let report = told(&world, "doctor");
    assert!(report.contains("✗ Lock file: pylock.toml:"), "{report}");
    wheels(&world, "other 9.0\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
      leaf  1.0, 1.1 → 1.1  merge conflict
    ----- stderr -----
    ✓ pylock.toml written: 2 packages for all platforms
    ");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 1.1", "other 1.5"]);
    // Half resolved.
    world.write("pylock.toml", text.replace(&side("2.0"), &format!("<<<<<<< HEAD\n{}", side("1.0"))));
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pylock.toml:7: a merge conflict was resolved only in part
    hint: restore both sides, for example with `git checkout -m pylock.toml`, then run `pyve lock`
    ");
}
