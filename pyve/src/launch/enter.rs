//! Entering an environment: out of those that the caller is in, and into this one with all that its scripts do.

use std::path::{Path, PathBuf};

use pyve_plugin_api::Launch;

use super::environment::{Inside, Variables, inside};
use super::outer;
use super::sourced::Scripts;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::project::Layout;

/// What a command of the environment at `prefix` is started with.
pub fn enter(caller: &Caller, layout: &Layout, prefix: &Path, launch: &Launch) -> Result<Inside, Failure> {
    let entered = unsourced(caller, layout, launch);
    if !launch.source_scripts {
        return Ok(entered);
    }
    let scripts: Vec<PathBuf> = launch.scripts.iter().map(|script| script.path().into_owned()).collect();
    let inputs: Vec<PathBuf> = launch.inputs.iter().map(|input| input.path().into_owned()).collect();
    let scripts = Scripts { caller, layout, prefix, scripts: &scripts, inputs: &inputs, silent: false };
    let effects = scripts.effects(&entered.variables)?;
    Ok(entered.after(&effects))
}

/// The same for a shell that sources the launch's scripts itself.
pub fn unsourced(caller: &Caller, layout: &Layout, launch: &Launch) -> Inside {
    if launch.outer.iter().all(|outer| caller.nonempty(&outer.prefix).is_none()) {
        inside(caller.variables(), launch)
    } else {
        let mut variables = Variables(caller.variables().to_vec());
        let relay = outer::leave(caller, layout, &launch.outer, &mut variables);
        inside(&variables.0, launch).relayed(relay)
    }
}
