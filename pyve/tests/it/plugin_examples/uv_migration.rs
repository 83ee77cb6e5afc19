//! Moving a project between pyve's own backends and the real uv, which is a plugin: there, back, finished and undone.

use pyve_testkit::{Outcome, World, contents, interpreter, offline_packages, workspace_root};
use serde_json::Value;

use super::{add, uv};
use crate::conda::place::{Place, channel};
use crate::lock;
use crate::migrate::wheels;

/// A world where pip needs no network, either.
fn world() -> Option<World> {
    let (world, wheels) = (uv::world()?, offline_packages()?);
    world.set("PIP_NO_INDEX", "1");
    world.set("PIP_FIND_LINKS", wheels);
    Some(world)
}

#[track_caller]
pub fn done(world: &World, line: &str) -> Outcome {
    world.pyve().args(line.split(' ')).env("CI", "1").run().success()
}

/// Types a line that `docs/migrating.md` shows.
#[track_caller]
fn as_shown(world: &World, line: &str, more: &str) -> Outcome {
    let page = std::fs::read_to_string(workspace_root().join("docs/migrating.md")).unwrap();
    assert!(page.contains(&format!("\n$ pyve {line}\n")), "docs/migrating.md does not show `{line}`");
    done(world, &format!("{line}{more}"))
}

/// Where the Python of a command is that imports a module.
#[track_caller]
pub fn prefix(world: &World, run: &str, module: &str) -> String {
    let script = format!("import sys, {module}; print(sys.prefix)");
    world.pyve().args(run.split(' ')).args(["python", "-I", "-c", &script]).run().success().out().trim_end().to_owned()
}

/// What is there, but for what pyve writes down of it.
pub fn files(world: &World) -> Vec<String> {
    let all = contents(world.project()).into_iter();
    let kept =
        all.filter(|(path, _)| !path.starts_with(".pyve/state") && !path.to_string_lossy().contains("__pycache__"));
    kept.map(|(path, text)| format!("{} {}", path.display(), String::from_utf8_lossy(&text))).collect()
}

const BOTH_AT_ONE_PLACE: &str = "error: both backends keep the environment at `.venv`, and the old one stays\n\
     hint: set another directory for the new one in `.pyve/config`: `uv: {directory: .venv-uv}`\n";

const BESIDE: &str = "[PROJECT]/.pyve/envs/default-uv";

#[test]
fn venv_and_uv_exchange_an_environment_that_both_keep_at_one_place() {
    let Some(world) = world() else { return };
    world.write("requirements.txt", "tabulate\n");
    done(&world, "init --backend venv --no-direnv --install-deps");
    let before = files(&world);

    let config = world.read(".pyve/config");
    world.write(".pyve/config", format!("{config}uv: {{directory: .venv}}\n"));
    let refused = world.pyve().args(["migrate", "--to", "uv"]).env("CI", "1").run();
    assert_eq!(refused.err(), BOTH_AT_ONE_PLACE, "{refused}");
    world.write(".pyve/config", config);

    let planned = done(&world, "migrate --to uv --dry-run").out();
    assert!(planned.contains("carried  requirements.txt:1  tabulate"), "{planned}");
    assert!(planned.contains("\n  create the uv environment .pyve/envs/default-uv\n"), "{planned}");
    assert!(planned.contains("\n  change .pyve/config:3 from `backend: venv` to `backend: uv`\n"), "{planned}");
    assert_eq!(files(&world), before);

    let moved = as_shown(&world, "migrate --from venv --to uv", "");
    assert!(moved.err().contains("Environment default uses uv now\n"), "{moved}");
    assert_eq!(prefix(&world, "run", "tabulate"), BESIDE);
    assert_eq!(prefix(&world, "run --backend venv", "tabulate"), "[PROJECT]/.venv");
    done(&world, "migrate --undo");
    assert_eq!(files(&world), before);
    assert_eq!(prefix(&world, "run", "tabulate"), "[PROJECT]/.venv");

    done(&world, "migrate --to uv");
    let finished = done(&world, "migrate --finish --yes");
    assert!(finished.out().contains("  remove  .venv/\n"), "{finished}");
    assert!(!world.project().join(".venv").exists());
    // It stays where it is, also where it is created again.
    assert_eq!(prefix(&world, "run", "tabulate"), BESIDE);
    done(&world, "init --force --yes --install-deps");
    assert_eq!(prefix(&world, "run", "tabulate"), BESIDE);
    let examined: Value = serde_json::from_str(&world.pyve().args(["doctor", "--json"]).run().out()).unwrap();
    let wrong = examined["checks"].as_array().unwrap().iter().filter(|check| check["status"] == "error");
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<&Value>::new());

    // The usual place is free by now.
    as_shown(&world, "migrate --from uv --to venv", "");
    assert_eq!(prefix(&world, "run", "tabulate"), "[PROJECT]/.venv");
    done(&world, "migrate --finish --yes");
    assert!(!world.project().join(".pyve/envs").exists());
    assert_eq!(world.read("requirements.txt"), "tabulate\n");
}

#[test]
fn locked_versions_move_there_and_back() {
    let Some(world) = world() else { return };
    let wheels = lock::wheels(&world, "kept 1.0\nkept 2.0\nleaf 1.0\nleaf 2.0\n");
    for name in ["UV_FIND_LINKS", "PIP_FIND_LINKS"] {
        world.set(name, &wheels);
    }
    let project = |versions: [&str; 2]| {
        format!(
            "[project]\nname = \"demo\"\nversion = \"0\"\nrequires-python = \">=3.10\"\ndependencies = [\n    \
             # why\n    \"kept{}\",\n    \"leaf{}\",  # not 1.5\n]\n\n[tool.uv]\npackage = false\n",
            versions[0], versions[1]
        )
    };
    world.write("pyproject.toml", project(["==1.0", "<2"]));
    done(&world, "init --backend venv --no-direnv");
    done(&world, "lock");
    // There are newer ones by now, and the project allows them.
    let locked = world.read("pylock.toml");
    world.write("pyproject.toml", project(["", ""]));
    world.write("pylock.toml", locked.replace("\"kept==1.0\"", "\"kept\"").replace("\"leaf<2\"", "\"leaf\""));
    let before = files(&world);
    let planned = done(&world, "migrate --to uv --from-lock --dry-run").out();
    assert!(planned.contains("kept==1.0 in uv.lock"), "{planned}");
    done(&world, "migrate --to uv --from-lock");
    let versions = ["demo 0", "kept 1.0", "leaf 1.0"];
    assert_eq!(lock::locked(&world, "uv.lock"), versions);
    assert_eq!(world.read("pyproject.toml"), project(["", ""]));
    done(&world, "lock --check");
    done(&world, "migrate --undo");
    assert_eq!(files(&world), before);
    done(&world, "migrate --to uv --from-lock");

    // And back, as far as it is planned: the files stay those of both.
    let lock = world.read("uv.lock");
    let line = |name: &str| lock.lines().position(|line| line == format!("name = \"{name}\"")).unwrap() + 1;
    done(&world, "migrate --finish --yes");
    let planned = done(&world, "migrate --to venv --from-lock --dry-run").out();
    assert!(planned.contains("from uv to venv, with the versions of uv.lock:\n"), "{planned}");
    assert!(planned.contains(&format!("kept==1.0 (locked in uv.lock:{})\n", line("kept"))), "{planned}");
    world.write("pyproject.toml", project(["<1", ""]));
    let stale = world.pyve().args(["migrate", "--to", "venv", "--from-lock", "--dry-run"]).run();
    assert_eq!(
        stale.err(),
        "error: could not take versions from `uv.lock`: it is stale\n  \
         pyproject.toml:7 asks for `kept<1`, but `kept` is locked\nhint: run `pyve lock`\n"
    );
}

#[test]
fn conda_and_uv_exchange_an_environment_with_the_files_of_each() {
    let Some(python) = interpreter(3, 11) else { return };
    let Place { world } = Place::new();
    add(&world, "pyve_uv");
    let Some(world) = uv::prepared(world) else { return };
    let place = Place { world };
    let world = &place.world;
    world.set("UV_FIND_LINKS", wheels(&place, python));
    let channel = channel().url();
    let text = format!("channels: [{channel}]\ndependencies: [python, purelib, gcc]\nvariables: {{KEY: value}}\n");
    world.write("environment.yml", text.replace(", gcc", ""));
    done(world, "init --no-direnv");
    std::fs::remove_file(world.project().join(".env")).unwrap();
    let before = files(world);

    world.write("environment.yml", &text);
    let refused = world.pyve().args(["migrate", "--to", "uv", "--offline"]).run();
    assert!(
        refused.err().contains("error: 1 line has no counterpart in backend `uv`; nothing was changed\n"),
        "{refused}"
    );
    assert!(refused.out().contains("  impossible  environment.yml:2  gcc "), "{refused}");
    world.write("environment.yml", text.replace(", gcc", ""));

    let moved = as_shown(world, "migrate --from micromamba --to uv", " --offline");
    assert!(moved.out().contains("\n  write pyproject.toml\n  write uv.lock\n"), "{moved}");
    let dependencies = "dependencies = [\n    \"purelib\",\n]\n\n[tool.uv]\npackage = false\n";
    assert!(world.read("pyproject.toml").ends_with(dependencies), "{}", world.read("pyproject.toml"));
    assert_eq!(prefix(world, "run", "purelib"), "[PROJECT]/.venv");
    assert_eq!(prefix(world, "run --backend micromamba", "purelib"), "[PROJECT]/.pyve/envs/demo");
    assert!(world.read("uv.lock").contains("name = \"purelib\"") && world.read(".env") == "KEY=value\n");
    done(world, "migrate --undo");
    assert_eq!(files(world), before);

    done(world, "migrate --to uv --offline");
    done(world, "migrate --finish --yes");
    // The old file asks for the same in other words, and is not written over.
    let refused = world.pyve().args(["migrate", "--to", "micromamba", "--offline"]).run();
    let there = "error: `environment.yml` is there already, and says something else than would be written\n";
    assert!(refused.err().contains(there), "{refused}");
    std::fs::remove_file(world.project().join("environment.yml")).unwrap();
    world.write(".pyve/config", world.read(".pyve/config") + &format!("micromamba:\n  channels: [{channel}]\n"));
    as_shown(world, "migrate --from uv --to micromamba", " --offline");
    let text = format!("channels:\n  - {channel}\ndependencies:\n  - python\n  - purelib\n");
    assert_eq!(world.read("environment.yml"), text);
    assert_eq!(prefix(world, "run", "purelib"), "[PROJECT]/.pyve/envs/demo");
    done(world, "migrate --finish --yes");
    assert!(!world.project().join(".venv").exists());
}
