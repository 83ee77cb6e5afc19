//! Faults of the Python under an environment, and of the wish for one.

use std::fs;

use pyve_pythons::builds::{Platform, PythonBuild};
use pyve_testkit::interpreter;

use super::{allow, check, equipped, exactly, fixed, fixed_by_edit, healthy, ids, report, type_remedy, wrong};
use crate::ready::{another, done, install, quick, whole};

#[test]
fn a_pin_that_asks_for_a_version_that_is_there() {
    let (Some(world), Some(python)) = (healthy(), another()) else { return };
    install(&world, python);
    world.write(".python-version", format!("{}\n", python.version));
    fixed(&world, "venv.pin-mismatch");
    assert_eq!(check(&report(&world, ""), "venv.python")["detail"], python.version.as_str());
    assert_eq!(world.read(".python-version"), format!("{}\n", python.version));
}

#[test]
fn a_pin_that_asks_for_a_version_that_is_nowhere() {
    let Some(world) = healthy() else { return };
    world.write(".python-version", "3.99\n");
    let mismatch = exactly(&world, "venv.pin-mismatch");
    assert_eq!(mismatch["remedy"], serde_json::json!(["pyve", "init", "--force"]));
    // Typed, it leaves the environment alone and says what must be had or edited.
    let refused = world.pyve().args(["init", "--force"]).run();
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.err().contains("Python 3.99 is not installed"), "{refused}");
    assert!(exactly(&world, "venv.pin-mismatch")["detail"].as_str().unwrap().ends_with("asks for 3.99"));
    fs::remove_file(world.project().join(".python-version")).unwrap();
    assert!(wrong(&world).is_empty());
}

#[test]
fn requirements_that_the_version_does_not_meet() {
    let (Some(world), Some(python)) = (healthy(), another()) else { return };
    install(&world, python);
    let (_, minor, _) = python.release;
    let project = format!("[project]\nname = \"p\"\nrequires-python = \">=3.{minor},<3.{}\"\n", minor + 1);
    world.write("pyproject.toml", project);
    assert_eq!(exactly(&world, "venv.pin-mismatch")["status"], "error");
    fixed(&world, "venv.pin-mismatch");
}

#[test]
fn a_pin_that_is_no_version() {
    let Some(world) = healthy() else { return };
    world.write(".tool-versions", "python 2.7.18\n");
    let detail = fixed_by_edit(&world, "venv.pin-mismatch", || {
        world.write(".tool-versions", "");
    });
    assert!(detail.contains(".tool-versions:1"), "{detail}");
}

#[test]
fn an_interpreter_that_became_another_version() {
    let (Some(world), Some(python)) = (healthy(), another()) else { return };
    let base = world.root().join("base/python3");
    fs::remove_file(&base).unwrap();
    python.link(&base);
    fixed(&world, "venv.interpreter-replaced");
    assert_eq!(check(&report(&world, ""), "venv.python")["detail"], python.version.as_str());
}

#[test]
fn an_environment_that_was_made_elsewhere() {
    let Some(world) = healthy() else { return };
    let other = world.root().join("other");
    let _ = world.command("python3").args(["-I", "-m", "venv"]).arg(&other).run().success();
    fs::remove_dir_all(world.project().join(".venv")).unwrap();
    fs::rename(&other, world.project().join(".venv")).unwrap();
    fixed(&world, "venv.moved");
}

#[test]
fn an_environment_that_does_not_tell_its_version() {
    let Some(world) = healthy() else { return };
    let cfg = world.read(".venv/pyvenv.cfg");
    let lines = cfg.lines().filter(|line| !line.starts_with("version")).map(|line| format!("{line}\n"));
    world.write(".venv/pyvenv.cfg", lines.collect::<String>());
    fixed(&world, "venv.python");
}

#[test]
fn a_folder_of_somebody_elses_in_its_place() {
    let Some(world) = quick("project").and_then(equipped) else { return };
    world.write(".venv/notes.txt", "mine");
    type_remedy(&world, &exactly(&world, "venv.environment"));
    assert_eq!(world.read(".venv/notes.txt"), "mine");
    allow(&world);
    assert!(wrong(&world).is_empty(), "{:#}", report(&world, ""));
}

#[test]
fn a_folder_that_cannot_be_one() {
    let Some(world) = quick("project") else { return };
    let settings = |folder: &str| world.write(".pyve/config", format!("backend: venv\nvenv:\n  directory: {folder}\n"));
    settings("my env");
    let check = exactly(&world, "venv.directory");
    assert_eq!(
        check["detail"],
        "`my env` (.pyve/config:3) cannot be the directory of the virtual environment: only letters, digits, `.`, \
         `_` and `-` may be in its name"
    );
    assert_eq!(check["hint"], "name a directory directly in the project, such as .venv");
    settings(".venv");
    done(&world, "init --no-direnv");
    assert!(wrong(&world).is_empty());
}

#[test]
fn no_python_at_all() {
    let Some(world) = quick("project").and_then(equipped) else { return };
    let kept = world.root().join("python3");
    fs::rename(world.bin().join("python3"), &kept).unwrap();
    let seen = report(&world, "");
    assert!(ids(&seen).iter().eq(["venv.environment", "venv.tool"]), "{seen:#}");
    assert_eq!(check(&seen, "venv.tool")["remedy"], serde_json::json!(["pyve", "init"]));
    // Typed, it says what must be had.
    let refused = world.pyve().arg("init").run();
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.err().contains("hint: download CPython "), "{refused}");
    fs::rename(&kept, world.bin().join("python3")).unwrap();
    type_remedy(&world, &exactly(&world, "venv.environment"));
    allow(&world);
    assert!(wrong(&world).is_empty());
}

/// What is in an environment without pip stays in it.
#[test]
fn an_environment_that_was_made_without_pip() {
    let Some(world) = whole("project").and_then(equipped) else { return };
    let _ = world.command("python3").args(["-m", "venv", "--without-pip", ".venv"]).run().success();
    done(&world, "init --no-direnv --yes");
    world.write(".venv/mine.txt", "mine");
    let missing = check(&report(&world, ""), "venv.pip-missing");
    assert_eq!(missing["status"], "warning");
    type_remedy(&world, &missing);
    let seen = report(&world, "");
    assert!(!seen.to_string().contains("venv.pip-missing") && wrong(&world).is_empty(), "{seen:#}");
    assert_eq!(world.read(".venv/mine.txt"), "mine");
    done(&world, "run pip --version");
}

#[test]
fn an_environment_on_a_build_with_a_later_release() {
    let Some(world) = quick("project").and_then(equipped) else { return };
    let Some(python) = interpreter(3, 11) else { return };
    let platform = Platform::here().unwrap();
    let of_series = |build: &PythonBuild| build.version.to_string().starts_with(&format!("{}.", python.minor()));
    let Some(pinned) = PythonBuild::pinned(platform).into_iter().find(of_series) else { return };
    // The executable is its own, and what it says of its release is not what counts.
    let build = world.home().join(format!(".pyve/pythons/cpython-{}.0-{platform}", python.minor()));
    let series = format!("python{}", python.minor());
    for folder in ["bin", "lib"] {
        fs::create_dir_all(build.join(folder)).unwrap();
    }
    fs::copy(&python.path, build.join("bin").join(&series)).unwrap();
    std::os::unix::fs::symlink(python.prefix.join("lib").join(&series), build.join("lib").join(&series)).unwrap();
    let made =
        world.command(build.join("bin").join(&series)).args(["-I", "-m", "venv", "--without-pip", ".venv"]).run();
    let _ = made.success();
    done(&world, "init --no-direnv --yes");
    let newer = check(&report(&world, ""), "venv.newer-build");
    assert_eq!(newer["status"], "warning");
    assert_eq!(newer["remedy"], serde_json::json!(["pyve", "python", "install", pinned.version.to_string()]));
    assert_eq!(newer["detail"], format!("{}.0, and pyve has the build of {}", python.minor(), pinned.version));
}
