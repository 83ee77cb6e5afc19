//! What git tracks is the user's, whatever a record says.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer is taken for granted: what is asked of many environments is asked at once.
const FRESH: Duration = Duration::from_secs(1);

/// The user's git, and what it answered.
#[derive(Clone, Debug)]
pub struct Git(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    program: PathBuf,
    /// What it is started with.
    variables: Vec<(OsString, OsString)>,
    answers: Mutex<HashMap<PathBuf, Answer>>,
}

/// The files that are tracked at a path or below it, relative to the root, in git's own spelling.
#[derive(Clone, Debug)]
struct Answer {
    given: Instant,
    files: Arc<[Vec<u8>]>,
}

impl Git {
    /// Variables that point git at another repository, as a hook has them set, are left out.
    pub fn new(program: PathBuf, variables: &[(OsString, OsString)]) -> Self {
        let other = |(name, _): &&(OsString, OsString)| !name.as_encoded_bytes().starts_with(b"GIT_");
        let variables = variables.iter().filter(other).cloned().collect();
        Self(Arc::new(Inner { program, variables, answers: Mutex::default() }))
    }

    /// Whether the repository of `root` has a file at `relative` or below it. Nothing that the repository's own
    /// settings name is started. A git that does not answer is as good as none.
    ///
    /// Of folders that lie together git is asked once.
    pub fn tracks(&self, root: &Path, relative: &Path) -> bool {
        let mut parts = relative.components();
        let first = match parts.next() {
            // Where git writes other letters than the file system, it must be asked for the very path.
            Some(Component::Normal(first)) if relative.as_os_str().is_ascii() => first,
            _ => return !self.0.files(root, relative).is_empty(),
        };
        let files = self.0.answer(root, Path::new(first));
        let rest: Vec<&[u8]> = parts.map(|part| part.as_os_str().as_encoded_bytes()).collect();
        let is_below = |file: &Vec<u8>| {
            let mut names = file.split(|byte| *byte == b'/').skip(1);
            rest.iter().all(|part| names.next() == Some(part))
        };
        files.iter().any(is_below)
    }
}

impl Inner {
    fn answer(&self, root: &Path, first: &Path) -> Arc<[Vec<u8>]> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let key = root.join(first);
        if let Some(known) = answers.get(&key).filter(|known| known.given.elapsed() < FRESH) {
            return Arc::clone(&known.files);
        }
        let files: Arc<[Vec<u8>]> = self.files(root, first).into();
        answers.insert(key, Answer { given: Instant::now(), files: Arc::clone(&files) });
        files
    }

    fn files(&self, root: &Path, relative: &Path) -> Vec<Vec<u8>> {
        if !root.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok()) {
            return Vec::new();
        }
        let mut command = Command::new(&self.program);
        command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*"]);
        command.args(["--literal-pathspecs", "ls-files", "-z", "--"]).arg(relative).current_dir(root);
        command.env_clear().envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let output = command.output().map(|output| output.stdout).unwrap_or_default();
        output.split(|byte| *byte == 0).filter(|file| !file.is_empty()).map(<[u8]>::to_vec).collect()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn of_many_paths_git_is_asked_once() {
        let Some(program) = pyve_testkit::prerequisite("git") else { return };
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let git = Git::new(program.clone(), &[("HOME".into(), root.into())]);
        assert!(!git.tracks(root, Path::new(".pyve/envs/a")), "no repository");
        for file in [".pyve/envs/a/x", ".pyve/envs/\u{e9}/x"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "").unwrap();
        }
        for words in [&["init", "-q"][..], &["add", ".pyve"]] {
            let mut command = Command::new(&program);
            assert!(command.args(words).current_dir(root).env("HOME", root).output().unwrap().status.success());
        }
        let git = Git::new(program, &[("HOME".into(), root.into())]);
        let tracked = |path: &str| git.tracks(root, Path::new(path));
        assert!(tracked(".pyve") && tracked(".pyve/envs") && tracked(".pyve/envs/a") && tracked(".pyve/envs/a/x"));
        let given = || git.0.answers.lock().unwrap().values().map(|answer| answer.given).collect::<Vec<_>>();
        let first = given();
        for number in 0..1000 {
            assert!(!tracked(&format!(".pyve/envs/{number}")));
        }
        assert!(!tracked(".pyve/envs/a/x/y") && !tracked(".pyve/env") && !tracked(".pyve/envs/ab"));
        assert_eq!((given(), first.len()), (first, 1), "it was asked again");
        assert!(tracked(".pyve/envs/\u{e9}"));
    }
}
