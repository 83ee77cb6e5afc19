//! Asking a backend again how it starts commands, and keeping what it said.

use pyve_plugin_api::Request;
use pyve_plugin_api::abi::BackendObject;

use crate::failure::Failure;
use crate::process::BackendHost;
use crate::project::Layout;
use crate::records::{Chosen, Current, Fingerprint, Found, KeptLaunch, Lock, Record, Stamp};

/// Asks the backend how commands are started in the environment that `record` is of. `config` is the
/// state of the config from before it was read for `request`.
pub fn refresh(
    host: &BackendHost<'_>,
    layout: &Layout,
    record: &Record,
    backend: &BackendObject,
    request: Request,
    config: Fingerprint,
) -> Result<KeptLaunch, Failure> {
    let request = Request { recorded: Some(*record.recorded.clone()).into(), ..request };
    let launch = backend.run(&request, host)?;
    // A spec that changed is for `init` to act on; that the launch still stands is for the backend to say.
    let specs = record.recorded.specs.iter().map(|spec| layout.root().join(spec.file.path()));
    let inputs = launch.inputs.iter().map(|path| path.path().into_owned()).chain(specs);
    let inputs = inputs.map(|path| Stamp::now(&path)).collect();
    Ok(KeptLaunch { launch: Box::new(launch), config, inputs, dotenv: true })
}

/// Keeps what was found for the next time. Where it cannot be kept (a read-only project, another pyve at
/// work) the next time asks again.
pub fn keep(layout: &Layout, before: &Record, launch: &KeptLaunch, chosen: Option<Chosen>) {
    // Without a key nothing that is written now counts the next time.
    if !layout.keyring().lasts() {
        return;
    }
    let Some(_lock) = Lock::attempt(layout, "pyve run") else { return };
    let (environment, backend) = (&before.environment, &before.backend);
    let is_same = |there: &Record| there == before;
    if before.launch.as_ref() != Some(launch)
        && let Some(mut record) = Record::load(layout, environment, backend).ok().and_then(Found::here).filter(is_same)
    {
        record.launch = Some(launch.clone());
        let _ = record.save(layout);
    }
    if chosen.is_some()
        && let Ok(Found::Here(current)) = Current::load(layout, environment)
        && current.chosen != chosen
    {
        let _ = Current { chosen, ..current }.save(layout, environment);
    }
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
