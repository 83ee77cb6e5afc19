//! An archive to unpack, and what it must be.

use abi_stable::StableAbi;
use abi_stable::std_types::RString;
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::open_enum::open_enum;

open_enum! {
    /// How an archive is packed. The host refuses one that it does not know.
    ArchiveKind {
        /// A tar, as it is.
        TAR = 1, "tar";
        /// A tar, compressed with gzip: `.tar.gz`, `.tgz`.
        TAR_GZ = 2, "tar.gz";
    }
}

/// What an archive must be before anything of it is unpacked, and how it is.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Archive {
    /// How it is packed.
    pub kind: ArchiveKind,
    /// The SHA-256 of the archive in lower-case hex; it is compared before the archive is read.
    pub sha256: RString,
    /// The most bytes that all its files may have together, unpacked.
    pub size_limit: u64,
    /// How many leading parts of each name are left out, as with `tar --strip-components`.
    #[serde(skip_serializing_if = "is_zero")]
    pub strip_components: u32,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Archive {
    /// An archive of this kind and hash, whose files have at most `size_limit` bytes together.
    pub fn new(kind: ArchiveKind, sha256: &str, size_limit: u64) -> Self {
        Self { kind, sha256: sha256.into(), size_limit, ..Self::default() }
    }

    /// A tar that is compressed with gzip.
    pub fn tar_gz(sha256: &str, size_limit: u64) -> Self {
        Self::new(ArchiveKind::TAR_GZ, sha256, size_limit)
    }

    /// Leaves out the first `count` parts of each name.
    pub fn strip_components(mut self, count: u32) -> Self {
        self.strip_components = count;
        self
    }
}
