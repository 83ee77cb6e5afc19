//! To look is to leave everything as it is: no file, no folder, no time stamp changes, in pyve's own folder either.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pyve_testkit::{World, contents};

use super::{healthy, ids, report};
use crate::ready::{done, quick};

/// Everything that can be seen of a world.
type Sight = (BTreeMap<PathBuf, Vec<u8>>, BTreeMap<PathBuf, SystemTime>);

fn sight(world: &World) -> Sight {
    let mut times = BTreeMap::new();
    let mut folders = vec![world.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            // Programs may use it as they like, as long as they clear it up: its content is compared.
            if entry.path() == world.root().join("tmp") {
                continue;
            }
            let metadata = entry.metadata().unwrap();
            times.insert(entry.path(), metadata.modified().unwrap());
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    (contents(world.root()), times)
}

/// Doctor sees these problems, and leaves everything as it is; what it says of each line does not matter.
#[track_caller]
fn untouched(world: &World, problems: &[&str]) {
    let before = sight(world);
    let seen = report(world, "");
    assert!(ids(&seen).iter().eq(problems), "{seen:#}");
    for line in ["doctor", "doctor --verbose", "doctor --strict --env other", "doctor --fix --dry-run"] {
        let _ = crate::ready::pyve(world, line);
    }
    let after = sight(world);
    let names = |sight: &Sight| sight.1.keys().cloned().collect::<Vec<PathBuf>>();
    assert_eq!(names(&before), names(&after));
    assert!(before.0 == after.0, "the content of a file changed");
    let changed: Vec<&PathBuf> = before.1.keys().filter(|path| before.1[*path] != after.1[*path]).collect();
    assert_eq!(changed, Vec::<&PathBuf>::new());
}

#[test]
fn a_healthy_project() {
    let Some(world) = healthy() else { return };
    untouched(&world, &[]);
    // With a launch that is kept, too.
    std::thread::sleep(std::time::Duration::from_millis(60));
    done(&world, "run env");
    untouched(&world, &[]);
}

#[test]
fn an_empty_folder() {
    let Some(world) = quick("project") else { return };
    untouched(&world, &["venv.environment"]);
    assert!(!world.home().join(".pyve").exists());
    // Where answers could be kept they are not.
    fs::create_dir_all(world.home().join(".pyve/cache")).unwrap();
    untouched(&world, &["venv.environment"]);
}

#[test]
fn a_broken_project() {
    let Some(world) = healthy() else { return };
    fs::remove_file(world.project().join(".venv/bin/python")).unwrap();
    world.write(".gitignore", "");
    world.write(".pyve/state/old/venv.json", "{");
    untouched(&world, &["pyve.gitignore", "pyve.record-other", "venv.interpreter-missing"]);
    world.write(".pyve/config", "backnd: venv\n");
    world.write(".pyve/state/default/venv.json", "{");
    let seen = ids(&report(&world, ""));
    untouched(&world, &seen.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn plugins_in_every_state() {
    let world = super::plugins::of_plugin();
    untouched(&world, &[]);
    let library = world.home().join(".pyve/plugins").join(format!("stress{}", std::env::consts::DLL_SUFFIX));
    super::plugins::crash(&world);
    untouched(&world, &["pyve.backend", "pyve.plugin-quarantined"]);
    done(&world, "plugin trust --yes stress");
    touch(&library);
    untouched(&world, &["pyve.backend", "pyve.plugin-changed"]);
    // One under development is tried again each time, since nothing can be remembered of it.
    let folder = world.root().join("development");
    fs::create_dir(&folder).unwrap();
    fs::copy(&library, folder.join(library.file_name().unwrap())).unwrap();
    world.set("PYVE_PLUGIN_PATH", &folder);
    untouched(&world, &[]);
}

#[test]
fn a_plugin_that_crashes_costs_its_own_answer_and_is_noted_all_the_same() {
    let world = super::plugins::of_plugin();
    for (stress, words) in [("segfault", "crashed in `diagnose`"), ("_exit0", "ended the process in `diagnose`")] {
        world.set("STRESS", format!("diagnose:{stress}"));
        let seen = report(&world, "");
        let failed = super::check(&seen, "pyve.diagnosis");
        assert!(failed["detail"].as_str().unwrap().contains(words), "{failed:#}");
        assert_eq!(super::check(&seen, "pyve.record")["status"], "ok");
        let quarantined = super::check(&report(&world, ""), "pyve.plugin-quarantined");
        assert!(quarantined["detail"].as_str().unwrap().contains(words), "{quarantined:#}");
        world.set("STRESS", "");
        super::type_remedy(&world, &quarantined);
    }
}

fn touch(file: &Path) {
    fs::File::options().append(true).open(file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
}
