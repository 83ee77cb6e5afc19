//! Steps: what the host is asked to do, as data that can be shown before anything happens.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::archive::Archive;
use crate::command::Command;
use crate::download::Download;
use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::output_filter::OutputFilter;
use crate::recipe::Recipe;

open_enum! {
    /// What a [`Step`] does. The host refuses a plan with a kind it does not know.
    StepKind {
        /// Starts [`Step::command`], its output passed on; a code other than 0 fails the plan.
        RUN = 1, "run";
        /// Fetches [`Step::download`] to [`Step::path`], verified before it has that name.
        DOWNLOAD = 2, "download";
        /// Writes [`Step::contents`] to [`Step::path`], whole or not at all.
        WRITE_FILE = 3, "write-file";
        /// Creates the directory [`Step::path`] and its parents.
        CREATE_DIR = 4, "create-dir";
        /// Removes the directory [`Step::path`] with all it holds.
        REMOVE_DIR = 5, "remove-dir";
        /// Clones the prepared tree [`Step::source`] to [`Step::path`].
        CLONE_TREE = 6, "clone-tree";
        /// Puts one line into a file that others write too, leaving theirs alone.
        SET_LINE = 7, "set-line";
        /// Asks before going on: no ends the plan. Where nobody can be asked the answer is no, unless `--yes` was given or
        /// [`Step::default_yes`] says otherwise.
        CONFIRM = 8, "confirm";
        /// Unpacks the archive [`Step::source`], fetching it where [`Step::download`] is given, into the directory [`Step::path`],
        /// which must not be there or be empty.
        UNPACK = 9, "unpack";
        /// Asks which of [`Step::choices`] is taken, and takes its steps.
        CHOOSE = 10, "choose";
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
    /// The file or directory it is about. Relative means below the project's root.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub path: OsText,
    /// The tree to clone ([`StepKind::CLONE_TREE`]), or the archive to unpack ([`StepKind::UNPACK`]).
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub source: OsText,
    /// The program to start; for [`StepKind::CLONE_TREE`] the program that creates a missing tree, for [`StepKind::UNPACK`] one
    /// of the archive's, see [`Step::settled_by`].
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub command: ROption<Command>,
    /// What to fetch.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub download: ROption<Download>,
    /// What to write; for [`StepKind::SET_LINE`] the line without its end, for a question its words.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub contents: RVec<u8>,
    /// The permission bits of what is written; 0 means the user's default.
    #[serde(skip_serializing_if = "is_zero")]
    pub mode: u32,
    /// For [`StepKind::SET_LINE`] the first word of the line that is replaced; empty: the whole file is that line.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub key: RString,
    /// For [`StepKind::CONFIRM`]: whether an empty answer, and nobody to ask, mean yes.
    #[serde(skip_serializing_if = "is_false")]
    pub default_yes: bool,
    /// For [`StepKind::RUN`] of a program that says a lot: what of it matters when it fails.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub output_filter: ROption<OutputFilter>,
    /// For [`StepKind::CLONE_TREE`]: a program that may be tried first, see [`Step::fast_path`].
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub fast_path: ROption<Command>,
    /// For [`StepKind::UNPACK`]: what the archive must be.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub archive: ROption<Archive>,
    /// For [`StepKind::CHOOSE`]: what there is to choose, the one that is taken by default first.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub choices: RVec<Recipe>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
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

    /// Creates a directory, with those above it.
    pub fn create_dir(title: &str, path: impl Into<OsText>) -> Self {
        Self::of(StepKind::CREATE_DIR, title, path.into())
    }

    /// Removes a directory.
    pub fn remove_dir(title: &str, path: impl Into<OsText>) -> Self {
        Self::of(StepKind::REMOVE_DIR, title, path.into())
    }

    /// Clones the prepared tree `source`, which `make` creates where it is missing, to `path`.
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

    /// Names, for [`Step::clone_tree`], a program that creates the same tree in less time, or fails.
    ///
    /// The host tries it before `make`, without a word; where it fails, nothing of what it left is kept, and `make` is run.
    ///
    /// ```
    /// use pyve_plugin_api::{Command, Step};
    /// let make = Command::new("python3").args(["-m", "venv", "/h/tree"]);
    /// let copy = Command::new("cp").args(["-a", "/h/other", "/h/tree"]);
    /// let step = Step::clone_tree("Create the environment", "/h/tree", make, ".venv").fast_path(copy.clone());
    /// assert_eq!(step.fast_path.into_option(), Some(copy));
    /// ```
    pub fn fast_path(mut self, command: Command) -> Self {
        self.fast_path = ROption::RSome(command);
        self
    }

    /// Says what of a program's output matters when it fails; the whole of it is kept in a file.
    pub fn output_filter(mut self, filter: OutputFilter) -> Self {
        self.output_filter = ROption::RSome(filter);
        self
    }

    /// Unpacks the archive at `source` into the directory `path`, which must not be there or be empty.
    ///
    /// The host verifies the archive's hash before it opens it, and refuses whatever leads out of `path`: names with `..`,
    /// absolute names, links to the outside, devices. Permission bits are kept but for set-user-ID and the like.
    ///
    /// ```
    /// use pyve_plugin_api::{Archive, Step};
    /// let archive = Archive::tar_gz(&"0".repeat(64), 200_000_000).strip_components(1);
    /// let step = Step::unpack("Unpack Node", ".pyve/bin/node.tar.gz", archive, ".node");
    /// assert_eq!(step.path.path(), std::path::Path::new(".node"));
    /// ```
    pub fn unpack(title: &str, source: impl Into<OsText>, archive: Archive, path: impl Into<OsText>) -> Self {
        Self {
            source: source.into(),
            archive: ROption::RSome(archive),
            ..Self::of(StepKind::UNPACK, title, path.into())
        }
    }

    /// Fetches, for [`Step::unpack`], the archive first, and removes it afterwards.
    ///
    /// The directory gets its name when all of it is there, and is what its name says: where it stands already, nothing is done.
    /// Of two pyves that want it at the same time one fetches it, and the other waits and finds it done.
    ///
    /// ```
    /// use pyve_plugin_api::{Archive, Download, Step};
    /// let hash = "0".repeat(64);
    /// let download = Download::new("https://host.example/node-20.1.0.tar.gz", &hash, 50_000_000);
    /// let archive = Archive::tar_gz(&hash, 200_000_000).strip_components(1);
    /// let step = Step::unpack("Get Node", "/h/.pyve/cache/node.tar.gz", archive, "/h/.pyve/bin/node-20.1.0").fetched(download);
    /// assert!(step.download.is_some());
    /// ```
    pub fn fetched(mut self, download: Download) -> Self {
        self.download = ROption::RSome(download);
        self
    }

    /// Names, for [`Step::unpack`], a program of the archive that is run in the unpacked tree before that takes its place, to
    /// write the final path where it is needed. Its path is relative to the tree; where it fails, nothing is left of the tree.
    ///
    /// ```
    /// use pyve_plugin_api::{Archive, Command, Step};
    /// let archive = Archive::tar_gz(&"0".repeat(64), 200_000_000);
    /// let relocate = Command::new("bin/relocate").arg("/p/.tool");
    /// let step = Step::unpack("Unpack the tool", ".pyve/bin/tool.tar.gz", archive, "/p/.tool").settled_by(relocate);
    /// assert!(step.command.is_some());
    /// ```
    pub fn settled_by(mut self, command: Command) -> Self {
        self.command = ROption::RSome(command);
        self
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
    ///
    /// No ends the plan. `--yes` answers it; where nobody can be asked, as in CI, the answer is no.
    pub fn confirm(title: &str, question: &str) -> Self {
        Self { contents: question.as_bytes().to_vec().into(), ..Self::of(StepKind::CONFIRM, title, OsText::new()) }
    }

    /// Makes yes the answer of an empty line, and of nobody: for what harms nothing, so that the plan goes on in CI.
    pub fn default_yes(mut self) -> Self {
        self.default_yes = true;
        self
    }

    /// Asks `question`, and takes the steps of the choice. With `--yes`, and where nobody can be asked, that is the first.
    ///
    /// ```
    /// use pyve_plugin_api::{Consent, Recipe, Step};
    /// let cpu = Recipe::new("cpu", "For the processor", Consent::CONFIRM);
    /// let cuda = Recipe::new("cuda", "For CUDA", Consent::CONFIRM);
    /// let step = Step::choose("Variant", "Which build of PyTorch?", [cpu, cuda]);
    /// assert_eq!(step.choices[0].id, "cpu");
    /// ```
    pub fn choose(title: &str, question: &str, choices: impl IntoIterator<Item = Recipe>) -> Self {
        Self {
            contents: question.as_bytes().to_vec().into(),
            choices: choices.into_iter().collect(),
            ..Self::of(StepKind::CHOOSE, title, OsText::new())
        }
    }

    /// This step and those within it: the steps of each of its choices.
    pub fn with_inner(&self) -> Vec<&Step> {
        let inner = self.choices.iter().flat_map(|choice| choice.steps.iter().flat_map(Step::with_inner));
        std::iter::once(self).chain(inner).collect()
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
