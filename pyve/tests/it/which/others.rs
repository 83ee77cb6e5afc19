//! Folders above that are no projects for whoever is there: homes, and what strangers left.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use pyve_testkit::{contents, tree};

use super::machine::{Machine, is_root};
use crate::ready::{link, quick};

const ALICE: u32 = 4321;

/// A folder in which everything lies that names a project; of this user.
fn bait(folder: &Path, owner: Option<u32>) {
    bait_with("backend: nonsense\n", folder, owner);
}

/// The same, with these settings.
fn bait_with(config: &str, folder: &Path, owner: Option<u32>) {
    fs::create_dir_all(folder.join(".pyve/state")).unwrap();
    fs::create_dir_all(folder.join(".pyve/cache")).unwrap();
    fs::create_dir_all(folder.join(".venv/bin")).unwrap();
    fs::create_dir_all(folder.join("work/thing")).unwrap();
    fs::write(folder.join(".pyve/config"), config).unwrap();
    fs::write(folder.join("requirements.txt"), "").unwrap();
    for name in [".pyve", ".pyve/state", ".pyve/config", ".venv", "requirements.txt", "."] {
        chown(folder.join(name), owner, owner).unwrap();
    }
}

/// No command takes `above` for the project of `thing`, which lies below it.
#[track_caller]
fn passed_over(machine: &Machine<'_>, above: &Path, home: &Path) {
    let thing = above.join("work/thing");
    // In a home pyve keeps things of its own.
    let state = || contents(&above.join(".pyve/state"));
    let look = || (tree(above, &["work/thing", ".pyve"]), state(), fs::read(above.join(".pyve/config")).unwrap());
    let before = look();
    let tried = |line: &str| machine.pyve(&thing, line).env("HOME", home).run();
    let (ran, purged) = (tried("run true"), tried("purge --yes"));
    assert!(ran.err().starts_with("error: no pyve project found in `"), "{ran}");
    assert_eq!(purged.code, Some(1), "{purged}");
    let outcome = tried("config").success();
    assert!(outcome.out().contains("(no project found)"), "{outcome}");
    let outcome = tried("doctor");
    assert!(!outcome.out().contains(".pyve/config:1") && !outcome.err().contains("Project:"), "{outcome}");
    let outcome = tried("init --no-direnv").success();
    assert!(thing.join(".venv").is_dir() && thing.join(".pyve").is_dir(), "{outcome}");
    assert_eq!(look(), before);
}

#[test]
fn the_home_behind_a_link() {
    let Some(world) = quick("project") else { return };
    let Some(machine) = Machine::around(&world) else { return };
    machine.users(&[]);
    // Settings of the user's own, which a project must not have.
    bait_with("link_mode: copy\n", &world.home(), None);
    let linked = world.root().join("linked/home");
    link(&linked, &world.home());
    passed_over(&machine, &world.home(), &linked);
    // The folder itself is refused, by whatever path.
    for folder in [world.home(), linked.clone()] {
        let refused = machine.pyve(&folder, "init").env("HOME", &linked).run();
        assert!(refused.err().starts_with("error: the home directory cannot be a project\n"), "{refused}");
    }
}

#[test]
fn the_home_that_the_password_database_names_while_home_is_another() {
    let Some(world) = quick("project") else { return };
    let Some(machine) = Machine::around(&world) else { return };
    let registered = world.root().join("registered");
    bait(&registered, None);
    machine.users(&[("root", 0, &registered)]);
    passed_over(&machine, &registered, &world.home());
}

#[test]
fn the_home_of_another_user() {
    // Only root can give a folder away.
    let Some(world) = quick("project").filter(|_| is_root()) else { return };
    let Some(machine) = Machine::around(&world) else { return };
    let alice = world.root().join("alice");
    bait(&alice, Some(ALICE));
    machine.users(&[("root", 0, &world.home()), ("alice", ALICE, &alice)]);
    // What lies below is Alice's, too, so that what is above is not passed over for its owner.
    chown(alice.join("work/thing"), Some(ALICE), None).unwrap();
    passed_over(&machine, &alice, &world.home());
    let refused = machine.pyve(&alice, "init").run();
    insta::assert_snapshot!(refused, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the home directory of `alice` cannot be a project
    hint: create a directory for the project and run `pyve -C DIR init`
    ");
}

#[test]
fn what_a_stranger_left_above() {
    let Some(world) = quick("project").filter(|_| is_root()) else { return };
    let Some(machine) = Machine::around(&world) else { return };
    let shared = world.root().join("shared");
    bait(&shared, Some(ALICE));
    passed_over(&machine, &shared, &world.home());
    // Of one whose folder the current one is, it counts.
    let thing = shared.join("work/other");
    fs::create_dir(&thing).unwrap();
    chown(&thing, Some(ALICE), None).unwrap();
    let outcome = machine.pyve(&thing, "purge --dry-run").run();
    assert!(outcome.err().starts_with("Project: [ROOT]/shared\n"), "{outcome}");
}
