//! A plugin whose tool writes the lock file: what the tool finds there, and what the file says where it fails.

use std::fs;
use std::os::unix::fs::symlink;

use pyve_testkit::{World, contents};

use super::named::world;
use crate::ready::{changed_nothing, done, pyve, told};

const MARKED: &str = "<<<<<<< ours\r\n1\r\n=======\r\n2\r\n>>>>>>> theirs\r\n";

/// The tool notes what it reads in `seen`.
const READS: &str = "lock:state=conflict,lock:content=agreed,lock:run=read line < stress.lock; echo $line > seen; ";

fn tool(world: &World, script: &str) {
    world.set("STRESS", format!("{READS}{script}"));
}

#[test]
fn it_finds_what_the_plugin_prepared_and_a_failure_puts_the_file_back() {
    let world = world("lock:state=conflict");
    let file = world.project().join("stress.lock");
    world.write("stress.lock", MARKED);
    tool(&world, "echo whole > stress.lock");
    let before = contents(world.project());
    insta::assert_snapshot!(told(&world, "lock --dry-run"), @r"
    exit code: 0
    ----- stdout -----
    write stress.lock
    run: /bin/sh -c 'read line < stress.lock; echo $line > seen; echo whole > stress.lock'
    ----- stderr -----
    stress.lock would be written
    ");
    changed_nothing(&before, &contents(world.project()));
    for begun in [false, true] {
        if begun {
            done(&world, "init --no-direnv");
            world.write("stress.lock", MARKED);
            tool(&world, "echo whole > stress.lock");
        }
        done(&world, "lock");
        assert_eq!((world.read("seen").as_str(), world.read("stress.lock").as_str()), ("agreed\n", "whole\n"));

        for (script, code) in
            [("echo half > stress.lock; exit 3", 1), ("kill -INT $PPID; echo whole > stress.lock", 130)]
        {
            for before in [Some(MARKED), None] {
                match before {
                    Some(text) => drop(world.write("stress.lock", text)),
                    None => fs::remove_file(&file).unwrap(),
                }
                tool(&world, script);
                let failed = pyve(&world, "lock");
                assert_eq!(failed.code, Some(code), "{failed}");
                assert!(failed.err().contains("\n  `stress.lock` is as it was before\n"), "{failed}");
                assert_eq!(fs::read_to_string(&file).ok().as_deref(), before, "{script}");
            }
            world.write("stress.lock", "");
        }

        // pyve itself is killed: what was prepared stands there, and the next one goes on.
        world.write("stress.lock", MARKED);
        tool(&world, "kill -KILL $PPID");
        assert_ne!(pyve(&world, "lock").code, Some(0));
        assert_eq!(world.read("stress.lock"), "agreed");
        tool(&world, "echo whole > stress.lock");
        done(&world, "lock");
        assert_eq!(world.read("stress.lock"), "whole\n");
    }
}

#[test]
fn no_file_but_one_of_the_project_is_prepared() {
    let world = world("lock:state=conflict");
    world.write("src/keep", "mine\n");
    fs::write(world.root().join("outside.lock"), MARKED).unwrap();
    symlink("../outside.lock", world.project().join("out.lock")).unwrap();
    symlink("..", world.project().join("up")).unwrap();
    let before = contents(world.project());
    let mut said = Vec::new();
    for file in ["../outside.lock", "/etc/hostname", "out.lock", "up/outside.lock", "src", "no/x.lock"] {
        world.set("STRESS", format!("lock:state=conflict,lock:file={file},lock:content=agreed,lock:run=echo > ran"));
        said.push(format!("{file}\n{}", told(&world, "lock")));
        changed_nothing(&before, &contents(world.project()));
    }
    world.set("STRESS", "lock:state=conflict,lock:large,lock:run=echo > ran");
    said.push(format!("large\n{}", told(&world, "lock")));
    // The steps are held to what any step is.
    world.set("STRESS", "lock:state=conflict,lock:content=agreed,lock:write=src/keep");
    said.push(format!("a step\n{}", told(&world, "lock")));
    changed_nothing(&before, &contents(world.project()));
    assert_eq!(fs::read_to_string(world.root().join("outside.lock")).unwrap(), MARKED);
    insta::assert_snapshot!(said.join(""), @r"
    ../outside.lock
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `../outside.lock`: it is not a file of the project
    hint: report this to the author of the backend
    /etc/hostname
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `/etc/hostname`: it is not a file of the project
    hint: report this to the author of the backend
    out.lock
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `out.lock`: `out.lock` is a link to `[ROOT]/outside.lock`, outside of the project
    hint: replace the link `out.lock` with a file or directory of the project
    up/outside.lock
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `up/outside.lock`: `up` is a link to `[ROOT]`, outside of the project
    hint: replace the link `up` with a file or directory of the project
    src
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[PROJECT]/src`: it is a directory, not a regular file
    hint: rename or move `[PROJECT]/src`
    no/x.lock
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `no/x.lock`: its directory does not exist
    hint: check what is at `no/x.lock` and whether you may write there
    large
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` returned an invalid answer to `lock`
      `content` has 8388609 bytes; at most 8388608 are allowed
    hint: report this to its author, or run `pyve plugin remove stress` to do without it
    a step
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `src/keep`: it already exists and was not created by pyve
      backend `stress`, step `Write`
    hint: move `[PROJECT]/src/keep` away, then try again
    ");
}
