//! The environment by `cd`: pyve's `.envrc`, read by the real direnv.

use std::collections::BTreeMap;
use std::fs;

use pyve_testkit::prerequisite;

use super::place::Place;

type Variables = BTreeMap<String, Option<String>>;

/// What direnv sets and removes in a folder of the project.
fn entered(place: &Place, folder: &str, caller: &[(&str, &str)]) -> Variables {
    let _ = place.world.command("direnv").args(["allow", "."]).run().success();
    let invocation = place.world.command("direnv").args(["export", "json"]).current_dir(folder);
    let invocation = caller.iter().fold(invocation, |invocation, (name, value)| invocation.env(name, value));
    let outcome = invocation.run().success();
    assert!(!outcome.err().contains("error"), "{outcome}");
    serde_json::from_slice(&outcome.stdout).unwrap()
}

fn value<'a>(variables: &'a Variables, name: &str) -> &'a str {
    variables.get(name).and_then(|value| value.as_deref()).unwrap_or_default()
}

/// A project with direnv, the environment of which has these packages.
fn project(name: &str, packages: &[&str]) -> Option<Place> {
    let direnv = prerequisite("direnv")?;
    let place = Place::named(name);
    place.world.link_as("direnv", &direnv);
    place.environment(packages);
    place.done("init --env-name demo");
    fs::create_dir_all(place.project().join("src/deep")).unwrap();
    Some(place)
}

fn assert_entered(place: &Place, variables: &Variables) {
    let prefix = place.prefix().display().to_string();
    assert_eq!(value(variables, "CONDA_PREFIX"), prefix);
    assert_eq!((value(variables, "PYVE_BACKEND"), value(variables, "PYVE_ENV_NAME")), ("micromamba", "demo"));
    assert_eq!(value(variables, "SAMPLE_HOME"), format!("{prefix}/share/sample"));
    assert_eq!(value(variables, "SAMPLE_TEXT"), "two words; $(not run)");
    assert_eq!(value(variables, "SAMPLE_JSON"), "from json");
    let path: Vec<&str> = value(variables, "PATH").split(':').collect();
    assert_eq!(path[..2], [format!("{prefix}/tools"), format!("{prefix}/bin")]);
    assert_eq!(path.iter().filter(|folder| folder.starts_with(&prefix)).count(), 2, "{path:?}");
}

#[test]
fn it_is_right_in_every_folder_and_starts_nothing_of_micromamba_s() {
    let Some(place) = project("it's a demo", &["activated"]) else { return };
    let calls = place.calls(&[]);
    for folder in ["", "src", "src/deep"] {
        let variables = entered(&place, folder, &[]);
        assert_entered(&place, &variables);
        assert_eq!(value(&variables, "CONDA_SHLVL"), "1");
    }
    assert_eq!(place.calls(&[]), calls);
}

#[test]
fn an_outer_environment_is_left_and_kept_in_mind() {
    let Some(place) = project("demo", &["activated"]) else { return };
    let path = format!("/outer/bin:{}", place.world.bin().display());
    let variables = entered(&place, "", &[("CONDA_PREFIX", "/outer"), ("CONDA_SHLVL", "1"), ("PATH", &path)]);
    assert_entered(&place, &variables);
    assert_eq!((value(&variables, "CONDA_SHLVL"), value(&variables, "CONDA_PREFIX_1")), ("2", "/outer"));
    assert!(!value(&variables, "PATH").contains("/outer/bin"));
    // What its own scripts undo is undone, by direnv as by `run`.
    let outer = place.world.root().join("outer");
    fs::create_dir_all(outer.join("etc/conda/deactivate.d")).unwrap();
    fs::write(outer.join("etc/conda/deactivate.d/data.sh"), "unset OUTER_DATA\n").unwrap();
    let outer = outer.display().to_string();
    let caller = [("CONDA_PREFIX", outer.as_str()), ("CONDA_SHLVL", "1"), ("OUTER_DATA", "/data")];
    let variables = entered(&place, "", &caller);
    assert_entered(&place, &variables);
    assert_eq!((variables.get("OUTER_DATA"), value(&variables, "CONDA_PREFIX_1")), (Some(&None), outer.as_str()));
}

#[test]
fn a_variable_that_was_unset_is_not_exported() {
    let Some(place) = project("demo", &["activated"]) else { return };
    let state = r#"{"env_vars": {"GONE": "***unset***", "EMPTY": "", "QUOTED": "it's"}}"#;
    fs::write(place.prefix().join("conda-meta/state"), state).unwrap();
    place.done("init");
    let variables = entered(&place, "", &[]);
    assert_eq!((variables.get("GONE"), value(&variables, "QUOTED")), (None, "it's"));
    assert_eq!(variables.get("EMPTY"), Some(&Some(String::new())));
    assert_eq!(place.run(&["sh", "-c", "echo \"${GONE-none} ${EMPTY-none} $QUOTED\""]), "none  it's\n");
}

#[test]
fn scripts_that_depend_on_the_caller_are_sourced_as_they_are() {
    let Some(place) = project("demo", &["activated"]) else { return };
    let script = place.prefix().join("etc/conda/activate.d/own.sh");
    fs::write(script, "export LIBRARIES=\"$CONDA_PREFIX/lib${LIBRARIES:+:$LIBRARIES}\"\n").unwrap();
    // Only micromamba itself would be certain to be right; the `.envrc` starts nothing all the same.
    place.done("init");
    let calls = place.calls(&[]);
    let variables = entered(&place, "src", &[("LIBRARIES", "/mine")]);
    assert_entered(&place, &variables);
    assert_eq!(value(&variables, "LIBRARIES"), format!("{}/lib:/mine", place.prefix().display()));
    assert_eq!(place.calls(&[]), calls);
}

#[test]
fn what_direnv_enters_is_what_run_enters() {
    let Some(place) = project("demo", &["hello", "activated"]) else { return };
    let _ = place.world.command("direnv").args(["allow", "."]).run().success();
    let list = ["sh", "-c", "env | grep '^CONDA\\|^SAMPLE\\|^PATH=' | sort"];
    let by_direnv = place.world.command("direnv").args(["exec", "."]).args(list).run().success();
    assert_eq!(place.run(&list), by_direnv.out());
}
