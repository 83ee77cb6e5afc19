//! `pyve self update`: a release from a server takes the place of the program, or nothing changes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use insta::assert_snapshot;
use pyve_testkit::{Outcome, World};

use crate::releases;

/// A machine with a pyve in `~/.local/bin`, and a server of releases.
struct Machine {
    world: World,
    program: PathBuf,
    releases: PathBuf,
}

impl Machine {
    fn new() -> Self {
        let world = World::new();
        let program = world.home().join(".local/bin/pyve");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_pyve"), &program).unwrap();
        let releases = world.root().join("releases");
        let address = releases::serve(&releases);
        world.filter(&address, "http://[SERVER]");
        world.filter(env!("PYVE_TARGET"), "[TARGET]");
        world.filter("[0-9a-f]{64}", "[HASH]");
        world.filter("[0-9]+ bytes", "[SIZE]");
        world.filter(r"\.pyve-update-\w+", ".pyve-update-[RANDOM]");
        world.set("PYVE_RELEASES", address);
        Self { world, program, releases }
    }

    /// The line of the installer.
    fn installed(self) -> Self {
        let home = self.world.home().join(".pyve");
        fs::create_dir_all(&home).unwrap();
        fs::write(home.join("installed"), format!("{}\n", self.program.display())).unwrap();
        self
    }

    /// Publishes a release whose program prints `says`.
    fn release(&self, version: &str, says: &str) {
        releases::publish(&self.releases, version, says);
    }

    fn update(&self, arguments: &[&str]) -> Outcome {
        self.world.command(&self.program).args(["self", "update"]).args(arguments).run()
    }

    /// Whether the program is the one that was put there, with nothing beside it.
    #[track_caller]
    fn is_untouched(&self) {
        assert!(fs::read(&self.program).unwrap() == fs::read(env!("CARGO_BIN_EXE_pyve")).unwrap());
        self.is_alone();
    }

    #[track_caller]
    fn is_alone(&self) {
        let folder = fs::read_dir(self.program.parent().unwrap()).unwrap();
        let names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["pyve"]);
    }
}

#[test]
fn a_newer_release_takes_the_place_of_the_program() {
    let machine = Machine::new().installed();
    machine.release("99.1.0", "pyve 99.1.0");
    assert_snapshot!(machine.update(&["--check"]), @"
    exit code: 1
    ----- stdout -----
    pyve 99.1.0 is available; this is 4.0.0
    ----- stderr -----
    Downloading SHA256SUMS from http://[SERVER]/latest/download/SHA256SUMS
    ");
    machine.is_untouched();
    assert_snapshot!(machine.update(&[]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Downloading SHA256SUMS from http://[SERVER]/latest/download/SHA256SUMS
    Downloading archive from http://[SERVER]/download/v99.1.0/pyve-99.1.0-[TARGET].tar.gz
    ✓ [HOME]/.local/bin/.pyve-update-[RANDOM]/archive: [SIZE], SHA-256 verified
    ✓ updated `[HOME]/.local/bin/pyve`: 4.0.0 → 99.1.0
    ");
    machine.is_alone();
    assert_eq!(fs::metadata(&machine.program).unwrap().permissions().mode() & 0o777, 0o755);
    let now = machine.world.command(&machine.program).arg("--version").run().success().out();
    assert_eq!(now, "pyve 99.1.0\n");
}

#[test]
fn the_newest_release_stays() {
    let machine = Machine::new().installed();
    machine.release(env!("CARGO_PKG_VERSION"), "never run");
    assert_snapshot!(machine.update(&[]), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Downloading SHA256SUMS from http://[SERVER]/latest/download/SHA256SUMS
    ✓ pyve 4.0.0 is the newest release
    ");
    machine.is_untouched();
}

#[test]
fn only_what_the_installer_put_there_is_updated() {
    let machine = Machine::new();
    machine.release("99.1.0", "pyve 99.1.0");
    assert_snapshot!(machine.update(&[]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not update `[HOME]/.local/bin/pyve`: pyve's installer did not put it there
    hint: install the new version the way that you installed this one
    ");
    let cellar = machine.world.root().join("Cellar/pyve/1.0/bin/pyve");
    fs::create_dir_all(cellar.parent().unwrap()).unwrap();
    fs::rename(&machine.program, &cellar).unwrap();
    assert_snapshot!(machine.world.command(cellar).args(["self", "update"]).run(), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not install, update or remove `[ROOT]/Cellar/pyve/1.0/bin/pyve`: it is managed by Homebrew
    hint: run `brew upgrade pyve`
    ");
}

#[test]
fn what_pyve_installed_itself_is_updated_as_well() {
    let machine = Machine::new();
    let _ = machine.world.command(&machine.program).args(["self", "install"]).run().success();
    machine.release("99.1.0", "pyve 99.1.0");
    let _ = machine.update(&[]).success();
    assert!(fs::read_to_string(&machine.program).unwrap().contains("99.1.0"));
}

#[test]
fn a_release_that_is_not_what_it_should_be_changes_nothing() {
    let machine = Machine::new().installed();
    machine.release("99.1.0", "pyve 98.0.0");
    assert_snapshot!(machine.update(&[]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Downloading SHA256SUMS from http://[SERVER]/latest/download/SHA256SUMS
    Downloading archive from http://[SERVER]/download/v99.1.0/pyve-99.1.0-[TARGET].tar.gz
    ✓ [HOME]/.local/bin/.pyve-update-[RANDOM]/archive: [SIZE], SHA-256 verified
    error: the program in `pyve-99.1.0-[TARGET].tar.gz` does not run on this machine
      [HOME]/.local/bin/pyve was left as it was
    hint: build it: `cargo install --git https://github.com/pointmatic/pyve --locked pyve`
    ");
    machine.is_untouched();

    let name = format!("download/v99.1.0/pyve-99.1.0-{}.tar.gz", env!("PYVE_TARGET"));
    fs::write(machine.releases.join(name), "another file").unwrap();
    assert_snapshot!(machine.update(&[]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Downloading SHA256SUMS from http://[SERVER]/latest/download/SHA256SUMS
    Downloading archive from http://[SERVER]/download/v99.1.0/pyve-99.1.0-[TARGET].tar.gz
    error: could not download `http://[SERVER]/download/v99.1.0/pyve-99.1.0-[TARGET].tar.gz`: it is not the file that was expected
      expected SHA-256 [HASH]
      received SHA-256 [HASH]
      [HOME]/.local/bin/.pyve-update-[RANDOM]/archive was not created
    hint: do not use that file; run the same command again on another network
    ");
    machine.is_untouched();

    fs::write(machine.releases.join("latest/download/SHA256SUMS"), "nothing for this machine\n").unwrap();
    assert_snapshot!(machine.update(&[]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Downloading SHA256SUMS from http://[SERVER]/latest/download/SHA256SUMS
    error: the newest release has no archive for [TARGET]
      http://[SERVER]/latest/download/SHA256SUMS
    hint: build it: `cargo install --git https://github.com/pointmatic/pyve --locked pyve`
    ");
    assert_snapshot!(machine.update(&["--offline"]), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not download `http://[SERVER]/latest/download/SHA256SUMS`: pyve is offline (--offline)
    hint: run the same command without --offline
    ");
    machine.is_untouched();
}

#[test]
fn what_a_killed_update_left_goes_unless_another_one_is_at_work() {
    let machine = Machine::new().installed();
    machine.release("99.1.0", "pyve 99.1.0");
    let left = machine.program.with_file_name(".pyve-update-killed");
    fs::create_dir_all(left.join("new")).unwrap();
    let again = || fs::copy(env!("CARGO_BIN_EXE_pyve"), &machine.program).unwrap();
    let another = fs::File::open(machine.world.home().join(".pyve/installed")).unwrap();
    another.lock_shared().unwrap();
    machine.update(&[]).success();
    assert!(left.join("new").exists());
    drop(another);
    again();
    machine.update(&[]).success();
    machine.is_alone();
    again();
    fs::create_dir(&left).unwrap();
    machine.world.command(&machine.program).args(["self", "uninstall"]).run().success();
    assert!(!left.exists() && !machine.program.exists());
}
