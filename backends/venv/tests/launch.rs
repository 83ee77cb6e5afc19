//! How commands are run inside, compared with what `activate` exports.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::world::{Real, World, newest, reals, tool, two};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, Error, Launch, PrefixState, Tool};

fn launch(world: &World) -> Launch {
    backend().run(&world.request(), &world.host()).unwrap()
}

/// Message and remedy.
fn refused(world: &World) -> (String, String) {
    let error: Error = backend().run(&world.request(), &world.host()).unwrap_err();
    (world.plain(&error.message), error.remedy.to_string())
}

fn set(launch: &Launch) -> BTreeMap<String, String> {
    launch.env.iter().map(|it| (it.name.to_string(), it.value.display())).collect()
}

/// What a shell exports after sourcing the script.
fn activated(prefix: &Path) -> BTreeMap<String, String> {
    let script = format!(". '{}/bin/activate' && env -0", prefix.display());
    let output = Command::new("bash").args(["-c", &script]).env_clear().env("PATH", "/usr/bin:/bin").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split('\0').filter_map(|line| line.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

#[test]
fn every_python_is_launched_as_its_activate_script_does() {
    for real in reals() {
        let world = World::new();
        let prefix = world.venv(real, ".venv");
        let shell = activated(&prefix);
        let launch = launch(&world);
        let ours = set(&launch);
        for name in ["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"] {
            assert_eq!(ours.get(name), shell.get(name), "{name} of Python {}", real.version);
            let unset = launch.env_remove.iter().any(|it| it == name);
            assert_eq!(unset, name == "VIRTUAL_ENV_PROMPT" && !shell.contains_key(name));
        }
        let first = shell["PATH"].split(':').next().unwrap();
        let path: Vec<_> = launch.path.iter().map(|entry| entry.directory.display()).collect();
        assert_eq!(path, [first]);
    }
}

#[test]
fn the_launch_is_whole() {
    let world = World::new();
    let prefix = world.venv(newest(), ".venv");
    let launch = launch(&world);
    let own = launch.own_commands.iter().map(|command| format!("{}: {}", command.name, command.remedy));
    let remedy = "run `pyve run python -m ensurepip --default-pip`";
    assert_eq!(own.collect::<Vec<_>>(), [format!("pip: {remedy}"), format!("pip3: {remedy}")]);
    assert_eq!(set(&launch).get("ASDF_PYTHON_PLUGIN_DISABLE_RESHIM"), None);
    assert_eq!(launch.deactivate, ["VIRTUAL_ENV", "CONDA_PREFIX"]);
    let unset: Vec<_> = launch.env_remove.iter().map(|it| it.as_str()).collect();
    let conda = ["CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER", "CONDA_SHLVL"];
    assert_eq!(unset[..5], [&["PYTHONHOME"][..], &conda].concat());
    let inputs: Vec<_> = launch.inputs.iter().map(|it| it.path().into_owned()).collect();
    assert_eq!(inputs, ["pyvenv.cfg", "bin/python", "bin/activate"].map(|name| prefix.join(name)));
    assert!(launch.wrapper.is_empty() && launch.scripts.is_empty() && launch.nesting.is_none());
}

#[test]
fn asdf_makes_no_shims_for_the_environment_of_a_python_that_it_manages() {
    let real = newest();
    let world = World::new().in_asdf(real);
    let bin = world.home().join(".asdf/installs/python").join(&real.version).join("bin");
    world.venv(&Real { python: bin.join("python"), ..real.clone() }, ".venv");
    assert_eq!(set(&launch(&world))["ASDF_PYTHON_PLUGIN_DISABLE_RESHIM"], "1");
    let python = Tool::new(bin.join("python"), &real.version, "asdf");
    for (tool, guarded) in [(python, true), (tool(real), false)] {
        let world = World::new().in_project("requirements.txt", "");
        let creation = backend().create(&world.request(), &tool, &world.host()).unwrap();
        let recipe = creation.dependencies.unwrap();
        let command = recipe.steps[0].command.as_ref().unwrap();
        let set = command.env.iter().any(|it| it.name == "ASDF_PYTHON_PLUGIN_DISABLE_RESHIM");
        assert_eq!(set, guarded, "{}", tool.origin);
    }
}

#[test]
fn a_prompt_of_the_users_own_is_kept() {
    let world = World::new();
    let prefix = world.project().join(".venv");
    let python = &newest().python;
    let made =
        Command::new(python).args(["-m", "venv", "--without-pip", "--prompt", "it's ours"]).arg(&prefix).status();
    assert!(made.unwrap().success());
    assert_eq!(set(&launch(&world)).get("VIRTUAL_ENV_PROMPT"), activated(&prefix).get("VIRTUAL_ENV_PROMPT"));
}

#[test]
fn the_recorded_environment_is_used_wherever_the_settings_point() {
    let world = World::new();
    let prefix = world.venv(newest(), "custom");
    let world = world.recorded(&prefix, true);
    assert_eq!(launch(&world).path[0].directory.path(), prefix.join("bin"));
}

#[test]
fn there_is_nothing_to_run_in() {
    let world = World::new();
    let none = ("there is no virtual environment at HOME/app/.venv".to_owned(), "run `pyve init`".to_owned());
    assert_eq!(refused(&world), none);
    let world = World::new().in_project("src/app.py", "").directory("src");
    let foreign = "HOME/app/src is no virtual environment: it is not empty and has no pyvenv.cfg".to_owned();
    let remedy = "move it away and run `pyve init`, or name another directory: pyve init DIR".to_owned();
    assert_eq!(refused(&world), (foreign, remedy));
}

#[test]
fn what_cannot_work_is_refused_with_the_reason() {
    let unusable = |why: &str| {
        let message = format!("the virtual environment at HOME/app/.venv cannot be used: {why}");
        (message, "run `pyve init --force`".to_owned())
    };
    let world = World::new();
    let prefix = world.venv(newest(), ".venv");
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    std::os::unix::fs::symlink("/no/such/python3.99", prefix.join("bin/python")).unwrap();
    assert_eq!(refused(&world), unusable("its interpreter /no/such/python3.99 is gone"));

    let world = World::new();
    let prefix = world.venv(newest(), ".venv");
    let world = world.recorded(&prefix, false);
    assert_eq!(refused(&world), unusable("its making was interrupted"));

    let (older, newer) = two();
    let world = World::new();
    let prefix = world.venv(older, ".venv");
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    std::os::unix::fs::symlink(&newer.python, prefix.join("bin/python")).unwrap();
    let base = std::fs::canonicalize(&newer.python).unwrap();
    let (was, now, base) = (&older.minor, &newer.minor, base.display());
    let why = format!("made with Python {was}, but its interpreter {base} is now Python {now}");
    assert_eq!(refused(&world), unusable(&why));
}

#[test]
fn a_moved_project_is_noticed() {
    for real in reals() {
        let world = World::new();
        let old = world.home().join("old");
        std::fs::rename(world.project(), &old).unwrap();
        std::os::unix::fs::symlink(&old, world.project()).unwrap();
        let prefix = world.venv(real, ".venv");
        let world = world.recorded(&prefix, true);
        assert!(backend().run(&world.request(), &world.host()).is_ok());
        // Moved to another name: the record still says the old one.
        let mut request = world.request();
        let new = world.home().join("new");
        std::fs::rename(&old, &new).unwrap();
        std::fs::remove_file(world.project()).unwrap();
        request.project = new.into();
        let error = backend().run(&request, &world.host()).unwrap_err();
        let expected = "the virtual environment at HOME/new/.venv cannot be used: \
                        made in HOME/app/.venv, and moved or copied since";
        assert_eq!(
            (world.plain(&error.message).as_str(), error.remedy.to_string().as_str()),
            (expected, "run `pyve init --force`")
        );
    }
}

fn inspected(world: &World) -> pyve_plugin_api::Inspection {
    backend().inspect(&world.request(), &world.host()).unwrap()
}

#[test]
fn what_stands_is_told_without_a_record() {
    let world = World::new();
    let prefix = world.project().join(".venv");
    assert_eq!(
        (inspected(&world).prefix.path().into_owned(), inspected(&world).environments.len()),
        (prefix.clone(), 0)
    );
    world.venv(newest(), "other");
    world.venv(newest(), ".pyve/envs/named");
    let there = inspected(&world);
    assert_eq!(there.requested(), None);
    let prefixes: Vec<_> = there.environments.iter().map(|it| world.plain(&it.prefix.display())).collect();
    assert_eq!(prefixes, ["HOME/app/other", "HOME/app/.pyve/envs/named"]);
    world.venv(newest(), ".venv");
    let there = inspected(&world);
    let meant = there.requested().unwrap();
    assert_eq!((meant.state, meant.interpreter.path().into_owned()), (PrefixState::USABLE, prefix.join("bin/python")));
    assert_eq!(meant.detail, format!("made with Python {}", newest().version));
    assert!(meant.moved_from.is_empty() && meant.scripts.is_empty());
}

#[test]
fn a_virtual_environment_that_was_copied_names_its_first_place() {
    for scripts_only in [false, true] {
        let world = World::new();
        let prefix = world.venv(newest(), "first");
        std::fs::rename(&prefix, world.project().join(".venv")).unwrap();
        if scripts_only {
            // As those are whose activate script computes the place, and whose pyvenv.cfg tells none.
            std::fs::remove_file(world.project().join(".venv/bin/activate")).unwrap();
            let cfg = world.project().join(".venv/pyvenv.cfg");
            let text = std::fs::read_to_string(&cfg).unwrap();
            let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("command")).collect();
            std::fs::write(&cfg, kept.join("\n")).unwrap();
            crate::world::executable(
                &world.project().join(".venv/bin/pip"),
                &format!("#!{}/bin/python\n", prefix.display()),
            );
        }
        let there = inspected(&world);
        let meant = there.requested().unwrap();
        assert_eq!((meant.state, meant.moved_from.path().into_owned()), (PrefixState::BROKEN, prefix));
        assert_eq!(world.plain(&meant.detail), "made in HOME/app/first, and moved or copied since");
    }
}
