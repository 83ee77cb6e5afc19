//! `pyve init --force`, and environments that need it: broken, or in a project that was moved.

use std::fs;
use std::path::Path;

use pyve_testkit::{World, contents, interpreter};

use crate::ready::{changed_nothing, done, light, link, pyve, quick, told, whole};

fn mark(world: &World) -> bool {
    world.project().join(".venv/mark").exists()
}

#[test]
fn it_asks_and_a_no_or_the_end_of_input_changes_nothing() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    world.write(".venv/mark", "");
    let before = contents(world.project());
    let answered = |answer: &str| world.pyve().args(["init", "--force"]).stdin(answer).run();
    insta::assert_snapshot!(answered("n\n"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Recreate .venv? [y/N]: 
    cancelled: .venv was left as it is
    ");
    insta::assert_snapshot!(answered(""), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Recreate .venv? [y/N]: 
    error: .venv was left as it is
    hint: run `pyve init --force --yes`
    ");
    insta::assert_snapshot!(answered("perhaps\n\n"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Recreate .venv? [y/N]: 
    Please answer y or n.
    Recreate .venv? [y/N]: 
    cancelled: .venv was left as it is
    ");
    // Ctrl-D.
    let mut terminal = world.pyve().args(["init", "--force"]).terminal();
    terminal.expect("Recreate .venv? [y/N]: ").control('d');
    let (code, screen) = terminal.end();
    assert!(code == 0 && screen.contains("cancelled: .venv was left as it is\n"), "{code} {screen}");
    changed_nothing(&before, &contents(world.project()));
    insta::assert_snapshot!(answered("y\n"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Recreate .venv? [y/N]: 
    Create the virtual environment
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert!(!mark(&world) && pyve(&world, "run python -V").code == Some(0));
}

#[test]
fn in_ci_and_with_yes_nobody_is_asked() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    for (line, ci) in [("init --force --yes", ""), ("init --force", "1")] {
        world.write(".venv/mark", "");
        let outcome = world.pyve().args(line.split(' ')).env("CI", ci).run().success();
        assert!(!mark(&world) && !outcome.err().contains('?'), "{outcome}");
    }
}

#[test]
fn one_whose_interpreter_is_gone_is_refused_with_the_remedy() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    done(&world, "init");
    fs::remove_file(world.root().join("base/python3")).unwrap();
    link(&world.root().join("base2/python3"), &python.path);
    let script = fs::read_to_string(world.bin().join("python3")).unwrap().replace("base", "base2");
    world.stand_in("python3", &script);
    insta::assert_snapshot!(told(&world, "run python -V"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the virtual environment at [PROJECT]/.venv cannot be used: its interpreter [ROOT]/base/python3 is gone
    hint: run `pyve init --force`
    ");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment .venv cannot be used: its interpreter [ROOT]/base/python3 is gone
    hint: recreate it; the old one is restored if that fails: `pyve init --force`
    ");
    done(&world, "init --force --yes");
    assert_eq!(pyve(&world, "run python -V").code, Some(0));
}

#[test]
fn one_without_its_end_is_refused_with_the_remedy() {
    let Some(world) = light("project") else { return };
    done(&world, "init");
    let lib = fs::read_dir(world.project().join(".venv/lib")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(lib.join("site-packages/pip")).unwrap();
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment .venv cannot be used: pip is missing in it, as when its making is interrupted
    hint: recreate it; the old one is restored if that fails: `pyve init --force`
    ");
}

#[test]
fn a_moved_project_is_noticed_and_repaired() {
    let Some(world) = whole("project") else { return };
    done(&world, "init");
    let moved = world.root().join("new place");
    fs::rename(world.project(), &moved).unwrap();
    let there = |line: &str| world.pyve().current_dir("../new place").args(line.split(' ')).run();
    fs::create_dir(world.project()).unwrap();
    insta::assert_snapshot!(there("run pip --version"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project was moved or copied from [PROJECT]
      it is at [ROOT]/new place now; its environment and the scripts in it name the old place
    hint: recreate the environment here: `pyve init --force`
    ");
    insta::assert_snapshot!(there("init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment .venv cannot be used: made in [PROJECT]/.venv, and moved or copied since
    hint: recreate it; the old one is restored if that fails: `pyve init --force`
    ");
    let outcome = there("init --force --yes").success();
    assert!(outcome.err().contains("✓ Environment: .venv (created)"), "{outcome}");
    let outcome = there("run pip --version").success();
    assert!(outcome.out().contains("from [ROOT]/new place/.venv/lib/"), "{outcome}");
    assert_eq!(world.tree(), "", "the old place is left alone");
    let _ = there("purge --yes").success();
    assert_eq!(fs::read_dir(Path::new(&moved)).unwrap().count(), 0);
}
