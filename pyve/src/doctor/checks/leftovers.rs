//! What pyve left behind: environments without a record, and old ones that were put aside by a pyve that was killed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_plugin_api::OsText;

use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::files::envrc;
use crate::records::{Status, lock};
use crate::steps::leftovers;

const SUBJECT: &str = "Left-overs";

pub fn checks(context: &Context) -> Vec<Check> {
    // What another pyve is at work with is not left over.
    if lock::holder(&context.layout).is_some() {
        return Vec::new();
    }
    let aside: BTreeSet<PathBuf> = aside(context).into_iter().filter(|path| !path.is_symlink()).collect();
    let told = aside.iter().map(|path| {
        let detail = format!("{}: an old environment that an interrupted pyve put aside", context.layout.show(path));
        removed(Check::warning("pyve.left-over", SUBJECT, detail), path)
    });
    let orphans = orphans(context).into_iter().filter(|path| !aside.contains(path));
    told.chain(orphaned(orphans.collect(), context)).chain(of_bash_tool(context)).collect()
}

/// What the bash tool set up lives on: it is not left over, but can be taken over.
fn of_bash_tool(context: &Context) -> Option<Check> {
    let theirs = || envrc::is_of_bash_pyve(context.layout.root()).unwrap_or(false);
    (context.records().records.is_empty() && theirs()).then(|| {
        let detail = format!("{} was written by the bash tool; pyve can take the project over", envrc::FILE);
        Check::info("pyve.bash-project", "Project", detail).remedy(context.target.typed.init(&["--update"]))
    })
}

fn removed(check: Check, path: &Path) -> Check {
    let words: [OsText; 3] = ["rm".into(), "-rf".into(), path.into()];
    check.remedy(words).fix(Fix::Remove(path.to_owned()))
}

/// Folders of which pyve has no record. Only an empty one is worth nothing: the bash tool's environments, and
/// everything else that somebody put there, are not pyve's to remove, nor to have removed.
fn orphaned(orphans: Vec<PathBuf>, context: &Context) -> Vec<Check> {
    let recognised = if orphans.is_empty() { Vec::new() } else { recognised(context) };
    let told = orphans.into_iter().map(|path| {
        let shown = context.layout.show(&path);
        let warning = |seen: &str| Check::warning("pyve.orphaned-environment", SUBJECT, format!("{shown}: {seen}"));
        if fs::read_dir(&path).is_ok_and(|mut inside| inside.next().is_none()) {
            let words: [OsText; 2] = ["rmdir".into(), path.as_path().into()];
            return warning("an empty folder").remedy(words).fix(Fix::Remove(path));
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

/// The environments of the project that the chosen backend knows as its own.
fn recognised(context: &Context) -> Vec<PathBuf> {
    let Ok(choice) = &context.choice else { return Vec::new() };
    let seen =
        context.request(choice).ok().and_then(|request| choice.backend.inspect(&request, &context.hosting()).ok());
    let environments = seen.into_iter().flat_map(|seen| seen.environments);
    environments.map(|environment| environment.prefix.path().into_owned()).collect()
}

/// Where the new environment is not finished the old one is the only whole one: `init` removes it once it is not needed.
fn aside(context: &Context) -> BTreeSet<PathBuf> {
    let records = context.records().records.iter().filter(|record| record.status == Status::Ready);
    let prefixes = records.map(|record| record.recorded.prefix.path().into_owned());
    prefixes.filter(|prefix| prefix.starts_with(context.layout.root())).flat_map(|prefix| leftovers(&prefix)).collect()
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
    let folders = entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.is_symlink());
    let mut orphans: Vec<PathBuf> = folders.filter(|path| !known.contains(path)).collect();
    orphans.sort();
    orphans
}
