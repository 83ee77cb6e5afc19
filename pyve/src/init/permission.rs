//! What a plan may change: every path of it is looked at before the first thing is done.

use pyve_plugin_api::Step;

use super::making::Making;
use crate::failure::Failure;
use crate::files::allowed_paths::AllowedPaths;
use crate::records::{self, Record};

/// The gate for the plan: what is at the prefix makes place only where it is an environment, or nothing.
pub fn allowed_paths(making: &Making<'_>) -> Result<AllowedPaths, Failure> {
    let (choice, prefix) = (making.choice, making.creation.prefix.path());
    let allowed = making.session.allowed_paths(&choice.layout);
    let allowed = allowed.backend(&choice.description.id).environment(&prefix);
    if making.creation.external {
        return allowed.external(&prefix).map(|()| allowed).map_err(|failure| of_backend(failure, making));
    }
    let entry = allowed.prefix(&prefix).map_err(|failure| of_backend(failure, making))?;
    let absent = entry.is_none_or(|entry| !entry.exists());
    let replaceable = absent || is_recorded(making) || has_interpreter(making);
    Ok(if replaceable { allowed.ours(&prefix) } else { allowed })
}

/// Fails where the directory is recorded as that of another environment: each has one of its own.
pub fn of_no_other(making: &Making<'_>) -> Result<(), Failure> {
    let (choice, prefix) = (making.choice, &making.creation.prefix);
    let records = records::all(&choice.layout).records;
    let is_other = |record: &&Record| record.environment != choice.environment && record.recorded.prefix == *prefix;
    let Some(other) = records.iter().find(is_other) else { return Ok(()) };
    let shown = choice.layout.show(&prefix.path());
    Err(Failure::new(format!("`{shown}` is the directory of the environment `{}`", other.environment))
        .detail(format!("the environment `{}` needs one of its own", choice.environment))
        .remedy(format!("choose another directory, or use that one with `--env {}`", other.environment)))
}

/// Fails where what stands at the prefix may not make place for the environment.
pub fn place(allowed: &AllowedPaths, making: &Making<'_>) -> Result<(), Failure> {
    if making.creation.external {
        return Ok(());
    }
    allowed.remove(&making.creation.prefix.path()).map(drop).map_err(|failure| of_backend(failure, making))
}

fn of_backend(failure: Failure, making: &Making<'_>) -> Failure {
    failure.detail(format!("backend `{}`, its environment's directory", making.choice.description.id))
}

/// Whether a record is of this very folder.
fn is_recorded(making: &Making<'_>) -> bool {
    making.before.as_ref().is_some_and(|before| before.recorded.prefix == making.creation.prefix)
}

/// Whether there is an interpreter where the backend says that one is: a folder of sources has none.
pub fn has_interpreter(making: &Making<'_>) -> bool {
    let (prefix, interpreter) = (making.creation.prefix.path(), making.creation.interpreter.path());
    interpreter != prefix && interpreter.starts_with(&prefix) && interpreter.symlink_metadata().is_ok()
}

/// Fails where one of the steps would be refused.
pub fn check<'a>(
    allowed: &AllowedPaths,
    making: &'a Making<'_>,
    others: impl Iterator<Item = &'a Step>,
) -> Result<(), Failure> {
    let dependencies = making.creation.dependencies.as_ref().into_option();
    let dependencies = dependencies.map(|recipe| recipe.steps.iter()).into_iter().flatten();
    allowed.check(others.chain(&making.creation.steps).chain(dependencies))?;
    let prefix = making.creation.prefix.path();
    for path in &making.creation.also_creates {
        allowed.also_created(&path.path(), &prefix).map_err(|failure| {
            failure.detail(format!("backend `{}`, what it creates besides", making.choice.description.id))
        })?;
    }
    Ok(())
}
