//! `pyve purge`: what goes, what stays and why, and that nothing else is touched.

use std::fs;

use pyve_testkit::{contents, interpreter, tree};

use crate::ready::{changed_nothing, done, link, pyve, quick, told};

#[test]
fn after_it_the_project_is_what_it_was() {
    let Some(world) = quick("project") else { return };
    world.write(".gitignore", "*.log\r\nbuild");
    world.write(".envrc", "export A='1'\n");
    world.write(".tool-versions", "ruby 3.3.0\n# mine\n");
    world.write("src/app.py", "");
    let before = contents(world.project());
    fs::create_dir_all(world.home().join(".asdf/installs/python")).unwrap();
    done(&world, "init --python-version 3");
    assert!(world.read(".tool-versions").contains("python 3"));
    insta::assert_snapshot!(told(&world, "purge --dry-run"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .venv/
      remove  `python [VERSION]` in .tool-versions
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .env
      remove  .pyve/config
      remove  .pyve/state/
    ----- stderr -----
    ");
    insta::assert_snapshot!(told(&world, "--purge --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .venv/
      remove  `python [VERSION]` in .tool-versions
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .env
      remove  .pyve/config
      remove  .pyve/state/
    ----- stderr -----
    ✓ removed 7 items
    ");
    changed_nothing(&before, &contents(world.project()));
    insta::assert_snapshot!(told(&world, "purge --yes"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no pyve project found in `[PROJECT]` or any parent directory
    hint: run `pyve -C DIR purge` with the directory of the project
    ");
}

#[test]
fn it_asks_and_a_no_or_the_end_of_input_changes_nothing() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let before = contents(world.project());
    let answered = |answer: &str| world.pyve().arg("purge").stdin(answer).run();
    insta::assert_snapshot!(answered("n\n"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .venv/
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .env
      remove  .pyve/config
      remove  .pyve/state/
    ----- stderr -----
    Remove these? [y/N]: 
    cancelled: nothing was removed
    ");
    assert_eq!(answered("").code, Some(0));
    changed_nothing(&before, &contents(world.project()));
    let outcome = world.pyve().arg("-p").env("CI", "1").run().success();
    assert!(!outcome.err().contains('?') && world.tree().is_empty(), "{outcome}");
}

#[test]
fn only_what_pyve_made_can_be_named() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let victim = world.root().join("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("x"), "").unwrap();
    world.write("src/app.py", "");
    let before = contents(world.root());
    insta::assert_snapshot!(told(&world, "--purge ../victim"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `../victim` was not created by pyve in `[PROJECT]`; nothing was removed
    hint: see what pyve created: `pyve purge --dry-run`
    ");
    insta::assert_snapshot!(told(&world, "--purge src --yes"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `src` was not created by pyve in `[PROJECT]`; nothing was removed
    hint: see what pyve created: `pyve purge --dry-run`
    ");
    for name in [".", "..", "/", ".venv/bin", ".pyve", ".git"] {
        assert_eq!(pyve(&world, &format!("purge {name} --yes")).code, Some(1), "{name}");
    }
    changed_nothing(&before, &contents(world.root()));
    done(&world, "purge .venv/ --yes");
    assert_eq!(world.tree(), "0755 src/\n0644 src/app.py\n");
}

#[test]
fn what_the_user_filled_or_changed_stays() {
    let Some(world) = quick("project") else { return };
    fs::create_dir_all(world.home().join(".asdf/installs/python")).unwrap();
    done(&world, "init --python-version 3");
    world.write(".env", "TOKEN=1\n");
    world.write(".pyve/config", "backend: venv\nprompt: {show: false}\n");
    world.write(".tool-versions", "python 3.99.0\n");
    world.write(".pyve/notes.txt", "mine");
    insta::assert_snapshot!(told(&world, "purge --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .venv/
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .pyve/state/
      keep    .tool-versions: `python [VERSION]` was changed
      keep    .env: not empty
      keep    .pyve/config: modified
    ----- stderr -----
    ✓ removed 4 items
    ");
    insta::assert_snapshot!(world.tree(), @r"
    0600 .env
    0755 .pyve/
    0644 .pyve/config
    0644 .pyve/notes.txt
    0644 .tool-versions
    ");
}

#[test]
fn an_environment_that_pyve_did_not_make_stays() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    let venv = world.project().join(".mine");
    let _ = world.command(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(&venv).run().success();
    done(&world, "init .mine");
    insta::assert_snapshot!(told(&world, "purge --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .env
      remove  .pyve/config
      remove  .pyve/state/
      keep    .mine: not created by pyve
    ----- stderr -----
    ✓ removed 5 items
    ");
    assert!(venv.join("bin/python").exists());
}

#[test]
fn every_environment_that_pyve_made_goes_and_no_other() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    let mine = world.project().join(".mine");
    let _ = world.command(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(&mine).run().success();
    for line in ["init .first", "init .second", "init .first", "init --env docs", "init .mine"] {
        done(&world, line);
    }
    done(&world, "purge --yes");
    let left: Vec<_> = fs::read_dir(world.project()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [".mine"]);
    assert!(mine.join("bin/python").exists());
}

#[test]
fn one_that_is_named_goes_alone() {
    let Some(world) = quick("project") else { return };
    for line in ["init .first", "init .second", "init --env docs"] {
        done(&world, line);
    }
    let blocks = (world.read(".envrc"), world.read(".gitignore"));
    insta::assert_snapshot!(told(&world, "purge .first --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .first/
      remove  its entry in the record of `default` (venv)
    ----- stderr -----
    ✓ removed 2 items
    ");
    assert!(!world.project().join(".first").exists());
    assert_eq!((world.read(".envrc"), world.read(".gitignore")), blocks);
    let prefix = |line: &str| done(&world, line).out();
    assert_eq!(prefix("run printenv VIRTUAL_ENV"), "[PROJECT]/.second\n");
    insta::assert_snapshot!(told(&world, "purge .second --yes"), @"
    exit code: 0
    ----- stdout -----
    In [PROJECT]:
      remove  .second/
      remove  the record of `default` (venv)
    ----- stderr -----
    ✓ removed 2 items
    ");
    assert!(!world.project().join(".second").exists());
    assert_eq!(prefix("run --env docs printenv VIRTUAL_ENV"), "[PROJECT]/.pyve/envs/docs\n");
    // The last one takes with it what was shared.
    done(&world, "purge .pyve/envs/docs --yes");
    assert_eq!(world.tree(), "");
}

#[test]
fn without_a_record_it_lists_what_is_recognised_and_wants_to_be_told() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    world.write(".pyve/envs/mine/bin/python", "");
    fs::remove_file(world.project().join(".pyve/state/default/venv.json")).unwrap();
    let before = contents(world.project());
    insta::assert_snapshot!(told(&world, "purge --yes"), @"
    exit code: 1
    ----- stdout -----
    In [PROJECT]:
      remove  .venv/
      remove  pyve's block in .gitignore
      remove  pyve's block in .envrc
      remove  .env
      remove  .pyve/state/
      keep    .pyve/envs/mine: not created by pyve
      keep    .pyve/config: modified
    ----- stderr -----
    error: no record says that pyve created these; nothing was removed
    hint: remove them anyway: `pyve purge --yes --unrecorded`
    ");
    assert_eq!(world.pyve().arg("purge").env("CI", "1").run().code, Some(1));
    assert_eq!(world.pyve().arg("purge").stdin("n\n").run().code, Some(0));
    changed_nothing(&before, &contents(world.project()));
    done(&world, "purge --yes --unrecorded");
    let left = contents(world.project());
    let left: Vec<_> = left.keys().map(|path| path.display().to_string()).collect();
    assert_eq!(left, [".pyve/config", ".pyve/envs/mine/bin/python"]);
}

/// A record that a stranger committed says what pyve made: it is not believed.
#[test]
fn a_record_of_a_stranger_removes_nothing() {
    let Some(world) = quick("project") else { return };
    let bashrc = world.home().join(".bashrc");
    fs::write(&bashrc, "# >>> pyve >>>\nmine\n# <<< pyve <<<\n").unwrap();
    fs::create_dir(world.home().join(".ssh")).unwrap();
    fs::write(world.home().join(".ssh/authorized_keys"), "ssh-ed25519 A\n").unwrap();
    world.write("src/app.py", "mine\n");
    world.write(".git/config", "mine\n");
    let root = world.project().display().to_string();
    for prefix in [".git", "src", "../home", "."] {
        let record = format!(
            r#"{{"schema":1,"pyve_version":"4.0.0","backend":"venv","environment":"default","project":"{root}","status":"ready",
            "recorded":{{"prefix":"{root}/{prefix}","ready":true}},"made_by_pyve":true,"made":[
            {{"kind":"line","path":"../home/.ssh/authorized_keys","key":"ssh-ed25519","line":"ssh-ed25519 A","created":true}},
            {{"kind":"block","path":"../home/.bashrc","created":true}},{{"kind":"environment","path":"src"}},
            {{"kind":"environment","path":".git"}},{{"kind":"environment","path":"../home"}}]}}"#
        );
        world.write(".pyve/state/default/venv.json", record);
        let _ = pyve(&world, "purge --yes");
        let _ = pyve(&world, "purge --yes --unrecorded");
        assert_eq!((world.read("src/app.py").as_str(), world.read(".git/config").as_str()), ("mine\n", "mine\n"));
        assert_eq!(fs::read_to_string(world.home().join(".ssh/authorized_keys")).unwrap(), "ssh-ed25519 A\n");
        assert!(fs::read_to_string(&bashrc).unwrap().contains("mine"), "{prefix}");
    }
}

#[test]
fn what_git_tracks_stays() {
    let (Some(world), Some(git)) = (quick("project"), pyve_testkit::prerequisite("git")) else { return };
    world.link_as("git", &git);
    done(&world, "init");
    for arguments in [&["init", "-q"][..], &["add", "-f", ".venv/pyvenv.cfg"]] {
        world.command("git").args(arguments).run().success();
    }
    let said = done(&world, "purge --yes");
    assert!(said.out().contains("keep    .venv: git tracks files in it"), "{said}");
    assert!(world.project().join(".venv/bin/python").exists());
}

#[test]
fn a_link_is_removed_as_a_link() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let elsewhere = world.root().join("elsewhere");
    fs::rename(world.project().join(".venv"), &elsewhere).unwrap();
    link(&world.project().join(".venv"), &elsewhere);
    let before = contents(&elsewhere);
    done(&world, "purge --yes");
    assert_eq!(world.tree(), "");
    changed_nothing(&before, &contents(&elsewhere));
}

#[test]
fn a_record_that_names_a_place_outside_removes_nothing_there() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let victim = world.root().join("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("x"), "").unwrap();
    let inside = format!("\"prefix\":\"{}\"", world.project().join(".venv").display());
    let outside = format!("\"prefix\":\"{}\"", world.project().join("../victim").display());
    world.state().edit("default/venv.json", |record| record.replace(&inside, &outside));
    done(&world, "purge --yes");
    assert_eq!(tree(&victim, &[]), "0644 x\n");
}

#[test]
fn where_there_is_no_project() {
    let Some(world) = quick("project") else { return };
    insta::assert_snapshot!(told(&world, "purge"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no pyve project found in `[PROJECT]` or any parent directory
    hint: run `pyve -C DIR purge` with the directory of the project
    ");
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "purge"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    nothing to remove in `[PROJECT]`
    ");
    assert_eq!(world.tree(), "0644 requirements.txt\n");
}
