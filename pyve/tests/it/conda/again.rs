//! `init` a second time: kept, brought in line, recreated, restored.

use std::fs;

use insta::assert_snapshot;
use pyve_standin_micromamba::program;
use pyve_testkit::contents;

use super::place::Place;

#[test]
fn nothing_changes_where_nothing_has_changed() {
    let place = Place::new();
    place.environment(&["python", "hello=1.0", "activated"]);
    place.done("init");
    place.settle();
    place.done("init");
    let before = contents(place.project());
    assert_snapshot!(place.told("init"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: micromamba (set in `.pyve/config:3`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (kept)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    let after = contents(place.project());
    for (file, bytes) in &before {
        assert_eq!(Some(bytes), after.get(file), "{}", file.display());
    }
    assert_eq!(before.len(), after.len());
    assert!(program::is_real() || place.calls(&["create"]) == 1);
    // Each start of the real one costs more than all that pyve does by itself.
    assert!(program::is_real() || place.calls(&["shell"]) + place.calls(&["run"]) + place.calls(&["list"]) == 0);
}

#[test]
fn a_changed_file_is_noticed_and_update_brings_the_environment_in_line() {
    let place = Place::new();
    place.environment(&["hello=1.0"]);
    place.done("init");
    place.environment(&["hello=2.0", "activated"]);
    assert_snapshot!(place.done("init").err(), @"
    no lock file; for the same packages everywhere run: pyve lock
    warning: .pyve/envs/demo is kept as it is: environment.yml has changed: hello=2.0 added to dependencies; activated added to dependencies; hello=1.0 removed from dependencies; to bring it in line: pyve init --update
    ✓ Backend: micromamba (set in `.pyve/config:3`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (kept)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert!(place.done("init").err().contains("has changed"), "it is noticed until it is acted on");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    assert_snapshot!(place.done("init --update").err(), @"
    no lock file; for the same packages everywhere run: pyve lock
    Create the environment 'demo' from environment.yml
    ✓ Backend: micromamba (set in `.pyve/config:3`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
    assert_eq!(place.run(&["sample-tool"]), "sample tool\n");
    // What is only written otherwise is no change.
    let text = format!("# a comment\n{}", place.world.read("environment.yml").replace("  - ", "    -  "));
    place.world.write("environment.yml", text);
    let said = place.done("init").err();
    assert!(!said.contains("has changed"), "{said}");
}

#[test]
fn a_changed_lock_is_noticed_and_update_brings_the_environment_in_line() {
    let place = Place::new();
    place.lock(&[("hello", "1.0")]);
    place.done("init");
    place.lock(&[("hello", "2.0")]);
    let said = place.done("init").err();
    let told = "warning: .pyve/envs/demo is kept as it is: conda-lock.yml has changed: other packages are locked; to bring \
                it in line: pyve init --update\n";
    assert!(said.contains(told), "{said}");
    place.done("init --update");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn force_makes_it_anew() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    fs::write(place.prefix().join("stray"), "").unwrap();
    place.done("init --force");
    assert!(!place.prefix().join("stray").exists());
    assert_eq!(
        fs::read_dir(place.project().join(".pyve/envs")).unwrap().count(),
        1,
        "nothing that was put aside is left"
    );
}

#[test]
fn what_is_broken_is_never_called_a_success() {
    let place = Place::new();
    place.environment(&["python", "hello"]);
    place.done("init");
    fs::remove_file(place.prefix().join("bin/python")).unwrap();
    std::os::unix::fs::symlink("/no/such/python", place.prefix().join("bin/python")).unwrap();
    assert_snapshot!(place.refused("init"), @"
    1
    error: the environment does not work: [PROJECT]/.pyve/envs/demo/bin/python leads to /no/such/python, which does not exist
    hint: run `pyve init --force`
    ");
    fs::remove_file(place.prefix().join("conda-meta/hello-2.0-0.json")).unwrap();
    assert_snapshot!(place.refused("init"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    error: the environment .pyve/envs/demo cannot be used: hello is not installed, though 'hello' is asked for
    hint: recreate it; the old one is restored if that fails: `pyve init --force`
    ");
    place.done("init --force");
    fs::remove_file(place.prefix().join("conda-meta/history")).unwrap();
    assert_snapshot!(place.refused("init"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    error: the environment .pyve/envs/demo cannot be used: it has no conda-meta/history, so its creation did not end well
    hint: recreate it; the old one is restored if that fails: `pyve init --force`
    ");
    place.done("init --force");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn a_project_that_was_moved_is_made_again() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    let new = place.world.root().join("moved");
    fs::rename(place.project(), &new).unwrap();
    let run = place.world.pyve().args(["-C"]).arg(&new).args(["run", "hello"]).current_dir(place.world.root());
    let said = run.run();
    assert_eq!(said.code, Some(125), "{said}");
    assert!(said.err().contains("hint: recreate the environment here: `pyve -C "), "{said}");
    let again = place.world.pyve().arg("-C").arg(&new).args(["init", "--force"]).current_dir(place.world.root());
    let _ = again.env("CI", "1").run().success();
    let run = place.world.pyve().arg("-C").arg(&new).args(["run", "hello"]).current_dir(place.world.root());
    assert_eq!(run.run().success().out(), "hello 2.0\n");
}

#[test]
fn purge_leaves_the_project_as_it_was() {
    let place = Place::new();
    place.environment(&["python", "activated"]);
    let before = contents(place.project());
    place.done("init");
    assert_snapshot!(place.told("purge --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .pyve/envs/demo/
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .env
      remove  .pyve/envs/
      remove  .pyve/config
      remove  .pyve/state/
    ----- stderr -----
    ✓ removed 7 items
    ");
    assert_eq!(contents(place.project()), before);
    assert!(place.sandbox().is_file(), "the user's micromamba is the user's");
}

#[test]
fn what_the_user_put_into_an_environment_is_in_the_next_one() {
    let place = Place::new();
    place.environment(&["hello=1.0"]);
    place.done("init");
    let put = |file: &str, text: &str| {
        let path = place.prefix().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("conda-meta/pinned", "hello 1.*\n");
    put("conda-meta/state", r#"{"env_vars": {"OWN": "kept"}}"#);
    put("etc/conda/activate.d/mine.sh", "export MINE=too\n");
    place.environment(&["hello", "purelib"]);
    place.done("init --update");
    assert!(place.prefix().join("bin/purelib").is_file());
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    assert_eq!(place.run(&["printenv", "OWN", "MINE"]), "kept\ntoo\n");
    place.done("init --force --yes");
    assert_eq!(place.run(&["printenv", "OWN", "MINE"]), "kept\ntoo\n");
}
