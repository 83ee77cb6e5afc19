//! Which program a command is: the environment's own first, then PATH; never quietly another one.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Launch, OwnCommand};

use super::environment::Inside;
use super::nearest::nearest;
use super::shebang;
use crate::failure::{Failure, exit};

/// The environment, as far as messages speak of it.
pub struct Home<'a> {
    /// How the user would write its folder: `.venv`.
    pub shown: &'a str,
    /// The interpreter inside; empty if there is none.
    pub interpreter: &'a Path,
    /// What it says of commands.
    pub launch: &'a Launch,
}

/// What is found under a path.
enum Sight {
    Nothing,
    Program,
    NotExecutable,
    Folder,
}

/// The program to execute, absolute unless the command is a path of its own.
pub fn resolve(command: &OsStr, inside: &Inside, home: &Home) -> Result<PathBuf, Failure> {
    if is_path(command) {
        return by_path(Path::new(command), inside, home);
    }
    if let Some(program) = in_own_folders(command, inside, home)? {
        return Ok(program);
    }
    if is_python(command) {
        return Err(no_python(command, home));
    }
    if let Some(own) = home.launch.own_commands.iter().find(|own| command == own.name.as_str()) {
        return Err(not_there(own, home));
    }
    on_path(command, inside, home)
}

fn is_path(command: &OsStr) -> bool {
    command.as_encoded_bytes().iter().any(|byte| std::path::is_separator(char::from(*byte)))
}

/// As the kernel would find it from the caller's folder.
fn by_path(path: &Path, inside: &Inside, home: &Home) -> Result<PathBuf, Failure> {
    match look(path) {
        Sight::Program => alive(path.to_owned(), inside, home),
        Sight::NotExecutable => Err(not_executable(path)),
        Sight::Folder => Err(a_folder(path)),
        Sight::Nothing => Err(match path.read_link() {
            Ok(target) => dangling(path, &target, inside),
            Err(_) => missing(path),
        }),
    }
}

/// What the environment has under that name is meant, even if it cannot be executed: the next one on
/// PATH would run in the wrong environment.
fn in_own_folders(command: &OsStr, inside: &Inside, home: &Home) -> Result<Option<PathBuf>, Failure> {
    for path in candidates(&inside.own, command) {
        match look(&path) {
            Sight::Program => return alive(path, inside, home).map(Some),
            Sight::NotExecutable => return Err(not_executable(&path)),
            Sight::Folder => {}
            Sight::Nothing => {
                if let Ok(target) = path.read_link() {
                    return Err(dangling(&path, &target, inside));
                }
            }
        }
    }
    Ok(None)
}

fn on_path(command: &OsStr, inside: &Inside, home: &Home) -> Result<PathBuf, Failure> {
    let mut refused = None;
    for path in candidates(&inside.others, command) {
        match look(&path) {
            Sight::Program => return alive(path, inside, home),
            Sight::NotExecutable => refused = refused.or(Some(path)),
            Sight::Folder | Sight::Nothing => {}
        }
    }
    Err(refused.map_or_else(|| not_found(command, inside, home), |path| not_executable(&path)))
}

#[cfg(not(windows))]
fn candidates(folders: &[PathBuf], command: &OsStr) -> impl Iterator<Item = PathBuf> {
    let command = if command.is_empty() { None } else { Some(command) };
    folders.iter().filter_map(move |folder| command.map(|command| folder.join(command)))
}

#[cfg(windows)]
fn candidates(folders: &[PathBuf], command: &OsStr) -> impl Iterator<Item = PathBuf> {
    folders.iter().flat_map(move |folder| {
        ["", ".exe", ".cmd", ".bat"].map(|ending| {
            let mut name = command.to_owned();
            name.push(ending);
            folder.join(name)
        })
    })
}

fn look(path: &Path) -> Sight {
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => Sight::Folder,
        Ok(metadata) if crate::sys::may_start(&metadata) => Sight::Program,
        Ok(_) => Sight::NotExecutable,
        Err(_) => Sight::Nothing,
    }
}

/// The program, unless it is a script whose interpreter is gone.
fn alive(path: PathBuf, inside: &Inside, home: &Home) -> Result<PathBuf, Failure> {
    let folders = inside.own.iter().chain(&inside.others).cloned();
    let Some(interpreter) = shebang::dead(&path, folders) else { return Ok(path) };
    let failure = Failure::new(format!("could not execute `{}`: its interpreter does not exist", path.display()))
        .detail(format!("its first line names `{interpreter}`, which does not exist"))
        .code(exit::RUN_NOT_EXECUTABLE);
    Err(if inside.owns(&path) {
        failure
            .detail(format!(
                "the environment at {} was created elsewhere, or what it was created from was removed",
                home.shown
            ))
            .remedy("recreate the environment")
            .command(["pyve", "init", "--force"])
    } else {
        failure.remedy("fix the first line of the script, or install what it asks for")
    })
}

fn dangling(path: &Path, target: &Path, inside: &Inside) -> Failure {
    let failure = Failure::new(format!("broken symbolic link: `{}`", path.display()))
        .detail(format!("its target `{}` does not exist", target.display()))
        .code(exit::RUN_NOT_EXECUTABLE);
    if inside.owns(path) {
        failure.remedy("recreate the environment").command(["pyve", "init", "--force"])
    } else {
        failure.remedy("recreate the link, or run another command")
    }
}

fn not_executable(path: &Path) -> Failure {
    Failure::new(format!("could not execute `{}`", path.display()))
        .detail("it is not marked as executable")
        .remedy("start it with its interpreter (`pyve run python FILE`), or mark it with `chmod +x`")
        .code(exit::RUN_NOT_EXECUTABLE)
}

fn a_folder(path: &Path) -> Failure {
    Failure::new(format!("could not execute `{}`", path.display()))
        .detail("it is a directory")
        .remedy("name a program")
        .code(exit::RUN_NOT_EXECUTABLE)
}

fn missing(path: &Path) -> Failure {
    Failure::new(format!("could not find `{}`", path.display()))
        .remedy("check the path; a relative one begins at the directory you are in")
        .code(exit::RUN_NOT_FOUND)
}

/// `python`, `python3`, `python3.12`: asked for here, they are the environment's or nothing.
fn is_python(command: &OsStr) -> bool {
    let rest = command.to_str().and_then(|name| name.strip_prefix("python"));
    rest.is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_digit() || letter == '.'))
}

fn no_python(command: &OsStr, home: &Home) -> Failure {
    let command = command.to_string_lossy();
    let failure = Failure::new(format!("the environment at {} has no {command}", home.shown)).code(exit::RUN_NOT_FOUND);
    let another = "a Python outside of it is not used unless you write its path";
    if home.interpreter.as_os_str().is_empty() {
        failure
            .detail(another)
            .remedy("add python to what the environment is created from, then update it")
            .command(["pyve", "init", "--update"])
    } else {
        failure
            .detail(format!("its interpreter is {}; {another}", home.interpreter.display()))
            .remedy("run `pyve run python`, or recreate the environment")
            .command(["pyve", "init", "--force"])
    }
}

/// The one of another environment would do its work there.
fn not_there(own: &OwnCommand, home: &Home) -> Failure {
    let name = &own.name;
    let failure = Failure::new(format!("the environment at {} has no {name}", home.shown))
        .detail(format!("a {name} outside of it acts on another environment; it is not used unless you write its path"))
        .code(exit::RUN_NOT_FOUND);
    match own.remedy.is_none() {
        true => failure.remedy(format!("add {name} to what the environment is created from")),
        false => failure.with_remedy(own.remedy.clone()),
    }
}

fn not_found(command: &OsStr, inside: &Inside, home: &Home) -> Failure {
    let name = command.to_string_lossy();
    let shown = if name.is_empty() { "''" } else { &name };
    let failure = Failure::new(format!("command not found: {shown}"))
        .detail(format!("it is neither in the environment at {} nor on PATH", home.shown))
        .code(exit::RUN_NOT_FOUND);
    match nearest(&name, &inside.own) {
        Some(near) => failure.remedy(format!("did you mean `{near}`?")),
        None if !home.launch.missing.is_none() => failure.with_remedy(home.launch.missing.clone()),
        None => failure
            .remedy("check the spelling; if a package brings it, add that package to the project and install it")
            .command(["pyve", "init", "--install-deps"]),
    }
}

#[cfg(all(test, unix))]
#[path = "resolve_tests.rs"]
mod tests;
