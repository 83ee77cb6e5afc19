//! Steps: what the host is asked to do, as data that can be shown before anything happens.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::open_enum::open_enum;
use crate::os_text::OsText;

open_enum! {
    /// What a [`Step`] does. The host refuses a plan with a kind it does not know.
    StepKind {
        /// Starts [`Step::command`], its output passed on; a code other than 0 fails the plan.
        RUN = 1, "run";
        /// Fetches [`Step::download`] to [`Step::path`], verified before it has that name.
        DOWNLOAD = 2, "download";
        /// Writes [`Step::contents`] to [`Step::path`], whole or not at all.
        WRITE_FILE = 3, "write-file";
        /// Makes the folder [`Step::path`] and its parents.
        CREATE_DIR = 4, "create-dir";
        /// Removes the folder [`Step::path`] with all it holds.
        REMOVE_DIR = 5, "remove-dir";
        /// Clones the prepared tree [`Step::source`] to [`Step::path`].
        CLONE_TREE = 6, "clone-tree";
        /// Puts one line into a file that others write too, leaving theirs alone.
        SET_LINE = 7, "set-line";
        /// Asks before going on: no ends the plan. Where nobody can be asked the answer is yes.
        CONFIRM = 8, "confirm";
    }
}

/// What to fetch, and how to know that it is right.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Download {
    /// Where it is to be had, tried in order.
    pub urls: RVec<RString>,
    /// Its SHA-256 in lower-case hex; empty only where [`Download::sha256_url`] is given.
    pub sha256: RString,
    /// Where the hash can be had if none is pinned: a file that begins with it.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub sha256_url: RString,
    /// The most bytes that are accepted.
    pub size_limit: u64,
    /// Whether the file is made executable once it is verified.
    pub executable: bool,
    /// A variable of the user's whose value replaces [`Download::urls`] (a mirror); empty for none. Where it ends in
    /// `_URL`, one that ends in `_SHA256` instead gives the hash of what the mirror has; it counts beside it only.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub mirror_variable: RString,
    /// Room to grow within API 1: a JSON object, or empty.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub extension: RString,
}

impl Download {
    /// A download of `url` that must have this SHA-256 (hex) and at most `size_limit` bytes.
    pub fn new(url: &str, sha256: &str, size_limit: u64) -> Self {
        Self { urls: RVec::from(vec![url.into()]), sha256: sha256.into(), size_limit, ..Self::default() }
    }

    /// Makes the file executable once it is verified.
    pub fn executable(mut self) -> Self {
        self.executable = true;
        self
    }

    /// Lets the user name a mirror in a variable.
    pub fn mirror_variable(mut self, name: &str) -> Self {
        self.mirror_variable = name.into();
        self
    }

    /// Takes the hash from this URL, where no hash is pinned.
    pub fn sha256_url(mut self, url: &str) -> Self {
        self.sha256_url = url.into();
        self
    }
}

/// One thing to do. Made by the constructors; which fields count is said by the kind.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// What the user is told, in a few words without a full stop: `Create the environment`.
    pub title: RString,
    /// The file or folder it is about. Relative means below the project's root.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub path: OsText,
    /// The tree to clone ([`StepKind::CLONE_TREE`]).
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub source: OsText,
    /// The program to start; for [`StepKind::CLONE_TREE`] the program that makes a missing tree.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub command: ROption<Command>,
    /// What to fetch.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub download: ROption<Download>,
    /// What to write; for [`StepKind::SET_LINE`] the line without its end.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub contents: RVec<u8>,
    /// The permission bits of what is written; 0 means the user's default.
    #[serde(skip_serializing_if = "is_zero")]
    pub mode: u32,
    /// For [`StepKind::SET_LINE`] the first word of the line that is replaced; empty: the whole file is that line.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub key: RString,
    /// Room to grow within API 1: a JSON object, or empty. A host passes over keys that it does not know.
    ///
    /// For [`StepKind::RUN`] of a noisy program, `output_filter` says what of its output matters when it fails:
    ///
    /// - `log`: a word for the file in which the host keeps the whole output (`create`).
    /// - `keep`: a line is shown if, after its indentation, it begins with one of these.
    /// - `drop`: but not if one of these is anywhere in it.
    /// - `strip`: taken off the front of a line that is shown.
    /// - `lines`: how many lines at most; one that was shown already is not shown again.
    /// - `hints`: `{"match", "remedy"}` in order; the first `match` found anywhere in the output is the remedy.
    ///
    /// ```json
    /// {"output_filter": {"log": "create", "keep": ["error "], "drop": [], "strip": ["error "], "lines": 8,
    ///              "hints": [{"match": "No space left", "remedy": "free some space"}]}}
    /// ```
    ///
    /// For [`StepKind::CLONE_TREE`], `fast_path` is a command that the host may try first, see [`Step::fast_path`].
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub extension: RString,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What [`Step::extension`] holds that has a method here.
#[derive(Default, Serialize, Deserialize)]
struct Extension {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fast_path: Option<Command>,
    /// What else is there.
    #[serde(flatten)]
    others: serde_json::Map<String, serde_json::Value>,
}

impl Extension {
    fn of(extension: &str) -> Self {
        serde_json::from_str(extension).unwrap_or_default()
    }
}

impl Step {
    fn of(kind: StepKind, title: &str, path: OsText) -> Self {
        Self { kind, title: title.into(), path, ..Self::default() }
    }

    /// Starts a program; its output is the user's to see, its failure is the plan's.
    pub fn run(title: &str, command: Command) -> Self {
        Self { command: ROption::RSome(command), ..Self::of(StepKind::RUN, title, OsText::new()) }
    }

    /// Fetches a file to `path`.
    pub fn download(title: &str, download: Download, path: impl Into<OsText>) -> Self {
        Self { download: ROption::RSome(download), ..Self::of(StepKind::DOWNLOAD, title, path.into()) }
    }

    /// Writes a file.
    pub fn write_file(title: &str, path: impl Into<OsText>, contents: impl AsRef<[u8]>) -> Self {
        Self { contents: contents.as_ref().to_vec().into(), ..Self::of(StepKind::WRITE_FILE, title, path.into()) }
    }

    /// Makes a folder.
    pub fn create_dir(title: &str, path: impl Into<OsText>) -> Self {
        Self::of(StepKind::CREATE_DIR, title, path.into())
    }

    /// Removes a folder.
    pub fn remove_dir(title: &str, path: impl Into<OsText>) -> Self {
        Self::of(StepKind::REMOVE_DIR, title, path.into())
    }

    /// Clones the prepared tree `source`, which `make` makes where it is missing, to `path`.
    ///
    /// In the clone the path `source` is replaced by `path`: in text, in links, in the constants of compiled Python
    /// files, and in the hashes of a `RECORD`. Only the path of its source may stay as it is in a compiled file: Python
    /// sets it right whenever it imports one. Where no tree can be kept at `source`, the host runs
    /// `make` with the argument `source` replaced by `path`: the outcome must be the same.
    pub fn clone_tree(title: &str, source: impl Into<OsText>, make: Command, path: impl Into<OsText>) -> Self {
        Self {
            source: source.into(),
            command: ROption::RSome(make),
            ..Self::of(StepKind::CLONE_TREE, title, path.into())
        }
    }

    /// Names, for [`Step::clone_tree`], a program that makes the same tree in less time, or fails.
    ///
    /// A host that knows of this tries it before `make`, without a word; where it fails, nothing of what it left is
    /// kept, and `make` is run as ever. It stands in [`Step::extension`] under `fast_path`, with the fields of [`Command`].
    ///
    /// ```
    /// use pyve_plugin_api::{Command, Step};
    /// let make = Command::new("python3").args(["-m", "venv", "/h/tree"]);
    /// let fast_path = Command::new("cp").args(["-a", "/h/other", "/h/tree"]);
    /// let step = Step::clone_tree("Create the environment", "/h/tree", make, ".venv").fast_path(fast_path.clone());
    /// assert_eq!(step.fast_path_command(), Some(fast_path));
    /// ```
    pub fn fast_path(mut self, command: Command) -> Self {
        let mut extension = Extension::of(&self.extension);
        extension.fast_path = Some(command);
        self.extension = serde_json::to_string(&extension).unwrap_or_default().into();
        self
    }

    /// What [`Step::fast_path`] was told, if it was.
    pub fn fast_path_command(&self) -> Option<Command> {
        Extension::of(&self.extension).fast_path
    }

    /// Puts `line` in place of the line of the file `path` whose first word is `key`, or at its end.
    pub fn set_line(title: &str, path: impl Into<OsText>, key: &str, line: &str) -> Self {
        Self {
            key: key.into(),
            contents: line.as_bytes().to_vec().into(),
            ..Self::of(StepKind::SET_LINE, title, path.into())
        }
    }

    /// Asks `question` before going on; `title` says what a yes means.
    pub fn confirm(title: &str, question: &str) -> Self {
        Self { contents: question.as_bytes().to_vec().into(), ..Self::of(StepKind::CONFIRM, title, OsText::new()) }
    }

    /// The permission bits of what is written, for example `0o600`.
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// [`Step::contents`] as text; bytes that are no UTF-8 become `U+FFFD`.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.contents).into_owned()
    }
}

open_enum! {
    /// What has to be agreed to before the steps of a [`Recipe`] are taken.
    Consent {
        /// `--yes` is enough: nothing is fetched that is not verified.
        CONFIRM = 1, "confirm";
        /// Only the bootstrap flags agree to it without a question.
        BOOTSTRAP = 2, "bootstrap";
        /// The user does it: [`Recipe::instruction`] says how, there are no steps.
        MANUAL = 3, "manual";
    }
}

/// One recipe for a solution: a label for a menu and the steps behind it.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// A short stable name, the value of `--bootstrap-to`: `project`, `user`.
    pub id: RString,
    /// What a menu shows: `Install to user sandbox: ~/.pyve/bin/tool`.
    pub label: RString,
    /// What is done if it is taken.
    pub steps: RVec<Step>,
    /// What must be agreed to.
    pub consent: Consent,
    /// For [`Consent::MANUAL`]: what to type.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub instruction: RString,
    /// The tool that is there afterwards, so that the rest can be planned before it is.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub provides: ROption<crate::tool::Tool>,
    /// Room to grow within API 1: a JSON object, or empty.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub extension: RString,
}

impl Recipe {
    /// A recipe of steps.
    pub fn new(id: &str, label: &str, consent: Consent) -> Self {
        Self { id: id.into(), label: label.into(), consent, ..Self::default() }
    }

    /// A recipe that the user follows by typing `instruction`.
    pub fn manual(id: &str, label: &str, instruction: &str) -> Self {
        Self { instruction: instruction.into(), ..Self::new(id, label, Consent::MANUAL) }
    }

    /// Appends a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Says which tool is there afterwards.
    pub fn provides(mut self, tool: crate::tool::Tool) -> Self {
        self.provides = ROption::RSome(tool);
        self
    }
}
