//! What an environment file asks for, in the model that a lock's hash is made of.

use super::json::Json;

/// Who installs a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manager {
    /// conda, mamba or micromamba.
    Conda,
    /// pip.
    Pip,
}

impl Manager {
    /// As a lock file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Conda => "conda",
            Self::Pip => "pip",
        }
    }
}

/// A package that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Who installs it.
    pub manager: Manager,
    /// In lower case.
    pub name: String,
    /// Of the file that asks for it.
    pub category: String,
    /// Sorted.
    pub extras: Vec<String>,
    /// As it is written; what is not wanted on the platform is left out before.
    pub markers: Option<String>,
    /// Which of its kind.
    pub wanted: Wanted,
}

/// Which package of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One of a version.
    Version {
        /// Empty for any of conda's, `*` for any of pip's.
        version: String,
        /// A pattern of builds.
        build: Option<String>,
        /// As conda names it.
        channel: Option<String>,
        /// `sha256:…`.
        hash: Option<String>,
    },
    /// The one at an address.
    Url {
        /// Without its fragment.
        url: String,
        /// `sha256:…`, or empty.
        hash: String,
    },
    /// One in a repository of git's.
    Git {
        /// Its address.
        source: String,
        /// A tag, branch or commit.
        rev: Option<String>,
        /// Where in it.
        subdirectory: Option<String>,
    },
    /// One in a file or directory.
    Path {
        /// As it is written.
        path: String,
        /// Whether it is a directory now.
        is_directory: bool,
    },
    /// What conda-lock does not take, such as `-r FILE`: the line.
    Other(String),
}

impl Dependency {
    pub(super) fn new(manager: Manager, name: &str, category: &str) -> Self {
        let wanted = Wanted::Version {
            version: if manager == Manager::Pip { "*".to_owned() } else { String::new() },
            build: None,
            channel: None,
            hash: None,
        };
        let (name, category) = (name.to_owned(), category.to_owned());
        Self { manager, name, category, extras: Vec::new(), markers: None, wanted }
    }

    /// Written as `*`, not left empty.
    pub(super) fn of_any_version(self) -> Self {
        let wanted = Wanted::Version { version: "*".to_owned(), build: None, channel: None, hash: None };
        Self { wanted, ..self }
    }

    /// A line that conda-lock does not take.
    pub(super) fn other(manager: Manager, line: &str, category: &str) -> Self {
        Self { wanted: Wanted::Other(line.to_owned()), ..Self::new(manager, line, category) }
    }

    /// `numpy >=1.26`, for a list that shows what changed.
    pub fn shown(&self) -> String {
        let extras = if self.extras.is_empty() { String::new() } else { format!("[{}]", self.extras.join(",")) };
        let wanted = match &self.wanted {
            Wanted::Version { version, build, channel, hash } => {
                let channel = channel.iter().map(|channel| format!("from {channel}"));
                let parts =
                    [Some(version.clone()).filter(|it| !it.is_empty() && it != "*"), build.clone(), hash.clone()];
                parts.into_iter().flatten().chain(channel).collect::<Vec<_>>().join(" ")
            }
            Wanted::Url { url, .. } => format!("@ {url}"),
            Wanted::Git { source, rev, .. } => format!("@ {source} {}", rev.as_deref().unwrap_or_default()),
            Wanted::Path { path, .. } => format!("@ {path}"),
            Wanted::Other(_) => String::new(),
        };
        let marker = self.markers.as_ref().map(|marker| format!(" ; {marker}")).unwrap_or_default();
        let named = format!("{}{extras} {wanted}", self.name);
        format!("{}{marker}", named.trim_end())
    }

    pub(super) fn to_json(&self) -> Json {
        let list = |texts: &[String]| Json::List(texts.iter().map(|text| Json::text(text)).collect());
        let mut entries = vec![
            ("name", Json::text(&self.name)),
            ("manager", Json::text(self.manager.name())),
            ("category", Json::text(&self.category)),
            ("extras", list(&self.extras)),
        ];
        entries.extend(self.markers.as_ref().map(|marker| ("markers", Json::text(marker))));
        let optional = |text: &Option<String>| Json::optional(text.as_deref());
        match &self.wanted {
            Wanted::Version { version, build, channel, hash } => entries.extend([
                ("version", Json::text(version)),
                ("build", optional(build)),
                ("conda_channel", optional(channel)),
                ("hash", optional(hash)),
            ]),
            Wanted::Url { url, hash } => {
                entries.extend([("url", Json::text(url)), ("hashes", Json::List(vec![Json::text(hash)]))]);
            }
            Wanted::Git { source, rev, subdirectory } => {
                entries.extend([("source", Json::text(source)), ("vcs", Json::text("git")), ("rev", optional(rev))]);
                entries.extend(subdirectory.as_ref().map(|it| ("subdirectory", Json::text(it))));
            }
            Wanted::Path { path, is_directory } => {
                entries.extend([("path", Json::text(path)), ("is_directory", Json::Bool(*is_directory))]);
            }
            Wanted::Other(line) => entries.push(("line", Json::text(line))),
        }
        Json::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

/// `linux-64` as its system and its machine.
pub(super) fn split_platform(platform: &str) -> (&str, &str) {
    platform.split_once('-').unwrap_or((platform, ""))
}
