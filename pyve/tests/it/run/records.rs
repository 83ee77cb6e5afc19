//! The kept launch: used while it holds, settled for the next time, never in the way.

use std::fs;

use serde_json::{Value, json};

use super::place::{Place, fingerprint, text};

fn current(place: &Place) -> Value {
    serde_json::from_str(&place.state().content("default/current")).unwrap()
}

#[test]
fn the_choice_is_made_once_and_kept() {
    let place = Place::bare();
    place.write_current(Value::Null);
    assert!(place.run(&["true"]).status.success());
    assert_eq!(current(&place)["chosen"], json!({"backend": "venv", "config": {"kind": "absent"}}));
    let before = fingerprint(&place.project.join(".pyve/state/default/current"));
    assert!(place.run(&["true"]).status.success());
    assert_eq!(fingerprint(&place.project.join(".pyve/state/default/current")), before, "nothing is written again");
}

#[test]
fn a_project_that_cannot_be_written_runs_all_the_same() {
    let place = Place::bare();
    place.write_current(Value::Null);
    fs::create_dir(place.project.join(".pyve/state/lock")).unwrap();
    let output = place.run(&["echo", "fine"]);
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("fine\n".to_owned(), String::new()));
    assert_eq!(current(&place)["chosen"], Value::Null);
}

#[test]
fn many_at_once_do_not_disturb_each_other() {
    let place = Place::bare();
    place.write_current(Value::Null);
    let children: Vec<_> = (0..16).map(|_| place.pyve(&["run", "true"]).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(current(&place)["chosen"]["backend"], "venv");
    let mut names: Vec<_> = fs::read_dir(place.project.join(".pyve/state/default")).unwrap().collect();
    names.sort_by_key(|entry| entry.as_ref().unwrap().file_name());
    let names: Vec<_> = names.into_iter().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["current", "venv.json"], "no temporary file stays");
}

#[test]
fn a_named_environment_is_its_own() {
    let place = Place::bare();
    let mut record = place.record();
    record["environment"] = json!("docs");
    record["launch"]["launch"]["env"] = json!([{"name": "WHICH", "value": "docs"}]);
    place.write_record(record);
    place.write_state("docs", "current", json!({"backend": "venv"}).to_string());
    assert_eq!(text(&place.run(&["--env", "docs", "sh", "-c", "echo $WHICH"]).stdout), "docs\n");
    assert_eq!(text(&place.run(&["sh", "-c", "echo \"<$WHICH>\""]).stdout), "<>\n");
}

#[test]
fn no_lock_is_taken_while_nothing_changed() {
    let place = Place::bare();
    assert!(place.run(&["true"]).status.success());
    assert!(!place.project.join(".pyve/state/lock").exists());
}
