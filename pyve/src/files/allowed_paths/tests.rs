use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Step};

use super::*;

/// A project `p` with a home beside it, and what is none of pyve's.
struct Fixture {
    _folder: tempfile::TempDir,
    top: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        for name in ["p/src", "p/.pyve/state", "p/.venv/lib", "home/.pyve", "victim/inner"] {
            fs::create_dir_all(top.join(name)).unwrap();
        }
        fs::write(top.join("p/src/keep.py"), "mine").unwrap();
        fs::write(top.join("victim/inner/keep"), "mine").unwrap();
        Self { _folder: folder, top }
    }

    fn root(&self) -> PathBuf {
        self.top.join("p")
    }

    fn gate(&self) -> AllowedPaths {
        AllowedPaths::new(&self.root(), Some(&self.top.join("home/.pyve")))
            .backend("acme")
            .environment(&self.root().join(".venv"))
    }

    fn told<T>(&self, outcome: Result<T, Failure>) -> String {
        let Err(failure) = outcome else { return "allowed".to_owned() };
        let lines = std::iter::once(failure.message).chain(failure.details).chain([failure.remedy.to_string()]);
        lines.collect::<Vec<_>>().join("\n").replace(&*self.top.to_string_lossy(), "[TOP]")
    }
}

#[test]
fn each_rule_is_told_with_backend_step_and_path() {
    let fixture = Fixture::new();
    symlink(fixture.top.join("victim"), fixture.root().join("link")).unwrap();
    symlink("../home", fixture.root().join("up")).unwrap();
    fs::create_dir_all(fixture.root().join("vendor/.git")).unwrap();
    let gate = fixture.gate();
    let make = || Command::new("/bin/true");
    let steps = [
        Step::write_file("Write", "src/keep.py", "x"),
        Step::write_file("Write", ".venv/new", "x"),
        Step::write_file("Write", "environment.yml", "x"),
        Step::write_file("Write", ".pyve/state/default/venv.json", "x"),
        Step::write_file("Write", "link/keep", "x"),
        Step::remove_dir("Remove", "src"),
        Step::remove_dir("Remove", "vendor"),
        Step::remove_dir("Remove", ".venv/lib"),
        Step::remove_dir("Remove", "up/.ssh"),
        Step::remove_dir("Remove", "."),
        Step::create_dir("Make", "../victim/x"),
        Step::create_dir("Make", ".git/hooks"),
        Step::create_dir("Make", "src/keep.py/x"),
        Step::set_line("Pin", ".tool-versions", "python", "python 3"),
        Step::set_line("Pin", "src/keep.py", "import", "import evil"),
        Step::clone_tree("Clone", fixture.top.join("home/.pyve/cache/tree"), make(), ".venv"),
        Step::clone_tree("Clone", fixture.root().join("src"), make(), ".venv"),
        Step::download("Fetch", Default::default(), ".pyve/bin/tool"),
        Step::download("Fetch", Default::default(), fixture.top.join("home/.pyve/plugins/x.so")),
    ];
    let told: Vec<String> = steps.iter().map(|step| fixture.told(gate.check([step]))).collect();
    insta::assert_snapshot!(told.join("\n--\n"), @r"
    could not write `src/keep.py`: it already exists and was not created by pyve
    backend `acme`, step `Write`
    move `[TOP]/p/src/keep.py` away, then try again
    --
    allowed
    --
    allowed
    --
    could not write `.pyve/state/default/venv.json`: `.pyve/state` is reserved for pyve itself
    backend `acme`, step `Write`
    check the settings of `acme` in `.pyve/config`, or report this to its author
    --
    could not write `link/keep`: `link` is a link to `[TOP]/victim`, outside of the project
    backend `acme`, step `Write`
    replace the link `link` with a file or directory of the project
    --
    could not remove `src`: it was not created by pyve and is not empty
    backend `acme`, step `Remove`
    move `[TOP]/p/src` away, then try again
    --
    could not remove `vendor`: it belongs to a git repository
    backend `acme`, step `Remove`
    check the settings of `acme` in `.pyve/config`, or report this to its author
    --
    allowed
    --
    could not remove `up/.ssh`: `up` is a link to `[TOP]/home`, outside of the project
    backend `acme`, step `Remove`
    replace the link `up` with a file or directory of the project
    --
    could not remove `.`: it is the project itself
    backend `acme`, step `Remove`
    check the settings of `acme` in `.pyve/config`, or report this to its author
    --
    could not create the directory `../victim/x`: it is not normalised (it contains `..`)
    allowed is what is below `[TOP]/p`, and `bin`, `pythons` and `cache` in `[TOP]/home/.pyve`
    backend `acme`, step `Make`
    check the settings of `acme` in `.pyve/config`, or report this to its author
    --
    could not create the directory `.git/hooks`: it belongs to a git repository
    backend `acme`, step `Make`
    check the settings of `acme` in `.pyve/config`, or report this to its author
    --
    could not create the directory `src/keep.py/x`: `src/keep.py` is not a directory
    backend `acme`, step `Make`
    move `[TOP]/p/src/keep.py/x` away, then try again
    --
    allowed
    --
    could not write `src/keep.py`: it already exists and was not created by pyve
    backend `acme`, step `Pin`
    move `[TOP]/p/src/keep.py` away, then try again
    --
    allowed
    --
    could not clone `src`: it is not in `~/.pyve/cache`
    backend `acme`, step `Clone`
    report this to the author of the backend
    --
    allowed
    --
    could not download to `[TOP]/home/.pyve/plugins/x.so`: `plugins/x.so` is reserved for pyve itself
    backend `acme`, step `Fetch`
    check the settings of `acme` in `.pyve/config`, or report this to its author
    ");
}

#[test]
fn a_link_that_stays_in_the_project_is_followed_and_its_target_judged() {
    let fixture = Fixture::new();
    let root = fixture.root();
    fs::create_dir(root.join(".git")).unwrap();
    symlink("src", root.join("relative")).unwrap();
    symlink(root.join("src"), root.join("absolute")).unwrap();
    symlink("../src/../src", root.join(".venv/round")).unwrap();
    symlink(".git", root.join("repository")).unwrap();
    symlink("ring", root.join("ring")).unwrap();
    for name in ["relative/new", "absolute/new", ".venv/round/new"] {
        let entry = fixture.gate().write(&root.join(name)).unwrap();
        assert_eq!(entry.path(), root.join("src/new"), "{name}");
    }
    let told: Vec<String> = ["relative/keep.py", ".venv/round/keep.py", "repository/config", "ring/x"]
        .iter()
        .map(|name| fixture.told(fixture.gate().write(&root.join(name))))
        .collect();
    insta::assert_snapshot!(told.join("\n--\n"), @r"
    could not write `relative/keep.py`: it already exists and was not created by pyve
    move `[TOP]/p/relative/keep.py` away, then try again
    --
    could not write `.venv/round/keep.py`: it already exists and was not created by pyve
    move `[TOP]/p/.venv/round/keep.py` away, then try again
    --
    could not write `repository/config`: it belongs to a git repository
    check the settings of `acme` in `.pyve/config`, or report this to its author
    --
    could not write `ring/x`: `ring` is a loop of symbolic links
    replace the link `ring` with a file or directory of the project
    ");
}

#[test]
fn only_what_is_ours_or_empty_is_removed() {
    let fixture = Fixture::new();
    let root = fixture.root();
    fs::create_dir(root.join("empty")).unwrap();
    fs::create_dir_all(root.join("real/e")).unwrap();
    fs::write(root.join("real/e/x"), "").unwrap();
    symlink("real", root.join("alias")).unwrap();
    let gate = fixture.gate();
    assert!(gate.remove(&root.join("empty")).unwrap().is_some());
    assert!(gate.remove(&root.join("nothing")).unwrap().is_none());
    assert!(gate.remove(&root.join("real/e")).is_err() && gate.remove(&root.join(".venv")).is_err());
    let gate = gate.ours(&root.join("alias/e"));
    assert!(gate.remove(&root.join("real/e")).unwrap().unwrap().remove().unwrap());
    assert!(!root.join("real/e").exists());
}

#[test]
fn what_git_tracks_is_never_removed() {
    let Some(git) = ["/usr/bin/git", "/usr/local/bin/git"].into_iter().map(Path::new).find(|git| git.exists()) else {
        return;
    };
    let fixture = Fixture::new();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(git);
        command.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args).current_dir(fixture.root());
        assert!(command.env("HOME", &fixture.top).output().unwrap().status.success());
    };
    run(&["init", "-q"]);
    run(&["add", "src"]);
    // What the repository's own settings name is not started.
    run(&["config", "core.fsmonitor", "touch ../victim/started; false"]);
    let variables = [("GIT_DIR".into(), "/nowhere".into()), ("HOME".into(), fixture.top.clone().into())];
    let gate = fixture.gate().git(Some(Git::new(git.to_owned(), &variables)));
    let (src, venv) = (fixture.root().join("src"), fixture.root().join(".venv"));
    insta::assert_snapshot!(fixture.told(gate.clone().ours(&src).remove(&src)), @r"
    could not remove `src`: git tracks files in it
    git rm -r --cached src
    ");
    assert!(gate.ours(&venv).remove(&venv).unwrap().is_some());
    assert!(!fixture.top.join("victim/started").exists());
}

/// A folder is swapped for a link to the victim, and back, while pyve writes, creates and removes below it.
#[test]
fn a_link_planted_between_check_and_use_changes_nothing() {
    let fixture = Fixture::new();
    let root = fixture.root();
    let (folder, away, link) = (root.join(".venv/lib"), root.join(".venv/away"), root.join(".venv/link"));
    symlink(fixture.top.join("victim"), &link).unwrap();
    let before = fs::read(fixture.top.join("victim/inner/keep")).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    let mut passed = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = fs::rename(&folder, &away);
                let _ = fs::rename(&link, &folder);
                let _ = fs::rename(&folder, &link);
                let _ = fs::rename(&away, &folder);
            }
        });
        let gate = fixture.gate();
        for _ in 0..200 {
            let written = gate.write(&folder.join("keep"));
            passed +=
                usize::from(written.is_ok_and(|file| crate::files::atomic::write_entry(&file, b"ours", None).is_ok()));
            let _ = gate.create_folder(&folder.join("new/x")).map(|folder| folder.create_folder());
            let _ = gate.remove(&folder.join("inner")).map(|entry| entry.map(|entry| entry.remove()));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert!(passed > 0);
    assert_eq!(fs::read(fixture.top.join("victim/inner/keep")).unwrap(), before);
    let mut names: Vec<_> =
        fs::read_dir(fixture.top.join("victim")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["inner"]);
}
