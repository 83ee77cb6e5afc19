//! Environments made by the steps, compared with those of Python itself, and what may stand in their place.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::world::{World, newest, reals, take, tool, two, write};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, Creation, PrefixState};

fn plan(world: &World) -> Creation {
    backend().create(&world.request(), &tool(newest()), &world.host()).unwrap()
}

fn state(world: &World) -> (PrefixState, String) {
    let creation = plan(world);
    (creation.state, world.plain(&creation.state_detail))
}

/// Every file with what it says, but for compiled ones, whose times differ.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                found.insert(name, format!("-> {}", std::fs::read_link(&path).unwrap().display()));
            } else if name.ends_with(".pyc") {
                found.insert(name, String::new());
            } else {
                found.insert(name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    found
}

#[test]
fn one_that_sees_the_systems_packages_goes_on_seeing_them() {
    let world = World::new();
    let prefix = world.venv(newest(), ".venv");
    let made = |world: &World| world.plain(&plan(world).steps[0].command.as_ref().unwrap().to_string());
    assert!(!made(&world).contains("--system-site-packages"), "{}", made(&world));
    let cfg = std::fs::read_to_string(prefix.join("pyvenv.cfg")).unwrap();
    write(&prefix.join("pyvenv.cfg"), &cfg.replace("packages = false", "packages = true"));
    assert!(made(&world).ends_with(" -I -m venv --system-site-packages HOME/app/.venv"), "{}", made(&world));
}

#[test]
fn the_environment_equals_that_of_python_itself() {
    let real = newest();
    let world = World::new();
    let project = world.project();
    let prefix = project.join(".venv");
    let made = Command::new(&real.python).args(["-m", "venv"]).arg(&prefix).env_clear().current_dir(&project).status();
    assert!(made.unwrap().success());
    let expected = tree(&prefix);
    assert!(expected.keys().any(|name| name.ends_with("site-packages/pip/__init__.py")));
    std::fs::remove_dir_all(&prefix).unwrap();

    // Modules of the project's own, and variables of a caller who is somewhere else altogether.
    for module in ["random.py", "venv.py", "ensurepip.py", "json.py"] {
        write(&project.join(module), "raise SystemExit('taken from the project')\n");
    }
    let hostile = [
        ("PYTHONHOME", "/nowhere"),
        ("PYTHONPATH", project.to_str().unwrap()),
        ("PYTHONPLATLIBDIR", "lib64"),
        ("PYTHONINSPECT", "1"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONPYCACHEPREFIX", "/tmp/nowhere"),
        ("PYTHONOPTIMIZE", "2"),
        ("PYTHONIOENCODING", "none such"),
        ("PIP_TARGET", "/tmp/nowhere"),
        ("PIP_USER", "1"),
        ("PIP_REQUIRE_HASHES", "1"),
        ("VIRTUAL_ENV", "/other/.venv"),
    ];
    let creation = plan(&world);
    assert_eq!((creation.state, creation.prefix.path().into_owned()), (PrefixState::ABSENT, prefix.clone()));
    assert_eq!(
        (creation.name.as_str(), creation.interpreter.path().as_ref()),
        ("app", prefix.join("bin/python").as_path())
    );
    assert_eq!(creation.steps.len(), 1);
    let shown = creation.steps[0].command.as_ref().unwrap().to_string();
    assert_eq!(shown, format!("{} -I -m venv {}", real.python.display(), prefix.display()));
    let output = take(&creation.steps[0], &project, &hostile);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = tree(&prefix);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, text) in &expected {
        assert_eq!(&found[name], text, "{name}");
    }
    assert_eq!(state(&world), (PrefixState::USABLE, format!("made with Python {}", real.version)));
}

#[test]
fn every_python_of_this_machine_makes_usable_environments() {
    for real in reals() {
        let world = World::new();
        world.venv(real, ".venv");
        assert_eq!(state(&world), (PrefixState::USABLE, format!("made with Python {}", real.version)));
    }
}

#[test]
fn another_version_than_the_wanted_one_is_outdated() {
    let (older, newer) = two();
    let world = World::new();
    world.venv(older, ".venv");
    let made = format!("made with Python {}", older.version);
    assert_eq!(state(&world), (PrefixState::USABLE, made.clone()));
    let world = world.in_project(".python-version", &older.minor);
    assert_eq!(state(&world), (PrefixState::USABLE, made.clone()));
    let world = world.in_project(".python-version", &newer.minor);
    assert_eq!(state(&world), (PrefixState::OUTDATED, made.clone()));
    let world = world.flag(&older.version);
    assert_eq!(state(&world), (PrefixState::USABLE, made.clone()));
    let requires = format!("[project]\nname = \"app\"\nrequires-python = \">={}\"\n", newer.minor);
    let world = World::new().in_project("pyproject.toml", &requires);
    world.venv(older, ".venv");
    assert_eq!(state(&world), (PrefixState::OUTDATED, made));
}

#[test]
fn an_environment_of_a_build_without_the_global_lock_is_told_by_its_folder() {
    let real = newest();
    let world = World::new();
    let prefix = world.venv(real, ".venv");
    std::fs::rename(
        prefix.join(format!("lib/python{}", real.minor)),
        prefix.join(format!("lib/python{}t", real.minor)),
    )
    .unwrap();
    let made = format!("made with Python {}t", real.version);
    assert_eq!(state(&world), (PrefixState::USABLE, made.clone()));
    let world = world.flag(&format!("{}t", real.minor));
    assert_eq!(state(&world), (PrefixState::USABLE, made.clone()));
    assert_eq!(state(&world.flag(&real.minor)), (PrefixState::OUTDATED, made));
}

#[test]
fn what_is_left_of_an_environment_is_broken() {
    let real = newest();
    let broken = |world: &World| {
        let (state, seen) = state(world);
        assert_eq!(state, PrefixState::BROKEN, "{seen}");
        seen
    };
    let world = World::new();
    let prefix = world.venv(real, ".venv");
    std::fs::remove_dir_all(prefix.join(format!("lib/python{}/site-packages/pip", real.minor))).unwrap();
    assert_eq!(broken(&world), "pip is missing in it, as when its making is interrupted");

    let world = World::new();
    let prefix = world.venv(real, ".venv");
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    std::os::unix::fs::symlink("/no/such/python3.99", prefix.join("bin/python")).unwrap();
    assert_eq!(broken(&world), "its interpreter /no/such/python3.99 is gone");
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    assert_eq!(broken(&world), "its interpreter HOME/app/.venv/bin/python is missing");

    let world = World::new();
    let elsewhere = world.venv(real, "elsewhere");
    std::fs::rename(elsewhere, world.project().join(".venv")).unwrap();
    assert_eq!(broken(&world), "made in HOME/app/elsewhere, and moved or copied since");

    let world = World::new();
    let prefix = world.venv(real, ".venv");
    let world = world.recorded(&prefix, false);
    assert_eq!(broken(&world), "its making was interrupted");
    std::fs::remove_file(prefix.join("pyvenv.cfg")).unwrap();
    assert_eq!(broken(&world), "its making was interrupted");
}

#[test]
fn what_a_killed_python_leaves_is_broken_at_any_moment() {
    use std::os::unix::process::CommandExt;
    let real = newest();
    let world = World::new();
    let prefix = world.project().join(".venv");
    for delay in [0, 300, 600, 900] {
        let mut making = Command::new(&real.python);
        let mut making = making.args(["-I", "-m", "venv"]).arg(&prefix).process_group(0).spawn().unwrap();
        while !prefix.join("pyvenv.cfg").exists() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_millis(delay));
        let over = making.try_wait().unwrap().is_some();
        let killed = Command::new("sh").args(["-c", &format!("kill -9 -{}", making.id())]).status().unwrap();
        making.wait().unwrap();
        if !over && killed.success() {
            assert_eq!(state(&world).0, PrefixState::BROKEN, "after {delay} ms: {}", state(&world).1);
        }
        std::fs::remove_dir_all(&prefix).unwrap();
    }
}

#[test]
fn an_interpreter_that_became_another_version_breaks_the_environment() {
    let (older, newer) = two();
    let world = World::new().on_path(older, "python");
    let base = world.bin().join("python");
    let prefix = world.venv(older, ".venv");
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    std::os::unix::fs::symlink(&base, prefix.join("bin/python")).unwrap();
    assert_eq!(state(&world).0, PrefixState::USABLE);
    std::fs::remove_file(&base).unwrap();
    std::os::unix::fs::symlink(&newer.python, &base).unwrap();
    let real = std::fs::canonicalize(&newer.python).unwrap();
    let expected = format!(
        "made with Python {}, but its interpreter {} is now Python {}",
        older.minor,
        real.display(),
        newer.minor
    );
    assert_eq!(state(&world), (PrefixState::BROKEN, expected));
}

#[test]
fn what_is_no_environment_is_foreign() {
    let foreign = |world: &World| {
        let (state, seen) = state(world);
        assert_eq!(state, PrefixState::FOREIGN, "{seen}");
        seen
    };
    let world = World::new().in_project("src/app.py", "").directory("src");
    assert_eq!(foreign(&world), "is not empty and has no pyvenv.cfg");
    let world = World::new().in_project(".venv", "a file");
    assert_eq!(foreign(&world), "is not a folder");
    let world = World::new();
    std::os::unix::fs::symlink("/no/such", world.project().join(".venv")).unwrap();
    assert_eq!(foreign(&world), "is a link to /no/such, which does not exist");
    let world = World::new().file("elsewhere/pyvenv.cfg", "home = /usr/bin\n");
    std::os::unix::fs::symlink(world.home().join("elsewhere"), world.project().join(".venv")).unwrap();
    assert_eq!(foreign(&world), "is a link to HOME/elsewhere, outside the project");
    let world = World::new();
    std::fs::create_dir(world.project().join(".venv")).unwrap();
    assert_eq!(state(&world), (PrefixState::ABSENT, String::new()));
}

#[test]
fn a_project_reached_through_a_link_has_not_moved() {
    let world = World::new();
    let prefix = world.venv(newest(), ".venv");
    let linked = world.home().join("linked");
    std::os::unix::fs::symlink(world.project(), &linked).unwrap();
    let mut request = world.request();
    request.project = linked.into();
    let creation = backend().create(&request, &tool(newest()), &world.host()).unwrap();
    assert_eq!(creation.state, PrefixState::USABLE, "{prefix:?}: {}", creation.state_detail);
}

#[test]
fn a_folder_that_can_never_be_on_path_is_refused() {
    let world = World::new();
    let mut request = world.request();
    request.project = "/shop:east/app".into();
    let error = backend().create(&request, &tool(newest()), &world.host()).unwrap_err();
    assert_eq!(
        error.message,
        "no environment can be used in `/shop:east/app/.venv`: `:` separates the directories of PATH"
    );
    assert_eq!(error.remedy.text, "rename the directory so that it has no `:` in it");
}
