//! A planned command as a process of the operating system.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use pyve_plugin_api::Command;

use crate::caller::Caller;
use crate::failure::Failure;
use crate::files::ownership;
use crate::sys;

/// What is not done with a tool that is refused.
const STARTED: &str = "started";

/// The process of a command: the caller's variables, and nothing else. Refused for a program of pyve's own folders that
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

/// The folders of `~/.pyve` with programs in them that pyve starts.
const PROGRAMS: [&str; 2] = ["bin", "pythons"];

/// What lies in pyve's own folders of programs is started only if nobody but this user and root can change it, as it is with
/// plugins: by itself, through a folder above it, or where a link leads. So is what a link from elsewhere leads to there, such
/// as the interpreter of an environment.
pub fn check_tool(program: &Path, caller: &Caller) -> Result<(), Failure> {
    let Some(home) = caller.pyve_home() else { return Ok(()) };
    let Some(folder) = program.parent().filter(|_| program.is_absolute()) else { return Ok(()) };
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    // Where there is none, whoever starts it says what is wrong with it.
    let file = program.canonicalize().ok();
    let own: Vec<PathBuf> = PROGRAMS.iter().filter_map(|name| home.join(name).canonicalize().ok()).collect();
    let is_own = |path: &Path| own.iter().any(|own| path.starts_with(own));
    let in_own_folder = is_own(&folder);
    if in_own_folder {
        ownership::check_within(program, &folder, STARTED)?;
    }
    match file.filter(|file| in_own_folder || is_own(file)) {
        Some(file) => ownership::check(&file, STARTED),
        None => Ok(()),
    }
}

/// The program of a command: one without a folder is looked for on PATH, but never in what is relative there.
fn program(command: &Command, caller: &Caller) -> PathBuf {
    let said = command.program.path().into_owned();
    if said.components().count() != 1 || said.is_absolute() {
        return said;
    }
    let found = caller.programs(&said).next();
    // Without a folder above it, it would be looked for once more.
    found.unwrap_or_else(|| Path::new("/nowhere").join(said))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

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

    #[test]
    fn a_program_of_pyves_own_that_others_could_change_is_not_started() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().canonicalize().unwrap();
        let caller = Caller::for_test(vec![("HOME".into(), place.clone().into())]);
        let program = |folder: &str| {
            let folder = place.join(".pyve").join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("python3"), "").unwrap();
            folder.join("python3")
        };
        let build = program("pythons/cpython-3.13.1/bin");
        let environment = place.join("project/bin");
        std::fs::create_dir_all(&environment).unwrap();
        let inside = environment.join("python");
        std::os::unix::fs::symlink(&build, &inside).unwrap();
        let open = place.join(".pyve/pythons");
        let set = |mode: u32| std::fs::set_permissions(&open, PermissionsExt::from_mode(mode)).unwrap();
        set(0o755);
        assert!(check_tool(&build, &caller).is_ok() && check_tool(&inside, &caller).is_ok());
        set(0o777);
        for program in [&build, &inside] {
            let failure = check_tool(program, &caller).unwrap_err();
            let (build, open) = (build.display(), open.display());
            assert_eq!(
                failure.message,
                format!("{build} is not started: the directory {open} can be changed by others (mode 777)")
            );
            assert_eq!(failure.remedy.to_string(), format!("run `chmod go-w {open}`"));
        }
        assert!(check_tool(&program("cache/tool"), &caller).is_ok(), "nothing is started there");
    }
}
