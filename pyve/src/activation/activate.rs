//! Entering: from the launch of an environment to what the shell has to do.

use pyve_formats::sorted;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use pyve_plugin_api::{Launch, OsText};

use super::changes::{Pairs, between, followed_by};
use super::code::{Statement, become_those};
use super::shells::Shell;
use super::undo::{self, Undo, packed, unpacked};
use super::{by_directory, changes, deactivate};
use crate::caller::Caller;
use crate::environments;
use crate::failure::Failure;
use crate::launch::{self, Prepared, Variables, is_shells_own};
use crate::project::Layout;

/// An environment that is to be entered.
pub struct Activating<'a> {
    pub caller: &'a Caller,
    pub layout: &'a Layout,
    pub prepared: &'a Prepared,
    pub shell: &'a dyn Shell,
    /// What the prompt shows; `None` where it is to show nothing.
    pub prompt: Option<String>,
    /// Whether it is entered with the directory, and left so again.
    pub by_directory: bool,
    /// Whether the variables of the project's `.env` are set as well.
    pub dotenv: bool,
    /// The arguments of pyve with which the shell comes back here once it has left the environment that it is in.
    pub again: Vec<OsString>,
    /// The arguments of pyve for when the scripts have run.
    pub after_scripts: Vec<OsString>,
}

/// What the shell has to do. Where the environment that is left has scripts of its own, they run first, and the shell
/// comes back.
pub fn activate(activating: &Activating<'_>) -> Result<Vec<Statement>, Failure> {
    let caller = activating.caller;
    let active = Undo::of(caller)?;
    // What cannot be entered is told before the other one is left.
    let (inside, scripts) = inside(activating, &baseline(caller, active.as_ref()))?;
    if let Some(active) = &active {
        let ending = activating.shell.script_ending();
        if ending.is_some() && (active.sourced || !active.scripts(ending).is_empty()) {
            let mut statements = deactivate::deactivate(caller, activating.shell)?;
            statements.push(Statement::Evaluate { arguments: activating.again.clone(), input: String::new() });
            return Ok(statements);
        }
    }
    let before = baseline(caller, active.as_ref());
    let changes = between(before.variables(), &inside);
    let launch = &activating.prepared.launch;
    // A shell that did not run the scripts for entering does not run those for leaving.
    let by_itself = own_scripts(launch, activating.shell).is_some();
    let folders = if by_itself { launch::leaving_folders(launch) } else { Vec::new() };
    let mut wanted = Variables(inside);
    wanted.set(undo::VARIABLE, OsStr::new(&Undo::new(folders, !scripts.is_empty(), changes).text()));
    let mut statements = become_those(&caller.variables().to_vec(), &wanted.0);
    if !scripts.is_empty() {
        let input = packed(&Snapshot::of(&wanted.0));
        statements.push(Statement::Source { scripts, leaving: false });
        statements.push(Statement::Evaluate { arguments: activating.after_scripts.clone(), input });
    }
    Ok(statements)
}

/// The caller as it was before the environment was entered that is active in its shell.
fn baseline(caller: &Caller, active: Option<&Undo>) -> Caller {
    match active {
        Some(active) => caller.having(active.restored(caller.variables())),
        None => caller.clone(),
    }
}

/// The variables inside, and the scripts that the shell has yet to run there.
fn inside(activating: &Activating<'_>, before: &Caller) -> Result<(Pairs, Vec<PathBuf>), Failure> {
    let Activating { layout, prepared, shell, .. } = activating;
    let prefix = prepared.recorded.prefix.path();
    let whole = &prepared.launch;
    let for_shell = whole.shell.as_ref().into_option().map(|launch| &**launch);
    enterable(whole)?;
    let scripts =
        own_scripts(whole, *shell).filter(|_| for_shell.is_some() || whole.source_scripts).unwrap_or_default();
    let mut inside = match for_shell {
        Some(launch) if !scripts.is_empty() || !whole.wrapper.is_empty() => launch::unsourced(before, layout, launch),
        _ if !scripts.is_empty() => launch::unsourced(before, layout, whole),
        _ => launch::enter(before, layout, &prefix, whole)?,
    };
    if activating.dotenv && prepared.dotenv {
        launch::dotenv::add(&mut inside, before, layout);
    }
    let mut variables = Variables(inside.variables);
    variables.set(environments::ACTIVE, &environments::active_value(&prepared.environment, layout.root()));
    variables.set("PYVE_BACKEND", OsStr::new(&prepared.backend));
    variables.set("PYVE_ENV_NAME", OsStr::new(prepared.recorded.name.as_str()));
    if activating.by_directory {
        variables.set(by_directory::VARIABLE, layout.root().as_os_str());
    }
    match &activating.prompt {
        Some(prompt) => variables.set("PYVE_PROMPT_PREFIX", OsStr::new(prompt)),
        None => drop(variables.remove("PYVE_PROMPT_PREFIX")),
    }
    Ok((variables.0, scripts))
}

/// Refuses an environment in which commands are started by another one, unless its backend says how a shell is in it.
fn enterable(launch: &Launch) -> Result<(), Failure> {
    match launch.wrapper.first().filter(|_| launch.shell.is_none()) {
        None => Ok(()),
        Some(word) => Err(Failure::new("this environment cannot be activated")
            .detail(format!("its commands are started with `{}`", word.display()))
            .remedy("run single commands in it")
            .command(["pyve", "run", "CMD"])),
    }
}

/// The activation scripts that this shell runs itself: the launch's, or those beside them that are written for it. `None`
/// where a script has none of its name beside it: then all are run by another shell, as `pyve run` has it.
fn own_scripts(launch: &Launch, shell: &dyn Shell) -> Option<Vec<PathBuf>> {
    let all: Vec<PathBuf> = launch.scripts.iter().map(|script| script.path().into_owned()).collect();
    let ending = shell.script_ending()?;
    let has_ending = |path: &PathBuf| path.extension().is_some_and(|extension| extension == ending);
    if all.iter().all(has_ending) {
        return Some(all);
    }
    if !all.iter().all(|script| script.with_extension(ending).is_file()) {
        return None;
    }
    let mut folders: Vec<PathBuf> = all.iter().filter_map(|script| script.parent()).map(PathBuf::from).collect();
    folders.dedup();
    let entries = folders.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten();
    let mut own: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| has_ending(path) && path.is_file()).collect();
    sorted::by(&mut own, Ord::cmp);
    Some(own)
}

/// Variables as they were before scripts ran.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Snapshot(Vec<(OsText, OsText)>);

impl Snapshot {
    pub fn of(variables: &[(OsString, OsString)]) -> Self {
        Self(variables.iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// What came through standard input.
    pub fn read(input: &str) -> Result<Pairs, Failure> {
        let snapshot: Option<Self> = unpacked(input);
        let pair = |(name, value): (OsText, OsText)| (name.os_str().into_owned(), value.os_str().into_owned());
        snapshot.map(|snapshot| snapshot.0.into_iter().map(pair).collect()).ok_or_else(|| {
            Failure::new("invalid input: not what `pyve` gave the shell")
                .remedy("leave `--after-scripts` to the code that `pyve activate` and `pyve deactivate` print")
        })
    }
}

/// Takes what the scripts changed since the snapshot into the undo record.
pub fn after_scripts(caller: &Caller, input: &str) -> Result<Vec<Statement>, Failure> {
    let before = Snapshot::read(input)?;
    let Some(mut undo) = Undo::within(&before)? else { return Ok(Vec::new()) };
    let mut by_scripts = between(&before, caller.variables());
    by_scripts
        .retain(|change: &changes::Change| !is_shells_own(OsStr::new(&change.name)) && change.name != undo::VARIABLE);
    undo.changes = followed_by(undo.changes, by_scripts);
    Ok(vec![Statement::Set { name: undo::VARIABLE.to_owned(), value: undo.text().into() }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_that_only_starts_commands_is_not_entered() {
        let wrapped = Launch { wrapper: vec!["/e/tool".into(), "exec".into()].into(), ..Launch::new() };
        let failure = enterable(&wrapped).unwrap_err();
        assert_eq!(failure.message, "this environment cannot be activated");
        assert_eq!(failure.details, ["its commands are started with `/e/tool`"]);
        assert_eq!(failure.remedy.to_string(), "run single commands in it: `pyve run CMD`");
        assert!(enterable(&wrapped.shell(Launch::new())).is_ok() && enterable(&Launch::new()).is_ok());
    }
}
