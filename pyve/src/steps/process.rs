//! A planned command as a process of the operating system.

use std::path::Path;
use std::process::Command as Process;

use pyve_plugin_api::Command;

use crate::caller::Caller;
use crate::failure::Failure;
use crate::files::ownership;

/// What sets the umask of a program: a process's own is that of all its threads.
#[cfg(unix)]
const SHELL: &str = "/bin/sh";

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
    check_tool(&command.program.path(), caller)?;
    let mut process = program_under(command, umask);
    process.args(command.args.iter().map(|arg| arg.os_str().into_owned()));
    process.env_clear().envs(caller.variables().iter().map(|(name, value)| (name, value)));
    for name in &command.unset {
        process.env_remove(name.as_str());
    }
    for variable in &command.set {
        process.env(variable.name.as_str(), variable.value.os_str());
    }
    process.current_dir(project.join(command.folder.path()));
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

/// Whether programs can be started under another umask.
pub fn can_set_umask() -> bool {
    #[cfg(unix)]
    return crate::host::is_program(Path::new(SHELL));
    #[cfg(not(unix))]
    true
}

#[cfg(unix)]
fn program_under(command: &Command, umask: Option<u32>) -> Process {
    let program = command.program.os_str();
    // Of a program that is not there the system itself tells more than a shell would.
    match umask.filter(|_| crate::host::is_program(Path::new(&program))) {
        Some(umask) => {
            let mut process = Process::new(SHELL);
            process.args(["-c", &format!("umask {umask:03o} && exec \"$@\""), "sh"]).arg(program);
            process
        }
        None => Process::new(program),
    }
}

#[cfg(not(unix))]
fn program_under(command: &Command, _: Option<u32>) -> Process {
    Process::new(command.program.os_str())
}
