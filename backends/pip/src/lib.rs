//! How pip is called, by a backend itself or by its tool, so that packages land in the environment whatever the user's own
//! settings of pip say; and what of pip's output matters when it fails.
//!
//! Where packages come from stays the user's: an index, a proxy, folders of wheels, constraints, certificates.
//!
//! The modules: `settings` reads pip's files, `failure` says which lines of its output matter.

pub mod comments;
mod failure;
pub mod requirement;
mod settings;

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Host, OutputFilter};

pub use settings::{Setting, Settings};

/// Variables that would make pip, or the Python it runs in, work for another environment, or only as if.
const REMOVED: [&str; 14] = [
    "PYTHONHOME",
    "PYTHONPATH",
    "__PYVENV_LAUNCHER__",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_NO_USER",
    "PIP_PYTHON",
    "PIP_PLATFORM",
    "PIP_PYTHON_VERSION",
    "PIP_IMPLEMENTATION",
    "PIP_ABI",
    "PIP_DRY_RUN",
    "PIP_QUIET",
];

/// A variable counts for more than a file. The environment is one of a project: it need be no virtual one, and nobody is there
/// to answer a question of pip's. Notices of newer versions are not what the user asked about.
const SET: [(&str, &str); 5] = [
    ("PIP_USER", "0"),
    ("PIP_REQUIRE_VIRTUALENV", "0"),
    ("PIP_NO_INPUT", "1"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_ROOT_USER_ACTION", "ignore"),
];

/// What `--offline` means: no index; and since addresses may stand in the requirements or in `find-links` all the same, a
/// proxy that nobody can reach, tried once, and no way for git but the disk.
const OFFLINE: [(&str, &str); 4] = [
    ("PIP_NO_INDEX", "1"),
    // The port of the discard service, which no machine of today answers.
    ("PIP_PROXY", "http://127.0.0.1:9"),
    ("PIP_RETRIES", "0"),
    ("GIT_ALLOW_PROTOCOL", "file"),
];

/// The pip of one environment.
#[derive(Clone, Debug)]
pub struct Pip {
    interpreter: PathBuf,
    prefix: PathBuf,
    settings: Settings,
    offline: bool,
}

impl Pip {
    /// The pip in the environment at `prefix` of the project `project`; `offline` is the request's.
    pub fn of(interpreter: &Path, prefix: &Path, project: &Path, offline: bool, host: &dyn Host) -> Self {
        let settings = Settings::read(prefix, project, host);
        Self { interpreter: interpreter.to_owned(), prefix: prefix.to_owned(), settings, offline }
    }

    /// Adds to a command that starts pip, itself or in the end, the variables under which packages land in the environment.
    ///
    /// They cannot stand against a `target` in a file: see [`Pip::target`].
    pub fn shielded(&self, command: Command) -> Command {
        let root = Path::new(std::path::MAIN_SEPARATOR_STR);
        let of_files = [
            ("prefix", "PIP_PREFIX", self.prefix.as_path()),
            ("root", "PIP_ROOT", root),
            ("python", "PIP_PYTHON", self.interpreter.as_path()),
            ("dry-run", "PIP_DRY_RUN", Path::new("0")),
            ("quiet", "PIP_QUIET", Path::new("0")),
        ];
        let overruled = of_files.into_iter().filter(|(key, ..)| self.settings.get(key).is_some());
        let overruled: Vec<_> = overruled.map(|(_, name, value)| (name, value)).collect();
        let offline = OFFLINE.iter().filter(|_| self.offline);
        let removed = REMOVED.iter().filter(|name| !overruled.iter().any(|(set, _)| set == *name));
        let command = removed.fold(command, |command, name| command.env_remove(name));
        let command = SET.iter().chain(offline).fold(command, |command, (name, value)| command.env(name, *value));
        overruled.into_iter().fold(command, |command, (name, value)| command.env(name, value))
    }

    /// `pip install` with these arguments, by the environment's own Python, isolated from the modules of the project.
    pub fn install<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let command = Command::new(&self.interpreter).args(["-I", "-m", "pip", "install"]);
        // Empty means none; pip passes the same to the pips that it starts.
        let command = if self.target().is_some() { command.arg("--target=") } else { command };
        self.shielded(command.args(args))
    }

    /// `pip index versions`, which is put in front of one name: lists what an index has of it, and builds nothing.
    pub fn listed(&self) -> Command {
        self.shielded(Command::new(&self.interpreter).args(["-I", "-m", "pip", "index", "versions"]))
    }

    /// The setting of a file under which packages would land elsewhere, and against which only an option of pip's helps.
    pub fn target(&self) -> Option<&Setting> {
        self.settings.get("target")
    }

    /// What is shown of a pip that fails to install `what`, which the file `file` of the project names: packages of these `names`.
    pub fn output_filter(&self, what: &str, file: &str, names: &[String]) -> OutputFilter {
        failure::filter(what, file, names, &self.settings, self.offline)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;

    fn pip(conf: &str, offline: bool) -> Pip {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pip.conf");
        std::fs::write(&file, conf).unwrap();
        let host = FakeHost::new().variable("XDG_CONFIG_DIRS", "/none").variable("PIP_CONFIG_FILE", &file);
        Pip::of(Path::new("/p/.venv/bin/python"), Path::new("/p/.venv"), Path::new("/p"), offline, &host)
    }

    fn set(command: &Command) -> Vec<String> {
        let known = |name: &str| SET.iter().any(|(set, _)| *set == name);
        let more = command.env.iter().filter(|variable| !known(&variable.name));
        more.map(|variable| format!("{}={}", variable.name, variable.value.display())).collect()
    }

    #[test]
    fn only_what_the_users_files_say_is_overruled() {
        let plain = pip("[global]\nindex-url = https://index.example\nuser = true\n", false).install(["-e", "."]);
        assert_eq!(plain.to_string(), "/p/.venv/bin/python -I -m pip install -e .");
        assert_eq!(set(&plain), [""; 0]);
        assert!(plain.env_remove.iter().any(|name| *name == "PIP_TARGET"));
        let all =
            "[global]\nprefix = /x\npython = /x/python\nquiet = 2\n[install]\nroot = /x\ndry_run = yes\ntarget=/x\n";
        let shielded = pip(all, false).install(["six"]);
        assert_eq!(shielded.to_string(), "/p/.venv/bin/python -I -m pip install --target= six");
        let expected =
            ["PIP_PREFIX=/p/.venv", "PIP_ROOT=/", "PIP_PYTHON=/p/.venv/bin/python", "PIP_DRY_RUN=0", "PIP_QUIET=0"];
        assert_eq!(set(&shielded), expected);
    }

    #[test]
    fn offline_leaves_no_way_out() {
        let expected = ["PIP_NO_INDEX=1", "PIP_PROXY=http://127.0.0.1:9", "PIP_RETRIES=0", "GIT_ALLOW_PROTOCOL=file"];
        assert_eq!(set(&pip("[global]\nproxy = http://proxy.example\n", true).install(["six"])), expected);
    }
}
