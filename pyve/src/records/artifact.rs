//! What pyve made outside of `.pyve`, so that `purge` knows what it may remove.

use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use super::journal::Identity;

/// One thing made; paths are relative to the project's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Artifact {
    /// A whole file. With a hash it is pyve's as long as its content is still that.
    File { path: OsText, sha256: Option<String> },
    /// A marked block in a file; `created` says that there was no file before.
    Block { path: OsText, created: bool },
    /// A line in a file that others write too: the first word and the whole line as it was set, and what was in its
    /// place before: that line, or with an empty key the whole file.
    Line {
        path: OsText,
        key: String,
        line: String,
        created: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
    },
    /// An environment beside the one that the record is of: the folder that it was in before.
    Environment { path: OsText },
    /// A file or folder that the environment's steps made besides it; which one, as soon as it is there.
    Path { path: OsText, identity: Option<Identity> },
    /// Something that only a newer pyve knows.
    #[serde(other)]
    Unknown,
}
