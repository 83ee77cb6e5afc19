//! Running in an environment that no record tells of: the backend says what stands, and trust decides.
//!
//! What was found is kept in pyve's own folder, sealed: nothing is written to a project that was never initialised.

use std::path::Path;

use pyve_formats::pyve_toml;
use pyve_plugin_api::{ExistingEnvironment, Marker, PrefixState as State, Recorded};
use serde::{Deserialize, Serialize};

use super::refresh::refresh;
use crate::bash_tool;
use crate::config::CommandLine;
use crate::context::{Asked, ProjectContext, Session};
use crate::failure::Failure;
use crate::files::unused;
use crate::process::BackendHost;
use crate::project::{EnvironmentName, Layout, no_project};
use crate::records::trust::{self, Basis, Candidate, Decision};
use crate::records::{self, Fingerprint, Folder, KeptLaunch, Record, Stamp, StateFile, all};

/// Where answers are kept in pyve's own folder.
const FOLDERS: [&str; 2] = ["cache", "inspected"];

/// An environment that stands and may be used.
pub struct Unrecorded {
    pub record: Record,
    pub kept: KeptLaunch,
    pub basis: Basis,
}

/// The content of `~/.pyve/cache/inspected/<hash>.json`.
#[derive(Serialize, Deserialize)]
pub struct Known {
    pub recorded: Box<Recorded>,
    pub launch: KeptLaunch,
    pub environment: EnvironmentName,
    pub backend: String,
    said: bool,
    /// What the choice of the backend and the trust in the environment were made from.
    depends: Vec<Stamp>,
}

impl records::State for Known {
    const SCHEMA: u32 = 2;
}

/// What was found before, if all that it was found from is as it was.
pub fn known(session: &Session, layout: &Layout, environment: &EnvironmentName) -> Option<Known> {
    let folder = Folder::find_at_home(&session.caller.pyve_home()?, &FOLDERS).ok()??;
    let known: Known = place(&folder, &trust::name(layout)).load(layout).ok()?.here()?;
    let said = trust::decision(&session.caller, layout);
    let allowed = if known.said { said == Some(Decision::Allowed) } else { said != Some(Decision::Denied) };
    let holds =
        known.environment == *environment && known.depends.iter().all(Stamp::holds) && known.launch.holds(layout);
    (allowed && holds).then_some(known)
}

/// Asks the chosen backend what stands. `None` where nothing does; a failure says why it is not used.
pub fn find(
    session: &Session,
    host: &BackendHost<'_>,
    choice: &ProjectContext,
    config: Fingerprint,
) -> Result<Option<Unrecorded>, Failure> {
    let layout = &choice.layout;
    if no_project::why(&session.caller, layout.root()).is_some() {
        return Ok(None);
    }
    let request = choice
        .request(session, Asked { line: &CommandLine::default(), python: None, recorded: None, strict: false })?;
    let inspection = choice.backend.inspect(&request, host)?;
    let Some(environment) = inspection.requested() else {
        return match inspection.environments.first() {
            Some(other) if choice.is_default() => Err(another(layout, choice, other)),
            _ => Ok(None),
        };
    };
    let prefix = environment.prefix.path();
    // The environment of another name is not this one, even where the backend has no other place for it.
    let of_other =
        |record: &Record| record.environment != choice.environment && record.recorded.prefix == environment.prefix;
    if all(layout).records.iter().any(of_other) {
        return Ok(None);
    }
    choice.check_place(&request, &environment.prefix, |of_default| {
        choice.backend.inspect(of_default, host).ok().map(|inspection| inspection.prefix)
    })?;
    usable(layout, environment)?;
    let candidate = Candidate { prefix: &prefix, scripts: &environment.scripts };
    let basis = trust::check(&session.caller, layout, &candidate)?;
    let record = Record { made_by_pyve: false, ..recorded(choice, environment) }.ready();
    let kept = refresh(host, layout, &record, &choice.backend, request, config)?;
    if basis == Basis::Own && !(kept.launch.wrapper.is_empty() && kept.launch.scripts.is_empty()) {
        // A backend that did not say so before.
        let scripts = [kept.launch.scripts.first().or(kept.launch.wrapper.first()).cloned().unwrap_or_default()];
        trust::check(&session.caller, layout, &Candidate { prefix: &prefix, scripts: &scripts })?;
    }
    Ok(Some(Unrecorded { record, kept, basis }))
}

fn recorded(choice: &ProjectContext, environment: &ExistingEnvironment) -> Record {
    let recorded = Recorded {
        prefix: environment.prefix.clone(),
        name: environment.name.clone(),
        interpreter: environment.interpreter.clone(),
        extension: environment.extension.clone(),
        ..Recorded::default()
    };
    Record::creating(&choice.layout, &choice.environment, &choice.description.id, recorded)
}

/// Keeps the answer for the next time. Where that fails it is found again.
pub fn keep(session: &Session, choice: &ProjectContext, record: &Record, launch: &KeptLaunch, basis: Basis) {
    let (layout, caller) = (&choice.layout, &session.caller);
    // A question alone makes no folder of pyve's own.
    let Some(home) = caller.pyve_home().filter(|home| home.parent().is_some_and(Path::is_dir)) else { return };
    if !layout.keyring().lasts() {
        return;
    }
    let prefix = record.recorded.prefix.path();
    let markers = choice.known().iter().flat_map(|description| description.markers.iter().cloned());
    let of_name = choice.known().iter().filter(|_| !choice.is_default());
    let of_name = of_name.flat_map(|description| description.markers_of(&choice.environment));
    let stamp = |marker: Marker| Stamp::now(&layout.root().join(marker.file.as_str()));
    let mut depends: Vec<Stamp> = markers.chain(of_name).map(stamp).collect();
    depends.dedup();
    depends.push(Stamp::now(&prefix));
    depends.push(Stamp::now(&home.join("plugins")));
    depends.push(Stamp::now(&layout.root().join(".git")));
    depends.push(Stamp::now(&layout.root().join(pyve_toml::NAME)));
    depends.extend(trust::indexes(&prefix).iter().map(|index| Stamp::now(index)));
    let known = Known {
        recorded: record.recorded.clone(),
        launch: launch.clone(),
        environment: choice.environment.clone(),
        backend: record.backend.clone(),
        said: basis == Basis::Allowed,
        depends,
    };
    let kept = Folder::make_at_home(&home, &FOLDERS).and_then(|folder| {
        place(&folder, &trust::name(layout)).save(layout, layout.root().into(), &known)?;
        unused::prune(folder.path());
        Ok(())
    });
    if let Err(failure) = kept {
        session.console.debug(&failure.message);
    }
}

fn place<'a>(folder: &'a Folder, file: &'a str) -> StateFile<'a> {
    StateFile { folder, kind: "inspected", file }
}

/// Refuses one that was moved, or that its backend says cannot be used.
fn usable(layout: &Layout, environment: &ExistingEnvironment) -> Result<(), Failure> {
    let prefix = environment.prefix.path();
    let shown = layout.show(&prefix);
    if !environment.moved_from.is_empty() {
        let failure = Failure::new(format!(
            "the environment at `{shown}` was moved or copied from `{}`",
            environment.moved_from.display()
        ));
        return Err(failure
            .detail("the scripts in it name the old place")
            .detail(format!("project: {}", layout.root().display()))
            .remedy("recreate it here")
            .command(["pyve", "init", "--force"]));
    }
    if environment.state == State::USABLE {
        return Ok(());
    }
    Err(Failure::new(format!("the environment at `{shown}` cannot be used: {}", environment.detail))
        .detail(format!("project: {}", layout.root().display()))
        .remedy("recreate it")
        .command(["pyve", "init", "--force"]))
}

/// Nothing stands where the settings say, but elsewhere in the project.
fn another(layout: &Layout, choice: &ProjectContext, other: &ExistingEnvironment) -> Failure {
    let shown = layout.show(&other.prefix.path());
    let failure = Failure::new("this project has no environment yet")
        .detail(format!("project: {}", layout.root().display()))
        .detail(format!("`{shown}` is an environment, and not the one that is meant"));
    let failure = match choice.description.positional().into_option() {
        Some(_) if shown.contains(['/', '\\']) => failure.remedy("create one").command(["pyve", "init"]),
        // It is the bash tool's, which had it in a directory of the user's choice.
        Some(_) if bash_tool::sign(layout, Some(&choice.config)).is_some() => {
            failure.remedy("take it over").command(["pyve", "init", "--update", &shown])
        }
        Some(_) => failure.remedy("use it").command(["pyve", "init", &shown]),
        _ => failure.remedy("create one").command(["pyve", "init"]),
    };
    failure.passing()
}
