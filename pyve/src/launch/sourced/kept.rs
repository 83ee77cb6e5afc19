//! What scripts did, kept for each set of values that they can have read.
//!
//! Kept is in pyve's own folder, sealed for the project: nothing is written to a project because a command runs in it.

use pyve_formats::sorted;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_formats::shell_names::mentioned;
use serde::{Deserialize, Serialize};

use super::effects::{Effects, is_shells_own};
use super::trace::Traced;
use crate::caller::Caller;
use crate::files::unused;
use crate::project::Layout;
use crate::records::{Folder, Stamp, State, StateFile};

/// Where that is in pyve's own folder.
const FOLDERS: [&str; 2] = ["cache", "activations"];

/// For how many sets of values it is kept.
const MOST: usize = 16;

/// What is otherwise in every process or at every moment, so that nothing can be kept of what reads it.
const LIVE: [&str; 10] =
    ["PWD", "OLDPWD", "RANDOM", "SRANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME", "BASHPID", "PPID", "LINENO"];

/// The variables on which the outcome can depend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    Names(BTreeSet<String>),
    All,
    /// It can depend on more than variables.
    More,
}

/// The content of `~/.pyve/cache/activations/<hash>.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    /// The scripts, and the files that they looked at.
    inputs: Vec<Stamp>,
    reads: Reads,
    /// The newest last.
    known: Vec<Known>,
}

/// What came of one set of values.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    /// The hash of the values.
    values: String,
    effects: Effects,
}

impl State for Content {
    const SCHEMA: u32 = 1;
}

/// What is kept of these scripts in this project, and where.
pub struct Kept<'a> {
    layout: &'a Layout,
    home: PathBuf,
    file: String,
    content: Option<Content>,
}

impl<'a> Kept<'a> {
    /// `None` where nothing can be kept: there is no home folder, or no key that lasts.
    pub fn open(caller: &Caller, layout: &'a Layout, scripts: &[PathBuf]) -> Option<Self> {
        let home = caller.pyve_home()?;
        let names = std::iter::once(layout.root()).chain(scripts.iter().map(PathBuf::as_path));
        let names = names.flat_map(|path| [path.as_os_str().as_encoded_bytes(), b"\0"].concat());
        let file = format!("{}.json", &sha256::of(names.collect::<Vec<u8>>())[..32]);
        let folder = Folder::find_at_home(&home, &FOLDERS).ok().flatten();
        let content = folder.and_then(|folder| Self::place(&folder, &file).load::<Content>(layout).ok()?.here());
        let content = content.filter(|content| content.inputs.iter().all(Stamp::holds));
        Some(Self { layout, home, file, content })
    }

    fn place<'f>(folder: &'f Folder, file: &'f str) -> StateFile<'f> {
        StateFile { folder, kind: "activations", file }
    }

    /// What the scripts do with these variables, if that is known.
    pub fn find(&self, variables: &[(OsString, OsString)]) -> Option<&Effects> {
        let content = self.content.as_ref()?;
        let values = content.reads.values(variables)?;
        content.known.iter().find(|known| known.values == values).map(|known| &known.effects)
    }

    /// Whether it is worth a look on what the outcome depends: it is not known, and can be kept. A question alone makes no
    /// folder of pyve's own.
    pub fn may_learn(&self) -> bool {
        let open = self.content.as_ref().is_none_or(|content| content.reads != Reads::More);
        open && self.home.parent().is_some_and(Path::is_dir) && self.layout.keyring().lasts()
    }

    /// Keeps what the scripts did with these variables. Where that fails they are sourced again the next time.
    pub fn keep(self, variables: &[(OsString, OsString)], reads: Reads, inputs: Vec<Stamp>, effects: &Effects) {
        // What changed just now cannot be told from a further change.
        if !inputs.iter().all(Stamp::holds) {
            return;
        }
        let values = reads.values(variables);
        let before = self.content.filter(|content| content.reads == reads);
        let mut content = before.unwrap_or_else(|| Content { inputs: Vec::new(), reads, known: Vec::new() });
        content.inputs.retain(|input| !inputs.contains(input));
        content.inputs.extend(inputs);
        content.known.extend(values.map(|values| Known { values, effects: effects.clone() }));
        let over = content.known.len().saturating_sub(MOST);
        content.known.drain(..over);
        let Ok(folder) = Folder::make_at_home(&self.home, &FOLDERS) else { return };
        if Self::place(&folder, &self.file).save(self.layout, self.layout.root().into(), &content).is_ok() {
            unused::prune(folder.path());
        }
    }

    /// What was known before of the variables that are read.
    pub fn reads(&self) -> Option<&Reads> {
        self.content.as_ref().map(|content| &content.reads)
    }
}

impl Reads {
    /// What the texts of the scripts and a trace of them tell.
    pub fn of(scripts: &[PathBuf], traced: &Traced, before: Option<&Reads>) -> Self {
        // With other values other branches were taken.
        let mut names = match before {
            Some(Reads::Names(names)) => names.clone(),
            _ => BTreeSet::new(),
        };
        let mut all = traced.reads_all || before == Some(&Reads::All);
        let mut unknown = traced.unknown.clone();
        for script in scripts.iter().chain(&traced.scripts) {
            let Some(bytes) = read::bytes(script, Limit::SCRIPT).ok().flatten() else { return Self::More };
            let text = String::from_utf8_lossy(&bytes);
            // What a file holds comes in without a command.
            if text.contains("$(<") {
                return Self::More;
            }
            // Names that are put together, and numbers, which are read without a `$`.
            all |= text.contains("${!") || text.contains("((");
            unknown.retain(|name| !defines(&text, name));
            names.extend(mentioned(&text).map(str::to_owned));
            names.extend(text.contains('~').then(|| "HOME".to_owned()));
        }
        names.extend(traced.looks_on_path.then(|| "PATH".to_owned()));
        if !traced.certain || !unknown.is_empty() || LIVE.iter().any(|name| names.contains(*name)) {
            return Self::More;
        }
        if all { Self::All } else { Self::Names(names) }
    }

    /// The variables that can have been read, in the order of their names; `None` where more than that can.
    pub fn read_of<'v>(&self, variables: &'v [(OsString, OsString)]) -> Option<Vec<&'v (OsString, OsString)>> {
        let is_read = |name: &OsStr| match self {
            Self::Names(names) => name.to_str().is_some_and(|name| names.contains(name)),
            Self::All | Self::More => !is_shells_own(name),
        };
        let mut read: Vec<_> = variables.iter().filter(|(name, _)| is_read(name)).collect();
        sorted::by(&mut read, Ord::cmp);
        (*self != Self::More).then_some(read)
    }

    fn values(&self, variables: &[(OsString, OsString)]) -> Option<String> {
        let read = self.read_of(variables)?;
        let text = read
            .iter()
            .flat_map(|(name, value)| [name.as_encoded_bytes(), b"=", value.as_encoded_bytes(), b"\0"].concat());
        Some(sha256::of(text.collect::<Vec<u8>>()))
    }
}

/// Whether the script defines a function of that name.
fn defines(text: &str, name: &str) -> bool {
    [format!("{name}()"), format!("{name} ()"), format!("function {name}")].iter().any(|form| text.contains(form))
}
