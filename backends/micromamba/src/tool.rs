//! Finding micromamba: the project's own, the user's, then PATH; what does not fit is passed over with a note.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

use pyve_plugin_api::{Command, Error, ErrorKind, Extension, Host, Level, Request, Tool, ToolAnswer};
use rattler_conda_version::Version;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{self, PROGRAM};
use crate::candidates;
use crate::describe::ID;
use crate::pyve;

/// Older ones cannot read a `conda-lock.yml`, and their `run` does not hand on the exit code.
const MINIMUM: &str = "1.0.0";

pub fn answer(request: &Request, host: &dyn Host) -> ToolAnswer {
    let search = search(request, host);
    if let Some((path, why)) = search.refused.as_ref().filter(|_| search.found.is_some()) {
        host.log(Level::WARNING, &format!("`{}` {why}", path.display()));
    }
    let mut answer = match search.found {
        Some(tool) => ToolAnswer::found(tool),
        None => {
            let missing = if search.seen.is_empty() { "micromamba is not installed" } else { "no micromamba fits" };
            let remedy = pyve(&["init", "--backend", ID, "--auto-bootstrap"]);
            ToolAnswer {
                recipes: bootstrap::recipes(request, host).into(),
                ..ToolAnswer::missing(missing).remedy(&remedy)
            }
        }
    };
    answer.seen = search.seen.iter().map(|line| line.as_str().into()).collect();
    answer.required_by(&required_by(request))
}

/// What was found, and what was passed over.
#[derive(Default)]
pub struct Search {
    pub found: Option<Tool>,
    pub seen: Vec<String>,
    /// The first one that lacks nothing but the right to be executed.
    pub unexecutable: Option<PathBuf>,
    /// The one that came with the project and is not started for that, and why.
    pub refused: Option<(PathBuf, String)>,
}

/// Why a micromamba is not one to use.
struct Fault {
    why: String,
    /// The host does not start it, whatever it is.
    refused: bool,
}

impl From<String> for Fault {
    fn from(why: String) -> Self {
        Self { why, refused: false }
    }
}

impl Search {
    /// Whether the one at `path` is found by now.
    fn tried(&mut self, path: &Path, origin: &str, host: &dyn Host) -> bool {
        match examine(path, origin, host) {
            Ok(tool) => self.found = Some(tool),
            Err(Fault { why, refused }) => {
                self.seen.push(format!("{} ({origin}): {why}", path.display()));
                if why == UNEXECUTABLE {
                    self.unexecutable.get_or_insert(path.to_owned());
                }
                if refused {
                    self.refused = Some((path.to_owned(), why));
                }
            }
        }
        self.found.is_some()
    }
}

const UNEXECUTABLE: &str = "not executable";
const ON_PATH: &str = "PATH";
const PROJECT: &str = "project";

/// The one in the project that the host does not start, and why.
pub fn refused(request: &Request, host: &dyn Host) -> Option<(PathBuf, String)> {
    let path = bootstrap::project_sandbox(request);
    let fault = path.is_file().then(|| examine(&path, PROJECT, host).err()).flatten()?;
    fault.refused.then_some((path, fault.why))
}

pub fn search(request: &Request, host: &dyn Host) -> Search {
    let mut search = Search::default();
    let project = (bootstrap::project_sandbox(request), PROJECT);
    let user = bootstrap::user_sandbox(request).map(|path| (path, "user"));
    for (path, origin) in std::iter::once(project).chain(user) {
        if path.symlink_metadata().is_err() {
            search.seen.extend(renamed(&path, origin));
        } else if search.tried(&path, origin, host) {
            return search;
        }
    }
    for path in host.find_program(PROGRAM) {
        if search.tried(&path, ON_PATH, host) {
            break;
        }
    }
    search
}

/// The tool at `path`, or why it is not one to use.
fn examine(path: &Path, origin: &str, host: &dyn Host) -> Result<Tool, Fault> {
    if !path.is_file() {
        return Err(if path.exists() { "not a file" } else { "a link to nothing" }.to_owned().into());
    }
    // What lies in the project may be refused for what it is, and then no bit helps.
    if !executable(path) && origin != PROJECT {
        return Err(UNEXECUTABLE.to_owned().into());
    }
    let ask = Command::new(path).arg("--version").timeout(Duration::from_secs(5));
    // What pyve put there is the program itself; on PATH may be a script that starts another.
    let ask = if origin == ON_PATH { ask } else { ask.depends_on(path) };
    // One that came with the checkout is started only if it is a release that is known.
    let ask = bootstrap::known_hashes(host).iter().fold(ask, |ask, sha256| ask.pinned(sha256));
    let output = host.capture(&ask).map_err(|error| match error.is(ErrorKind::REFUSED) || executable(path) {
        true => Fault { why: reason(path, &error), refused: error.is(ErrorKind::REFUSED) },
        false => UNEXECUTABLE.to_owned().into(),
    })?;
    if !output.success() {
        return Err(format!("`micromamba --version` ended with {}", output.code).into());
    }
    let text = output.text();
    let version = Version::from_str(&text).ok().filter(|_| text.starts_with(|c: char| c.is_ascii_digit()));
    match version {
        None => Err(format!("`micromamba --version` said {:?}, which is no version", first_line(&text)).into()),
        Some(version) if version < minimum() => Err(format!("{text} is too old; pyve needs {MINIMUM} or newer").into()),
        Some(_) => {
            let extension = Extension::new().with(ID, &Stamp::of(path));
            Ok(Tool { extension, ..Tool::new(path, &text, origin) })
        }
    }
}

/// Why the host did not get an answer, for a line that begins with the path.
fn reason(path: &Path, error: &Error) -> String {
    let named = format!("{} is ", path.display());
    let why = error.message.strip_prefix(&named).unwrap_or(&error.message);
    if error.remedy.is_none() { why.to_owned() } else { format!("{why}; to change that: {}", error.remedy) }
}

/// What a file was like when it was asked for its version: as long as it is the same, it need not be asked again.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    /// Since 1970.
    modified_ms: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let data = path.metadata().ok()?;
        let since = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self { size: data.len(), modified_ms: u64::try_from(since.as_millis()).ok()? })
    }
}

/// Whether the tool of a record is still there and, as far as its file tells, still of the recorded version.
pub fn is_as_recorded(tool: &Tool) -> bool {
    let path = tool.path.path();
    // Of a tool that was brought in the same breath nothing but the version is known.
    let then: Option<Stamp> = tool.extension.get(ID);
    let same = then.is_none_or(|then| Stamp::of(&path).as_ref() == Some(&then));
    same && path.is_file() && executable(&path) && !tool.version.is_empty()
}

fn minimum() -> Version {
    Version::major(1)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Downloads that were put beside the place, but not given the name.
fn renamed(place: &Path, origin: &str) -> Vec<String> {
    let entries = place.parent().and_then(|folder| folder.read_dir().ok());
    let mut others: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("micromamba")))
        .filter(|path| path.is_file())
        .collect();
    others.sort();
    let told = |path: &PathBuf| format!("{} ({origin}): the file must be named {PROGRAM}", path.display());
    others.iter().map(told).collect()
}

#[cfg(unix)]
pub fn executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub fn executable(_: &Path) -> bool {
    true
}

/// The file that makes the tool necessary; empty where only a flag or the config asked for this backend.
fn required_by(request: &Request) -> String {
    if let Some(file) = request.text("env_file") {
        return file.to_owned();
    }
    candidates::of(request).into_iter().find(|file| request.in_project(file).is_file()).unwrap_or_default()
}

/// The tool to name in commands and variables without starting anything: the recorded one if it still stands.
pub fn recorded_or_likely(request: &Request, host: &dyn Host) -> Option<PathBuf> {
    let recorded = request.recorded().map(|recorded| recorded.tool.path.path().into_owned());
    recorded
        .into_iter()
        .chain([bootstrap::project_sandbox(request)])
        .chain(bootstrap::user_sandbox(request))
        .find(|path| path.is_file() && executable(path))
        .or_else(|| host.find_program(PROGRAM).into_iter().find(|path| executable(path)))
}
