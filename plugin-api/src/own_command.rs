//! Commands that mean the environment they are typed in.

use abi_stable::StableAbi;
use abi_stable::std_types::RString;
use serde::{Deserialize, Serialize};

use crate::extension::Extension;
use crate::remedy::Remedy;

/// A command that acts on the environment that it belongs to, such as its installer of packages: where the environment has
/// none, one of the same name elsewhere on PATH would change another environment, and is not started.
///
/// ```
/// use pyve_plugin_api::{Launch, OwnCommand, Remedy};
/// let moss = OwnCommand::new("moss", Remedy::text("add moss to moss.toml"));
/// assert_eq!(Launch::new().own_command(moss).own_commands[0].name, "moss");
/// ```
#[repr(C)]
#[derive(StableAbi, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnCommand {
    /// The program's name.
    pub name: RString,
    /// How the environment gets one.
    #[serde(skip_serializing_if = "Remedy::is_none")]
    pub remedy: Remedy,
    /// Room to grow within API 1.
    #[serde(skip_serializing_if = "Extension::is_empty")]
    pub extension: Extension,
}

impl OwnCommand {
    /// A command, and how the environment gets it.
    pub fn new(name: &str, remedy: Remedy) -> Self {
        Self { name: name.into(), remedy, extension: Extension::new() }
    }
}
