//! `pyve migrate`: from one backend to another, checked, finished and undone.

mod from_lock;
mod name_map;
mod undo;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use pyve_testkit::{Interpreter, contents, interpreter};
use serde_json::Value;

use crate::conda::place::{Place, channel};

/// A project of conda's whose environment has a package with one more module than PyPI's has.
pub fn place() -> Option<Place> {
    let python = interpreter(3, 11)?;
    let place = Place::new();
    crate::ready::without_pip(&place.world, python);
    with_packages(place)
}

fn with_packages(place: Place) -> Option<Place> {
    let channel = channel().url();
    let text = format!(
        "channels:\n  - {channel}\ndependencies:\n  - python\n  - hello=1.0  # greets\n  - purelib\nvariables:\n  KEY: value\n"
    );
    place.world.write("environment.yml", text);
    place.done("init --no-direnv");
    let lib = place.prefix().join("lib");
    let series =
        fs::read_dir(&lib).unwrap().flatten().find(|it| it.file_name().to_string_lossy().starts_with("python"));
    let packages = series.unwrap().path().join("site-packages");
    fs::create_dir_all(packages.join("purelib-1.0.dist-info")).unwrap();
    fs::write(packages.join("purelib-1.0.dist-info/METADATA"), "Metadata-Version: 2.1\nName: purelib\nVersion: 1.0\n")
        .unwrap();
    fs::write(packages.join("purelib-1.0.dist-info/top_level.txt"), "purelib\nextra\n").unwrap();
    fs::write(packages.join("extra.py"), "print('noise')\n").unwrap();
    fs::remove_file(place.project().join(".env")).unwrap();
    Some(place)
}

/// What is there, but for what pyve writes down of it.
pub fn files(place: &Place) -> Vec<String> {
    let all = contents(place.project()).into_iter();
    let kept =
        all.filter(|(path, _)| !path.starts_with(".pyve/state") && !path.to_string_lossy().contains("__pycache__"));
    kept.map(|(path, text)| format!("{} {}", path.display(), String::from_utf8_lossy(&text))).collect()
}

/// Nothing is installed by a move then: the files ask for what no index has to be asked about.
pub fn requires_nothing(place: &Place) {
    let text =
        place.world.read("environment.yml").replace("  - purelib\n", "").replace("  - hello=1.0  # greets\n", "");
    place.world.write("environment.yml", text);
}

/// Where the Python of a command is.
pub fn prefix(place: &Place, words: &[&str]) -> String {
    let ran =
        place.world.pyve().arg("run").args(words).args(["python", "-I", "-c", "import sys; print(sys.prefix)"]).run();
    ran.success().out().trim_end().to_owned()
}

/// What it refuses with, and that nothing changed by it.
#[track_caller]
fn refuses(place: &Place, line: &str, error: &str) {
    let before = contents(place.project());
    let said = place.refused(line);
    assert!(said.contains(&format!("error: {error}\n")), "{said}");
    assert_eq!(contents(place.project()), before);
}

/// Moves it, without a network.
pub const MOVE: &str = "migrate --to venv --offline --allow-loss";

#[test]
fn the_account_has_every_line_and_what_is_in_the_way_stops_it_before_it_begins() {
    let Some(place) = place() else { return };
    let before = contents(place.project());
    let json = place.done("migrate --from micromamba --to venv --offline --dry-run --allow-loss --json").out();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["schema"], &json["done"], &json["from"]), (&1.into(), &false.into(), &"micromamba".into()));
    let places: Vec<&str> =
        json["account"].as_array().unwrap().iter().filter_map(|line| line["place"].as_str()).collect();
    assert_eq!(places, ["environment.yml:4", "environment.yml:5", "environment.yml:6"], "{json:#}");
    assert!(json["plan"]["write"].as_array().unwrap().contains(&"requirements.txt".into()), "{json:#}");
    assert_eq!(json["plan"]["config"]["after"], "backend: venv");
    let told = place.done("migrate --to venv --offline --dry-run --allow-loss").out();
    assert!(told.starts_with("Migration of `default` from micromamba to venv:\n"), "{told}");
    assert!(told.contains("\n  create the venv environment .venv\n"), "{told}");
    assert_eq!(contents(place.project()), before);

    let uses = "environment `default` already uses backend `micromamba` (set in `.pyve/config:3`)";
    refuses(&place, "migrate --to micromamba", uses);
    refuses(&place, "migrate --to venv --env dve", "environment `dve` not found");
    refuses(&place, "migrate --undo", "environment `default` is not on its way to another backend");
    fs::create_dir(place.project().join(".venv")).unwrap();
    refuses(&place, MOVE, "could not create an environment of backend `venv`: `.venv` already exists");
    fs::remove_dir(place.project().join(".venv")).unwrap();
    let config = place.world.read(".pyve/config");
    place.world.write(".pyve/config", config.replace("backend: micromamba", "backend: &b micromamba"));
    let anchor = "could not change `.pyve/config:3`: `backend` is not a plain value on a line of its own";
    refuses(&place, MOVE, anchor);
}

#[test]
fn it_goes_there_and_back_and_the_old_environment_stays_until_it_is_finished() {
    let Some(place) = place() else { return };
    requires_nothing(&place);
    let (before, old) = (files(&place), prefix(&place, &[]));
    let moved = place.done(MOVE);
    assert!(moved.err().contains("Environment default uses venv now\n"), "{moved}");
    let new = prefix(&place, &[]);
    assert!(new.ends_with("/.venv"), "{new}");
    assert_eq!(prefix(&place, &["--backend", "micromamba"]), old);
    assert!(place.world.read(".pyve/config").contains("backend: venv\n"));
    assert_eq!(place.world.read(".env"), "KEY=value\n");
    let seen: Value = serde_json::from_str(&place.pyve("doctor --json").run().out()).unwrap();
    let found = seen["checks"].as_array().unwrap().iter().find(|check| check["id"] == "pyve.migration");
    assert_eq!(found.unwrap()["remedy"], serde_json::json!(["pyve", "migrate", "--finish"]), "{seen:#}");
    refuses(
        &place,
        "migrate --to micromamba",
        "the migration of `default` from `micromamba` to `venv` is not finished",
    );

    let back = place.done("migrate --undo");
    assert!(back.err().contains("Environment default uses micromamba again\n"), "{back}");
    assert_eq!(files(&place), before);
    assert_eq!(prefix(&place, &[]), old);

    let again = place.done(&format!("-C . {MOVE}"));
    let hint = "with `pyve -C . migrate --finish`, or go back with `pyve -C . migrate --undo`\n";
    assert!(again.err().contains(hint), "{again}");
    let purged = place.done("purge --env default --old --yes");
    assert!(purged.out().contains("  remove  the record of `default` (micromamba)\n"), "{purged}");
    assert!(!place.prefix().exists());
    assert_eq!(prefix(&place, &[]), new);
    assert!(place.world.read("environment.yml").contains("KEY: value"), "what the user wrote stays");
}

#[test]
fn what_the_old_environment_imports_the_new_one_must_import() {
    let Some(python) = interpreter(3, 11) else { return };
    let Place { world } = Place::new();
    let Some(place) = with_packages(Place { world: world.python(python) }) else { return };
    let text = place.world.read("environment.yml").replace("  - hello=1.0  # greets\n", "");
    place.world.write("environment.yml", text);
    let wheels = wheels(&place, python);
    place.world.set("PIP_NO_INDEX", "1");
    place.world.set("PIP_FIND_LINKS", &wheels);
    let (before, old) = (files(&place), prefix(&place, &[]));
    let said = place.pyve("migrate --to venv --offline").run();
    assert_eq!(said.code, Some(1), "{said}");
    let end = "error: the venv environment cannot import what the micromamba environment imports\n  \
               `extra`: ModuleNotFoundError: No module named 'extra'\n  all is as it was: `micromamba` is in use\n\
               hint: add what is missing to the files of the old backend, or add `--allow-loss` to go on without it\n";
    assert!(said.err().ends_with(end), "{said}");
    assert_eq!(files(&place), before);
    assert_eq!(prefix(&place, &[]), old);
    let moved = place.done(MOVE);
    let warned = "warning: could not import `extra`: ModuleNotFoundError: No module named 'extra'\n";
    assert!(moved.err().contains(warned), "{moved}");
    place.world.pyve().args(["run", "python", "-c", "import purelib"]).run().success();
}

#[test]
fn who_only_looks_waits_for_nobody_and_who_waited_looks_again() {
    let Some(place) = place() else { return };
    requires_nothing(&place);
    place.done(MOVE);
    let lock = fs::File::open(place.project().join(".pyve/state/lock")).unwrap();
    lock.lock().unwrap();
    let planned = place.pyve("migrate --finish --dry-run").limit(Duration::from_secs(60)).run().success();
    assert!(planned.out().contains("  remove  the record of `default` (micromamba)\n"), "{planned}");
    let migration = place.project().join(".pyve/state/default/migration");
    let another = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(1));
        // What a pyve does last that goes back.
        fs::remove_file(migration).unwrap();
        drop(lock);
    });
    let said = place.pyve("migrate --finish --yes").run();
    another.join().unwrap();
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.err().contains("error: environment `default` is not on its way to another backend\n"), "{said}");
    assert!(place.prefix().exists());
}

/// To be asked what it would install is no reason for pip to run what a package brings.
#[test]
fn nothing_is_built_to_see_whether_it_is_there() {
    let Some(python) = interpreter(3, 11) else { return };
    let Place { world } = Place::new();
    let Some(place) = with_packages(Place { world: world.python(python) }) else { return };
    let sources = wheels(&place, python);
    let made = std::process::Command::new(&python.path).args(["-c", SOURCE]).arg(&sources).status().unwrap();
    assert!(made.success());
    place.world.set("PIP_NO_INDEX", "1");
    place.world.set("PIP_FIND_LINKS", &sources);
    let json = place.done("migrate --to venv --dry-run --allow-loss --json").out();
    let json: Value = serde_json::from_str(&json).unwrap();
    let told = json["account"].as_array().unwrap().iter().map(|line| (line["line"].as_str(), line["fate"].as_str()));
    let told: Vec<_> = told.map(|(line, fate)| format!("{} {}", line.unwrap(), fate.unwrap())).collect();
    assert!(told.contains(&"hello=1.0 carried".to_owned()) && told.contains(&"purelib carried".to_owned()), "{json:#}");
    assert!(!place.world.home().join("sprung").exists());
}

/// Writes what `hello` is built from into the folder that is named.
const SOURCE: &str = "import io, sys, tarfile
files = {
    'PKG-INFO': 'Metadata-Version: 2.1\\nName: hello\\nVersion: 1.0\\n',
    'pyproject.toml': '[build-system]\\nrequires = []\\nbuild-backend = \\'trap\\'\\nbackend-path = [\\'.\\']\\n',
    'trap.py': 'import os\\nopen(os.path.expanduser(\\'~/sprung\\'), \\'w\\')\\n',
}
with tarfile.open(sys.argv[1] + '/hello-1.0.tar.gz', 'w:gz') as archive:
    for name, text in files.items():
        entry = tarfile.TarInfo('hello-1.0/' + name)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
";

/// A folder with a wheel of `purelib`.
pub fn wheels(place: &Place, python: &Interpreter) -> PathBuf {
    let wheels = place.world.root().join("wheels");
    fs::create_dir(&wheels).unwrap();
    let made = std::process::Command::new(&python.path).args(["-c", WHEEL]).arg(&wheels).status().unwrap();
    assert!(made.success());
    wheels
}

/// Writes a wheel of `purelib` into the folder that is named.
const WHEEL: &str = "import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1] + '/purelib-1.0-py3-none-any.whl', 'w')
info = 'purelib-1.0.dist-info/'
wheel.writestr('purelib/__init__.py', '')
wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: purelib\\nVersion: 1.0\\n')
wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
wheel.writestr(info + 'RECORD', '')
wheel.close()
";
