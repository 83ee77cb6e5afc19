//! The variables of the project's `.env` under `pyve run`.

use std::os::unix::fs::symlink;

use pyve_testkit::World;

use crate::ready::{done, light};

fn said(world: &World, words: &[&str]) -> String {
    let show = "printf '%s|' \"$TOKEN\" \"$SET\" \"$PYTHONPATH\" \"$VIRTUAL_ENV\"";
    world.pyve().arg("run").args(words).args(["sh", "-c", show]).env("SET", "caller").run().success().out()
}

#[test]
fn what_the_caller_has_not_set_is_set() {
    let Some(world) = light("project") else { return };
    let outcome = done(&world, "init --no-direnv");
    assert!(!outcome.err().contains(".env:"), "{outcome}");
    let (with, without) = ("a b|caller||[PROJECT]/.venv|", "|caller||[PROJECT]/.venv|");
    world.write(".env", "TOKEN='a b'\nSET=file\nPYTHONPATH=/trap\nPATH=/trap\nVIRTUAL_ENV=/trap\nnot a variable\n");
    assert_eq!(said(&world, &[]), with);
    assert_eq!(said(&world, &["--no-dotenv"]), without);
    assert_eq!(said(&world, &["--no-dotenv", "--"]), without);
    // The doctor tells what is passed over.
    let report = world.pyve().arg("doctor").run();
    for line in [
        ".env:6 is no `NAME=value`\n  direnv refuses the file, and `pyve run` passes over the line\n",
        ".env: `pyve run` passes over PYTHONPATH (line 3), PATH (line 4), VIRTUAL_ENV (line 5)",
    ] {
        assert!(report.out().contains(line), "{report}");
    }
    let config = world.read(".pyve/config");
    world.write(".pyve/config", format!("{config}run:\n  dotenv: false\n"));
    assert_eq!(said(&world, &[]), without);
    let report = world.pyve().arg("doctor").run();
    assert!(!report.out().contains("passes over PYTHONPATH"), "{report}");
    world.write(".pyve/config", config);
    assert_eq!(said(&world, &[]), with);

    // What is no regular file says nothing, and nobody waits for it.
    std::fs::remove_file(world.project().join(".env")).unwrap();
    symlink("/dev/zero", world.project().join(".env")).unwrap();
    assert_eq!(said(&world, &[]), without);
    // Without a record that this user sealed, a file of the project sets nothing.
    std::fs::remove_file(world.project().join(".env")).unwrap();
    world.write(".env", "TOKEN='a b'\n");
    std::fs::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    assert_eq!(said(&world, &[]), without);
}
