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
