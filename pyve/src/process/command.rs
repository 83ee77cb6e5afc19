//! A planned command as a process of the operating system.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use pyve_plugin_api::Command;

use super::program::programs;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::files::ownership;
use crate::sys;

/// What is not done with a tool that is refused.
const STARTED: &str = "started";

/// The process of a command: the caller's variables, and nothing else. Refused for a tool of pyve's own folder that
/// others could have changed.
pub fn process_of(command: &Command, caller: &Caller, project: &Path) -> Result<Process, Failure> {
    process_under(command, caller, project, None)
}

/// The same, under a umask of its own where one is given and a shell is there to set it.
pub fn process_under(
    command: &Command,
    caller: &Caller,
    project: &Path,
    umask: Option<u32>,
) -> Result<Process, Failure> {
    let program = program(command, caller);
    check_tool(&program, caller)?;
    let mut process = sys::program_under(&program, umask);
    process.args(command.args.iter().map(|arg| arg.os_str().into_owned()));
    process.env_clear().envs(caller.variables().iter().map(|(name, value)| (name, value)));
    // What is relative in PATH would mean the project, where the program works.
    if let Some(path) = caller.variable("PATH").filter(|path| std::env::split_paths(path).any(|it| !it.is_absolute())) {
        let absolute = std::env::split_paths(path).filter(|folder| folder.is_absolute());
        process.env("PATH", std::env::join_paths(absolute).unwrap_or_default());
    }
    for name in &command.env_remove {
        process.env_remove(name.as_str());
    }
    for variable in &command.env {
        process.env(variable.name.as_str(), variable.value.os_str());
    }
    process.current_dir(project.join(command.current_dir.path()));
    Ok(process)
}

/// What lies in pyve's own folder of tools is started only if nobody but this user and root can change it, as it is with
/// plugins: by itself, through a folder above it, or where a link leads.
pub fn check_tool(program: &Path, caller: &Caller) -> Result<(), Failure> {
    let Some(tools) = caller.pyve_home().map(|home| home.join("bin")) else { return Ok(()) };
    let Some(folder) = program.parent().filter(|_| program.is_absolute()) else { return Ok(()) };
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    if !tools.canonicalize().is_ok_and(|tools| folder.starts_with(tools)) {
        return Ok(());
    }
    ownership::check_within(program, &folder, STARTED)?;
    match program.canonicalize() {
        Ok(file) => ownership::check(&file, STARTED),
        // Whoever starts it says what is wrong with it.
        Err(_) => Ok(()),
    }
}

/// The program of a command: one without a folder is looked for on PATH, but never in what is relative there.
fn program(command: &Command, caller: &Caller) -> PathBuf {
    let said = command.program.path().into_owned();
    if said.components().count() != 1 || said.is_absolute() {
        return said;
    }
    let found = programs(&said, caller).next();
    // Without a folder above it, it would be looked for once more.
    found.unwrap_or_else(|| Path::new("/nowhere").join(said))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_where_path_is_absolute() {
        let project = tempfile::tempdir().unwrap();
        let trap = project.path().join("env");
        std::fs::write(&trap, "#!/bin/sh\necho trapped\n").unwrap();
        std::fs::set_permissions(&trap, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let caller = Caller::for_test(vec![("PATH".into(), ".::/usr/bin:/bin".into())]);
        let told = process_of(&Command::new("env"), &caller, project.path()).unwrap().output().unwrap();
        assert_eq!(String::from_utf8(told.stdout).unwrap(), "PATH=/usr/bin:/bin\n");
        let script = Command::new("/bin/sh").args(["-c", "env"]);
        let told = process_of(&script, &caller, project.path()).unwrap().output().unwrap();
        assert!(!String::from_utf8(told.stdout).unwrap().contains("trapped"));
        let nowhere = Caller::for_test(vec![("PATH".into(), ".".into())]);
        assert!(process_of(&Command::new("env"), &nowhere, project.path()).unwrap().output().is_err());
    }
}
