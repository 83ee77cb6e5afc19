//! A world of a test's own: home, project, temporary folder, and a PATH of the programs it was given.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::filter::Filters;
use crate::interpreter::Interpreter;
use crate::invocation::Invocation;
use crate::state::State;

/// What a POSIX system always has and shell code of tools takes for granted.
const EVERYWHERE: &[&str] = &[
    "sh", "env", "awk", "basename", "cat", "chmod", "cp", "cut", "date", "dirname", "expr", "grep", "head", "id",
    "kill", "ln", "ls", "mkdir", "mv", "printenv", "printf", "ps", "pwd", "rm", "rmdir", "sed", "sleep", "sort",
    "stty", "tail", "test", "touch", "tr", "tty", "uname", "wc",
];

/// Temporary folders that a test may treat as a whole machine; removed when the world is dropped.
///
/// With `PYVE_TEST_KEEP=1` in the environment the folders stay for a look, each a `pyve-world-*` in the
/// system's temporary folder.
pub struct World {
    // Dropped last of all that lies in it; never read.
    _folder: TempDir,
    root: PathBuf,
    project: PathBuf,
    path: RefCell<Vec<PathBuf>>,
    variables: RefCell<Vec<(OsString, OsString)>>,
    filters: RefCell<Filters>,
}

impl World {
    /// A world whose project folder is named `project`.
    pub fn new() -> Self {
        Self::named("project")
    }

    /// A world whose project folder has this name, however hostile.
    ///
    /// # Panics
    /// Where the file system refuses the name (not UTF-8 on macOS).
    pub fn named(project: impl AsRef<OsStr>) -> Self {
        let mut folder = tempfile::Builder::new().prefix("pyve-world-").tempdir().expect("a temporary directory");
        folder.disable_cleanup(std::env::var_os("PYVE_TEST_KEEP").is_some());
        // On macOS the temporary folder is behind a link, and programs report the real path.
        let root = fs_err::canonicalize(folder.path()).expect("the temporary directory exists");
        let project = root.join(project.as_ref());
        for made in [&project, &root.join("home"), &root.join("tmp"), &root.join("bin")] {
            fs_err::create_dir(made).expect("a new directory in the world");
        }
        let filters = RefCell::new(Filters::for_world(&root, &project));
        let path = RefCell::new(vec![root.join("bin")]);
        let world = Self { _folder: folder, root, project, path, variables: RefCell::default(), filters };
        world.link_what_is_everywhere();
        world
    }

    #[cfg(unix)]
    fn link_what_is_everywhere(&self) {
        for name in EVERYWHERE {
            let program = crate::prerequisite::on_path(name);
            self.link_as(name, &program.unwrap_or_else(|| panic!("this machine has no `{name}`, which POSIX demands")));
        }
    }

    #[cfg(not(unix))]
    fn link_what_is_everywhere(&self) {
        let _ = EVERYWHERE;
        if let Some(system) = std::env::var_os("SystemRoot") {
            self.path.borrow_mut().push(Path::new(&system).join("System32"));
            self.set("SystemRoot", system);
        }
    }

    /// The folder that holds everything of this world.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The project, where programs start.
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// The home folder.
    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// What pyve recorded of the project.
    pub fn state(&self) -> State {
        State::new(&self.project, &self.home().join(".pyve"))
    }

    /// The folder of links that comes first on PATH.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// Puts a program on this world's PATH under its own name.
    #[must_use]
    pub fn link(self, program: &Path) -> Self {
        self.link_as(program.file_name().expect("a program has a name"), program);
        self
    }

    /// Puts an interpreter on PATH as `python3`, and hides its path and version from snapshots.
    #[must_use]
    pub fn python(self, interpreter: &Interpreter) -> Self {
        #[cfg(unix)]
        interpreter.link(&self.bin().join("python3"));
        #[cfg(not(unix))]
        self.link_as("python3", &interpreter.path);
        self.filters.borrow_mut().interpreter(interpreter);
        self
    }

    /// Lets pip install from this folder of wheels and from nowhere else.
    #[must_use]
    pub fn packages(self, wheels: &Path) -> Self {
        self.set("PIP_NO_INDEX", "1");
        self.set("PIP_FIND_LINKS", wheels);
        self.set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        self
    }

    /// Puts a program on this world's PATH under another name, in the place of one that has it.
    pub fn link_as(&self, name: impl AsRef<OsStr>, program: &Path) {
        let link = self.bin().join(name.as_ref());
        if link.symlink_metadata().is_ok() {
            fs_err::remove_file(&link).expect("a link of this world");
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(program, &link).expect("a new link in the world");
        #[cfg(not(unix))]
        fs_err::copy(program, link.with_extension("exe")).expect("a new program in the world");
    }

    /// Takes a program away from this world's PATH.
    pub fn unlink(&self, name: &str) {
        fs_err::remove_file(self.bin().join(name)).expect("a program of this world");
    }

    /// Writes a small program of the test's own onto PATH: a stand-in, with its `#!` line.
    pub fn stand_in(&self, name: &str, script: &str) -> PathBuf {
        let program = self.bin().join(name);
        if program.symlink_metadata().is_ok() {
            fs_err::remove_file(&program).expect("a program of this world");
        }
        fs_err::write(&program, script).expect("a new program in the world");
        crate::files::make_executable(&program);
        program
    }

    /// Appends a folder to PATH.
    pub fn append_path(&self, folder: impl Into<PathBuf>) {
        self.path.borrow_mut().push(folder.into());
    }

    /// Sets a variable for every program that is started from now on.
    pub fn set(&self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        self.variables.borrow_mut().push((name.as_ref().to_owned(), value.as_ref().to_owned()));
    }

    /// Replaces what matches a regular expression in every outcome from now on.
    pub fn filter(&self, pattern: &str, replacement: &str) {
        self.filters.borrow_mut().push(pattern, replacement);
    }

    /// A program of this world's PATH, or by absolute path, to be run in the project.
    ///
    /// # Panics
    /// Where the name is not on this world's PATH: link it first.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Invocation<'_> {
        let program = program.as_ref();
        let path = std::env::join_paths(self.path.borrow().iter()).expect("no directory of PATH has a separator in it");
        let found = which::which_in(program, Some(&path), &self.project)
            .unwrap_or_else(|_| panic!("`{}` is not on this world's PATH: link it", program.to_string_lossy()));
        let mut invocation = Invocation::new(found, &self.project, self.filters.borrow().clone());
        for (name, value) in self.places() {
            invocation = invocation.env(name, value);
        }
        invocation = invocation.env("PATH", path).env("LC_ALL", "C.UTF-8");
        for (name, value) in self.variables.borrow().iter() {
            invocation = invocation.env(name, value);
        }
        invocation
    }

    /// The `pyve` that cargo built for this test.
    ///
    /// # Panics
    /// Where it was not built: `cargo build -p pyve`.
    pub fn pyve(&self) -> Invocation<'_> {
        self.command(crate::repository::pyve_binary())
    }

    fn places(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.home();
        vec![
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_CACHE_HOME", home.join(".cache")),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_STATE_HOME", home.join(".local/state")),
            ("USERPROFILE", home.clone()),
            ("HOME", home),
            ("TMPDIR", self.root.join("tmp")),
            ("TMP", self.root.join("tmp")),
            ("TEMP", self.root.join("tmp")),
        ]
    }

    /// Writes a file of the project, with the folders above it.
    pub fn write(&self, file: impl AsRef<Path>, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.project.join(file);
        fs_err::create_dir_all(path.parent().expect("a file is in a directory"))
            .expect("a new directory in the project");
        fs_err::write(&path, text).expect("a new file in the project");
        path
    }

    /// Reads a file of the project, bytes that are not UTF-8 replaced.
    pub fn read(&self, file: impl AsRef<Path>) -> String {
        let bytes = fs_err::read(self.project.join(file)).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What [`tree`](crate::tree) says of the project.
    pub fn tree(&self) -> String {
        crate::files::tree(&self.project, &[])
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
