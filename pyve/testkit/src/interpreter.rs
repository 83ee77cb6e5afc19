//! The real Python interpreters of this machine, each probed once per process.

use std::collections::BTreeSet;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::left_out::leave_out;
use crate::prerequisite::is_shim;

/// A CPython 3 that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// The executable itself, behind every link and shim.
    pub path: PathBuf,
    /// `3.12.4`, with whatever follows for a pre-release.
    pub version: String,
    /// Major, minor and micro version.
    pub release: (u32, u32, u32),
    /// It can make virtual environments with pip (Debian ships pythons that cannot).
    pub makes_venvs: bool,
}

impl Interpreter {
    /// `3.12` for Python 3.12.4.
    pub fn minor(&self) -> String {
        format!("{}.{}", self.release.0, self.release.1)
    }
}

/// All distinct CPython 3 interpreters of this machine, the newest first.
pub fn interpreters() -> &'static [Interpreter] {
    static FOUND: OnceLock<Vec<Interpreter>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let distinct: BTreeSet<PathBuf> =
            candidates().iter().filter_map(|path| fs_err::canonicalize(path).ok()).collect();
        let mut found: Vec<_> = distinct.iter().filter_map(|path| probe(path)).collect();
        found.sort_by(|one, other| other.release.cmp(&one.release).then_with(|| one.path.cmp(&other.path)));
        found
    })
}

/// The newest interpreter that makes virtual environments and is at least this version.
///
/// `None` where there is none: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where there is none and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn interpreter(major: u32, minor: u32) -> Option<&'static Interpreter> {
    let found = interpreters().iter().find(|python| python.makes_venvs && python.release >= (major, minor, 0));
    if found.is_none() {
        let reason = format!(
            "no Python {major}.{minor} or newer that makes virtual environments; \
             install python3 and python3-venv, or one with pyenv"
        );
        leave_out(&reason, Location::caller());
    }
    found
}

/// The newest other one of another minor version that is at least this version.
///
/// `None` where there is none: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where there is none and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn interpreter_besides(first: &Interpreter, major: u32, minor: u32) -> Option<&'static Interpreter> {
    let usable = |python: &&Interpreter| python.makes_venvs && python.release >= (major, minor, 0);
    let found = interpreters().iter().filter(usable).find(|python| python.minor() != first.minor());
    if found.is_none() {
        let reason = format!(
            "no Python {major}.{minor} or newer besides {} that makes virtual environments; install one with pyenv",
            first.minor()
        );
        leave_out(&reason, Location::caller());
    }
    found
}

fn candidates() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for versions in version_folders() {
        folders.extend(entries(&versions).into_iter().map(|version| version.join("bin")));
    }
    folders.iter().flat_map(|folder| entries(folder)).filter(|path| is_named_python(path) && !is_shim(path)).collect()
}

/// Where pyenv and asdf keep the versions they installed.
fn version_folders() -> Vec<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let rooted = |variable: &str, default: &str| std::env::var_os(variable).map_or(home.join(default), PathBuf::from);
    vec![rooted("PYENV_ROOT", ".pyenv").join("versions"), rooted("ASDF_DATA_DIR", ".asdf").join("installs/python")]
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs_err::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// `python3` or `python3.12`, but not `python3-config`.
fn is_named_python(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.strip_suffix(".exe").unwrap_or(name);
    name.strip_prefix("python3").is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('.').is_some_and(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn probe(path: &Path) -> Option<Interpreter> {
    let question = "import platform, sys, importlib.util as u\n\
                    print(platform.python_implementation(), platform.python_version(), *sys.version_info[:3],\n\
                    all(u.find_spec(name) for name in ('venv', 'ensurepip')))";
    let asked = Command::new(path).args(["-I", "-c", question]).env_clear().stdin(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(asked.stdout).ok()?;
    let ["CPython", version, major, minor, micro, makes_venvs] = answer.split_whitespace().collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let release = (major.parse().ok()?, minor.parse().ok()?, micro.parse().ok()?);
    Some(Interpreter {
        path: path.to_owned(),
        version: version.to_owned(),
        release,
        makes_venvs: makes_venvs == "True",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_interpreter_is_itself_and_appears_once() {
        let Some(newest) = interpreter(3, 6) else { return };
        let all = interpreters();
        assert_eq!(all.iter().filter(|other| other.path == newest.path).count(), 1);
        assert!(all.iter().all(|python| !is_shim(&python.path)), "{all:#?}");
        let asked = Command::new(&newest.path).arg("-V").output().unwrap();
        assert_eq!(String::from_utf8(asked.stdout).unwrap().trim(), format!("Python {}", newest.version));
    }

    #[test]
    fn only_names_of_interpreters_are_probed() {
        let named = |name: &str| is_named_python(&Path::new("/usr/bin").join(name));
        assert!(named("python3") && named("python3.12"));
        assert!(!named("python3-config") && !named("python3.12-config") && !named("python3.1x") && !named("python2"));
    }
}
