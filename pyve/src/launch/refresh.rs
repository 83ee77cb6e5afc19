//! Asking again: which backend the settings choose, and how it starts commands now.

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Given, PythonRequest, Request};

use crate::failure::Failure;
use crate::project::Layout;
use crate::records::{Chosen, Current, Fingerprint, KeptLaunch, Lock, Record, Stamp};
use crate::registry;
use crate::session::Session;

/// What the settings choose, and what they tell the chosen one.
pub struct Choice {
    pub id: String,
    pub backend: BackendObject,
    pub settings: Vec<Given>,
    pub python: Option<PythonRequest>,
}

/// The backend for `run`: the flag's, else what the environment was last initialised with. `None`
/// where nothing was ever chosen.
pub fn choose(current: Option<&Current>, flag: Option<&str>) -> Result<Option<Choice>, Failure> {
    let Some(id) = flag.or(current.map(|current| current.backend.as_str())) else { return Ok(None) };
    let factory = registry::BUILT_IN.iter().find(|factory| factory.id == id).ok_or_else(|| unknown(id))?;
    let backend = (factory.make)();
    Ok(Some(Choice { id: id.to_owned(), backend, settings: Vec::new(), python: None }))
}

fn unknown(id: &str) -> Failure {
    let known: Vec<&str> = registry::BUILT_IN.iter().map(|factory| factory.id).collect();
    Failure::usage(format!("no backend is called `{id}`"))
        .detail(format!("known ones: {}", known.join(", ")))
        .remedy("name one of them with `--backend`")
}

/// Asks the backend how commands are started in the recorded environment. `config` is the state of
/// the config from before it was read for `choice`.
pub fn refresh(
    session: &Session,
    layout: &Layout,
    record: &Record,
    choice: &Choice,
    config: Fingerprint,
) -> Result<KeptLaunch, Failure> {
    let home = session.caller.pyve_home()?;
    let request = Request {
        environment: record.environment.as_str().into(),
        settings: choice.settings.clone().into(),
        python: choice.python.clone().into(),
        recorded: Some(record.recorded.clone()).into(),
        ..Request::new(layout.root(), home)
    };
    let launch = choice.backend.run(&request, &session.hosting(layout))?;
    let inputs = launch.inputs.iter().map(|path| Stamp::now(&path.path())).collect();
    Ok(KeptLaunch { launch, config, inputs })
}

/// Keeps what was found for the next time. Where it cannot be kept (a read-only project, another pyve at
/// work) the next time asks again.
pub fn keep(layout: &Layout, before: &Record, launch: &KeptLaunch, chosen: Option<Chosen>) {
    let Some(_lock) = Lock::attempt(layout, "pyve run") else { return };
    let (environment, backend) = (&before.environment, &before.backend);
    let is_same = |there: &Option<Record>| there.as_ref() == Some(before);
    if before.launch.as_ref() != Some(launch)
        && let Some(mut record) = Record::load(layout, environment, backend).ok().filter(is_same).flatten()
    {
        record.launch = Some(launch.clone());
        let _ = record.save(layout);
    }
    if chosen.is_some()
        && let Ok(Some(current)) = Current::load(layout, environment)
        && current.chosen != chosen
    {
        let _ = Current { chosen, ..current }.save(layout, environment);
    }
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
