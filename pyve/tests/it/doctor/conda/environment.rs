//! An environment that is not there, not whole, elsewhere, or made from other words.

use std::fs;

use pyve_testkit::prerequisite;

use super::{Place, fixed, give_pyve, healthy, hinted, report, sound};
use crate::conda::place::environment;
use crate::ready::done;

#[test]
fn an_editor_is_told_where_the_interpreter_is() {
    let Some(place) = healthy(&["python"]) else { return };
    let editor = || {
        let seen = report(&place.world, "");
        let checks = seen["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == "pyve.editor").unwrap_or_else(|| panic!("{seen:#}"));
        (check["status"].as_str().unwrap().to_owned(), check["detail"].as_str().unwrap().to_owned())
    };
    let (status, detail) = editor();
    assert_eq!(status, "info");
    assert_eq!(detail, place.prefix().join("bin/python").display().to_string());
    let told = place.world.pyve().arg("doctor").run().out();
    let hint = "→ in VS Code set `python.defaultInterpreterPath` to it, in PyCharm add it as an existing interpreter";
    assert!(told.contains(hint), "{told}");
    let settings = "{\n  \"python.defaultInterpreterPath\": \"${workspaceFolder}/.pyve/envs/demo/bin/python\"\n}\n";
    place.world.write(".vscode/settings.json", settings);
    assert_eq!(editor().0, "ok");
    assert_eq!(place.world.read(".vscode/settings.json"), settings);
}

#[test]
fn one_that_is_gone() {
    let Some(place) = healthy(&["python", "hello"]) else { return };
    fs::remove_dir_all(place.prefix()).unwrap();
    fixed(&place.world, "micromamba.environment-missing");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn one_that_was_left_half_made() {
    let Some(place) = healthy(&["python", "hello"]) else { return };
    let meta = place.prefix().join("conda-meta");
    fs::remove_file(meta.join("history")).unwrap();
    fixed(&place.world, "micromamba.half-made");
    for entry in fs::read_dir(&meta).unwrap().flatten() {
        if entry.file_name().to_string_lossy().ends_with(".json") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    fixed(&place.world, "micromamba.half-made");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn one_that_was_made_at_another_place() {
    let Some(place) = healthy(&["python", "hello"]) else { return };
    let other = place.world.root().join("other");
    let spec = place.project().join("environment.yml");
    let micromamba = place.world.command(pyve_testkit::micromamba());
    let made = micromamba.args(["create", "-y", "-p"]).arg(&other).arg("-f").arg(spec);
    let _ = made.env("MAMBA_ROOT_PREFIX", place.world.root().join("root")).run().success();
    fs::remove_dir_all(place.prefix()).unwrap();
    fs::rename(&other, place.prefix()).unwrap();
    fixed(&place.world, "micromamba.environment-moved");
}

#[test]
fn one_that_was_made_from_other_words() {
    let Some(place) = healthy(&["python", "hello=1.0"]) else { return };
    place.environment(&["python", "hello=2.0"]);
    fixed(&place.world, "micromamba.environment-outdated");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn one_whose_name_conda_reserves() {
    let place = Place::new();
    give_pyve(&place.world);
    place.world.write("environment.yml", format!("name: base\n{}", environment(&["hello"])));
    assert_eq!(hinted(&place, "micromamba.environment"), "pyve init --env-name NAME");
    let Some(direnv) = prerequisite("direnv") else { return };
    place.world.link_as("direnv", &direnv);
    done(&place.world, "init --env-name demo");
    sound(&place);
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn fix_makes_it_again() {
    let Some(place) = healthy(&["python", "hello"]) else { return };
    fs::remove_file(place.prefix().join("bin/python")).unwrap();
    fs::write(place.prefix().join("stray"), "").unwrap();
    let declined = place.world.pyve().args(["doctor", "--fix"]).run();
    assert!(declined.code == Some(1) && place.prefix().join("stray").exists(), "{declined}");
    let _ = place.world.pyve().args(["doctor", "--fix", "--yes"]).run().success();
    assert!(place.prefix().join("bin/python").exists() && !place.prefix().join("stray").exists());
    sound(&place);
}
