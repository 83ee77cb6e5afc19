//! The variables of the project's `.env` for a command: those that the caller has not set.

use pyve_formats::read::{self, Limit};

use super::environment::{Inside, Variables};
use crate::caller::Caller;
use crate::files::{dotenv, dotenv_text};
use crate::project::Layout;

/// Adds what `.env` says. A file that cannot be read, or is no file, says nothing: `pyve doctor` tells of it.
pub fn add(inside: &mut Inside, caller: &Caller, layout: &Layout) {
    let path = layout.root().join(dotenv::FILE);
    // As a rule there is none, or an empty one.
    if !path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0) {
        return;
    }
    let Ok(Some(text)) = read::bytes(&path, Limit::DOTENV) else { return };
    let mut variables = Variables(std::mem::take(&mut inside.variables));
    for (name, value) in dotenv_text::parse(&text, |name| caller.variable(name).map(ToOwned::to_owned)).variables {
        if caller.variable(&name).is_none() {
            variables.set(&name, &value);
        }
    }
    inside.variables = variables.0;
}
