//! What was typed that the remedy of a failure repeats.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::context::Typed;
use crate::project::EnvironmentName;

/// The words of a command's line, `directories` being those of `-C`.
pub fn typed(directories: &[PathBuf], arguments: &ArgMatches) -> Typed {
    // A command that has no such option is none where it was typed.
    let text = |name: &str| arguments.try_get_one::<String>(name).ok().flatten().cloned();
    let environment = arguments.try_get_one::<EnvironmentName>("env").ok().flatten();
    Typed {
        directories: directories.to_vec(),
        backend: text("backend"),
        environment: environment.filter(|name| !name.is_default()).cloned(),
        python_version: text("python-version"),
        place: text("DIR"),
        no_direnv: arguments.try_get_one::<bool>("no-direnv").ok().flatten().copied().unwrap_or_default(),
    }
}
