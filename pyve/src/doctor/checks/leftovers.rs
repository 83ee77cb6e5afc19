//! What pyve left behind: environments without a record, and old ones that were put aside by a pyve that was killed.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{OsText, PrefixState};

use crate::bash_tool;
use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::records::{Status, lock};
use crate::steps::Leftovers;

const SUBJECT: &str = "Left-overs";

pub fn checks(context: &Context) -> Vec<Check> {
    // What another pyve is at work with is not left over.
    if lock::holder(&context.layout).is_some() {
        return Vec::new();
    }
    let mut aside = aside(context);
    aside.retain(|path, _| !path.is_symlink());
    let whole = if aside.is_empty() { Vec::new() } else { recognised(context, |state| state != PrefixState::BROKEN) };
    let told = aside.iter().map(|(path, prefix)| {
        let shown = context.layout.show(path);
        let detail = format!("{shown}: an old environment that an interrupted pyve put aside");
        match whole.contains(prefix) {
            true => removed(Check::warning("pyve.left-over", SUBJECT, detail), path),
            // It may be the only one that works.
            false => {
                let check =
                    Check::warning("pyve.left-over", SUBJECT, format!("{detail}; no whole one stands in its place"));
                let back: [OsText; 3] = ["mv".into(), path.as_path().into(), prefix.as_path().into()];
                match prefix.symlink_metadata() {
                    Ok(_) => check.hint("keep it until `pyve init --force` has recreated the environment"),
                    Err(_) => check.remedy(back),
                }
            }
        }
    });
    let orphans = orphans(context).into_iter().filter(|path| !aside.contains_key(path));
    told.chain(orphaned(orphans.collect(), context)).chain(of_bash_tool(context)).chain(manifest(context)).collect()
}

/// What the bash tool set up lives on: it is not left over, but can be taken over.
fn of_bash_tool(context: &Context) -> Option<Check> {
    if !context.records().records.is_empty() {
        return None;
    }
    let config = context.choice.as_ref().ok().map(|choice| &choice.config);
    let file = bash_tool::sign(&context.layout, config)?;
    let detail = format!("{file} was written by the bash tool; pyve can take the project over");
    Some(Check::info("pyve.bash-project", "Project", detail).remedy(context.target.typed.init(&["--update"])))
}

/// What is declared in its `pyve.toml` and pyve does not follow.
fn manifest(context: &Context) -> Vec<Check> {
    let Ok(choice) = &context.choice else { return Vec::new() };
    let notes = choice.manifest.as_ref().map(|manifest| manifest.notes(choice.known(), &choice.description));
    let told = |note| Check::info("pyve.bash-manifest", "Project", note);
    notes.unwrap_or_default().into_iter().map(told).collect()
}

fn removed(check: Check, path: &Path) -> Check {
    let words: [OsText; 3] = ["rm".into(), "-rf".into(), path.into()];
    check.remedy(words).fix(Fix::Remove(path.to_owned()))
}

/// Folders of which pyve has no record. Only an empty one is worth nothing: the bash tool's environments, and
/// everything else that somebody put there, are not pyve's to remove, nor to have removed.
fn orphaned(orphans: Vec<PathBuf>, context: &Context) -> Vec<Check> {
    let recognised = if orphans.is_empty() { Vec::new() } else { recognised(context, |_| true) };
    let told = orphans.into_iter().map(|path| {
        let shown = context.layout.show(&path);
        let warning = |seen: &str| Check::warning("pyve.orphaned-environment", SUBJECT, format!("{shown}: {seen}"));
        if fs::read_dir(&path).is_ok_and(|mut inside| inside.next().is_none()) {
            let words: [OsText; 2] = ["rmdir".into(), path.as_path().into()];
            return warning("an empty directory").remedy(words).fix(Fix::Remove(path));
        }
        if recognised.contains(&path) {
            let detail = format!("{shown}: an environment of which pyve has no record");
            return Check::info("pyve.unrecorded-environment", SUBJECT, detail)
                .remedy(context.target.typed.init(&["--update"]));
        }
        warning("it is not recorded, and was not created by pyve").hint("remove it if nobody needs it")
    });
    told.collect()
}

/// The environments of the project that the chosen backend knows as its own, those in such a state.
fn recognised(context: &Context, fits: impl Fn(PrefixState) -> bool) -> Vec<PathBuf> {
    let Ok(choice) = &context.choice else { return Vec::new() };
    let seen =
        context.request(choice).ok().and_then(|request| choice.backend.inspect(&request, &context.hosting()).ok());
    let environments = seen.into_iter().flat_map(|seen| seen.environments).filter(|seen| fits(seen.state));
    environments.map(|environment| environment.prefix.path().into_owned()).collect()
}

/// What lies aside, each with the prefix that it was put aside for. Where the new environment is not finished the old one
/// is the only whole one: `init` removes it once it is not needed.
fn aside(context: &Context) -> BTreeMap<PathBuf, PathBuf> {
    let records = context.records().records.iter().filter(|record| record.status == Status::Ready);
    let prefixes = records.map(|record| record.recorded.prefix.path().into_owned());
    let inside = prefixes.filter(|prefix| prefix.starts_with(context.layout.root()));
    let mut left = Leftovers::default();
    inside.flat_map(|prefix| left.of(&prefix).into_iter().map(move |path| (path, prefix.clone()))).collect()
}

/// The folders below `.pyve/envs` that no record speaks of. With a record that cannot be read nobody can tell, and
/// what is behind a link is not the project's.
fn orphans(context: &Context) -> Vec<PathBuf> {
    let envs = context.layout.folder().join("envs");
    if [context.layout.folder(), envs.clone()].iter().any(|folder| folder.is_symlink()) {
        return Vec::new();
    }
    let all = context.records();
    let moved = all.records.iter().any(|record| record.moved_from(&context.layout).is_some());
    if moved || !all.is_whole() {
        return Vec::new();
    }
    let known: BTreeSet<PathBuf> =
        all.records.iter().map(|record| record.recorded.prefix.path().into_owned()).collect();
    let entries = fs::read_dir(envs).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    let mut orphans: Vec<PathBuf> = folders.filter(|path| !known.contains(path)).collect();
    sorted::by(&mut orphans, Ord::cmp);
    orphans
}
