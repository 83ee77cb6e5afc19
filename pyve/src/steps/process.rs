//! A planned command as a process of the operating system.

use std::path::Path;
use std::process::Command as Process;

use pyve_plugin_api::Command;

use crate::caller::Caller;

/// The process of a command: the caller's variables, and nothing that a library may have changed.
pub fn process_of(command: &Command, caller: &Caller, project: &Path) -> Process {
    let mut process = Process::new(command.program.os_str());
    process.args(command.args.iter().map(|arg| arg.os_str().into_owned()));
    process.env_clear().envs(caller.variables().iter().map(|(name, value)| (name, value)));
    for name in &command.unset {
        process.env_remove(name.as_str());
    }
    for variable in &command.set {
        process.env(variable.name.as_str(), variable.value.os_str());
    }
    process.current_dir(project.join(command.folder.path()));
    process
}
