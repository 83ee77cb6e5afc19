//! Whether the bash tool made a project.

use crate::config::Config;
use crate::files::envrc;
use crate::project::Layout;
use pyve_formats::pyve_toml;

/// The first major version of pyve that is no bash tool.
const FIRST: u64 = 4;

/// The file that says so, with the line where that is known; none in a project of others.
pub fn sign(layout: &Layout, config: Option<&Config>) -> Option<String> {
    let version = config.and_then(Config::pyve_version).filter(|said| is_version(&said.value));
    if let Some(said) = version {
        return Some(said.origin);
    }
    if envrc::is_of_bash_pyve(layout.root()).unwrap_or(false) {
        return Some(envrc::FILE.to_owned());
    }
    layout.root().join(pyve_toml::NAME).is_file().then(|| pyve_toml::NAME.to_owned())
}

/// Whether a `pyve_version` is the bash tool's: `"0.8.7"`, `"3.2.1"`.
fn is_version(version: &str) -> bool {
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u64>().ok());
    major.is_some_and(|major| major < FIRST)
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_of_the_bash_tool_are_below_4() {
        assert!(["0.8.7", "1.5.4", "v2.0.0", "3.2.10", "3"].into_iter().all(is_version));
        assert!(!["4.0.0", "10.1", "", "x", env!("CARGO_PKG_VERSION")].into_iter().any(is_version));
    }
}
