//! Dependencies in one model for all backends: what one gives and another takes when a project moves.

use abi_stable::StableAbi;
use abi_stable::std_types::{ROption, RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::open_enum::open_enum;
use crate::os_text::OsText;
use crate::step::Step;

open_enum! {
    /// Whose names and versions a [`Requirement`] speaks in.
    Ecosystem {
        /// Python's own packages, as pip knows them; versions by PEP 440.
        PYPI = 1, "pypi";
        /// Packages of conda's channels; versions by conda's MatchSpec.
        CONDA = 2, "conda";
    }
}

/// One thing that a project depends on.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirement {
    /// Its name in its own ecosystem.
    pub name: RString,
    /// Whose name that is.
    pub ecosystem: Ecosystem,
    /// The versions that fit, as the ecosystem writes them (`>=1.2,<2`, `=1.2`); empty: any.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub constraint: RString,
    /// Its extras.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub extras: RVec<RString>,
    /// The environments that it is for, as a PEP 508 marker; empty: all.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub marker: RString,
    /// The platform that it is for, as conda calls it (`linux-64`, `osx`); empty: all.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub platform: RString,
    /// Where it comes from, if not from the usual place: a URL, a path, `git+https://…`, a channel.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub source: RString,
    /// The build of conda's package, a pattern: `py312*`; empty: any.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub build: RString,
    /// The hashes that its files may have, as pip writes them: `sha256:…`; empty: any.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub hashes: RVec<RString>,
    /// Whether it is installed as it stands, so that edits in [`source`](Self::source) count at once (pip's `-e`).
    #[serde(skip_serializing_if = "is_false")]
    pub editable: bool,
    /// The file and line that it was read from: `requirements.txt:3`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub origin: RString,
    /// The file and line of the lock that the constraint is from: `pylock.toml:12`; empty where it is the declared one. See
    /// [`Request::from_lock`](crate::Request::from_lock).
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub locked: RString,
    /// What it is called in the other ecosystem by the table that the user named (`pyve migrate --name-map`), likeliest
    /// first; no name where the table says that there is none. None where it does not tell. Set by the host for `adopt`.
    #[serde(skip_serializing_if = "ROption::is_none")]
    pub counterparts: ROption<RVec<RString>>,
    /// The comments directly above it, a line each, without the `#`.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub comments_above: RVec<RString>,
    /// The comment behind it in the same line, without the `#`.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub comment: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Requirement {
    /// Any version of `name`.
    pub fn new(ecosystem: Ecosystem, name: &str) -> Self {
        Self { name: name.into(), ecosystem, ..Self::default() }
    }

    /// Says which versions fit.
    pub fn constraint(mut self, constraint: &str) -> Self {
        self.constraint = constraint.into();
        self
    }

    /// Adds an extra.
    pub fn extra(mut self, name: &str) -> Self {
        self.extras.push(name.into());
        self
    }

    /// Says for which environments it is.
    pub fn marker(mut self, marker: &str) -> Self {
        self.marker = marker.into();
        self
    }

    /// Says for which platform it is.
    pub fn platform(mut self, platform: &str) -> Self {
        self.platform = platform.into();
        self
    }

    /// Says where it comes from.
    pub fn source(mut self, source: &str) -> Self {
        self.source = source.into();
        self
    }

    /// Says where it was read.
    pub fn origin(mut self, origin: &str) -> Self {
        self.origin = origin.into();
        self
    }

    /// Says where the lock has the version that the constraint names.
    pub fn locked(mut self, origin: &str) -> Self {
        self.locked = origin.into();
        self
    }

    /// Says what it is called in the other ecosystem.
    pub fn counterparts<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.counterparts = ROption::RSome(names.into_iter().map(RString::from).collect());
        self
    }

    /// What the user's table calls it in the other ecosystem: see [`counterparts`](Self::counterparts).
    pub fn counterpart_names(&self) -> Option<Vec<&str>> {
        let names = self.counterparts.as_ref().into_option()?;
        Some(names.iter().map(|name| name.as_str()).collect())
    }

    /// Adds a comment that stands above it.
    pub fn comment_above(mut self, text: &str) -> Self {
        self.comments_above.push(text.into());
        self
    }

    /// Says the comment behind it.
    pub fn comment(mut self, text: &str) -> Self {
        self.comment = text.into();
        self
    }

    /// A line of a file of requirements, as pip and uv read it. One of conda's has to be translated before.
    ///
    /// ```
    /// use pyve_plugin_api::{Ecosystem, Requirement};
    /// let flask = Requirement::new(Ecosystem::PYPI, "flask").extra("async").constraint(">=3").marker("os_name == 'nt'");
    /// assert_eq!(flask.pip_line(), "flask[async]>=3 ; os_name == 'nt'");
    /// ```
    pub fn pip_line(&self) -> String {
        let Self { name, constraint, source, marker, hashes, .. } = self;
        let extras: Vec<&str> = self.extras.iter().map(|extra| extra.as_str()).collect();
        let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
        let mut line = match source.as_str() {
            "" => format!("{name}{extras}{constraint}"),
            source if self.editable => format!("-e {source}"),
            // What is no address stands for itself, and what names its package, too.
            source if name.is_empty() || !source.contains("://") || source.contains("#egg=") => source.to_owned(),
            source => format!("{name}{extras} @ {source}"),
        };
        if !marker.is_empty() {
            line += &format!(" ; {marker}");
        }
        hashes.iter().fold(line, |line, hash| format!("{line} --hash={hash}"))
    }
}

/// All that the files of one backend ask for.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirements {
    /// Each in the order of the files. What a file says of Python's own version is one named `python`.
    pub requirements: RVec<Requirement>,
    /// The versions of Python that fit, as PEP 440 writes them; empty: any.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub python: RString,
    /// Channels or package indexes, first one first.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub sources: RVec<RString>,
    /// Variables that the environment sets when it is entered.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub variables: RVec<crate::command::Variable>,
    /// Lines that are no requirement in this model, each with its place: `requirements.txt:9: --no-binary :all:`.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub others: RVec<RString>,
    /// The lock file that the versions are from, relative to the project's root; empty where they are the declared ones.
    #[serde(skip_serializing_if = "OsText::is_empty")]
    pub lock: OsText,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Requirements {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn requirement(mut self, requirement: Requirement) -> Self {
        self.requirements.push(requirement);
        self
    }
}

open_enum! {
    /// What becomes of a [`Requirement`] in another backend.
    Fate {
        /// It means the same there.
        CARRIED = 1, "carried";
        /// It is written otherwise, and means nearly the same; the reason says what differs.
        CHANGED = 2, "changed";
        /// There is none there.
        IMPOSSIBLE = 3, "impossible";
    }
}

/// One requirement on its way.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adopted {
    /// As it was.
    pub from: Requirement,
    /// What becomes of it.
    pub fate: Fate,
    /// As it is written there; empty where that is impossible.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub written: RString,
    /// Why it is changed or impossible, as half a sentence.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub reason: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Adopted {
    /// It is carried as `written`.
    pub fn carried(from: Requirement, written: &str) -> Self {
        Self { from, fate: Fate::CARRIED, written: written.into(), ..Self::default() }
    }

    /// It is written as `written`, and `reason` says what differs.
    pub fn changed(from: Requirement, written: &str, reason: &str) -> Self {
        Self { fate: Fate::CHANGED, reason: reason.into(), ..Self::carried(from, written) }
    }

    /// There is none.
    pub fn impossible(from: Requirement, reason: &str) -> Self {
        Self { from, fate: Fate::IMPOSSIBLE, reason: reason.into(), ..Self::default() }
    }
}

/// What is said beside the requirements, on its way: a channel or an index, a variable, another line.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdoptedLine {
    /// As it was: an entry of [`Requirements::sources`] or [`Requirements::others`], or a variable as `NAME=value`.
    pub from: RString,
    /// What becomes of it.
    pub fate: Fate,
    /// As it is written there; empty where that is impossible.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub written: RString,
    /// Why it is changed or impossible, as half a sentence.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub reason: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl AdoptedLine {
    /// It is carried as `written`.
    pub fn carried(from: &str, written: &str) -> Self {
        Self { from: from.into(), fate: Fate::CARRIED, written: written.into(), ..Self::default() }
    }

    /// It is written as `written`, and `reason` says what differs.
    pub fn changed(from: &str, written: &str, reason: &str) -> Self {
        Self { fate: Fate::CHANGED, reason: reason.into(), ..Self::carried(from, written) }
    }

    /// There is none.
    pub fn impossible(from: &str, reason: &str) -> Self {
        Self { fate: Fate::IMPOSSIBLE, reason: reason.into(), ..Self::carried(from, "") }
    }
}

/// How a backend takes over the dependencies of another one.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Adoption {
    /// What becomes of each requirement, in their order.
    pub adopted: RVec<Adopted>,
    /// What becomes of each channel or index, of each variable, and of each other line.
    #[serde(skip_serializing_if = "RVec::is_empty")]
    pub lines: RVec<AdoptedLine>,
    /// What writes the backend's files; a file that is there is never overwritten.
    pub steps: RVec<Step>,
    /// The files that are written, relative to the project's root: by the steps, or later as the environment is created, as a
    /// lock is.
    pub files: RVec<OsText>,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl Adoption {
    /// Nothing taken over yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what becomes of one requirement.
    pub fn adopted(mut self, adopted: Adopted) -> Self {
        self.adopted.push(adopted);
        self
    }

    /// Adds what becomes of a line that is no requirement.
    pub fn line(mut self, line: AdoptedLine) -> Self {
        self.lines.push(line);
        self
    }

    /// Writes one of the backend's files.
    pub fn write_file(mut self, title: &str, file: impl Into<OsText>, contents: impl AsRef<[u8]>) -> Self {
        let file = file.into();
        self.files.push(file.clone());
        self.steps.push(Step::write_file(title, file, contents));
        self
    }
}
