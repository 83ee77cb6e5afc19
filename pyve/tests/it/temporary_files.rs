//! What a pyve that is killed leaves of its unfinished files: never where git takes it, and not for long.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ready::{done, quick};

/// The unfinished files in a folder and below, but for those of the environment.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() && name != ".venv" {
            found.extend(unfinished(&path));
        } else if name.ends_with(".tmp") || name.ends_with(".pyve-part") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_next_command_removes_what_is_left_wherever_it_lies() {
    let Some(world) = quick("project") else { return };
    done(&world, "init");
    let stale = [
        ".pyve-0123.tmp",
        ".pyve/.pyve-0123.tmp",
        ".pyve/state/.pyve-0123.tmp",
        ".pyve/state/default/.pyve-1.tmp",
        ".venv/.pyve-0123.tmp",
        ".pyve/bin/.tool.x1.pyve-part",
    ];
    stale.iter().for_each(|name| drop(world.write(name, "TOKEN=1\n")));
    // What is not pyve's, and what a pyve that lives is writing, stays.
    let others = ["mine.tmp", ".pyve-notes", "src/.pyve-0123.tmp", ".pyve-held.tmp"];
    others.iter().for_each(|name| drop(world.write(name, "mine\n")));
    let held = fs::File::open(world.project().join(".pyve-held.tmp")).unwrap();
    held.lock().unwrap();
    done(&world, "init");
    let left = |names: &[&str]| names.iter().filter(|name| world.project().join(name).exists()).count();
    assert_eq!((left(&stale), left(&others)), (0, others.len()), "{}", world.tree());
    let tmp = others.iter().filter(|name| name.ends_with(".tmp")).count();
    assert_eq!(unfinished(world.project()).len(), tmp, "{}", world.tree());
}

/// Killed before each rename of `init --local-env`: the secret is where git never looks, and gone with the next command.
#[test]
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn no_secret_of_a_killed_pyve_is_taken_by_git() {
    use pyve_testkit::tracer::{Blow, traced, traced_or_left_out};
    let Some(world) = quick("project") else { return };
    fs::create_dir_all(world.home().join(".local")).unwrap();
    fs::write(world.home().join(".local/.env"), "TOKEN=1\n").unwrap();
    done(&world, "init --no-direnv");
    let init = || world.pyve().args(["init", "--no-direnv", "--local-env"]);
    let reset = || fs::remove_file(world.project().join(".env")).unwrap();
    reset();
    let Some(whole) = traced_or_left_out(init()) else { return };
    assert_eq!(whole.code, Some(0), "{}", whole.said);
    reset();
    let renames = whole.calls.iter().enumerate().filter(|(_, call)| call.starts_with("rename"));
    let mut caught = 0;
    for (index, _) in renames {
        drop(traced(init(), Some((index + 1, Blow::Kill))).unwrap());
        let left = unfinished(world.project());
        assert!(left.iter().all(|path| path.starts_with(world.project().join(".pyve/state"))), "{left:?}");
        assert_eq!(world.read(".pyve/state/.gitignore"), "*\n");
        caught += left.iter().filter(|path| fs::read(path).unwrap() == b"TOKEN=1\n").count();
        if world.project().join(".env").exists() {
            reset();
        }
    }
    assert!(caught > 0, "it was never killed while the secret had no name");
    done(&world, "init --no-direnv");
    assert_eq!(unfinished(world.project()), Vec::<PathBuf>::new());
}

/// In pyve's own folder and beside the user's files, where no lock of a project's is held.
#[test]
fn who_writes_outside_of_projects_removes_what_is_left_there() {
    let Some(world) = quick("project") else { return };
    let home = world.home().to_owned();
    let prefix = world.project().join(".venv");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    let inspected = home.join(".pyve/cache/inspected");
    let left = |names: &[&str]| {
        names.iter().for_each(|name| {
            fs::create_dir_all(home.join(name).parent().unwrap()).unwrap();
            fs::write(home.join(name), "TOKEN=1\n").unwrap();
        });
    };
    let are_gone = |names: &[&str]| names.iter().all(|name| !home.join(name).exists());
    let by_run = [".pyve/.pyve-01.tmp", ".pyve/cache/inspected/.pyve-02.tmp"];
    left(&by_run);
    let held = inspected.join(".pyve-held.tmp");
    let lock = fs::File::create(&held).unwrap();
    lock.lock().unwrap();
    let old = inspected.join("0123456789abcdef0123456789abcdef.json");
    let file = fs::File::create(&old).unwrap();
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(61 * 24 * 60 * 60)).unwrap();
    done(&world, "run python --version");
    assert!(are_gone(&by_run) && held.exists() && !old.exists(), "{:?}", unfinished(&home));
    let by_allow = [".pyve/trust/.pyve-03.tmp"];
    left(&by_allow);
    done(&world, "allow");
    assert!(are_gone(&by_allow));
    let by_install = [".pyve-05.tmp", ".local/bin/.pyve-06.tmp"];
    left(&by_install);
    let _ = world.pyve().args(["self", "install"]).env("SHELL", "/bin/bash").run().success();
    assert!(are_gone(&by_install), "{:?}", unfinished(&home));
}
