//! Each thing that HOME can say, and what comes of it: where pyve keeps its own things, and that every command works.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use super::machine::{Machine, is_root};
use crate::ready::{link, quick};

/// A project from its first `init` to its end; the exit code of each command, and what `config` says of pyve's folder.
const COMMANDS: &str = r#"
tried() { "$PYVE" "$@" >out 2>&1; code=$?; codes="$codes $code"; [ $code = 0 ] || cat out >&2; }
tried init --no-direnv
tried run printenv VIRTUAL_ENV
[ "$(cat out)" = "$PWD/.venv" ] || cat out >&2
tried doctor
tried config
grep "^pyve's directory" out | sed 's/  */ /g'
tried purge --yes $UNRECORDED
[ ! -e .venv ] || echo "there still is a .venv" >&2
rm out
echo "exit codes:$codes"
"#;

/// What comes of it in a world of its own. `prepared` says what HOME is, and which of the places may hold pyve's folder.
#[track_caller]
fn told(prepared: impl FnOnce(&Machine<'_>) -> (Option<OsString>, &'static [&'static str])) -> Option<String> {
    let world = quick("project")?;
    let machine = Machine::around(&world)?;
    let (home, may_hold) = prepared(&machine);
    let commands = machine.command("sh").args(["-c", COMMANDS]).env("PYVE", env!("CARGO_BIN_EXE_pyve"));
    // Where no key can be kept no record is sealed.
    let commands = commands.env("UNRECORDED", if may_hold.is_empty() { "--unrecorded" } else { "" });
    // For a plain user who is root in a namespace the machine's folders above the world are not root's, but nobody's: only
    // a record tells there that an environment is the user's own.
    let trusted = may_hold.is_empty() && !is_root();
    let commands = if trusted { commands.env("PYVE_TRUST", world.project()) } else { commands };
    let outcome = match home {
        Some(home) => commands.env("HOME", home).run(),
        None => commands.env_remove("HOME").run(),
    };
    assert_eq!(outcome.err(), "", "{outcome}");
    let places = [("root", machine.root()), ("home", world.home()), ("other", world.root().join("other"))];
    for (name, place) in places.iter().filter(|(name, _)| !may_hold.contains(name)) {
        assert!(place.join(".pyve").symlink_metadata().is_err(), "{name} has a .pyve: {outcome}");
    }
    Some(outcome.out())
}

/// Everything works, and this is said of pyve's own folder.
fn working(folder: &str) -> String {
    format!("pyve's directory: {folder}\nexit codes: 0 0 0 0 0\n")
}

#[test]
fn not_set_empty_or_relative_the_password_database_is_asked() {
    for said in [None, Some(""), Some("../home")] {
        let Some(told) = told(|_| (said.map(Into::into), &["home"])) else { return };
        assert_eq!(told, working("[HOME]/.pyve"), "{said:?}");
    }
}

#[test]
fn nothing_is_kept_where_there_is_no_home_at_all() {
    let told = told(|machine| {
        machine.users(&[]);
        (None, &[])
    });
    let Some(told) = told else { return };
    assert_eq!(told, working("none: `HOME` is not set, and the password database has no home directory for this user"));
}

#[test]
fn a_home_that_does_not_exist_is_none_and_is_not_created() {
    let Some(told) = told(|machine| (Some(machine.world.root().join("other").into()), &[])) else { return };
    assert_eq!(told, working("none: `HOME` is `[ROOT]/other`, which is not a directory"));
}

#[test]
fn a_link_is_the_home_that_it_leads_to() {
    let told = told(|machine| {
        let other = machine.world.root().join("other");
        link(&other, &machine.world.home());
        (Some(other.into()), &["home", "other"])
    });
    let Some(told) = told else { return };
    assert_eq!(told, working("[ROOT]/other/.pyve"));
}

#[test]
fn under_sudo_nothing_is_put_into_the_home_of_the_other_user() {
    // Only root can give a folder away.
    if !is_root() {
        return;
    }
    let foreign = |machine: &Machine<'_>| {
        let other = machine.world.root().join("other");
        fs::create_dir(&other).unwrap();
        chown(&other, Some(4321), Some(4321)).unwrap();
        Some(other.into())
    };
    let Some(own) = told(|machine| (foreign(machine), &["home"])) else { return };
    assert_eq!(own, working("[HOME]/.pyve"));
    let none = told(|machine| {
        machine.users(&[]);
        (foreign(machine), &[])
    });
    let Some(none) = none else { return };
    assert_eq!(none, working("none: `HOME` is `[ROOT]/other`, which belongs to another user"));
}

#[test]
fn the_root_is_a_home_and_nobodys_project() {
    let Some(told) = told(|_| (Some("/".into()), &["root"])) else { return };
    assert_eq!(told, working("/.pyve"));
    // What pyve keeps there names no project of those whose home is another one.
    let Some(world) = quick("project") else { return };
    let Some(machine) = Machine::around(&world) else { return };
    for folder in ["machine/.pyve/state", "machine/.pyve/cache", "machine/its-own/project"] {
        fs::create_dir_all(world.root().join(folder)).unwrap();
    }
    fs::write(machine.root().join(".pyve/config"), "backend: nonsense\n").unwrap();
    fs::write(machine.root().join("setup.py"), "").unwrap();
    let tried = |line: &str| machine.pyve(Path::new("/its-own/project"), line).run();
    let no_project = "error: no pyve project found in `/its-own/project` or any parent directory";
    assert_eq!(tried("run true").err().lines().next(), Some(no_project));
    assert_eq!(tried("purge").code, Some(1));
    let config = tried("config").success();
    assert!(config.out().contains("/its-own/project (no project found)"), "{config}");
    let _ = tried("init --no-direnv").success();
    assert!(machine.root().join("its-own/project/.venv").is_dir() && !machine.root().join(".venv").exists());
    insta::assert_snapshot!(machine.pyve(Path::new("/"), "init").run(), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the root of the file system cannot be a project
    hint: create a directory for the project and run `pyve -C DIR init`
    ");
}

#[test]
fn commands_about_pyves_own_folder_say_that_there_is_none() {
    let Some(world) = quick("project") else { return };
    let tried = |line: &str| world.pyve().args(line.split(' ')).env("HOME", "/nowhere").run();
    insta::assert_snapshot!(tried("plugin list"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not find pyve's own directory: `HOME` is `/nowhere`, which is not a directory
    hint: set `HOME` to a directory of yours, or `PYVE_HOME`
    ");
    insta::assert_snapshot!(tried("init --local-env --no-direnv"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not find the template `~/.local/.env`: `HOME` is `/nowhere`, which is not a directory
    hint: omit `--local-env`, or set `HOME`
    ");
}
