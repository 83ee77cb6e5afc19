//! The step that unpacks an archive: fetched where it has to be, verified, then unpacked beside its place, which it takes when it
//! is whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Component;

use cap_std::fs::Dir;
use flate2::bufread::MultiGzDecoder;
use pyve_formats::read::{self, Limit, Links};
use pyve_formats::sha256;
use pyve_plugin_api::{Archive, ArchiveKind, Command, Step};
use sha2::{Digest, Sha256};

use super::alone::alone;
use super::backup::{NEW, marked, unfinished};
use super::executor::{Executor, cannot_create};
use super::moving::moving;
use super::{download, remove, run};
use crate::failure::{Failure, exit, reason};
use crate::files::allowed_paths::Entry;
use crate::files::archive::{Problem, Unpacking, is_garbled};
use crate::files::ownership;
use crate::process::interrupt;

/// Unpacks the archive of the step into its folder, which must not be there or be empty. One that is fetched first is for
/// whoever wants it: what stands at its place is whole, and enough.
pub fn unpack(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let Some(archive) = step.archive.as_ref().into_option() else {
        return Err(
            Failure::new(format!("could not carry out the step `{}`: it names no archive", step.title)).remedy(AUTHOR)
        );
    };
    let target =
        executor.allowed.create_folder(&executor.path(step)).map_err(|failure| executor.about_step(failure, step))?;
    let Some(download) = step.download.as_ref().into_option() else {
        if target.exists() && !target.is_empty_folder() {
            let shown = executor.project.show(target.path());
            return Err(Failure::new(format!("could not unpack to `{shown}`: it is not empty"))
                .remedy(format!("move `{shown}` away, and try again")));
        }
        return unpacked(executor, step, archive, &target);
    };
    let source = executor.allowed.fetched_archive(step)?;
    let file = executor.allowed.download(&source).map_err(|failure| executor.about_step(failure, step))?;
    let _lock = alone(file.path(), executor.console, &step.title)?;
    if target.exists() && !target.is_empty_folder() {
        return Ok(());
    }
    // One that is there already was left by a pyve that was killed while it unpacked.
    if verified(executor, step, archive).is_err() {
        download::fetch_to(executor, download, file.path())?;
    }
    let unpacked = unpacked(executor, step, archive, &target);
    let _ = file.remove();
    unpacked
}

fn unpacked(executor: &Executor<'_>, step: &Step, archive: &Archive, target: &Entry) -> Result<(), Failure> {
    let file = verified(executor, step, archive)?;
    let closed = executor.allowed.is_of_home(target.path());
    let beginning = beginning(target, closed).map_err(|error| cannot_create(target.path(), &error))?;
    let unpacked = into(&beginning, file, archive, executor, step)
        .and_then(|()| settled(&beginning, executor, step))
        .and_then(|()| beginning.rename(target).map_err(|error| Failure::io("create", target.path(), &error)));
    if unpacked.is_err() {
        let _ = remove::removed(&beginning);
    }
    unpacked
}

/// Lets the program of the archive that the step names do its part in the unpacked tree.
fn settled(beginning: &Entry, executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let Some(command) = step.command.as_ref().into_option() else { return Ok(()) };
    let program = command.program.path();
    let is_of_archive = program.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_of_archive {
        return Err(
            Failure::new(format!("could not run `{}`: it is not in the archive", program.display())).remedy(AUTHOR)
        );
    }
    let tree = beginning.path();
    let run = Command { program: tree.join(&program).into(), ..command.clone() }.current_dir(tree);
    run::start_silent(executor, &run, &step.title, None).map_err(|failure| match failure.code {
        exit::INTERRUPTED => interrupt::interrupted(),
        _ => {
            let why = failure.message.replace(&format!("{}/", tree.display()), "");
            Failure::new(format!("could not set up what was unpacked from the archive: {why}"))
                .detail("nothing of it was kept")
                .remedy("check that this machine can run it: the error above says more")
        }
    })
}

const AUTHOR: &str = "report this to the author of the backend";

/// The archive, open, once it is known to be the right one.
fn verified(executor: &Executor<'_>, step: &Step, archive: &Archive) -> Result<File, Failure> {
    let path = executor.allowed.archive(step)?;
    let shown = executor.project.show(&path);
    let absent = || Failure::new(format!("could not unpack `{shown}`: it does not exist")).remedy(AUTHOR);
    let mut file = read::open(&path, Limit::ANY_SIZE, Links::Follow)?.ok_or_else(absent)?;
    let cannot = |error: io::Error| Failure::io("read", &path, &error);
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = file.read(&mut piece).map_err(cannot)?;
        if length == 0 {
            break;
        }
        hash.update(&piece[..length]);
    }
    let found = sha256::hex(&hash.finalize());
    if found != archive.sha256.as_str() {
        return Err(Failure::new(format!("could not unpack `{shown}`: it is not the archive that was expected"))
            .detail(format!("expected SHA-256 {}", archive.sha256))
            .detail(format!("found SHA-256 {found}"))
            .remedy(format!("remove `{shown}`, and try again")));
    }
    file.rewind().map_err(cannot)?;
    Ok(file)
}

/// A new folder beside the target; what an earlier pyve that was killed left there goes.
fn beginning(target: &Entry, closed: bool) -> io::Result<Entry> {
    for left in target.beginning_with(&marked(target, NEW))? {
        left.remove()?;
    }
    let beginning = unfinished(target)?;
    beginning.create_folder_as(&ownership::builder(closed))?;
    Ok(beginning)
}

fn into(beginning: &Entry, file: File, archive: &Archive, executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let guard = interrupt::guard();
    let folder: Dir =
        beginning.folder().open_dir(beginning.name()).map_err(|error| cannot_create(beginning.path(), &error))?;
    let unpacking = Unpacking {
        folder: &folder,
        size_limit: archive.size_limit,
        strip: archive.strip_components as usize,
        closed: executor.allowed.is_of_home(beginning.path()),
        interrupted: &|| guard.requested(),
    };
    let file = BufReader::new(file);
    let _line = moving(executor.console, &step.title);
    let unpacked = match archive.kind {
        ArchiveKind::TAR => unpacking.tar(file),
        ArchiveKind::TAR_GZ => unpacking.tar(MultiGzDecoder::new(file)),
        _ => {
            return Err(Failure::new(format!("could not unpack `{}`: its kind is not known", step.source.display()))
                .remedy("update pyve"));
        }
    };
    unpacked.map_err(|problem| failure(problem, archive, executor, step))
}

fn failure(problem: Problem, archive: &Archive, executor: &Executor<'_>, step: &Step) -> Failure {
    let shown = executor.project.show(&step.source.path());
    let failure = |why: String| Failure::new(format!("could not unpack `{shown}`: {why}"));
    match problem {
        Problem::Entry(name, why) => {
            failure(format!("`{}` in it is refused", name.display())).detail(why.to_owned()).remedy(AUTHOR)
        }
        Problem::TooLarge => {
            failure(format!("its files have more than the {} bytes that are allowed", archive.size_limit))
                .remedy(AUTHOR)
        }
        Problem::TooMany => failure("it has too many files".to_owned()).remedy(AUTHOR),
        Problem::Interrupted => interrupt::interrupted(),
        Problem::Io(error) if is_garbled(&error) => {
            failure(format!("it is not a {} archive, or not whole", archive.kind)).detail(reason(&error)).remedy(AUTHOR)
        }
        Problem::Io(error) => failure(reason(&error)).remedy("free some space, or check that you may write there"),
    }
}

#[cfg(all(test, unix))]
mod tests;
