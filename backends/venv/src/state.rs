//! Whether what stands at the prefix is the environment that would be made now.

use std::path::Path;

use pyve_formats::python_version::VersionRequest;
use pyve_formats::pyvenv_cfg::Cfg;
use pyve_plugin_api::{PrefixState, Request, Tool};

use crate::environment::{Environment, Sight, look};
use crate::fault::Fault;
use crate::tool;
use pyve_pythons::RequestedPython;

/// The state, and what was seen as half a sentence.
pub fn at(prefix: &Path, request: &Request, requested: &RequestedPython, tool: &Tool) -> (PrefixState, String) {
    match look(prefix, request) {
        Sight::Absent => (PrefixState::ABSENT, String::new()),
        Sight::Foreign(why) => (PrefixState::FOREIGN, why),
        Sight::Beginnings => (PrefixState::BROKEN, Fault::HalfMade.words()),
        Sight::Environment(environment) => match Fault::of(&environment, request) {
            Some(fault) => (PrefixState::BROKEN, fault.words()),
            None => {
                let made = format!("made with Python {}", environment.version());
                let state = if is_requested(&environment, requested, tool) {
                    PrefixState::USABLE
                } else {
                    PrefixState::OUTDATED
                };
                (state, made)
            }
        },
    }
}

/// Whether the environment at `prefix` has pip; one made on purpose without it is usable all the same.
pub fn has_pip(prefix: &Path) -> bool {
    Cfg::read(prefix).ok().flatten().is_some_and(|cfg| Environment { prefix: prefix.to_owned(), cfg }.has_pip())
}

/// A newer patch release that has been installed since is no reason to make an environment again;
/// a version that is not what the project asks for is.
fn is_requested(environment: &Environment, requested: &RequestedPython, tool: &Tool) -> bool {
    let Some(build) = environment.build() else { return false };
    if !requested.allows(&build.version) {
        return false;
    }
    requested.asks.is_empty()
        || requested.asks.iter().any(|ask| match ask.spec {
            VersionRequest::Named(_) | VersionRequest::Folder(_) | VersionRequest::System => {
                environment.version() == tool.version.as_str() && environment.is_pypy() == tool::is_pypy(tool)
            }
            _ => ask.spec.fits(&build),
        })
}
