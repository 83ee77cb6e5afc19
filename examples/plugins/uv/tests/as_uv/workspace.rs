//! A workspace on disk with the real uv, which needs no network.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, LockRequest, LockState, Request};
use pyve_testkit::{interpreter, offline_packages, tools_python};
use pyve_uv::Uv;

pub const ROOT: &str = "pyproject.toml";
pub const MEMBER: &str = "packages/beta/pyproject.toml";

pub const MEMBER_TEXT: &str = r#"[project]
name = "beta"
version = "0.1"
requires-python = ">=3.10"
dependencies = ["click[nothing]", "iniconfig; python_version < '3.9'", "tabulate"]

[tool.uv]
package = false
"#;

pub struct Workspace {
    pub root: tempfile::TempDir,
    pub uv: PathBuf,
    python: &'static Path,
    pub wheels: PathBuf,
}

impl Workspace {
    pub fn new() -> Option<Self> {
        let (python, wheels, tools) = (interpreter(3, 10)?, offline_packages()?, tools_python()?);
        let root = tempfile::tempdir().unwrap();
        let workspace = Self { root, uv: tools.with_file_name("uv"), python: &python.path, wheels };
        workspace.write(MEMBER, MEMBER_TEXT);
        let other = MEMBER_TEXT.replace("beta", "alpha").replace("click[nothing]", "tabulate");
        workspace.write("packages/alpha/pyproject.toml", &other);
        workspace.write("packages/old/pyproject.toml", &MEMBER_TEXT.replace("beta", "old"));
        let wheel = "humanize-4.12.3-py3-none-any.whl";
        fs_err::create_dir(workspace.root.path().join("wheels")).unwrap();
        fs_err::copy(workspace.wheels.join(wheel), workspace.root.path().join("wheels").join(wheel)).unwrap();
        Some(workspace)
    }

    pub fn write(&self, file: &str, text: &str) {
        let file = self.root.path().join(file);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, text).unwrap();
    }

    pub fn uv(&self, words: &[&str]) -> Output {
        self.command(words).env("UV_NO_INDEX", "1").env("UV_FIND_LINKS", &self.wheels).output().unwrap()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let root = self.root.path();
        let mut command = Command::new(&self.uv);
        command.args(words).arg("--quiet").current_dir(root).env_clear().stdin(Stdio::null());
        command.env("HOME", root).env("UV_CACHE_DIR", root.join("cache")).env("UV_PYTHON", self.python);
        command.env("UV_OFFLINE", "1").env("UV_PYTHON_DOWNLOADS", "never");
        command
    }

    pub fn rooted(&self, text: &str) -> String {
        text.replace("WHEELS", &self.wheels.display().to_string())
    }
}

pub fn told(root: &Path, host: &FakeHost) -> (LockState, Vec<String>) {
    let request = Request::new(root, root.join("home"));
    let lock = Uv.lock(&request, &LockRequest::check(), host).unwrap();
    (lock.state, lock.reasons.iter().map(ToString::to_string).collect())
}
