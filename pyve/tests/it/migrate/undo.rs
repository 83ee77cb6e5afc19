//! After the way back a project is to the byte what it was before, with whatever pyve keeps of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use pyve_testkit::{contents, interpreter};

use crate::conda::place::{Place, channel};

/// A project of pip's; channels are found by their names.
fn place() -> Option<Place> {
    let python = interpreter(3, 11)?;
    let place = Place::new();
    crate::ready::without_pip(&place.world, python);
    let channels = place.world.root().join("channels");
    fs::create_dir(&channels).unwrap();
    let real = channel().url();
    std::os::unix::fs::symlink(real.strip_prefix("file://").unwrap(), channels.join("conda-forge")).unwrap();
    fs::write(place.world.home().join(".condarc"), format!("channel_alias: file://{}\n", channels.display())).unwrap();
    place.world.write("requirements.txt", "# greets\nhello==1.0\n");
    Some(place)
}

/// All that is there, directories as well; what Python compiles while it is looked at is none of pyve's.
fn tree(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = contents(place.project());
    let mut open = vec![place.project().to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten().filter(|entry| entry.file_type().unwrap().is_dir()) {
            all.insert(entry.path().strip_prefix(place.project()).unwrap().to_owned(), b"a directory".to_vec());
            open.push(entry.path());
        }
    }
    all.retain(|path, _| !path.to_string_lossy().contains("__pycache__"));
    all
}

#[track_caller]
fn there_and_back(place: &Place) {
    // What pyve notes of files that are quite new it notes again once.
    place.settle();
    place.done("run python --version");
    let before = tree(place);
    let moved = place.done("migrate --to micromamba --yes");
    assert!(moved.err().contains("Environment default uses micromamba now\n"), "{moved}");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    place.done("migrate --undo");
    let after = tree(place);
    let told = |tree: &BTreeMap<PathBuf, Vec<u8>>| {
        let line =
            |(path, text): (&PathBuf, &Vec<u8>)| format!("{}: {}", path.display(), String::from_utf8_lossy(text));
        tree.iter().map(line).collect::<Vec<_>>()
    };
    let (before, after) = (told(&before), told(&after));
    let gone: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    let come: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(gone.is_empty() && come.is_empty(), "{gone:#?} became {come:#?}");
}

#[test]
fn the_way_back_leaves_a_project_as_it_was() {
    let Some(place) = place() else { return };
    let venv = std::process::Command::new(&interpreter(3, 11).unwrap().path);
    let made = { venv }.args(["-m", "venv", "--without-pip"]).arg(place.project().join(".venv")).status();
    assert!(made.unwrap().success());
    // pyve never saw it.
    there_and_back(&place);
    assert!(!place.project().join(".pyve").exists());
    // A failure goes the same way, but for the log of what went wrong.
    place.world.write("requirements.txt", "nonesuch-at-all==1.0\n");
    let before = tree(&place);
    fs::remove_file(place.world.home().join(".condarc")).unwrap();
    let failed = place.pyve("migrate --to micromamba --yes").run();
    assert!(failed.err().contains("all is as it was: `venv` is in use"), "{failed}");
    let log = |(path, _): &(PathBuf, Vec<u8>)| path.starts_with(".pyve");
    let (left, rest): (Vec<_>, Vec<_>) = tree(&place).into_iter().partition(log);
    assert_eq!(rest, before.into_iter().collect::<Vec<_>>());
    let left: Vec<_> = left.iter().map(|(path, _)| path.to_str().unwrap()).collect();
    assert_eq!(left, [".pyve", ".pyve/state", ".pyve/state/.gitignore", ".pyve/state/create.log"]);
}

#[test]
fn the_way_back_leaves_what_pyve_keeps_as_it_was() {
    let Some(place) = place() else { return };
    // With settings of the user's own, which stay as they are written.
    place.world.write(".gitignore", "*.log\n");
    fs::create_dir(place.project().join(".pyve")).unwrap();
    place.world.write(".pyve/config", "# ours\nbackend:   venv   # for now\n");
    place.done("init --no-direnv --no-install-deps");
    there_and_back(&place);
    // Without, and known to pyve.
    place.done("purge --yes");
    fs::remove_file(place.project().join(".pyve/config")).unwrap();
    fs::remove_file(place.project().join(".gitignore")).unwrap();
    place.done("init --no-direnv --no-install-deps");
    there_and_back(&place);
}
