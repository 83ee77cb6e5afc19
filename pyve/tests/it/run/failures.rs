//! What is said where a command cannot be run, whole, with its exit code.

use std::fs::{self, File};

use serde_json::json;

use super::place::Place;

#[test]
fn outside_of_a_project() {
    let place = Place::empty();
    assert_eq!(
        place.refused(&["run", "true"]),
        "125\nerror: no pyve project found in `<top>/my project` or any parent directory\n\
         hint: run `pyve init` in the project's directory, or name a project with `-C DIR`"
    );
}

#[test]
fn before_the_first_init() {
    let place = Place::empty();
    fs::create_dir_all(place.project.join(".pyve/state")).unwrap();
    assert_eq!(
        place.refused(&["run", "true"]),
        "125\nerror: this project has no environment yet\n  project: <top>/my project\nhint: create it: `pyve init`"
    );
    assert_eq!(
        place.refused(&["run", "--env", "docs", "true"]),
        "125\nerror: this project has no environment called `docs` yet\n  project: <top>/my project\n\
         hint: create it: `pyve init --env docs`"
    );
}

#[test]
fn an_environment_of_another_backend() {
    let place = Place::bare();
    assert_eq!(
        place.refused(&["run", "--backend", "micromamba", "true"]),
        "125\nerror: this project has no micromamba environment yet\n  \
         project: <top>/my project; its environment was last created with venv\n\
         hint: create one: `pyve init --backend micromamba`"
    );
}

#[test]
fn an_environment_left_half_made() {
    let place = Place::bare();
    let mut record = place.record();
    record["status"] = json!("creating");
    place.write_record(record);
    assert_eq!(
        place.refused(&["run", "true"]),
        "125\nerror: creating the environment was interrupted\n  project: <top>/my project\n\
         hint: recreate it: `pyve init`"
    );
    let path = place.project.join(".pyve/state/lock");
    fs::write(&path, "pyve init (process 12)").unwrap();
    let file = File::open(&path).unwrap();
    file.lock().unwrap();
    assert_eq!(
        place.refused(&["run", "true"]),
        "125\nerror: the environment is being created right now\n  project: <top>/my project\n  \
         by pyve init (process 12)\nhint: wait until that is done, then try again"
    );
}

#[test]
fn a_project_that_was_moved_or_copied() {
    let mut place = Place::bare();
    let new = place.top.join("new place");
    fs::rename(&place.project, &new).unwrap();
    place.project = new;
    let moved = "125\nerror: this project was moved or copied from <top>/my project\n  \
         it is at <top>/new place now; its environment and the scripts in it name the old place\n\
         hint: recreate the environment here: `pyve init --force`";
    assert_eq!(place.refused(&["run", "true"]), moved);
    fs::create_dir_all(place.top.join("my project/.venv/bin")).unwrap();
    assert_eq!(place.refused(&["run", "true"]), moved, "the original is still there");
}

#[test]
fn an_environment_that_is_gone() {
    let place = Place::bare();
    fs::remove_dir_all(place.project.join(".venv")).unwrap();
    assert_eq!(
        place.refused(&["run", "true"]),
        "125\nerror: the environment at .venv is gone\n  project: <top>/my project\n\
         hint: recreate it: `pyve init`"
    );
}

#[test]
fn a_record_of_a_newer_pyve() {
    let place = Place::bare();
    place.state().edit("default/current", |text| text.replace("\"schema\":1", "\"schema\":2"));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        place.refused(&["run", "true"]),
        format!(
            "125\nerror: <top>/my project/.pyve/state/default/current was written by a newer pyve\n  \
             it has format 2; this pyve {version} knows formats up to 1\n\
             hint: upgrade pyve, or recreate the environment with this one: `pyve init --force`"
        )
    );
}

#[test]
fn names_that_are_none() {
    let place = Place::bare();
    let rule = "use letters, digits, `.`, `_`, `-`, at most 64, beginning with a letter or digit";
    for name in ["a/b", "é"] {
        assert_eq!(
            place.refused(&["run", "--backend", name, "true"]),
            format!("125\nerror: invalid value `{name}` for `--backend <BACKEND>`\nhint: {rule}")
        );
    }
    for (name, near) in [("../../x", "; did you mean `x`?"), ("..", "")] {
        assert_eq!(
            place.refused(&["run", "--env", name, "true"]),
            format!("125\nerror: invalid environment name `{name}`\nhint: {rule}{near}")
        );
    }
}

#[test]
fn pyves_own_options_misspelt_are_told_from_the_commands_failure() {
    let place = Place::bare();
    let said = place.refused(&["run", "--bakend", "venv", "true"]);
    assert!(said.starts_with("125\nerror: unexpected argument `--bakend`\n"), "{said}");
    assert!(said.contains("Usage: pyve run [OPTIONS] [--] CMD [ARGS]..."), "{said}");
    let said = place.refused(&["run"]);
    assert!(said.starts_with("125\nerror: missing argument `<CMD>...`\n"), "{said}");
}

#[test]
fn commands_that_are_nowhere_or_no_program() {
    let place = Place::bare();
    place.program("pytest", "#!/bin/sh\n");
    assert_eq!(
        place.refused(&["run", "pytset"]),
        "127\nerror: command not found: pytset\n  it is neither in the environment at .venv nor on PATH\n\
         hint: did you mean `pytest`?"
    );
    assert_eq!(
        place.refused(&["run", "/"]),
        "126\nerror: could not execute `/`\n  it is a directory\nhint: name a program"
    );
}

#[test]
fn arguments_that_are_too_long_together() {
    let place = Place::bare();
    // The caller could not pass that much either: the environment's variables make it too much.
    let mut record = place.record();
    let long = "x".repeat(200_000);
    record["launch"]["launch"]["env"].as_array_mut().unwrap().push(json!({"name": "LONG", "value": long}));
    place.write_record(record);
    assert_eq!(
        place.refused(&["run", "/bin/true"]),
        "126\nerror: could not execute `/bin/true`: argument list too long\n  \
         arguments and variables together are too long\nhint: pass fewer arguments, or a file that lists them"
    );
}
