//! `pyve init` in folders whose names are traps for shells, programs and paths.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::ready::{quick, told, whole};

/// What is done there and what comes of it.
fn tried(name: &[u8]) -> Option<String> {
    let world = quick(OsStr::from_bytes(name))?;
    let outcome = world.pyve().arg("init").run();
    if outcome.code != Some(0) {
        assert!(!world.project().join(".venv").exists(), "{outcome}");
        return Some(outcome.to_string());
    }
    let words = ["run", "python", "-c", "import os, sys; print(os.fsencode(sys.prefix) == os.getcwdb() + b'/.venv')"];
    let outcome = world.pyve().args(words).run();
    assert_eq!((outcome.out().as_str(), outcome.err().as_str()), ("True\n", ""), "{outcome}");
    let outcome = world.pyve().arg("init").run().success();
    assert!(outcome.err().contains("(kept)"), "{outcome}");
    let outcome = world.pyve().args(["purge", "--yes"]).run().success();
    assert_eq!(world.tree(), "", "{outcome}");
    Some(String::new())
}

#[test]
fn names_that_shells_would_take_apart() {
    for name in
        ["two words", "it's \"quoted\"", "$(id) `id` $HOME", "-rf", "~", "a;b&c|d", "*", "é 日本", "\\n%s", "#x"]
    {
        assert_eq!(tried(name.as_bytes()).unwrap_or_default(), "", "{name}");
    }
}

#[test]
fn a_name_with_a_line_break() {
    assert_eq!(tried(b"two\nlines").unwrap_or_default(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8() {
    let said = tried(b"caf\xe9");
    let wanted = "exit code: 1\n----- stdout -----\n----- stderr -----\n\
                  error: Python cannot create an environment at `[ROOT]/caf\u{fffd}/.venv`: the path is not UTF-8\n\
                  hint: rename the directory whose name is not UTF-8\n";
    assert_eq!(said.as_deref().unwrap_or(wanted), wanted);
}

#[test]
fn a_name_with_the_separator_of_path() {
    let Some(world) = quick("a:b") else { return };
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no environment can be used in `[PROJECT]/.venv`: `:` separates the directories of PATH
    hint: rename the directory so that it has no `:` in it
    ");
    assert_eq!(world.tree(), "");
}

#[test]
fn pip_runs_in_the_worst_of_them() {
    // Only as a module: the first lines of the scripts that pip writes are not made for such names.
    let Some(world) = whole("it's\n$(id) \"x\"") else { return };
    let _ = world.pyve().arg("init").run().success();
    let outcome = world.pyve().args(["run", "python", "-m", "pip", "--version"]).run();
    assert_eq!((outcome.code, outcome.err().as_str()), (Some(0), ""), "{outcome}");
}
