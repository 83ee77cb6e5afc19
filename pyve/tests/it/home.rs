//! A home, a project and a PATH of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

pub struct Home {
    _folder: TempDir,
    pub home: PathBuf,
    pub project: PathBuf,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let (home, project) = (top.join("home"), top.join("project"));
        std::fs::create_dir_all(&home).unwrap();
        std::fs::create_dir_all(&project).unwrap();
        Self { _folder: folder, home, project }
    }

    /// A program with nothing but this home around it.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.project).env_clear().env("HOME", &self.home);
        // Nobody is there to answer.
        command.stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("LC_ALL", "C.UTF-8").env("TERM", "dumb");
        command
    }

    pub fn pyve(&self, line: &str) -> Said {
        self.said(self.command(env!("CARGO_BIN_EXE_pyve")).args(line.split_whitespace()))
    }

    /// Runs it; the paths of this home are shown as `[HOME]` and `[PROJECT]`.
    pub fn said(&self, command: &mut Command) -> Said {
        let Output { status, stdout, stderr } = loop {
            match command.output() {
                // A program that was copied just now is still open for writing in a child that another test is starting.
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
                ended => break ended.unwrap(),
            }
        };
        let plain = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(self.home.to_str().unwrap(), "[HOME]").replace(self.project.to_str().unwrap(), "[PROJECT]")
        };
        Said { code: status.code().unwrap(), stdout: plain(stdout), stderr: plain(stderr) }
    }
}

pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// Code, results and notes in one text.
    pub fn whole(&self) -> String {
        format!("{}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}
