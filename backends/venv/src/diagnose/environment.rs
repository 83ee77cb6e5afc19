//! Whether the environment is there and fit for use.

use std::path::Path;

use pyve_plugin_api::{Command, Finding, Request};

use crate::environment::{Environment, Sight, look};
use crate::fault::Fault;
use crate::rebuild;

const SUBJECT: &str = "Environment";

/// There is none, or something else is in its place.
pub fn absent(prefix: &Path, request: &Request) -> Finding {
    let at = prefix.display();
    match look(prefix, request) {
        Sight::Beginnings => {
            let detail = format!("{at}: {}", Fault::HalfMade.words());
            Finding::error(Fault::HalfMade.id(), SUBJECT, &detail).remedy(&rebuild())
        }
        Sight::Foreign(why) => {
            let detail = format!("{at} {why}; pyve leaves it alone");
            let other = Command::new("pyve").args(["init", ".venv-pyve"]);
            Finding::error("venv.environment", SUBJECT, &detail).remedy(&other)
        }
        Sight::Absent | Sight::Environment(_) => {
            let detail = format!("there is none at {at}");
            Finding::error("venv.environment", SUBJECT, &detail).remedy(&Command::new("pyve").arg("init"))
        }
    }
}

/// It must be made again.
pub fn faulty(environment: &Environment, fault: &Fault) -> Finding {
    let detail = format!("{}: {}", environment.prefix.display(), fault.words());
    Finding::error(fault.id(), SUBJECT, &detail).remedy(&rebuild())
}

/// It can be used.
pub fn sound(environment: &Environment) -> Finding {
    Finding::ok("venv.environment", SUBJECT, &environment.prefix.display().to_string())
}
