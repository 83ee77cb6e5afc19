//! The answer to "how is the environment made?".

use std::path::Path;

use pyve_formats::pyvenv_cfg::Cfg;
use pyve_plugin_api::{Command, Creation, Error, Host, Level, PrefixState, Request, Result, Step, Tool};

use crate::dependencies::Target;
use crate::lock::Locked;
use crate::wanted::Wanted;
use crate::{asdf, dependencies, layout, prefix, prepared, state, tool};
use pyve_pip::Pip;
use pyve_pythons::{RequestedPython, home};

/// Variables under which `python -m venv` would make something else, or nothing. pip's own are not
/// among them: ensurepip takes them away by itself.
const UNSET: [&str; 12] = [
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "PYTHONEXECUTABLE",
    "PYTHONINSPECT",
    "PYTHONIOENCODING",
    "PYTHONOPTIMIZE",
    "PYTHONPYCACHEPREFIX",
    "PYTHONWARNINGS",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
];

/// What makes the same as `python -m venv`, where it can, in a fifth of the time.
const FAST_PATH: &str = include_str!("fast_path.py");

pub fn plan(request: &Request, python: &Tool, host: &dyn Host) -> Result<Creation> {
    let prefix = prefix::prefix(request)?;
    refuse_separator(&prefix)?;
    let requested = RequestedPython::read(request, home(host).as_deref())?;
    let (state, seen) = state::at(&prefix, request, &requested, python);
    if ![PrefixState::USABLE, PrefixState::OUTDATED].contains(&state) {
        refuse_odd_letters(&prefix)?;
    }
    let mut creation = Creation::new(&name(&request.project()), &prefix)
        .state(state, &seen)
        .step(making(request, python, &prefix))
        .interpreter(layout::interpreter(&prefix));
    if let Some(other) = tool::of_environment(&prefix, state, request, python) {
        creation = creation.made_with(other);
    }
    let wanted = Wanted::read(request, host)?;
    wanted.gone.iter().for_each(|gone| host.log(Level::WARNING, gone));
    let locked = Locked::read(request, &wanted, host)?;
    let lock = locked.iter().map(|locked| (locked.file.clone(), locked.sha256.clone()));
    for (file, sha256) in dependencies::specs(&request.project(), &wanted)?.into_iter().chain(lock) {
        creation = creation.spec(file.as_str(), &sha256);
    }
    let asdfs = asdf::manages(creation.made_with.as_ref().unwrap_or(python));
    let without_pip = state == PrefixState::USABLE && !state::has_pip(&prefix);
    let pip = Pip::of(&layout::interpreter(&prefix), &prefix, &request.project(), request.offline, host);
    let (prefix, project) = (prefix.as_path(), request.project());
    let target = Target { project: &project, prefix, without_pip, asdfs, pip: &pip, locked: locked.as_ref() };
    Ok(creation.dependencies(dependencies::recipe(&target, &wanted)))
}

/// Cloned from what Python made once where that is the same, else made by Python itself. One that sees the system's packages
/// goes on seeing them.
fn making(request: &Request, tool: &Tool, prefix: &Path) -> Step {
    const TITLE: &str = "Create the virtual environment";
    if Cfg::read(prefix).ok().flatten().is_some_and(|cfg| cfg.sees_system) {
        return Step::run(TITLE, python(tool, &["-I", "-m", "venv", "--system-site-packages"]).arg(prefix));
    }
    match request.home().and_then(|home| prepared::source(tool, &home, prefix)) {
        Some(source) => {
            let step = Step::clone_tree(TITLE, &source, command(tool, &source), prefix);
            step.fast_path(python(tool, &["-I", "-c", FAST_PATH]).arg(&source))
        }
        None => Step::run(TITLE, command(tool, prefix)),
    }
}

/// Isolated (`-I`), since a `random.py` in the project would take the place of Python's own.
fn command(tool: &Tool, prefix: &Path) -> Command {
    python(tool, &["-I", "-m", "venv"]).arg(prefix)
}

fn python(tool: &Tool, args: &[&str]) -> Command {
    let command = Command::new(&tool.path).args(args.iter().copied());
    UNSET.iter().fold(command, |command, name| command.env_remove(name))
}

pub fn name(project: &Path) -> String {
    project.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Python writes the path into `pyvenv.cfg`, whose text is UTF-8, and fails half way where it is not.
fn refuse_odd_letters(prefix: &Path) -> Result<()> {
    if prefix.to_str().is_some() {
        return Ok(());
    }
    let message = format!("Python cannot create an environment at `{}`: the path is not UTF-8", prefix.display());
    Err(Error::new(message).hint("rename the directory whose name is not UTF-8"))
}

/// An environment whose path holds the separator of PATH can never be on PATH.
fn refuse_separator(prefix: &Path) -> Result<()> {
    if std::env::join_paths([prefix]).is_ok() {
        return Ok(());
    }
    let separator = if cfg!(windows) { ';' } else { ':' };
    let message = format!(
        "no environment can be used in `{}`: `{separator}` separates the directories of PATH",
        prefix.display()
    );
    Err(Error::new(message).hint(format!("rename the directory so that it has no `{separator}` in it")))
}
