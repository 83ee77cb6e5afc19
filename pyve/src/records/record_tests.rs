//! What is kept of an environment comes back, and what cannot be read says what helps.

use super::*;
use crate::caller::seal::Keyring;
use crate::failure::Failure;
use crate::records::Current;
use std::fs;

fn keyring(folder: &tempfile::TempDir) -> Keyring {
    Keyring::new(Some(folder.path().join("home")))
}

/// A later process of the same user.
fn later(folder: &tempfile::TempDir, layout: &Layout) -> Layout {
    Layout::new(layout.root(), &keyring(folder))
}

fn saved(layout: &Layout) -> Record {
    let record = Record::creating(layout, &EnvironmentName::default(), "venv", Recorded::default()).ready();
    record.save(layout).unwrap();
    record
}

fn load(layout: &Layout) -> Found<Record> {
    Record::load(layout, &EnvironmentName::default(), "venv").unwrap()
}

fn ignored(layout: &Layout) -> String {
    match load(layout) {
        Found::Ignored(why) => why,
        other => panic!("{other:?}"),
    }
}

const NOT_MINE: &str = "its seal is not this user's, or it was changed since";

fn project() -> (tempfile::TempDir, Layout) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap().join("project");
    fs::create_dir(&root).unwrap();
    let layout = Layout::new(root, &keyring(&folder));
    (folder, layout)
}

fn shown(layout: &Layout, failure: &Failure) -> String {
    let lines = [vec![failure.message.clone()], failure.details.clone(), vec![failure.remedy.to_string()]];
    lines.concat().join("\n").replace(&layout.root().display().to_string(), "<project>")
}

#[cfg(unix)]
#[test]
fn a_record_comes_back_as_it_was_and_is_nobody_elses() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    let (folder, layout) = project();
    let odd = OsText::from(OsStr::from_bytes(b"/p/\xff env"));
    let recorded = Recorded { prefix: odd.clone(), name: "p".into(), ..Recorded::default() };
    let mut record = Record::creating(&layout, &EnvironmentName::default(), "venv", recorded);
    record.remember(Artifact::File { path: ".env".into(), sha256: None });
    record.remember(Artifact::File { path: ".env".into(), sha256: None });
    record.remember(Artifact::Line {
        path: ".python-version".into(),
        key: "".into(),
        line: "3.12".into(),
        created: false,
        before: Some("3.11\n3.10\n".into()),
    });
    record.launch = Some(KeptLaunch {
        launch: Launch::new()
            .path(&odd)
            .env("VIRTUAL_ENV", &odd)
            .deactivate("VIRTUAL_ENV")
            .input("/p/pyvenv.cfg")
            .into(),
        config: Fingerprint::ABSENT,
        inputs: vec![Stamp::now(Path::new("/nowhere"))],
        dotenv: false,
    });
    let record = record.ready();
    record.save(&layout).unwrap();
    assert_eq!(load(&layout), Found::Here(record.clone()));
    assert_eq!(load(&later(&folder, &layout)), Found::Here(record.clone()));
    assert_eq!(record.made.len(), 2);
    assert!(record.recorded.ready);
    let mode = fs::metadata(layout.record(&EnvironmentName::default(), "venv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        fs::read_dir(layout.records(&EnvironmentName::default())).unwrap().count(),
        1,
        "no temporary file stays"
    );
}

#[test]
fn what_is_absent_is_no_failure() {
    let (_folder, layout) = project();
    assert_eq!(load(&layout), Found::Absent);
    assert_eq!(Current::load(&layout, &EnvironmentName::default()).unwrap(), Found::Absent);
}

#[test]
fn a_record_that_was_changed_or_is_anothers_counts_for_nothing() {
    let (folder, layout) = project();
    saved(&layout);
    let path = layout.record(&EnvironmentName::default(), "venv");
    let text = fs::read_to_string(&path).unwrap();
    let body = text.split_once('\n').unwrap().1;
    for (content, why) in [
        (text.replace("ready", "raedy"), NOT_MINE),
        (text.replace("pyve-seal 1 ", "pyve-seal 1 0"), "it has no seal"),
        (format!("pyve-seal 1 {}\n{body}", "0".repeat(64)), NOT_MINE),
        (format!("pyve-seal 1 {}\n{body}", "é".repeat(32)), "it has no seal"),
        (format!("pyve-seal 2 {}", &text[12..]), "it has no seal"),
        (text.clone() + "\n", NOT_MINE),
        (body.to_owned(), "it has no seal"),
        (text[..76].to_owned(), "it has no seal"),
        ("{\"schema\": 1,".to_owned(), "it has no seal"),
        (String::new(), "it has no seal"),
    ] {
        fs::write(&path, &content).unwrap();
        assert_eq!(ignored(&later(&folder, &layout)), why, "{content}");
    }
    fs::write(&path, &text).unwrap();
    assert!(matches!(load(&later(&folder, &layout)), Found::Here(_)));
    assert_eq!(ignored(&Layout::new(layout.root(), &Keyring::default())), NOT_MINE, "another user's");
}

#[test]
fn a_record_under_another_name_counts_for_nothing() {
    let (_folder, layout) = project();
    saved(&layout);
    Current::new("venv").save(&layout, &EnvironmentName::default()).unwrap();
    let other: EnvironmentName = "other".parse().unwrap();
    fs::create_dir_all(layout.records(&other)).unwrap();
    for (from, to) in [
        (layout.record(&EnvironmentName::default(), "venv"), layout.record(&other, "venv")),
        (layout.record(&EnvironmentName::default(), "venv"), layout.record(&EnvironmentName::default(), "micromamba")),
        (layout.record(&EnvironmentName::default(), "venv"), layout.current(&other)),
        (layout.current(&EnvironmentName::default()), layout.record(&EnvironmentName::default(), "micromamba")),
    ] {
        fs::copy(&from, &to).unwrap();
    }
    assert_eq!(Record::load(&layout, &other, "venv").unwrap(), Found::Ignored(NOT_MINE.to_owned()));
    assert_eq!(
        Record::load(&layout, &EnvironmentName::default(), "micromamba").unwrap(),
        Found::Ignored(NOT_MINE.to_owned())
    );
    assert_eq!(Current::load(&layout, &other).unwrap(), Found::Ignored(NOT_MINE.to_owned()));
    let all = crate::records::all(&layout);
    assert_eq!((all.records.len(), all.ignored.len(), all.is_whole()), (1, 2, false));
}

#[test]
fn a_project_that_was_copied_has_a_record_that_is_not_of_this_folder() {
    let (folder, layout) = project();
    let record = saved(&layout);
    let copy = Layout::new(layout.root().with_file_name("copy"), layout.keyring());
    fs::create_dir_all(copy.records(&EnvironmentName::default())).unwrap();
    fs::copy(layout.record(&EnvironmentName::default(), "venv"), copy.record(&EnvironmentName::default(), "venv"))
        .unwrap();
    let moved = Found::Moved { from: layout.root().into(), value: record.clone() };
    assert_eq!(load(&copy), moved);
    assert_eq!((load(&copy).here(), load(&copy).mine()), (None, Some(record.clone())));
    // Who writes it down again does not make it one of this folder.
    record.save(&copy).unwrap();
    assert_eq!(load(&later(&folder, &copy)), moved);
}

#[test]
fn a_record_of_a_newer_pyve_is_told_from_one_that_counts_for_nothing() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Newer {
        all: String,
    }
    impl State for Newer {
        const SCHEMA: u32 = 9;
    }
    let (_folder, layout) = project();
    let folder = Folder::make(&layout, Some("default")).unwrap();
    let place = StateFile { folder: &folder, kind: "default", file: "venv.json" };
    place.save(&layout, layout.root().into(), &Newer { all: "else differs".to_owned() }).unwrap();
    let failure = Record::load(&layout, &EnvironmentName::default(), "venv").unwrap_err();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        shown(&layout, &failure),
        format!(
            "<project>/.pyve/state/default/venv.json was written by a newer pyve\n\
             it has format 9; this pyve {version} knows formats up to 1\n\
             upgrade pyve, or recreate the environment with this one: `pyve init --force`"
        )
    );
    let text = fs::read_to_string(layout.record(&EnvironmentName::default(), "venv")).unwrap();
    fs::write(layout.record(&EnvironmentName::default(), "venv"), text.replace("\"schema\":9", "\"schema\":8"))
        .unwrap();
    assert_eq!(ignored(&layout), NOT_MINE, "what others write is no reason to fail");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_counts_for_nothing_and_holds_nobody_up() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (_folder, layout) = project();
    saved(&layout);
    let path = layout.record(&EnvironmentName::default(), "venv");
    let mut seen = Vec::new();
    let moved = path.with_extension("moved");
    fs::rename(&path, &moved).unwrap();
    symlink(&moved, &path).unwrap();
    seen.push(ignored(&layout));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    seen.push(ignored(&layout));
    fs::remove_dir(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    seen.push(ignored(&layout));
    fs::remove_file(&path).unwrap();
    fs::File::create(&path).unwrap().set_len(200 << 20).unwrap();
    seen.push(ignored(&layout));
    fs::remove_file(&path).unwrap();
    if !rustix::process::geteuid().is_root() {
        fs::copy(&moved, &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        assert_eq!(ignored(&layout), "it cannot be read: permission denied");
    }
    assert_eq!(
        seen,
        [
            "it is a symbolic link",
            "it is a directory, not a regular file",
            "it is a named pipe, not a regular file",
            "it is 200 MiB; at most 16 MiB is read",
        ]
    );
}

#[cfg(unix)]
#[test]
fn folders_of_pyve_that_are_links_are_refused() {
    use std::os::unix::fs::symlink;
    let (folder, layout) = project();
    saved(&layout);
    Current::new("venv").save(&layout, &EnvironmentName::default()).unwrap();
    let away = folder.path().join("away");
    for part in [layout.folder(), layout.state(), layout.records(&EnvironmentName::default())] {
        fs::rename(&part, &away).unwrap();
        symlink(&away, &part).unwrap();
        let failure = Record::load(&layout, &EnvironmentName::default(), "venv").unwrap_err();
        let part = part.strip_prefix(layout.root()).unwrap().display().to_string();
        let told = shown(&layout, &failure).replace(&folder.path().canonicalize().unwrap().display().to_string(), "");
        assert!(told.starts_with(&format!("`{part}` is a symbolic link to `")), "{told}");
        assert!(told.ends_with(&format!("remove the link: `rm <project>/{part}`")), "{told}");
        let before = fs::metadata(&away).unwrap().modified().unwrap();
        assert!(
            Record::creating(&layout, &EnvironmentName::default(), "venv", Recorded::default()).save(&layout).is_err()
        );
        assert!(Current::load(&layout, &EnvironmentName::default()).is_err());
        assert_eq!(fs::metadata(&away).unwrap().modified().unwrap(), before, "nothing is written there");
        let all = crate::records::all(&layout);
        assert!(all.records.is_empty() && !all.is_whole());
        fs::remove_file(layout.root().join(&part)).unwrap();
        fs::rename(&away, layout.root().join(&part)).unwrap();
    }
    assert!(matches!(load(&layout), Found::Here(_)));
}

#[cfg(unix)]
#[test]
fn a_record_that_is_written_makes_place_for_no_file_behind_a_link() {
    let (folder, layout) = project();
    saved(&layout);
    let precious = folder.path().join("precious");
    fs::write(&precious, "mine").unwrap();
    fs::remove_file(layout.record(&EnvironmentName::default(), "venv")).unwrap();
    std::os::unix::fs::symlink(&precious, layout.record(&EnvironmentName::default(), "venv")).unwrap();
    let record = saved(&layout);
    assert_eq!((fs::read_to_string(&precious).unwrap().as_str(), load(&layout)), ("mine", Found::Here(record)));
}

#[test]
fn fields_of_a_later_version_are_passed_over() {
    let (_folder, layout) = project();
    let record = Record::creating(&layout, &EnvironmentName::default(), "venv", Recorded::default());
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Later(serde_json::Value);
    impl State for Later {
        const SCHEMA: u32 = 1;
    }
    let mut value = serde_json::to_value(&record).unwrap();
    value["later"] = "field".into();
    value["made"] = serde_json::json!([{"kind": "later", "path": "x"}]);
    let folder = Folder::make(&layout, Some("default")).unwrap();
    let place = StateFile { folder: &folder, kind: "default", file: "venv.json" };
    place.save(&layout, layout.root().into(), &Later(value)).unwrap();
    let loaded = load(&layout).here().unwrap();
    assert_eq!(loaded.made, [Artifact::Unknown]);
    assert_eq!(loaded.status, Status::Creating);
}

#[test]
fn a_choice_holds_until_the_config_changes() {
    let (_folder, layout) = project();
    let mut current = Current::new("venv");
    assert_eq!(current.settled(&layout), None);
    current.chosen =
        Some(crate::records::Chosen { backend: "other".into(), config: Fingerprint::ABSENT, other_is_meant: false });
    current.save(&layout, &EnvironmentName::default()).unwrap();
    let current = Current::load(&layout, &EnvironmentName::default()).unwrap().here().unwrap();
    assert_eq!(current.settled(&layout), Some("other"));
    fs::write(layout.config(), "backend: venv\n").unwrap();
    assert_eq!(current.settled(&layout), None);
}

#[cfg(unix)]
#[test]
fn a_project_reached_through_a_link_did_not_move() {
    let (folder, layout) = project();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(layout.root(), &link).unwrap();
    let by_link = Layout::new(&link, layout.keyring());
    let recorded = Recorded { prefix: link.join(".venv").into(), ..Recorded::default() };
    let record = Record::creating(&by_link, &EnvironmentName::default(), "venv", recorded);
    record.save(&by_link).unwrap();
    let Found::Here(record) = load(&layout) else { panic!("it is the same directory") };
    assert_eq!((record.moved_from(&layout), record.place()), (None, Some(".venv".into())));
    let elsewhere = Layout::new(folder.path(), layout.keyring());
    assert_eq!(record.moved_from(&elsewhere), Some(&link.into()));
}
