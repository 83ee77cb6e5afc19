//! Whether git tracks files of an environment: what a repository brought is its author's, not the user's.
//!
//! The index is read here, since whoever wrote the repository's files may have said what git starts. Only where
//! it does not tell by itself is git asked, with everything switched off that it could be made to start.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pyve_formats::read::{self, Limit};

use crate::caller::Caller;

/// What an index may hold at most to be read here.
const LARGEST: Limit = Limit::of_bytes(256 << 20);

/// What speaks against the environment at `prefix`, a real path, as half a sentence.
pub fn check(caller: &Caller, prefix: &Path) -> Result<(), String> {
    if prefix.join(".git").symlink_metadata().is_ok() {
        return Err("it is a repository of git's itself".to_owned());
    }
    for root in repositories(prefix) {
        let inside = prefix.strip_prefix(&root).unwrap_or(prefix);
        match tracked(&root, inside) {
            Some(false) => {}
            Some(true) => return Err(format!("git tracks files of it in `{}`", root.display())),
            None => asked(caller, &root, inside)?,
        }
    }
    Ok(())
}

/// The indexes that the answer depends on, whether they are there or not.
pub fn indexes(prefix: &Path) -> Vec<PathBuf> {
    repositories(prefix).iter().filter_map(|root| Some(folder(root)?.join("index"))).collect()
}

/// The folders above with a `.git`, the nearest first.
fn repositories(prefix: &Path) -> Vec<PathBuf> {
    let above = prefix.ancestors().skip(1).filter(|folder| folder.join(".git").symlink_metadata().is_ok());
    above.map(Path::to_owned).collect()
}

/// The folder of a repository: `.git`, or where such a file says that it is.
fn folder(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = read::text(&git, Limit::NOTE).ok()??;
    Some(root.join(text.strip_prefix("gitdir:")?.trim()))
}

/// Whether the index has anything at or below `inside`; `None` where that cannot be told from here.
fn tracked(root: &Path, inside: &Path) -> Option<bool> {
    let path = folder(root)?.join("index");
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Some(false);
    }
    let bytes = read::bytes(&path, LARGEST).ok()??;
    let version = bytes.strip_prefix(b"DIRC")?.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))?;
    // Names are written out up to version 3; a shared index, or one with folders in it, holds not all of them.
    let whole = !has(&bytes, b"link") && !has(&bytes, b"sdir");
    let plain = inside.to_str().filter(|name| name.is_ascii())?.replace('\\', "/").to_ascii_lowercase();
    if !(2..=3).contains(&version) || !whole {
        return None;
    }
    // Some file systems know no case. What merely looks like it is refused, too.
    let bytes = bytes.to_ascii_lowercase();
    Some([b'/', 0].iter().any(|end| has(&bytes, &[plain.as_bytes(), &[*end]].concat())))
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// Asks git itself: the one in an absolute folder of PATH, as all else that is started by its name.
fn asked(caller: &Caller, root: &Path, inside: &Path) -> Result<(), String> {
    let unknown =
        |why: &str| format!("whether git tracks files of it in `{}` could not be told: {why}", root.display());
    let program = caller.programs("git").next().ok_or_else(|| unknown("git was not found on PATH"))?;
    let mut git = Command::new(program);
    let own = caller.variables().iter().filter(|(name, _)| !name.as_encoded_bytes().starts_with(b"GIT_"));
    git.env_clear().envs(own.cloned());
    for setting in ["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false", "safe.directory=*"]
    {
        git.args(["-c", setting]);
    }
    git.args(["--no-pager", "--literal-pathspecs", "ls-files", "-z", "--cached", "--"]).arg(inside).current_dir(root);
    git.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_CEILING_DIRECTORIES", OsStr::new(""));
    match git.stdin(Stdio::null()).stderr(Stdio::null()).output() {
        Ok(output) if !output.status.success() => Err(unknown("git failed")),
        Ok(output) if output.stdout.is_empty() => Ok(()),
        Ok(_) => Err(format!("git tracks files of it in `{}`", root.display())),
        Err(error) => Err(unknown(&format!("git could not be started: {}", crate::failure::reason(&error)))),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// With the variables of the test itself, as git is found.
    fn caller() -> Caller {
        Caller::for_test(std::env::vars_os().collect())
    }

    /// A repository with an environment beside a tracked file; `None` where there is no git.
    #[track_caller]
    fn repository(version: &str) -> Option<(tempfile::TempDir, PathBuf)> {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".venv/bin")).unwrap();
        fs::write(root.join(".venv/bin/python"), "").unwrap();
        fs::write(root.join("file.py"), "").unwrap();
        git(&root, &["init", "-q"])?;
        git(&root, &["config", "index.version", version])?;
        git(&root, &["add", "file.py"])?;
        Some((folder, root))
    }

    #[track_caller]
    fn git(root: &Path, words: &[&str]) -> Option<()> {
        let mut git = Command::new(pyve_testkit::prerequisite("git")?);
        git.args(words).current_dir(root).env("HOME", root).env("GIT_CONFIG_NOSYSTEM", "1");
        git.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE").env_remove("GIT_WORK_TREE");
        assert!(git.status().unwrap().success(), "git {words:?}");
        Some(())
    }

    #[test]
    fn what_is_tracked_is_seen_in_every_kind_of_index() {
        for version in ["2", "3", "4"] {
            let Some((_folder, root)) = repository(version) else { return };
            let prefix = root.join(".venv");
            assert_eq!(check(&caller(), &prefix), Ok(()), "version {version}");
            git(&root, &["add", "-f", ".venv/bin/python"]);
            assert_eq!(check(&caller(), &prefix), Err(format!("git tracks files of it in `{}`", root.display())));
            assert_eq!(check(&caller(), &root.join(".ven")), Ok(()), "another directory whose name begins so");
            git(&root, &["update-index", "--split-index"]);
            assert!(check(&caller(), &prefix).is_err(), "a shared index, version {version}");
        }
    }

    #[test]
    fn a_repository_in_the_place_of_an_environment_is_refused() {
        let Some((_folder, root)) = repository("2") else { return };
        git(&root.join(".venv"), &["init", "-q"]);
        assert_eq!(check(&caller(), &root.join(".venv")), Err("it is a repository of git's itself".to_owned()));
    }

    #[test]
    fn repositories_above_the_project_count_and_worktrees_do() {
        let Some((_folder, root)) = repository("2") else { return };
        fs::create_dir_all(root.join("sub/.venv/bin")).unwrap();
        fs::write(root.join("sub/.venv/bin/python"), "").unwrap();
        assert_eq!(check(&caller(), &root.join("sub/.venv")), Ok(()));
        git(&root, &["add", "-f", "sub/.venv/bin/python"]);
        assert!(check(&caller(), &root.join("sub/.venv")).is_err());
        git(&root, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]);
        git(&root, &["worktree", "add", "-q", "../tree-of-test"]);
        let tree = root.parent().unwrap().join("tree-of-test");
        let seen = check(&caller(), &tree.join("sub/.venv"));
        fs::remove_dir_all(&tree).unwrap();
        assert_eq!(seen, Err(format!("git tracks files of it in `{}`", tree.display())));
    }

    #[test]
    fn what_the_repository_says_is_not_started() {
        let Some((_folder, root)) = repository("4") else { return };
        let trap = root.join("trap");
        fs::write(&trap, format!("#!/bin/sh\ntouch {}/sprung\n", root.display())).unwrap();
        fs::set_permissions(&trap, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        for setting in ["core.fsmonitor", "core.sshCommand", "core.pager", "core.editor"] {
            git(&root, &["config", setting, trap.to_str().unwrap()]);
        }
        assert_eq!(check(&caller(), &root.join(".venv")), Ok(()));
        assert!(!root.join("sprung").exists());
    }

    #[test]
    fn without_a_repository_nothing_is_tracked() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".venv")).unwrap();
        assert_eq!(check(&caller(), &folder.path().join(".venv")), Ok(()));
        fs::create_dir(folder.path().join(".git")).unwrap();
        assert_eq!(check(&caller(), &folder.path().join(".venv")), Ok(()), "a new repository");
        fs::write(folder.path().join(".git/index"), "DIRC").unwrap();
        assert!(check(&caller(), &folder.path().join(".venv")).is_err(), "an index that cannot be read");
    }

    #[test]
    fn a_program_of_the_project_is_not_the_git_that_is_asked() {
        let Some((_folder, root)) = repository("4") else { return };
        fs::write(root.join("git"), "#!/bin/sh\n: > \"$0.started\"\n").unwrap();
        crate::sys::set_mode(&root.join("git"), 0o755).unwrap();
        let mut folders = vec![PathBuf::from("."), PathBuf::new()];
        let none = Caller::for_test(vec![("PATH".into(), std::env::join_paths(&folders).unwrap())]).at(&root);
        assert!(check(&none, &root.join(".venv")).unwrap_err().ends_with("git was not found on PATH"));
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let caller = Caller::for_test(vec![("PATH".into(), std::env::join_paths(&folders).unwrap())]).at(&root);
        assert_eq!(check(&caller, &root.join(".venv")), Ok(()));
        assert!(!root.join("git.started").exists());
    }
}
