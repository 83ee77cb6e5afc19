//! A file fetched to where a step wants it.

use pyve_plugin_api::Step;

use super::executor::{Executor, make_folder};
use crate::download::{Terms, fetch};
use crate::failure::Failure;

pub fn download(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let target = executor.bounded(step)?;
    let Some(download) = step.download.as_ref().into_option() else {
        return Err(Failure::new(format!("cannot do the step `{}`: it names nothing to fetch", step.title))
            .remedy("report this to the author of the backend"));
    };
    make_folder(target.parent().unwrap_or(executor.project.root()))?;
    let terms = Terms { caller: executor.caller, console: executor.console, offline: executor.offline };
    fetch(download, &target, &terms)
}
