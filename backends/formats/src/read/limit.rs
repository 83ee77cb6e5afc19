//! How large a file may be: generous for every real one of its kind, and still read in milliseconds.

use std::fmt;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// The size up to which a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit(u64);

impl Limit {
    /// Notes of a line or some: `pyvenv.cfg`, `INSTALLER`, a `PIN` or a marker that a tool leaves.
    pub const NOTE: Self = Self(64 * KIB);
    /// Settings that people write: `.pyve/config`, `.condarc`, `pip.conf`, `direnv.toml`.
    pub const SETTINGS: Self = Self(256 * KIB);
    /// What a version manager reads: `.python-version`, `.tool-versions`.
    pub const VERSION_FILE: Self = Self(MIB);
    /// `.env` and its templates.
    pub const DOTENV: Self = Self(MIB);
    /// Files of the user's in which a line or a block is pyve's: `.envrc`, `.gitignore`, a shell's rc file.
    pub const SHARED_FILE: Self = Self(MIB);
    /// Scripts of a shell that an environment brings, and those that start a program.
    pub const SCRIPT: Self = Self(MIB);
    /// Files that say what a project needs: `requirements.txt`, `pyproject.toml`, `environment.yml`, `Pipfile`.
    pub const PROJECT: Self = Self(16 * MIB);
    /// What lock tools write, with a hash for every file: `conda-lock.yml`, `pylock.toml`, `uv.lock`.
    pub const LOCK: Self = Self(32 * MIB);
    /// What is installed, as its installer tells it: `METADATA`, `RECORD`, `direct_url.json`, `conda-meta/*.json`.
    pub const METADATA: Self = Self(64 * MIB);
    /// What pyve itself wrote down: records, manifests, inventories, captured environments.
    pub const RECORD: Self = Self(16 * MIB);
    /// Programs and libraries that are hashed or copied.
    pub const PROGRAM: Self = Self(1024 * MIB);
    /// Only for a file that is not read whole.
    pub const ANY_SIZE: Self = Self(u64::MAX);

    /// A limit that no constant here has.
    pub const fn of_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes that is.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&size(self.0))
    }
}

/// A size in the unit that people would use.
pub(super) fn size(bytes: u64) -> String {
    for (unit, name) in [(1024 * MIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")] {
        if bytes >= unit {
            // Tenths, rounded down; a whole number has none.
            let (whole, tenths) = (bytes / unit, bytes % unit * 10 / unit);
            return if tenths == 0 { format!("{whole} {name}") } else { format!("{whole}.{tenths} {name}") };
        }
    }
    format!("{bytes} bytes")
}
