//! Environments of which this user's pyve has no record: used where nobody else could have put them there.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use pyve_testkit::{World, prerequisite};

use crate::ready::{done, quick, told};

/// A project with a virtual environment that Python itself made.
fn by_python() -> Option<World> {
    let world = quick("project")?;
    let prefix = world.project().join(".venv");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    Some(world)
}

/// The same in a repository whose author committed the environment.
fn committed() -> Option<World> {
    let world = by_python()?;
    world.link_as("git", &prerequisite("git")?);
    git(&world, &["init", "-q"]);
    git(&world, &["add", "-f", ".venv/bin/python"]);
    Some(world)
}

fn git(world: &World, words: &[&str]) {
    let _ = world.command("git").args(words).run().success();
}

fn inside(world: &World) {
    let outcome = done(world, "run printenv VIRTUAL_ENV");
    assert_eq!((outcome.out().as_str(), outcome.err().as_str()), ("[PROJECT]/.venv\n", ""));
}

fn kept(world: &World) -> usize {
    fs::read_dir(world.home().join(".pyve/cache/inspected")).into_iter().flatten().count()
}

#[test]
fn what_python_made_is_used_without_a_word_and_without_a_trace_in_the_project() {
    let Some(world) = by_python() else { return };
    let before = world.tree();
    inside(&world);
    assert_eq!((world.tree(), kept(&world)), (before.clone(), 1));
    inside(&world);
    let below = world.project().join("src/deep");
    fs::create_dir_all(&below).unwrap();
    let outcome = world.pyve().current_dir(&below).args(["run", "printenv", "VIRTUAL_ENV"]).run();
    assert_eq!(outcome.success().out(), "[PROJECT]/.venv\n");
}

#[test]
fn what_was_kept_holds_as_long_as_nothing_changed() {
    let Some(world) = by_python() else { return };
    world.write("requirements.txt", "");
    std::thread::sleep(std::time::Duration::from_millis(60));
    inside(&world);
    inside(&world);
    // Another backend is chosen now, and of that one nothing stands.
    world.write("environment.yml", "dependencies: [python]\n");
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment yet
      project: [PROJECT]
    hint: create it: `pyve init`
    ");
    fs::remove_file(world.project().join("environment.yml")).unwrap();
    inside(&world);
    fs::rename(world.project().join(".venv"), world.project().join("away")).unwrap();
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment yet
      project: [PROJECT]
      `away` is an environment, and not the one that is meant
    hint: use it: `pyve init away`
    ");
}

#[test]
fn what_git_tracks_is_used_only_after_a_word() {
    let Some(world) = committed() else { return };
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.venv` is not trusted: git tracks files of it in `[PROJECT]`
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    assert_eq!(kept(&world), 0);
    insta::assert_snapshot!(told(&world, "allow"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ allowed the environment of `[PROJECT]`
    ");
    inside(&world);
    inside(&world);
    insta::assert_snapshot!(told(&world, "deny"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ denied environments of `[PROJECT]` that pyve did not create, and automatic activation
    ");
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.venv` is not trusted: `pyve deny` was typed for this project
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    let said = world.pyve().env("PYVE_TRUST", world.root()).args(["run", "ls"]).run();
    assert_eq!(said.code, Some(125), "who said no means it: {said}");
    done(&world, "allow");
    // The permission is for this very folder.
    let copy = world.root().join("copy");
    fs::rename(world.project(), &copy).unwrap();
    fs::create_dir(world.project()).unwrap();
    let prefix = world.project().join(".venv");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    git(&world, &["init", "-q"]);
    git(&world, &["add", "-f", ".venv/bin/python"]);
    assert_eq!(world.pyve().args(["run", "ls"]).run().code, Some(125));
}

#[test]
fn a_variable_says_the_same_for_scripts() {
    let Some(world) = committed() else { return };
    let run = |folders: String| world.pyve().env("PYVE_TRUST", folders).args(["run", "ls"]).run().code;
    let (root, project) = (world.root().display(), world.project().display());
    assert_eq!(run(project.to_string()), Some(0));
    assert_eq!(run(format!("/nowhere:{root}")), Some(0));
    assert_eq!(run(".".to_owned()), Some(0));
    for other in [String::new(), ":".to_owned(), format!("{project}/.venv"), format!("{project}-other")] {
        assert_eq!(run(other.clone()), Some(125), "{other}");
    }
    assert_eq!(world.pyve().args(["run", "ls"]).run().code, Some(125), "it says nothing of the next time");
}

#[test]
fn what_git_brings_later_is_noticed() {
    let Some(world) = by_python() else { return };
    let Some(program) = prerequisite("git") else { return };
    world.link_as("git", &program);
    git(&world, &["init", "-q"]);
    std::thread::sleep(std::time::Duration::from_millis(60));
    inside(&world);
    git(&world, &["add", "-f", ".venv/pyvenv.cfg"]);
    assert_eq!(world.pyve().args(["run", "ls"]).run().code, Some(125));
}

#[test]
fn what_others_could_have_changed_is_used_only_after_a_word() {
    let Some(world) = by_python() else { return };
    fs::set_permissions(world.project(), fs::Permissions::from_mode(0o777)).unwrap();
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.venv` is not trusted: others can change `[PROJECT]` (mode 777)
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    fs::set_permissions(world.project(), fs::Permissions::from_mode(0o755)).unwrap();
    inside(&world);
    fs::set_permissions(world.project().join(".venv"), fs::Permissions::from_mode(0o757)).unwrap();
    assert_eq!(world.pyve().args(["run", "ls"]).run().code, Some(125), "what was kept does not hold any more");
}

#[test]
fn an_environment_that_was_moved_is_refused() {
    let Some(world) = by_python() else { return };
    let moved = world.root().join("moved");
    fs::rename(world.project(), &moved).unwrap();
    let outcome = world.pyve().current_dir(&moved).args(["run", "ls"]).run();
    insta::assert_snapshot!(outcome, @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.venv` was moved or copied from `[PROJECT]/.venv`
      the scripts in it name the old place
      project: [ROOT]/moved
    hint: recreate it here: `pyve init --force`
    ");
}

#[test]
fn another_environment_of_the_project_is_named() {
    let Some(world) = quick("project") else { return };
    let prefix = world.project().join("venv");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment yet
      project: [PROJECT]
      `venv` is an environment, and not the one that is meant
    hint: use it: `pyve init venv`
    ");
    done(&world, "init venv");
    assert_eq!(done(&world, "run printenv VIRTUAL_ENV").out(), "[PROJECT]/venv\n");
    // It stays its maker's.
    done(&world, "purge --yes");
    assert!(prefix.is_dir());
}

#[test]
fn init_does_not_take_over_what_a_repository_brought() {
    let Some(world) = committed() else { return };
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.venv` is not trusted: git tracks files of it in `[PROJECT]`
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    assert!(!world.project().join(".pyve").exists());
    git(&world, &["rm", "-r", "-q", "--cached", ".venv"]);
    done(&world, "init --force --yes");
    inside(&world);
}

#[test]
fn a_record_that_a_repository_brought_starts_nothing_and_removes_nothing() {
    let Some(world) = quick("project") else { return };
    let keys = world.home().join(".ssh/authorized_keys");
    fs::create_dir_all(keys.parent().unwrap()).unwrap();
    fs::write(&keys, "ssh-ed25519 mine\n").unwrap();
    world.write("src/mine.py", "");
    world.stand_in("evil", "#!/bin/sh\ntouch \"${0%/*}/../sprung\"\n");
    let evil = world.bin().join("evil");
    let project = world.project().display().to_string();
    let record = format!(
        r#"{{"schema":1,"pyve_version":"4.0.0","backend":"venv","environment":"default","project":"{project}",
        "status":"ready","recorded":{{"prefix":"{project}/src","ready":true}},"made_by_pyve":true,
        "made":[{{"kind":"line","path":"../home/.ssh/authorized_keys","key":"","line":"ssh-ed25519 mine","created":true}},
                {{"kind":"environment","path":"src"}}],
        "launch":{{"launch":{{"wrapper":["{}"]}},"config":{{"kind":"absent"}},"inputs":[]}}}}"#,
        evil.display()
    );
    let current = r#"{"schema":1,"backend":"venv","chosen":{"backend":"venv","config":{"kind":"absent"}}}"#;
    world.write(".pyve/state/default/venv.json", &record);
    world.write(".pyve/state/default/current", current);
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: this project has no environment yet
      project: [PROJECT]
    hint: create it: `pyve init`
    ");
    // Neither does one that another user's pyve sealed.
    let other = pyve_testkit::State::new(world.project(), &world.root().join("other/.pyve"));
    other.write("default/venv.json", &record);
    other.write("default/current", current);
    assert_eq!(world.pyve().args(["run", "ls"]).run().code, Some(125));
    assert_eq!(world.pyve().args(["purge", "--yes"]).run().code, Some(1));
    done(&world, "purge --yes --unrecorded");
    assert!(!world.root().join("sprung").exists());
    assert_eq!(fs::read_to_string(&keys).unwrap(), "ssh-ed25519 mine\n");
    assert!(world.project().join("src/mine.py").exists());
}

#[test]
fn files_of_state_that_lead_elsewhere_are_left_as_they_are() {
    let Some(world) = quick("project") else { return };
    let precious = world.home().join("id_rsa");
    fs::write(&precious, "mine").unwrap();
    let state = world.project().join(".pyve/state");
    fs::create_dir_all(state.join("default")).unwrap();
    symlink(&precious, state.join("lock")).unwrap();
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not open `[PROJECT]/.pyve/state/lock`: it is a symbolic link to `[HOME]/id_rsa`, not a regular file
    hint: remove it: `rm -r [PROJECT]/.pyve/state/lock`
    ");
    let _ = world.pyve().args(["purge"]).stdin("n\n").run();
    let _ = world.pyve().args(["run", "ls"]).run();
    fs::remove_file(state.join("lock")).unwrap();
    symlink(&precious, state.join("default/venv.json")).unwrap();
    done(&world, "init");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "mine");
    inside(&world);
}

#[test]
fn a_folder_of_state_that_leads_elsewhere_is_refused() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let away = world.root().join("away");
    fs::rename(world.project().join(".pyve/state"), &away).unwrap();
    symlink(&away, world.project().join(".pyve/state")).unwrap();
    world.filter(&regex_of(&away), "[AWAY]");
    insta::assert_snapshot!(told(&world, "run ls"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: `.pyve/state` is a symbolic link to `[ROOT]/away`
      pyve's own directories must lie in the project itself
      project: [PROJECT]
    hint: remove the link: `rm [PROJECT]/.pyve/state`
    ");
    insta::assert_snapshot!(told(&world, "purge --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `.pyve/state` is a symbolic link to `[ROOT]/away`
      pyve's own directories must lie in the project itself
      project: [PROJECT]
    hint: remove the link: `rm [PROJECT]/.pyve/state`
    ");
    assert!(away.join("default/venv.json").exists());
}

fn regex_of(path: &Path) -> String {
    path.display().to_string().replace('.', "\\.")
}

/// What an image is: built by root, run by somebody whom no file of it knows.
#[test]
fn an_image_that_root_built_runs_for_everybody() {
    if !nix_is_root() {
        return;
    }
    let (Some(setpriv), Some(world)) = (prerequisite("setpriv"), quick("project")) else { return };
    // Its Python is one that everybody can get to, wherever the newest of this machine is.
    let for_all = |path: &Path| path.ancestors().skip(1).all(|folder| pyve_testkit::mode(folder) & 0o005 == 0o005);
    let Some(python) = pyve_testkit::interpreters().iter().find(|python| for_all(&python.path)) else {
        prerequisite("python3-for-every-user");
        return;
    };
    fs::remove_file(world.root().join("base/python3")).unwrap();
    crate::ready::link(&world.root().join("base/python3"), &python.path);
    fs::set_permissions(world.root(), fs::Permissions::from_mode(0o755)).unwrap();
    let pyve = world.root().join("pyve-of-the-image");
    fs::copy(env!("CARGO_BIN_EXE_pyve"), &pyve).unwrap();
    done(&world, "init --no-direnv");
    let run = |home: Option<&Path>, project: &Path| {
        let mut command = Command::new(&setpriv);
        command.args(["--reuid", "4321", "--regid", "4321", "--clear-groups"]).arg(&pyve);
        command.args(["run", "printenv", "VIRTUAL_ENV"]).current_dir(project).env_clear().env("PATH", "/usr/bin:/bin");
        home.map(|home| command.env("HOME", home));
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&project.display().to_string(), "");
        (text(&output.stdout), text(&output.stderr))
    };
    let own = world.root().join("home-of-4321");
    fs::create_dir(&own).unwrap();
    std::os::unix::fs::chown(&own, Some(4321), Some(4321)).unwrap();
    let expected = ("/.venv\n".to_owned(), String::new());
    let closed = PathBuf::from("/root");
    for home in [None, Some(Path::new("/")), Some(Path::new("/nonexistent")), Some(&closed), Some(&own), Some(&own)] {
        assert_eq!(run(home, world.project()), expected, "HOME: {home:?}");
    }
    assert!(own.join(".pyve/cache/inspected").is_dir(), "where a key can be kept the answer is");
    // With the records of root gone, and in a project that nobody can write to.
    fs::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    fs::set_permissions(world.project(), fs::Permissions::from_mode(0o555)).unwrap();
    for home in [None, Some(own.as_path())] {
        assert_eq!(run(home, world.project()), expected, "HOME: {home:?}");
    }
    fs::set_permissions(world.project(), fs::Permissions::from_mode(0o755)).unwrap();
    // What a third user made is neither root's nor one's own.
    std::os::unix::fs::chown(world.project().join(".venv"), Some(4322), None).unwrap();
    let (stdout, stderr) = run(None, world.project());
    assert_eq!(stdout, "");
    assert!(stderr.contains("belongs to another user (number 4322)") && stderr.contains("`pyve allow`"), "{stderr}");
}

fn nix_is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0)
}
