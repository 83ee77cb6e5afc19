//! A machine of the test's own: a home, a project, version managers and a PATH, with real Pythons in them.
#![allow(dead_code)] // Each test binary uses a part of it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{
    Host, Level, Output, PythonRequest, PythonSearch, PythonSpec, ROption, Recorded, Request, Result, Step, StepKind,
    Tool,
};
use pyve_testkit::{Interpreter, interpreter, interpreter_besides, interpreters};
use tempfile::TempDir;

/// A Python that is really installed on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Real {
    pub version: String,
    pub minor: String,
    pub prefix: PathBuf,
    pub python: PathBuf,
}

/// The usable Pythons of this machine, oldest first, one of each minor version; a stand-in is the second of a machine
/// that has only one.
pub fn reals() -> &'static [Real] {
    static REALS: OnceLock<Vec<Real>> = OnceLock::new();
    REALS.get_or_init(|| {
        let newest = interpreter(3, 8).expect("these tests need a Python 3.8 or later with venv, as python3 on PATH");
        let mut reals: Vec<&Interpreter> =
            interpreters().iter().filter(|python| python.makes_venvs && python.release >= (3, 8, 0)).collect();
        reals.reverse();
        reals.dedup_by_key(|python| python.minor());
        if reals.len() == 1 {
            reals.extend(interpreter_besides(newest, 3, 8));
        }
        reals.into_iter().map(Real::of).collect()
    })
}

/// An older and a newer minor version.
pub fn two() -> (&'static Real, &'static Real) {
    match reals() {
        [older, .., newer] => (older, newer),
        _ => panic!("these tests need two minor versions of Python; name the directory of one in PYVE_TEST_PYTHONS"),
    }
}

pub fn newest() -> &'static Real {
    reals().last().unwrap()
}

impl Real {
    fn of(python: &Interpreter) -> Self {
        let minor = python.minor();
        let named = python.prefix.join("bin").join(format!("python{minor}"));
        assert!(named.is_file(), "{} is missing beside {}", named.display(), python.path.display());
        Self { version: python.version.clone(), minor, prefix: python.prefix.clone(), python: named }
    }

    /// Puts it into a version manager's folder, where each has a `python`; a system's own often has none.
    fn install(&self, versions: &Path) {
        let folder = versions.join(&self.version);
        if self.prefix.join("bin/python").exists() {
            return link(&self.prefix, &folder);
        }
        for name in ["python", "python3", &format!("python{}", self.minor)] {
            link(&self.python, &folder.join("bin").join(name));
        }
    }
}

/// The host of the machine: it finds Pythons as pyve does.
pub struct Machine {
    fake: FakeHost,
    project: PathBuf,
    pyve: PathBuf,
}

impl std::ops::Deref for Machine {
    type Target = FakeHost;

    fn deref(&self) -> &FakeHost {
        &self.fake
    }
}

impl Host for Machine {
    fn log(&self, level: Level, message: &str) {
        self.fake.log(level, message);
    }

    fn progress(&self, message: &str) {
        self.fake.progress(message);
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        Host::variable(&self.fake, name)
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        self.fake.find_program(name)
    }

    fn capture(&self, command: &pyve_plugin_api::Command) -> Result<Output> {
        self.fake.capture(command)
    }

    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        pyve_pythons::Machine { host: self, project: &self.project, pyve: Some(&self.pyve) }.find(spec)
    }

    fn sha256(&self, file: &Path) -> Result<String> {
        self.fake.sha256(file)
    }
}

pub struct World {
    folder: TempDir,
    variables: Vec<(String, String)>,
    path: Vec<PathBuf>,
    python: Option<PythonRequest>,
    settings: Vec<(String, String)>,
    recorded: Option<Recorded>,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("world").tempdir().unwrap();
        for name in ["home/app", "bin"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let path = vec![folder.path().join("bin")];
        Self { folder, variables: vec![], path, python: None, settings: vec![], recorded: None }
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("home")
    }

    pub fn project(&self) -> PathBuf {
        self.home().join("app")
    }

    pub fn bin(&self) -> PathBuf {
        self.home().with_file_name("bin")
    }

    pub fn pyenv(&self) -> PathBuf {
        self.home().join(".pyenv")
    }

    /// A file below the home folder.
    pub fn file(self, path: &str, text: &str) -> Self {
        write(&self.home().join(path), text);
        self
    }

    pub fn in_project(self, path: &str, text: &str) -> Self {
        write(&self.project().join(path), text);
        self
    }

    pub fn script(self, path: &str, text: &str) -> Self {
        executable(&self.home().join(path), text);
        self
    }

    pub fn program(self, name: &str, text: &str) -> Self {
        executable(&self.bin().join(name), text);
        self
    }

    /// A real Python on PATH, under its own name.
    pub fn on_path(self, real: &Real, name: &str) -> Self {
        link(&real.python, &self.bin().join(name));
        self
    }

    pub fn in_pyenv(self, real: &Real) -> Self {
        real.install(&self.pyenv().join("versions"));
        self
    }

    pub fn in_asdf(self, real: &Real) -> Self {
        real.install(&self.home().join(".asdf/installs/python"));
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(mut self, folder: &Path) -> Self {
        self.path.insert(0, folder.to_owned());
        self
    }

    pub fn flag(mut self, version: &str) -> Self {
        self.python = Some(PythonRequest::new(version, "--python-version").explicit());
        self
    }

    pub fn config(mut self, version: &str) -> Self {
        self.python = Some(PythonRequest::new(version, ".pyve/config:2"));
        self
    }

    pub fn directory(mut self, name: &str) -> Self {
        self.settings.push(("directory".to_owned(), name.to_owned()));
        self
    }

    pub fn recorded(mut self, prefix: &Path, ready: bool) -> Self {
        self.recorded = Some(Recorded { prefix: prefix.into(), ready, ..Recorded::default() });
        self
    }

    pub fn host(&self) -> Machine {
        Machine { fake: self.fake(), project: self.project(), pyve: self.home().join(".pyve") }
    }

    fn fake(&self) -> FakeHost {
        let host = FakeHost::new().variable("HOME", self.home());
        let host = self.variables.iter().fold(host, |host, (name, value)| host.variable(name, value));
        let host = self.path.iter().fold(host, |host, folder| host.path(folder));
        // For the tools that scripts need; there is no Python in it.
        host.path(self.tools())
    }

    fn tools(&self) -> PathBuf {
        let tools = self.home().with_file_name("tools");
        let names =
            "sh bash env sleep cat sed grep sort uniq awk cut head tail tr ls dirname basename readlink rm uname";
        for name in names.split(' ') {
            let found = ["/bin", "/usr/bin"].iter().map(|folder| Path::new(folder).join(name)).find(|it| it.is_file());
            if let Some(found) = found.filter(|_| !tools.join(name).exists()) {
                link(&found, &tools.join(name));
            }
        }
        tools
    }

    pub fn request(&self) -> Request {
        let request = Request::new(self.project(), self.home().join(".pyve"));
        let mut request =
            self.settings.iter().fold(request, |it, (key, value)| it.with_setting(key, [value], "init DIR"));
        request.python = self.python.clone().into();
        request.recorded = self.recorded.clone().into();
        request
    }

    /// Paths of this world's as they are written in expectations: `HOME/app`.
    pub fn plain(&self, text: &str) -> String {
        let text = text.replace(&self.home().display().to_string(), "HOME");
        text.replace(&self.bin().display().to_string(), "BIN")
    }

    /// The real `python -m venv`, quickly.
    pub fn bare_venv(&self, real: &Real, name: &str) -> PathBuf {
        let prefix = self.project().join(name);
        let made =
            Command::new(&real.python).args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).status().unwrap();
        assert!(made.success());
        prefix
    }

    /// As [`Self::bare_venv`], with a pip as far as looking for it goes.
    pub fn venv(&self, real: &Real, name: &str) -> PathBuf {
        let prefix = self.bare_venv(real, name);
        let cfg = std::fs::read_to_string(prefix.join("pyvenv.cfg")).unwrap();
        std::fs::write(prefix.join("pyvenv.cfg"), cfg.replace(" --without-pip", "")).unwrap();
        let packages = prefix.join(format!("lib/python{}/site-packages", real.minor));
        write(&packages.join("pip/__init__.py"), "");
        write(&packages.join("pip-24.0.dist-info/RECORD"), "");
        executable(&prefix.join("bin/pip"), &format!("#!{}/bin/python\n", prefix.display()));
        prefix
    }
}

pub fn tool(real: &Real) -> Tool {
    Tool::new(&real.python, &real.version, "PATH")
}

pub fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

pub fn executable(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    write(path, text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn link(target: &Path, link: &Path) {
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, link).unwrap();
}

/// Takes a step that starts a program, with these variables inherited.
pub fn take(step: &Step, project: &Path, inherited: &[(&str, &str)]) -> std::process::Output {
    assert_eq!(step.kind, StepKind::RUN);
    let ROption::RSome(command) = &step.command else { panic!("no command") };
    let mut process = Command::new(command.program.os_str());
    process.args(command.args.iter().map(|arg| arg.os_str().into_owned())).env_clear().envs(inherited.iter().copied());
    process.envs(command.env.iter().map(|it| (it.name.as_str(), it.value.os_str().into_owned())));
    for name in &command.env_remove {
        process.env_remove(name.as_str());
    }
    process.current_dir(if command.current_dir.is_empty() {
        project.to_owned()
    } else {
        command.current_dir.path().into_owned()
    });
    process.output().unwrap()
}
