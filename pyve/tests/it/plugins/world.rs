//! A world of its own for each test: home, pyve's folder, a project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct World {
    _folder: tempfile::TempDir,
    pub root: PathBuf,
    variables: Vec<(String, String)>,
}

/// What a run of pyve left.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        for name in ["home", "project"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        Self { _folder: folder, root, variables: Vec::new() }
    }

    /// Sets a variable for every run from now on.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// pyve's folder of plugins.
    pub fn plugins(&self) -> PathBuf {
        self.path("home/.pyve/plugins")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pyve"));
        command.args(arguments).env_clear().current_dir(self.path("project"));
        command.env("HOME", self.path("home")).env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs pyve; paths of this world are shown from `[ROOT]`.
    pub fn pyve(&self, arguments: &[&str]) -> Said {
        self.said(&self.command(arguments).output().unwrap())
    }

    /// Runs pyve with `input` on its standard input.
    pub fn answered(&self, arguments: &[&str], input: &str) -> Said {
        let file = self.path("input");
        fs::write(&file, input).unwrap();
        let output = self.command(arguments).stdin(fs::File::open(file).unwrap()).output().unwrap();
        self.said(&output)
    }

    pub fn said(&self, output: &Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&self.root.display().to_string(), "[ROOT]");
        let code = pyve_code(output);
        Said { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Copies a library into this world under another name, so that messages do not depend on where it was built.
    pub fn bring(&self, library: &Path, name: &str) -> PathBuf {
        let file = self.path(&format!("{name}{}", std::env::consts::DLL_SUFFIX));
        fs::copy(library, &file).unwrap();
        file
    }

    /// Adds a library; it must succeed.
    pub fn add(&self, library: &Path) {
        let said = self.pyve(&["plugin", "add", "--yes", library.to_str().unwrap()]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
    }
}

/// The exit code as a shell tells it: 128 and the signal's number for one that was killed.
fn pyve_code(output: &Output) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    output.status.code().or_else(|| output.status.signal().map(|number| 128 + number))
}
