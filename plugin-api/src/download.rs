//! A file to fetch, and what it must be.

use abi_stable::StableAbi;
use abi_stable::std_types::{RString, RVec};
use serde::{Deserialize, Serialize};

use crate::extension::Extension;

/// What to fetch, and how to know that it is right.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Download {
    /// The URLs it can be fetched from, tried in order.
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
    /// `_URL`, one that ends in `_SHA256` instead gives the hash of what the mirror has; it counts beside it only. Where it
    /// ends in `_MIRROR`, the value is what the URLs begin with: the last two parts of their paths are looked for below it,
    /// then the last one.
    #[serde(skip_serializing_if = "RString::is_empty")]
    pub mirror_variable: RString,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
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
