//! Who started pyve: the variables and the folder as they were before anything else happened.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::failure::Failure;

mod home;
pub mod seal;
mod timeout;
#[cfg(unix)]
pub mod users;

use home::NoHome;
use seal::Keyring;
pub use timeout::seconds;

/// Whether pyve keeps what it learns on the way for the next time: answers of programs, crashes of plugins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Persistence {
    ReadWrite,
    /// Nothing at all is written.
    ReadOnly,
}

/// The caller's environment. Commands are started from this, never from the process's own, which a
/// loaded library may have changed.
#[derive(Clone, Debug)]
pub struct Caller {
    variables: Vec<(OsString, OsString)>,
    folder: PathBuf,
    /// The folders of `-C`, as they were said.
    changes: Vec<PathBuf>,
    home: OnceLock<Result<PathBuf, NoHome>>,
    keyring: OnceLock<Keyring>,
}

impl Caller {
    /// Takes the variables and the working folder as they are, then goes to each of `changes` (`-C`).
    pub fn now(changes: &[PathBuf]) -> Result<Self, Failure> {
        // With an absolute `-C` it makes no difference whether there still is a working folder.
        let mut folder = match changes.first() {
            Some(first) if first.is_absolute() => PathBuf::new(),
            _ => std::env::current_dir()
                .map_err(|error| Failure::io("find the working directory", Path::new("."), &error))?,
        };
        for change in changes {
            folder.push(change);
        }
        if !changes.is_empty() {
            let whole =
                std::fs::canonicalize(&folder).map_err(|error| Failure::io("change to", &folder, &error).code(2))?;
            std::env::set_current_dir(&whole).map_err(|error| Failure::io("change to", &whole, &error).code(2))?;
            folder = whole;
        }
        Ok(Self {
            variables: std::env::vars_os().collect(),
            folder,
            changes: changes.to_vec(),
            home: OnceLock::new(),
            keyring: OnceLock::new(),
        })
    }

    /// A caller in `folder` with these variables in the place of this one's.
    pub fn with(&self, folder: &Path, changed: &[(&str, PathBuf)]) -> Self {
        let mut variables = self.variables.clone();
        variables.retain(|(name, _)| !changed.iter().any(|(other, _)| name == other));
        variables.extend(changed.iter().map(|(name, value)| (OsString::from(name), value.into())));
        Self {
            variables,
            folder: folder.to_owned(),
            changes: Vec::new(),
            home: OnceLock::new(),
            keyring: OnceLock::new(),
        }
    }

    /// The same caller with these variables in the place of all.
    pub fn having(&self, variables: Vec<(OsString, OsString)>) -> Self {
        Self { variables, ..self.clone() }
    }

    /// A caller with these variables and nothing else.
    #[cfg(test)]
    pub fn for_test(variables: Vec<(OsString, OsString)>) -> Self {
        Self {
            variables,
            folder: PathBuf::from("/"),
            changes: Vec::new(),
            home: OnceLock::new(),
            keyring: OnceLock::new(),
        }
    }

    /// The same caller in another folder.
    #[cfg(test)]
    pub fn at(self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was said by `-C`, for commands that are to be typed where this one was.
    pub fn changes(&self) -> &[PathBuf] {
        &self.changes
    }

    pub fn variables(&self) -> &[(OsString, OsString)] {
        &self.variables
    }

    /// A variable; one that is empty counts as set.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
    }

    /// A variable that is set and not empty.
    pub fn nonempty(&self, name: &str) -> Option<&OsStr> {
        self.variable(name).filter(|value| !value.is_empty())
    }

    /// The absolute folders of PATH, in order.
    pub fn path(&self) -> Vec<PathBuf> {
        let path = self.variable("PATH").unwrap_or_default();
        std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect()
    }

    /// The programs of that name in those folders, in their order.
    pub fn programs(&self, name: impl AsRef<OsStr>) -> impl Iterator<Item = PathBuf> {
        let folders = std::env::join_paths(self.path()).ok().filter(|folders| !folders.is_empty());
        let found = folders.and_then(|folders| which::which_in_all(name, Some(folders), &self.folder).ok());
        found.into_iter().flatten()
    }

    /// The user's home folder, if there is one.
    pub fn home(&self) -> Option<PathBuf> {
        self.chosen_home().as_ref().ok().cloned()
    }

    /// What HOME (USERPROFILE on Windows) says, whether it is used or not.
    pub fn said_home(&self) -> Option<&Path> {
        self.nonempty(home::VARIABLE).map(Path::new).filter(|home| home.is_absolute())
    }

    fn chosen_home(&self) -> &Result<PathBuf, NoHome> {
        let said = self.said_home().map(Path::as_os_str);
        #[cfg(unix)]
        let choose = || {
            let user = crate::sys::user();
            home::choose(said, user, || users::find(user).map(|user| user.home))
        };
        #[cfg(not(unix))]
        let choose = || home::choose(said);
        self.home.get_or_init(choose)
    }

    /// pyve's own folder: `PYVE_HOME`, or `~/.pyve`. Where there is neither nothing is kept: no plugins are known, what
    /// is asked is asked again, and tools are looked for in the project and on PATH.
    pub fn pyve_home(&self) -> Option<PathBuf> {
        if let Some(home) = self.nonempty("PYVE_HOME") {
            return Some(self.folder.join(home));
        }
        self.home().map(|home| home.join(".pyve"))
    }

    /// pyve's own folder, for commands that are about what lies in it.
    pub fn needed_pyve_home(&self) -> Result<PathBuf, Failure> {
        self.pyve_home().ok_or_else(|| self.no_home("could not find pyve's own directory"))
    }

    /// Whose seals count: this user's, by the key in pyve's own folder.
    pub fn keyring(&self) -> &Keyring {
        self.keyring.get_or_init(|| Keyring::new(self.pyve_home()))
    }

    /// `what` needs a home folder, and there is none.
    pub fn no_home(&self, what: &str) -> Failure {
        let why = self.why_no_home().unwrap_or_default();
        let remedy = format!("set `{}` to a directory of yours, or `PYVE_HOME`", home::VARIABLE);
        Failure::new(format!("{what}: {why}")).remedy(remedy)
    }

    /// Why there is no home folder, in words.
    pub fn why_no_home(&self) -> Option<String> {
        self.chosen_home().as_ref().err().map(ToString::to_string)
    }

    /// Whether nobody is there to be asked: `CI` is set to anything but nothing, `0` or `false`.
    pub fn is_ci(&self) -> bool {
        self.nonempty("CI").is_some_and(|value| value != "0" && value != "false")
    }

    /// Whether the terminal's language can show marks outside of ASCII.
    pub fn unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| self.nonempty(name));
        let locale = locale.map(|value| value.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        locale.contains("utf-8") || locale.contains("utf8") || !std::io::stderr().is_terminal() || cfg!(windows)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_programs_in_absolute_folders_count_and_only_what_can_be_started() {
        let folder = tempfile::tempdir().unwrap();
        let tool = folder.path().join("bin/tool");
        std::fs::create_dir_all(folder.path().join("bin")).unwrap();
        std::fs::write(&tool, "").unwrap();
        let found = |path: &str| {
            let path = path.replace("BIN", &folder.path().join("bin").display().to_string());
            let caller = Caller::for_test(vec![("PATH".into(), path.into())]).at(folder.path());
            caller.programs("tool").collect::<Vec<_>>()
        };
        assert_eq!(found("BIN"), [""; 0].map(PathBuf::from));
        crate::sys::set_mode(&tool, 0o755).unwrap();
        assert_eq!(found("/nowhere:BIN"), [tool]);
        assert_eq!(found(":.:bin"), [""; 0].map(PathBuf::from));
        assert_eq!(found(""), [""; 0].map(PathBuf::from));
    }
}
