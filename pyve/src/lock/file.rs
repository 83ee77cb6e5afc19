//! The lock file itself: written whole, and left alone where it says already what it is to say.

use std::path::Component;

use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Lock, OsText};

use super::outcome::Deed;
use crate::context::{ProjectContext, Session};
use crate::failure::Failure;
use crate::files::allowed_paths::{Entry, own_file};
use crate::files::{atomic, temporary};
use crate::process::guard;
use crate::records;
use crate::steps::{Action, Outcome, carry_out};

/// What others that wait for it are told.
const COMMAND: &str = "pyve lock";

/// What writing `content` over `before` would come to.
pub fn planned(before: Option<&[u8]>, content: &str) -> Deed {
    if before == Some(&with_ends_of(before, content)) { Deed::Unchanged } else { Deed::Planned }
}

/// Writes the file, if it does not say that already.
pub fn write(
    choice: &ProjectContext,
    session: &Session,
    file: &OsText,
    before: Option<&[u8]>,
    content: &str,
) -> Result<Deed, Failure> {
    if !choice.layout.state().is_dir() {
        // Nothing else looks for what a pyve that was killed left there.
        temporary::remove_stale(choice.layout.root());
    }
    let bytes = with_ends_of(before, content);
    if before == Some(&bytes) {
        return Ok(Deed::Unchanged);
    }
    let entry = entry(choice, file)?;
    let held = hold(choice, session)?;
    replace(&entry, before, &bytes)?;
    drop(held);
    Ok(Deed::Written)
}

/// Has the backend's own tool write the file, from what the backend says of it if it says something. If that does not end
/// well, the file is as it was before.
pub fn by_steps(
    choice: &ProjectContext,
    session: &Session,
    lock: &Lock,
    before: Option<&[u8]>,
) -> Result<Deed, Failure> {
    let (layout, home) = (&choice.layout, session.caller.pyve_home());
    let allowed = session.allowed_paths(layout).backend(&choice.description.id);
    allowed.check(&lock.steps)?;
    let ask = session.ask(false);
    let held = hold(choice, session)?;
    let executor = session.executor(&ask, layout, home.as_deref(), allowed);
    let executor = match &held {
        Some(held) => executor.holding(held),
        None => executor,
    };
    if let Some(content) = lock.content.as_ref().into_option() {
        replace(&entry(choice, &lock.file)?, before, &with_ends_of(before, content))?;
    }
    let actions: Vec<Action<'_>> = lock.steps.iter().cloned().map(Action::from).collect();
    let failure = match carry_out(&actions, &executor) {
        Ok(Outcome::Done) => {
            let now = read::bytes(super::path(layout, lock), Limit::LOCK)?;
            return Ok(if now.as_deref() == before { Deed::Unchanged } else { Deed::Written });
        }
        Ok(Outcome::Declined(_, reply)) => {
            let kept = format!("`{}` was left as it is", lock.file.display());
            reply.failure(&kept, || Failure::new(&kept).remedy("run the same command at a terminal"))
        }
        Err(failure) => failure,
    };
    let _guard = guard();
    Err(match put_back(choice, lock, before) {
        Ok(true) => failure.detail(format!("`{}` is as it was before", lock.file.display())),
        Ok(false) => failure,
        Err(other) => failure.detail(other.message),
    })
}

/// The file, which is one of the project.
fn entry(choice: &ProjectContext, file: &OsText) -> Result<Entry, Failure> {
    let name = file.path();
    let is_plain = name.components().all(|part| matches!(part, Component::Normal(_)));
    let name = name.to_str().filter(|name| is_plain && !name.is_empty()).ok_or_else(|| {
        Failure::new(format!("could not write `{}`: it is not a file of the project", file.display()))
            .remedy("report this to the author of the backend")
    })?;
    own_file(choice.layout.root(), name)
}

/// The right to change the project. One that pyve keeps nothing in gets nothing by being locked, either.
fn hold(choice: &ProjectContext, session: &Session) -> Result<Option<records::Lock>, Failure> {
    let layout = &choice.layout;
    layout.state().is_dir().then(|| records::Lock::wait(layout, COMMAND, &session.console)).transpose()
}

/// Writes what comes in the place of `before`.
fn replace(entry: &Entry, before: Option<&[u8]>, bytes: &[u8]) -> Result<(), Failure> {
    if read::bytes(entry.path(), Limit::LOCK)?.as_deref() != before {
        let name = entry.name().display();
        return Err(
            Failure::new(format!("`{name}` changed meanwhile; it was left as it was")).command(["pyve", "lock"])
        );
    }
    atomic::write_entry(entry, bytes, None)
}

/// Has the file say what it said before, or removes it; says whether it had changed.
fn put_back(choice: &ProjectContext, lock: &Lock, before: Option<&[u8]>) -> Result<bool, Failure> {
    if read::bytes(super::path(&choice.layout, lock), Limit::LOCK)?.as_deref() == before {
        return Ok(false);
    }
    let entry = entry(choice, &lock.file)?;
    match before {
        Some(before) => atomic::write_entry(&entry, before, None).map(|()| true),
        None => entry.remove().map_err(|error| Failure::io("remove", entry.path(), &error)),
    }
}

/// The content with the ends of lines that the file has: git may have given it those of Windows.
fn with_ends_of(before: Option<&[u8]>, content: &str) -> Vec<u8> {
    let first = before.and_then(|before| before.split_inclusive(|byte| *byte == b'\n').next());
    match first.is_some_and(|line| line.ends_with(b"\r\n")) {
        true => content.replace('\n', "\r\n").into_bytes(),
        false => content.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_says_it_already_is_left_alone_whatever_ends_its_lines() {
        assert_eq!(planned(None, "a\nb\n"), Deed::Planned);
        assert_eq!(planned(Some(b"a\nb\n"), "a\nb\n"), Deed::Unchanged);
        assert_eq!(planned(Some(b"a\r\nb\r\n"), "a\nb\n"), Deed::Unchanged);
        assert_eq!(planned(Some(b"a\r\nb\r\n"), "a\nc\n"), Deed::Planned);
        assert_eq!(with_ends_of(Some(b"x\r\n"), "a\nb\n"), b"a\r\nb\r\n");
    }
}
