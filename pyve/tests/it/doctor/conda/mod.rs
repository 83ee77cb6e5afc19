//! Faults of conda environments: against the stand-in, or the real micromamba of `PYVE_TEST_MICROMAMBA`.

mod environment;
mod files;
mod locks;
mod openmp;
mod packages;
mod pip;
mod speed;
mod tool;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use pyve_testkit::prerequisite;
use serde_json::Value;

use super::{allow, check, fixed, give_pyve, problems, report, type_remedy, wrong};
use crate::conda::place::{Place, python};
use crate::ready::done;

/// Every id that the backend can report stands in the table of the documentation, and every one that is a problem is
/// made, and fixed, by a test of this folder.
#[test]
fn no_id_is_left_out() {
    let root = pyve_testkit::workspace_root();
    let texts = |folder: &str| -> String {
        let files = fs::read_dir(root.join(folder)).unwrap().flatten();
        files.map(|file| fs::read_to_string(file.path()).unwrap()).collect()
    };
    let is_id = |word: &str| {
        word.strip_prefix("micromamba.").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
    };
    let ids = |text: &str| -> BTreeSet<String> {
        text.split(['"', '`']).filter(|word| is_id(word)).map(str::to_owned).collect()
    };
    let reported = ids(&texts("backends/micromamba/src/diagnose"));
    assert!(reported.len() > 15, "{reported:?}");
    let page = fs::read_to_string(root.join("docs/doctor-checks.md")).unwrap();
    assert_eq!(reported.difference(&ids(&page)).collect::<Vec<_>>(), Vec::<&String>::new());
    let tested = ids(&texts("pyve/tests/it/doctor/conda"));
    let untested: Vec<_> = reported.difference(&tested).filter(|id| *id != "micromamba.lock-unused").collect();
    assert_eq!(untested, Vec::<&String>::new());
}

/// A project whose environment has these packages, and in which nothing is wrong.
#[track_caller]
fn healthy(dependencies: &[&str]) -> Option<Place> {
    let place = Place::new();
    place.environment(dependencies);
    set_up(place)
}

/// The project as it is, with its environment made, wired in and allowed.
#[track_caller]
fn set_up(place: Place) -> Option<Place> {
    place.world.link_as("direnv", &prerequisite("direnv")?);
    give_pyve(&place.world);
    done(&place.world, "init --yes");
    allow(&place.world);
    assert_eq!(wrong(&place.world), BTreeSet::new(), "{:#}", report(&place.world, ""));
    Some(place)
}

/// Exactly this is wrong, and no command but an edit mends it, which is returned.
#[track_caller]
fn hinted(place: &Place, id: &str) -> String {
    let seen = report(&place.world, "");
    let found = only(&seen, id);
    assert_eq!(found["remedy"], serde_json::json!([]), "{seen:#}");
    found["hint"].as_str().unwrap_or_else(|| panic!("no hint for {id}: {seen:#}")).to_owned()
}

/// Exactly this is wrong.
#[track_caller]
fn only(report: &Value, id: &str) -> Value {
    let wrong = problems(report);
    let ids: Vec<&str> = wrong.iter().map(|check| check["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id], "{report:#}");
    wrong[0].clone()
}

/// Nothing is wrong any more; what was allowed is perhaps another file now.
#[track_caller]
fn sound(place: &Place) {
    allow(&place.world);
    assert_eq!(wrong(&place.world), BTreeSet::new(), "{:#}", report(&place.world, ""));
}

/// The end of an edit that names a command is typed as it is printed.
#[track_caller]
fn type_after(place: &Place, hint: &str) {
    let (_, typed) = hint.rsplit_once("then run: ").unwrap_or_else(|| panic!("no command in {hint:?}"));
    let _ = place.world.command("sh").args(["-c", typed]).stdin("y\n").run().success();
}

/// The folder of Python packages in the environment.
fn site_packages(place: &Place) -> PathBuf {
    place.prefix().join(format!("lib/python{}/site-packages", python().series()))
}

/// A wheel of one module that says its name, in the project; its file name.
fn wheel(place: &Place, name: &str, version: &str, files: &[(&str, &str)]) -> String {
    let script = "
import sys, zipfile
name, version, *files = sys.argv[1:]
info = f'{name}-{version}.dist-info'
with zipfile.ZipFile(f'{name}-{version}-py3-none-any.whl', 'w') as wheel:
    wheel.writestr(f'{name}/__init__.py', f'print({name!r})\\n')
    for path, text in zip(files[::2], files[1::2]):
        wheel.writestr(path, text)
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{info}/RECORD', '')
";
    let files: Vec<&str> = files.iter().flat_map(|(path, text)| [*path, *text]).collect();
    let made = place.world.command(&python().path).args(["-c", script, name, version]).args(files);
    let _ = made.run().success();
    format!("{name}-{version}-py3-none-any.whl")
}

/// Has the environment's own pip install a wheel, as one would by hand.
fn pip_install(place: &Place, wheel: &str) {
    let line = ["run", "python", "-m", "pip", "install", "--no-index", "--no-deps", wheel];
    let _ = place.world.pyve().args(line).run().success();
}

/// A file of the environment.
fn put(place: &Place, file: &str, text: &str) {
    let path = place.prefix().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
