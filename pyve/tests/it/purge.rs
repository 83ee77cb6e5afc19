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
    insta::assert_snapshot!(told(&world, "purge --dry-run"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   .venv/
      goes   `python [VERSION]` in .tool-versions
      goes   pyve's block in .gitignore
      goes   pyve's block in .envrc
      goes   .env
      goes   .pyve/config
      goes   .pyve/state/
    ----- stderr -----
    ");
    insta::assert_snapshot!(told(&world, "--purge --yes"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   .venv/
      goes   `python [VERSION]` in .tool-versions
      goes   pyve's block in .gitignore
      goes   pyve's block in .envrc
      goes   .env
      goes   .pyve/config
      goes   .pyve/state/
    ----- stderr -----
    ✓ removed .venv/
    ✓ removed `python [VERSION]` in .tool-versions
    ✓ removed pyve's block in .gitignore
    ✓ removed pyve's block in .envrc
    ✓ removed .env
    ✓ removed .pyve/config
    ✓ removed .pyve/state/
    ");
    changed_nothing(&before, &contents(world.project()));
    insta::assert_snapshot!(told(&world, "purge --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no project at [PROJECT] or above it
    hint: name the project's folder: pyve -C DIR purge
    ");
}

#[test]
fn it_asks_and_a_no_or_the_end_of_input_changes_nothing() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let before = contents(world.project());
    let answered = |answer: &str| world.pyve().arg("purge").stdin(answer).run();
    insta::assert_snapshot!(answered("n\n"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   .venv/
      goes   pyve's block in .gitignore
      goes   pyve's block in .envrc
      goes   .env
      goes   .pyve/config
      goes   .pyve/state/
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
    insta::assert_snapshot!(told(&world, "--purge ../victim"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pyve has no record of having made ../victim in [PROJECT]
      nothing was removed
    hint: pyve purge --dry-run shows what pyve made; `pyve init --update` takes over a project of the bash tool
    ");
    insta::assert_snapshot!(told(&world, "--purge src --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: pyve has no record of having made src in [PROJECT]
      nothing was removed
    hint: pyve purge --dry-run shows what pyve made; `pyve init --update` takes over a project of the bash tool
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
    insta::assert_snapshot!(told(&world, "purge --yes"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   .venv/
      goes   pyve's block in .gitignore
      goes   pyve's block in .envrc
      goes   .pyve/state/
      stays  .tool-versions: it does not say `python [VERSION]` any more
      stays  .env: it is not empty
      stays  .pyve/config: it holds settings of yours
    ----- stderr -----
    ✓ removed .venv/
    ✓ removed pyve's block in .gitignore
    ✓ removed pyve's block in .envrc
    ✓ removed .pyve/state/
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
    insta::assert_snapshot!(told(&world, "purge --yes"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   pyve's block in .gitignore
      goes   pyve's block in .envrc
      goes   .env
      goes   .pyve/config
      goes   .pyve/state/
      stays  .mine: pyve did not make it
    ----- stderr -----
    ✓ removed pyve's block in .gitignore
    ✓ removed pyve's block in .envrc
    ✓ removed .env
    ✓ removed .pyve/config
    ✓ removed .pyve/state/
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
    insta::assert_snapshot!(told(&world, "purge .first --yes"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   .first/
      goes   its entry in the record of `default` (venv)
    ----- stderr -----
    ✓ removed .first/
    ✓ removed its entry in the record of `default` (venv)
    ");
    assert!(!world.project().join(".first").exists());
    assert_eq!((world.read(".envrc"), world.read(".gitignore")), blocks);
    let prefix = |line: &str| done(&world, line).out();
    assert_eq!(prefix("run printenv VIRTUAL_ENV"), "[PROJECT]/.second\n");
    insta::assert_snapshot!(told(&world, "purge .second --yes"), @r"
    exit code: 0
    ----- stdout -----
    In [PROJECT]
      goes   .second/
      goes   the record of `default` (venv)
    ----- stderr -----
    ✓ removed .second/
    ✓ removed the record of `default` (venv)
    ");
    assert!(!world.project().join(".second").exists());
    assert_eq!(prefix("run --env docs printenv VIRTUAL_ENV"), "[PROJECT]/.venv-docs\n");
    // The last one takes with it what was shared.
    done(&world, "purge .venv-docs --yes");
    assert_eq!(world.tree(), "");
}

#[test]
fn without_a_record_it_lists_what_is_recognised_and_wants_to_be_told() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    world.write(".pyve/envs/mine/bin/python", "");
    fs::remove_file(world.project().join(".pyve/state/default/venv.json")).unwrap();
    let before = contents(world.project());
    insta::assert_snapshot!(told(&world, "purge --yes"), @r"
    exit code: 1
    ----- stdout -----
    In [PROJECT]
      goes   .venv/
      goes   pyve's block in .gitignore
      goes   pyve's block in .envrc
      goes   .env
      goes   .pyve/state/
      stays  .pyve/envs/mine: no record says that pyve made it
      stays  .pyve/config: it holds settings of yours
    ----- stderr -----
    error: no record of yours says that pyve created these; nothing was removed
    hint: pyve purge --yes --unrecorded
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
    assert!(said.out().contains("stays  .venv: git tracks files in it"), "{said}");
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
    insta::assert_snapshot!(told(&world, "purge"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: there is no project at [PROJECT] or above it
    hint: name the project's folder: pyve -C DIR purge
    ");
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "purge"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    There is nothing of pyve's in [PROJECT].
    ");
    assert_eq!(world.tree(), "0644 requirements.txt\n");
}
