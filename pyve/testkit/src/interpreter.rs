//! The real Python interpreters of this machine, each probed once in a run of the tests.

use std::collections::BTreeSet;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::another_python;
use crate::left_out::leave_out;
use crate::once_in_a_run;
use crate::prerequisite::is_shim;

/// A CPython 3 that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// The executable itself, behind every link and shim.
    pub path: PathBuf,
    /// The installation that it belongs to.
    pub prefix: PathBuf,
    /// `3.12.4`, with whatever follows for a pre-release.
    pub version: String,
    /// Major, minor and micro version.
    pub release: (u32, u32, u32),
    /// It can create virtual environments with pip (Debian ships pythons that cannot).
    pub makes_venvs: bool,
}

impl Interpreter {
    /// `3.12` for Python 3.12.4.
    pub fn minor(&self) -> String {
        format!("{}.{}", self.release.0, self.release.1)
    }

    /// Makes a link that starts this interpreter, in an environment that is made with the link, too.
    ///
    /// There the library is looked for from the link's folder upward and then where the executable was built for, which
    /// is not where a stand-in has it; so that of a stand-in is linked as well.
    #[cfg(unix)]
    pub fn link(&self, link: &Path) {
        std::os::unix::fs::symlink(&self.path, link).expect("a new link to an interpreter");
        if another_python::is_stand_in(self) {
            for library in entries(&self.prefix).iter().filter(|path| !path.ends_with("bin")) {
                let beside = link.with_file_name(library.file_name().expect("a directory of libraries"));
                std::os::unix::fs::symlink(library, beside).expect("a new link to a library");
            }
        }
    }
}

/// All distinct CPython 3 interpreters that tests may use, the newest first.
///
/// These are the ones in the folders of `PYVE_TEST_PYTHONS`, written as PATH is, and of PATH itself. A version manager's
/// shims are passed over, unless there is nothing else: then the interpreter that the first of them starts is the only
/// one. No folder is looked into because of where the home folder is.
pub fn interpreters() -> &'static [Interpreter] {
    static FOUND: OnceLock<Vec<Interpreter>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let found = once_in_a_run("interpreters", || {
            let mut found = search(&folders());
            found.sort_by(|one, other| other.release.cmp(&one.release).then_with(|| one.path.cmp(&other.path)));
            serde_json::to_string(&found).expect("they have names in UTF-8")
        });
        serde_json::from_str(&found).expect("what was written above")
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
            "no Python {major}.{minor} or newer that makes virtual environments; install python3 and python3-venv, or \
             name the directory of one in PYVE_TEST_PYTHONS"
        );
        leave_out(&reason, Location::caller());
    }
    found
}

/// The newest other one of another minor version that is at least this version; where the machine has none, a stand-in
/// that is `first` but for the version.
///
/// `None` where there is neither: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where there is neither and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn interpreter_besides(first: &Interpreter, major: u32, minor: u32) -> Option<&'static Interpreter> {
    let usable = |python: &&Interpreter| python.makes_venvs && python.release >= (major, minor, 0);
    let real = interpreters().iter().filter(usable).find(|python| python.minor() != first.minor());
    if real.is_some() {
        return real;
    }
    match another_python::later_than(first) {
        Ok(stand_in) => Some(stand_in),
        Err(why) => {
            let reason = format!(
                "no Python {major}.{minor} or newer besides {} that makes virtual environments, and no stand-in could be \
                 made ({why}); name the directory of one in PYVE_TEST_PYTHONS",
                first.minor()
            );
            leave_out(&reason, Location::caller());
            None
        }
    }
}

fn folders() -> Vec<PathBuf> {
    let variables = ["PYVE_TEST_PYTHONS", "PATH"].into_iter().filter_map(std::env::var_os);
    variables.flat_map(|folders| std::env::split_paths(&folders).collect::<Vec<_>>()).collect()
}

/// The interpreters in these folders, each once, whatever links lead to it.
fn search(folders: &[PathBuf]) -> Vec<Interpreter> {
    let named = || folders.iter().flat_map(|folder| entries(folder)).filter(|path| is_named_python(path));
    let real = |path: &PathBuf| fs_err::canonicalize(path).ok();
    let distinct: BTreeSet<PathBuf> = named().filter(|path| !is_shim(path)).filter_map(|path| real(&path)).collect();
    let found: Vec<Interpreter> =
        distinct.iter().filter(|path| path.to_str().is_some()).filter_map(|path| probe(path)).collect();
    if !found.is_empty() {
        return found;
    }
    // Which one a shim starts depends on the folder that it is started in, so the answer of the first is taken for all.
    let behind = named().filter(|path| path.ends_with("python3") && is_shim(path)).find_map(|shim| behind(&shim));
    behind.and_then(|path| probe(&real(&path)?)).into_iter().collect()
}

/// The interpreter that a shim starts.
fn behind(shim: &Path) -> Option<PathBuf> {
    let asked =
        Command::new(shim).args(["-I", "-c", "import sys; print(sys.executable)"]).stdin(Stdio::null()).output();
    let answer = String::from_utf8(asked.ok().filter(|asked| asked.status.success())?.stdout).ok()?;
    Some(PathBuf::from(answer.trim_end())).filter(|path| path.is_file() && !is_shim(path))
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

/// Asks an interpreter what it is; `None` where it does not run, or is another implementation.
pub(crate) fn probe(path: &Path) -> Option<Interpreter> {
    let question = "import platform, sys, importlib.util as u\n\
                    print(platform.python_implementation(), platform.python_version(), *sys.version_info[:3],\n\
                    all(u.find_spec(name) for name in ('venv', 'ensurepip')))\n\
                    print(sys.base_prefix)";
    let asked = Command::new(path).args(["-I", "-c", question]).env_clear().stdin(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(asked.stdout).ok()?;
    let (facts, prefix) = answer.trim_end().split_once('\n')?;
    let ["CPython", version, major, minor, micro, makes_venvs] = facts.split_whitespace().collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let release = (major.parse().ok()?, minor.parse().ok()?, micro.parse().ok()?);
    Some(Interpreter {
        path: path.to_owned(),
        prefix: prefix.trim_end().into(),
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

    #[cfg(unix)]
    #[test]
    fn a_shim_is_followed_only_where_there_is_nothing_else() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let Some(newest) = interpreter(3, 6) else { return };
        let folder = tempfile::tempdir().unwrap();
        let (shims, bin) = (folder.path().join("shims"), folder.path().join("bin"));
        for made in [&shims, &bin] {
            fs_err::create_dir(made).unwrap();
        }
        let shim = shims.join("python3");
        fs_err::write(&shim, format!("#!/bin/sh\nexec '{}' \"$@\"\n", newest.path.display())).unwrap();
        fs_err::set_permissions(&shim, PermissionsExt::from_mode(0o755)).unwrap();
        let found = |folders: &[&Path]| search(&folders.iter().map(|folder| (*folder).to_owned()).collect::<Vec<_>>());
        assert_eq!(found(&[&shims]), std::slice::from_ref(newest));
        fs_err::write(&shim, "#!/bin/sh\necho 'command not found' >&2; exit 127\n").unwrap();
        symlink(&newest.path, bin.join("python3.99")).unwrap();
        assert_eq!(found(&[&shims, &bin, &bin]), std::slice::from_ref(newest));
        assert_eq!(found(&[&shims]), []);
    }

    #[test]
    fn only_names_of_interpreters_are_probed() {
        let named = |name: &str| is_named_python(&Path::new("/usr/bin").join(name));
        assert!(named("python3") && named("python3.12"));
        assert!(!named("python3-config") && !named("python3.12-config") && !named("python3.1x") && !named("python2"));
    }
}
