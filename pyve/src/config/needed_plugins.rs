//! The plugins that a project needs, and where each is to be had.

use std::path::PathBuf;

use pyve_plugin_api::OsText;

/// What this pyve was built for, and so the plugins that it can open.
pub const TARGET: &str = env!("PYVE_TARGET");

/// The targets that plugins are built for, by their names in Rust; beside them [`TARGET`].
pub const TARGETS: [&str; 16] = [
    "aarch64-apple-darwin",
    "aarch64-pc-windows-msvc",
    "aarch64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "armv7-unknown-linux-gnueabihf",
    "i686-unknown-linux-gnu",
    "loongarch64-unknown-linux-gnu",
    "powerpc64le-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "s390x-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-freebsd",
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
];

/// A plugin that a project needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededPlugin {
    pub id: String,
    /// Where it is named: `.pyve/config:7`.
    pub origin: String,
    pub source: Option<PluginSource>,
    /// The SHA-256 of the file, for this target if it is said for each.
    pub sha256: Option<String>,
}

/// Where a plugin is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginSource {
    Url(String),
    /// A file of the project, absolute; whether links lead out of it again nobody has looked.
    File(PathBuf),
}

impl PluginSource {
    /// As the last word of a command.
    pub fn word(&self) -> OsText {
        match self {
            Self::Url(url) => url.as_str().into(),
            Self::File(path) => path.as_path().into(),
        }
    }
}
