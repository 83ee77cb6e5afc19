//! `pyve lock` with micromamba: what it writes is installed, checked, and healed.

use insta::assert_snapshot;
use pyve_standin_micromamba::program;

use super::place::Place;

const LOCK: &str = "conda-lock.yml";

#[test]
fn what_is_locked_is_installed_and_moves_when_it_is_asked_to() {
    let place = Place::new();
    place.environment(&["hello<2"]);
    assert_snapshot!(place.told("lock --check"), @"
    exit code: 1
    ----- stdout -----
    conda-lock.yml: missing
    ----- stderr -----
    hint: run `pyve lock`
    ");
    assert_snapshot!(place.told("lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ conda-lock.yml written: for [PLATFORM]
    ");
    let first = place.world.read(LOCK);
    let solves = place.calls(&["create", "-y", "--dry-run"]);
    assert!(program::is_real() || solves == 1);
    assert_snapshot!(place.told("lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ conda-lock.yml is up to date: for [PLATFORM]
    ");
    assert_eq!((place.world.read(LOCK), place.calls(&["create", "-y", "--dry-run"])), (first.clone(), solves));
    place.done("init --no-direnv");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    place.environment(&["hello"]);
    assert_snapshot!(place.told("lock --check"), @"
    exit code: 1
    ----- stdout -----
    conda-lock.yml: stale
      hello <2 changed to hello in environment.yml
    ----- stderr -----
    hint: run `pyve lock`
    ");
    assert_snapshot!(place.refused("init --update --strict --no-direnv"), @"
    1
    error: conda-lock.yml is stale, and --strict refuses it
      hello <2 changed to hello in environment.yml
    hint: run `pyve lock`
    ");
    // What the file asks for now still fits; only an update moves it.
    assert_snapshot!(place.told("lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ conda-lock.yml written: for [PLATFORM]
    ");
    assert_snapshot!(place.told("lock --update hello --dry-run").lines().filter(|line| !line.contains("run: ")).collect::<Vec<_>>().join("\n"), @"
    exit code: 0
    ----- stdout -----
      hello  1.0 → 2.0  requested
    ----- stderr -----
    conda-lock.yml would be written: for [PLATFORM]
    ");
    let before = place.world.read(LOCK);
    assert_snapshot!(place.told("lock --update hello"), @"
    exit code: 0
    ----- stdout -----
      hello  1.0 → 2.0  requested
    ----- stderr -----
    ✓ conda-lock.yml written: for [PLATFORM]
    ");
    place.done("init --update --no-direnv");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
    // Both sides of a merge, one of which moved.
    let now = place.world.read(LOCK);
    let (head, _) = now.split_once("package:\n").unwrap();
    let (_, old) = before.split_once("package:\n").unwrap();
    let (_, new) = now.split_once("package:\n").unwrap();
    place.world.write(LOCK, format!("{head}package:\n<<<<<<< HEAD\n{old}=======\n{new}>>>>>>> topic\n"));
    assert_snapshot!(place.told("lock --check"), @"
    exit code: 1
    ----- stdout -----
    conda-lock.yml: conflict
      conda-lock.yml:19: merge conflict
    ----- stderr -----
    hint: run `pyve lock`
    ");
    assert_snapshot!(place.refused("init --no-direnv --force"), @"
    1
    error: conda-lock.yml:19: merge conflict
    hint: run `pyve lock`
    ");
    assert_snapshot!(place.told("lock"), @"
    exit code: 0
    ----- stdout -----
      hello  1.0 → 2.0  the sides of the merge differ
    ----- stderr -----
    ✓ conda-lock.yml written: for [PLATFORM]
    ");
    assert_eq!(place.world.read(LOCK), now);
    place.environment(&["hello", "nosuchpackage"]);
    assert!(place.refused("lock").contains("nosuchpackage"));
    assert_eq!(place.world.read(LOCK), now, "nothing is overwritten");
}
