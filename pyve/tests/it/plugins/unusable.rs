//! A plugin that a project asks for and that cannot be used is a failure that names it, never another backend in silence.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use pyve_testkit::{World, contents};

use super::build::libraries;
use crate::ready::{changed_nothing, done, pyve, told};

/// A project with the marker file of the stress plugin, which was added.
fn asking() -> World {
    let world = World::new();
    world.filter(r"\.dylib", ".so");
    world.pyve().args(["plugin", "add", "--yes"]).arg(libraries().path("stress")).run().success();
    world.write("stress.txt", "");
    world
}

fn folder(world: &World) -> PathBuf {
    world.home().join(".pyve/plugins")
}

fn file(world: &World) -> PathBuf {
    folder(world).join(format!("stress{}", std::env::consts::DLL_SUFFIX))
}

fn set_mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The plugin crashes, which puts it into quarantine.
fn crash(world: &World) {
    let asked = ["plugin", "try", "--added", "detect", "stress"];
    assert_ne!(world.pyve().args(asked).env("STRESS", "detect:segfault").run().code, Some(0));
}

#[test]
fn one_in_quarantine_is_an_error_of_every_command_that_needs_it() {
    let world = asking();
    crash(&world);
    let before = contents(world.project());
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: it crashed in `detect` (SIGSEGV)
      [HOME]/.pyve/plugins/stress.so
      `stress.txt` asks for it
    hint: run `pyve plugin trust stress`
    ");
    for line in ["init --force --yes", "init --dry-run", "init --explain", "config", "config --json"] {
        let outcome = pyve(&world, line);
        assert_eq!((outcome.code, outcome.out().as_str()), (Some(1), ""), "{line}: {outcome}");
        assert!(outcome.err().contains("error: plugin `stress` is not used: it crashed in `detect`"), "{outcome}");
        assert!(outcome.err().ends_with("hint: run `pyve plugin trust stress`\n"), "{line}: {outcome}");
    }
    let doctor = pyve(&world, "doctor");
    assert_eq!(doctor.code, Some(1), "{doctor}");
    assert!(doctor.out().contains("Backend: plugin `stress` is not used\n  it crashed in `detect`"), "{doctor}");
    assert!(doctor.out().contains("pyve plugin trust stress"), "{doctor}");
    changed_nothing(&before, &contents(world.project()));
    assert!(done(&world, "init --explain --backend venv").out().starts_with("Backend: venv (set by `--backend`)"));
    done(&world, "plugin trust --yes stress");
    done(&world, "init --no-direnv");
}

#[test]
fn one_that_changed_or_is_gone() {
    let world = asking();
    let kept = fs::read(file(&world)).unwrap();
    fs::write(file(&world), "another").unwrap();
    world.filter(r"was \d+ bytes", "was [SIZE] bytes");
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: [HOME]/.pyve/plugins/stress.so has changed since it was added: its size was [SIZE] bytes and is 7, it was written to (its content is another)
      `stress.txt` asks for it
    hint: run `pyve plugin trust stress`
    ");
    fs::remove_file(file(&world)).unwrap();
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: `[HOME]/.pyve/plugins/stress.so` does not exist
      `stress.txt` asks for it
    hint: run `pyve plugin remove stress`
    ");
    std::os::unix::fs::symlink("/dev/zero", file(&world)).unwrap();
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: [HOME]/.pyve/plugins/stress.so is not a regular file
      `stress.txt` asks for it
    hint: run `pyve plugin remove stress`
    ");
    assert_eq!(pyve(&world, "plugin trust --yes stress").code, Some(1));
    fs::remove_file(file(&world)).unwrap();
    fs::write(file(&world), kept).unwrap();
    done(&world, "plugin trust --yes stress");
    done(&world, "init --no-direnv");
}

#[test]
fn one_that_others_could_change() {
    let world = asking();
    set_mode(&folder(&world), 0o777);
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: [HOME]/.pyve/plugins is not opened: it can be changed by others (mode 777)
      `stress.txt` asks for it
    hint: run `chmod go-w [HOME]/.pyve/plugins`
    ");
    set_mode(&folder(&world), 0o755);
    set_mode(&file(&world), 0o666);
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: [HOME]/.pyve/plugins/stress.so is not opened: it can be changed by others (mode 666)
      `stress.txt` asks for it
    hint: run `chmod go-w [HOME]/.pyve/plugins/stress.so`
    ");
    set_mode(&file(&world), 0o644);
    set_mode(&folder(&world).join("manifest.json"), 0o666);
    insta::assert_snapshot!(told(&world, "init --backend stress"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: [HOME]/.pyve/plugins/manifest.json is not opened: it can be changed by others (mode 666)
      `--backend stress` asks for it
    hint: run `chmod go-w [HOME]/.pyve/plugins/manifest.json`
    ");
}

#[test]
fn one_that_the_config_names() {
    let world = asking();
    fs::remove_file(world.project().join("stress.txt")).unwrap();
    world.write(".pyve/config", "backend: stress\n");
    crash(&world);
    insta::assert_snapshot!(told(&world, "init --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: it crashed in `detect` (SIGSEGV)
      [HOME]/.pyve/plugins/stress.so
      `.pyve/config:1` asks for it
    hint: run `pyve plugin trust stress`
    ");
    assert_eq!(pyve(&world, "config").code, Some(1));
}

#[test]
fn a_kept_launch_needs_no_plugin_and_a_new_one_does() {
    let world = asking();
    done(&world, "init --no-direnv");
    // A launch whose inputs changed a moment ago is not kept.
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(done(&world, "run printenv STRESSED").out(), "1\n");
    crash(&world);
    assert_eq!(done(&world, "run printenv STRESSED").out(), "1\n");
    world.write(".stress/ready", "changed");
    insta::assert_snapshot!(told(&world, "run printenv STRESSED"), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: plugin `stress` is not used: it crashed in `detect` (SIGSEGV)
      [HOME]/.pyve/plugins/stress.so
      `.pyve/config:3` asks for it
    hint: run `pyve plugin trust stress`
    ");
}

#[test]
fn a_library_that_was_never_added_is_named() {
    let world = World::new();
    world.filter(r"\.dylib", ".so");
    fs::create_dir_all(folder(&world)).unwrap();
    let name = format!("{}pyve_stress{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    fs::copy(libraries().path("stress"), folder(&world).join(name)).unwrap();
    insta::assert_snapshot!(told(&world, "init --backend stress --yes"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` not found (`--backend`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
      `[HOME]/.pyve/plugins/libpyve_stress.so` was never added
    hint: run `pyve plugin add [HOME]/.pyve/plugins/libpyve_stress.so`
    ");
    world.write(".pyve/config", "backend: stress\n");
    insta::assert_snapshot!(told(&world, "config"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: backend `stress` not found (`.pyve/config:1`)
      known backends: micromamba, venv
      plugins are looked up in `[HOME]/.pyve/plugins`
      `[HOME]/.pyve/plugins/libpyve_stress.so` was never added
    hint: run `pyve plugin add [HOME]/.pyve/plugins/libpyve_stress.so`
    ");
    fs::remove_file(world.project().join(".pyve/config")).unwrap();
    // Whatever comes of this init, which has no Python.
    let outcome = pyve(&world, "init --yes");
    let path = "[HOME]/.pyve/plugins/libpyve_stress.so";
    let note = format!("note: `{path}` is not used: run `pyve plugin add {path}` to add it\n");
    assert!(outcome.err().contains(&note), "{outcome}");
    assert!(!folder(&world).join("manifest.json").exists());
}

#[test]
fn a_list_that_cannot_be_read_is_told() {
    let world = asking();
    let manifest = folder(&world).join("manifest.json");
    let kept = fs::read(&manifest).unwrap();
    fs::write(&manifest, "{").unwrap();
    let outcome = pyve(&world, "init --yes");
    assert!(
        outcome
            .err()
            .contains("warning: plugins are not considered: could not understand `[HOME]/.pyve/plugins/manifest.json`"),
        "{outcome}"
    );
    assert!(
        outcome.err().contains("hint: remove [HOME]/.pyve/plugins/manifest.json and add the plugins again"),
        "{outcome}"
    );
    let elsewhere = world.root().join("elsewhere.json");
    fs::write(&elsewhere, kept).unwrap();
    fs::remove_file(&manifest).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &manifest).unwrap();
    insta::assert_snapshot!(told(&world, "init --backend stress"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not read `[HOME]/.pyve/plugins/manifest.json`: it is a symbolic link, and links are not followed there
      `--backend stress` asks for it
    hint: replace `[HOME]/.pyve/plugins/manifest.json` with a regular file, or remove it
    ");
}
