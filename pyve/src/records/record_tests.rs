//! What is kept of an environment comes back, and what cannot be read says what helps.

use super::*;
use crate::failure::Failure;
use crate::records::Current;
use std::fs;

fn project() -> (tempfile::TempDir, Layout) {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path().canonicalize().unwrap());
    (folder, layout)
}

fn shown(layout: &Layout, failure: &Failure) -> String {
    let lines = [vec![failure.message.clone()], failure.details.clone(), failure.remedy.iter().cloned().collect()];
    lines.concat().join("\n").replace(&layout.root().display().to_string(), "<project>")
}

#[cfg(unix)]
#[test]
fn a_record_comes_back_as_it_was_and_is_nobody_elses() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    let (_folder, layout) = project();
    let odd = OsText::from(OsStr::from_bytes(b"/p/\xff env"));
    let recorded = Recorded { prefix: odd.clone(), name: "p".into(), ..Recorded::default() };
    let mut record = Record::creating(&layout, "default", "venv", recorded);
    record.remember(Made::File { path: ".env".into(), sha256: None });
    record.remember(Made::File { path: ".env".into(), sha256: None });
    record.remember(Made::Line { path: ".python-version".into(), key: "".into(), line: "3.12".into(), created: true });
    record.launch = Some(KeptLaunch {
        launch: Launch::new().path(&odd).set("VIRTUAL_ENV", &odd).leave("VIRTUAL_ENV").input("/p/pyvenv.cfg"),
        config: Fingerprint::Absent,
        inputs: vec![Stamp::now(Path::new("/nowhere"))],
    });
    let record = record.ready();
    record.save(&layout).unwrap();
    assert_eq!(Record::load(&layout, "default", "venv").unwrap(), Some(record.clone()));
    assert_eq!(record.made.len(), 2);
    assert!(record.recorded.ready);
    let mode = fs::metadata(layout.record("default", "venv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(layout.records("default")).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn what_is_absent_is_no_failure() {
    let (_folder, layout) = project();
    assert_eq!(Record::load(&layout, "default", "venv").unwrap(), None);
    assert_eq!(Current::load(&layout, "default").unwrap(), None);
}

#[test]
fn a_damaged_record_names_the_file_and_what_helps() {
    let (_folder, layout) = project();
    fs::create_dir_all(layout.records("default")).unwrap();
    fs::write(layout.record("default", "venv"), "{\"schema\": 1,").unwrap();
    let failure = Record::load(&layout, "default", "venv").unwrap_err();
    assert_eq!(
        shown(&layout, &failure),
        "<project>/.pyve/state/default/venv.json is damaged\n\
         it cannot be read: EOF while parsing a value at line 1 column 13\n\
         type `pyve init --force` to make the environment and its record again"
    );
}

#[test]
fn a_record_of_a_newer_pyve_is_told_from_a_damaged_one() {
    let (_folder, layout) = project();
    fs::create_dir_all(layout.records("default")).unwrap();
    fs::write(layout.record("default", "venv"), "{\"schema\": 9, \"all\": \"else differs\"}").unwrap();
    let failure = Record::load(&layout, "default", "venv").unwrap_err();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        shown(&layout, &failure),
        format!(
            "<project>/.pyve/state/default/venv.json was written by a newer pyve\n\
             it has format 9; this pyve {version} knows formats up to 1\n\
             upgrade pyve, or type `pyve init --force` to make the environment again with this one"
        )
    );
}

#[test]
fn a_record_that_is_a_folder_cannot_be_read() {
    let (_folder, layout) = project();
    fs::create_dir_all(layout.record("default", "venv")).unwrap();
    let failure = Record::load(&layout, "default", "venv").unwrap_err();
    assert_eq!(
        shown(&layout, &failure),
        "cannot read <project>/.pyve/state/default/venv.json: is a directory\n\
         type `pyve init --force` to make the environment and its record again"
    );
}

#[test]
fn fields_of_a_later_version_are_passed_over() {
    let (_folder, layout) = project();
    let record = Record::creating(&layout, "default", "venv", Recorded::default());
    let mut value = serde_json::to_value(&record).unwrap();
    value["later"] = "field".into();
    value["made"] = serde_json::json!([{"kind": "later", "path": "x"}]);
    fs::create_dir_all(layout.records("default")).unwrap();
    fs::write(layout.record("default", "venv"), value.to_string()).unwrap();
    let loaded = Record::load(&layout, "default", "venv").unwrap().unwrap();
    assert_eq!(loaded.made, [Made::Unknown]);
    assert_eq!(loaded.status, Status::Creating);
}

#[test]
fn a_choice_holds_until_the_config_changes() {
    let (_folder, layout) = project();
    let mut current = Current::new("venv");
    assert_eq!(current.settled(&layout), None);
    current.chosen = Some(crate::records::Chosen { backend: "other".into(), config: Fingerprint::Absent });
    current.save(&layout, "default").unwrap();
    let current = Current::load(&layout, "default").unwrap().unwrap();
    assert_eq!(current.settled(&layout), Some("other"));
    fs::write(layout.config(), "backend: venv\n").unwrap();
    assert_eq!(current.settled(&layout), None);
}

#[test]
fn a_project_that_moved_is_told_from_one_with_its_environment_elsewhere() {
    let (_folder, layout) = project();
    let inside = Recorded { prefix: "/old/p/.venv".into(), ..Recorded::default() };
    let mut record = Record::creating(&layout, "default", "venv", inside);
    record.project = "/old/p".into();
    assert_eq!(record.moved_from(&layout), Some(&"/old/p".into()));
    record.recorded.prefix = "/central/envs/p".into();
    assert_eq!(record.moved_from(&layout), None);
}

#[cfg(unix)]
#[test]
fn a_project_reached_through_a_link_did_not_move() {
    let (folder, layout) = project();
    let real = folder.path().join("real");
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
    let link = layout.root().join("link");
    let recorded = Recorded { prefix: link.join(".venv").into(), ..Recorded::default() };
    let mut record = Record::creating(&layout, "default", "venv", recorded);
    record.project = link.into();
    assert_eq!(record.moved_from(&Layout::new(layout.root().join("real"))), None);
}
