//! A `uv.lock` that git could not merge: named by every command that reads it, and resolved by `pyve lock`.

use std::path::Path;

use pyve_testkit::{World, prerequisite, tools_python};

use super::world;
use crate::lock::conflicts::conflict;
use crate::lock::{locked, wheels};
use crate::ready::{done, pyve, told};

const PACKAGES: &str = "kept 1.0\nkept 2.0\nleaf 1.0\nleaf 1.1\nleaf 2.0\nleaf 3.0\nmid 1.0 leaf<2\nmid 2.0 leaf>=1.1\n\
    new 1.0\nnew 2.0\nfork 1.0\nfork 2.0\n";

/// Every package in a version that is not the newest, and one in two, each for other platforms.
const ASKED: [&str; 4] = ["kept", "mid", "leaf", "fork; sys_platform == 'win32'\", \"fork; sys_platform != 'win32'"];

fn project(dependencies: &[&str]) -> String {
    format!(
        "[project]\nname = \"demo\"\nversion = \"0.1.0\"\nrequires-python = \">=3.10\"\ndependencies = [\"{}\"]\n\n\
         [dependency-groups]\ndev = [\"kept\"]\n\n[tool.uv]\npackage = false\nresolution = \"highest\"\n",
        dependencies.join("\", \"")
    )
}

/// The lock of these requirements, from nothing.
fn lock_of(world: &World, dependencies: &[&str]) -> String {
    let _ = fs_err::remove_file(world.project().join("uv.lock"));
    world.write("pyproject.toml", project(dependencies));
    done(world, "lock --backend uv");
    world.read("uv.lock")
}

/// A world in which these packages can be had.
fn with_wheels() -> Option<World> {
    let world = world()?;
    prerequisite("git")?;
    world.set("UV_FIND_LINKS", wheels(&world, PACKAGES));
    Some(world)
}

/// Three locks of one project: where two branches began, and what each made of it.
fn locks(world: &World) -> [String; 3] {
    let forked = ["fork==1.0; sys_platform == 'win32'", "fork==2.0; sys_platform != 'win32'"];
    let with = |others: &[&str]| lock_of(world, &[others, &forked].concat());
    [
        with(&["kept==1.0", "mid==1.0", "leaf==1.0"]),
        with(&["kept==1.0", "mid==1.0", "leaf==1.1", "new==1.0"]),
        with(&["kept==1.0", "mid==2.0", "leaf==2.0"]),
    ]
}

#[test]
fn what_both_sides_agree_on_stays() {
    let Some(world) = with_wheels() else { return };
    let [base, ours, theirs] = locks(&world);
    // The versions are the lock's alone.
    let asked = [&ASKED[..], &["new"]].concat();
    for way in ["merge theirs", "-c merge.conflictStyle=diff3 merge theirs", "rebase theirs"] {
        assert!(conflict(&world, "uv.lock", way, [&base, &ours, &theirs]), "{way}");
        world.write("pyproject.toml", project(&asked));
        let marked = world.read("uv.lock");
        let named = told(&world, "lock --check");
        assert!(named.starts_with("exit code: 1\n") && named.contains("uv.lock: conflict\n"), "{way}: {named}");
        let written = done(&world, "lock");
        assert!(written.err().ends_with("✓ uv.lock written: the sides of the merge differed in leaf\n"), "{written}");
        let versions = ["demo 0.1.0", "fork 1.0", "fork 2.0", "kept 1.0", "leaf 2.0", "mid 2.0", "new 1.0"];
        assert_eq!(locked(&world, "uv.lock"), versions, "{way}: {marked}");
        // Whole to uv as well.
        world.command("uv").args(["lock", "--check", "--quiet"]).run().success();
        assert_eq!(done(&world, "lock --check").out(), "uv.lock: fresh\n");
    }
}

#[test]
fn where_it_cannot_be_resolved_the_marks_stay() {
    let Some(world) = with_wheels() else { return };
    let locks = locks(&world);
    let [base, ours, theirs] = locks.each_ref().map(String::as_str);
    assert!(conflict(&world, "uv.lock", "merge theirs", [base, ours, theirs]));
    let marked = world.read("uv.lock");
    world.filter(r"uv\.lock:\d+", "uv.lock:[LINE]");
    for command in ["init --no-direnv", "init --no-direnv --frozen"] {
        insta::allow_duplicates!(insta::assert_snapshot!(told(&world, command), @r"
        exit code: 1
        ----- stdout -----
        ----- stderr -----
        error: uv.lock:[LINE]: merge conflict
        hint: lock again; what both sides agree on is kept: `pyve lock`
        "));
    }
    insta::assert_snapshot!(done(&world, "lock --dry-run"), @r"
    exit code: 0
    ----- stdout -----
    write uv.lock
    run: [BIN]/uv lock --python [BIN]/python3
    ----- stderr -----
    uv.lock would be written: the sides of the merge differed in leaf
    ");
    world.write("pyproject.toml", project(&["kept", "leaf>99"]));
    insta::assert_snapshot!(told(&world, "lock"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Lock with uv
    Using CPython [VERSION] interpreter at: [BIN]/python3
    error: No solution found when resolving dependencies for split (markers: python_full_version >= '3.10' and sys_platform == 'win32')
      cause: Because only leaf<=3.0 is available and your project depends on leaf>99, we can conclude that your project's requirements are unsatisfiable.

    hint: The resolution failed for an environment that is not the current one, consider limiting the environments with `tool.uv.environments`.
    error: [BIN]/uv failed with exit code 1
      it was started as: [BIN]/uv lock --python [BIN]/python3
      `uv.lock` is as it was before
    hint: fix the error above and run the same command again
    ");
    assert_eq!(world.read("uv.lock"), marked);

    // pyve and uv are killed as uv begins: nothing takes what stands there for a whole lock, and all goes on from it.
    world.write("pyproject.toml", project(&ASKED));
    let uv = tools_python().unwrap().with_file_name("uv");
    world.stand_in(
        "uv",
        &format!("#!/bin/sh\ncase $1 in lock) kill -9 $PPID; exit 1;; esac; exec '{}' \"$@\"", uv.display()),
    );
    let killed = pyve(&world, "lock");
    assert_eq!(killed.code, None, "{killed}");
    let prepared = world.read("uv.lock");
    assert!(!prepared.contains("<<<<<<<") && prepared.contains("name = \"kept\"\nversion = \"1.0\""), "{prepared}");
    let checked = told(&world, "lock --check");
    assert!(checked.contains("uv.lock: stale\n  pyproject.toml:5 asks for `kept`, which is not locked\n"), "{checked}");
    let refused = told(&world, "init --no-direnv --strict");
    assert!(refused.contains("error: uv.lock is stale\n"), "{refused}");
    real(&world, &uv);
    done(&world, "lock");
    let resolved = world.read("uv.lock");
    world.write("uv.lock", &marked);
    done(&world, "lock");
    assert_eq!(world.read("uv.lock"), resolved);

    // What is no conflict of two locks.
    let half = marked.lines().filter(|line| !line.starts_with("=======")).map(|line| format!("{line}\n"));
    world.write("uv.lock", half.collect::<String>());
    insta::assert_snapshot!(told(&world, "lock"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: uv.lock:[LINE]: a merge conflict was resolved only in part
    hint: restore both sides, for example with `git checkout -m uv.lock`, then run `pyve lock`
    ");
    world.write("uv.lock", "<<<<<<< ours\nversion = \n=======\n[\n>>>>>>> theirs\n");
    insta::assert_snapshot!(told(&world, "lock"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: uv.lock:[LINE]: neither side of the merge is a lock file
    hint: remove `uv.lock` and run `pyve lock`
    ");
    // One side alone is one.
    let one = format!("<<<<<<< ours\n{ours}=======\nversion = \n>>>>>>> theirs\n").replace('\n', "\r\n");
    world.write("uv.lock", one);
    done(&world, "lock");
    assert!(locked(&world, "uv.lock").contains(&"leaf 1.1".to_owned()));
}

fn real(world: &World, uv: &Path) {
    world.unlink("uv");
    world.link_as("uv", uv);
}
