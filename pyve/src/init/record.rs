//! What `init` writes down: that an environment is being made, that it stands, and what else is pyve's.

use std::fs;
use std::path::PathBuf;

use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Finding, OsText, ROption, Recorded, Request, SettingValue, Step};

use super::decision::{Decision, is_error};
use super::making::Making;
use super::permission::has_interpreter;
use super::pins;
use crate::bash_tool;
use crate::context::{ProjectContext, Session};
use crate::doctor;
use crate::failure::Failure;
use crate::launch::refresh;
use crate::plugins;
use crate::process::gate;
use crate::project::Layout;
use crate::records::{self, Artifact, Chosen, Current, Fingerprint, Found, Identity, Record, Status};
use crate::registry;
use crate::steps::Move;

/// The record as it is, byte for byte, for telling whether somebody else wrote it: its times tell too little of that.
pub fn bytes(choice: &ProjectContext) -> Option<Vec<u8>> {
    read::bytes(path(choice), Limit::RECORD).ok().flatten()
}

fn path(choice: &ProjectContext) -> PathBuf {
    choice.layout.record(&choice.environment, &choice.description.id)
}

/// Whether the environment is recorded as one that can be used.
pub fn stands(choice: &ProjectContext) -> bool {
    choice.record().is_ok_and(|found| found.here().is_some_and(|record| record.status == Status::Ready))
}

/// The record from before; one that counts for nothing is as good as none.
pub fn before(choice: &ProjectContext, session: &Session) -> Option<Record> {
    let rewritten = |why: String| {
        session.console.warning(&format!("{why}; it is rewritten"));
        None
    };
    match choice.record() {
        Ok(Found::Ignored(why)) => rewritten(format!("`{}` is not used: {why}", choice.layout.show(&path(choice)))),
        Ok(found) => found.mine(),
        Err(failure) => rewritten(failure.message),
    }
}

/// The record of the environment while it is being made.
pub fn new(making: &Making, pins: &[Step], decided: &Decision) -> Result<Record, Failure> {
    let choice = making.choice;
    let recorded = if decided.makes() { making.recorded() } else { kept(making) };
    let mut record = Record::creating(&choice.layout, &choice.environment, &choice.description.id, recorded);
    let before = making.before.as_ref();
    // An environment of the bash tool is taken over by `--update`; one that is only kept stays its maker's.
    let ours = before.is_some_and(|before| makes_known(before, &record));
    let known = before.is_some_and(|before| before.place() != record.place());
    record.made_by_pyve = decided.creates()
        || ours
        || (!known && making.options.update && has_interpreter(making) && is_of_bash_tool(choice));
    record.made_by_pyve &= !making.creation.external;
    record.made = before.map(|before| before.made.clone()).unwrap_or_default();
    let same_tool = before.filter(|before| before.recorded.tool.path == record.recorded.tool.path);
    record.tool_sha256 = same_tool.and_then(|before| before.tool_sha256.clone());
    remember_other(&mut record, before);
    pins::remember(&mut record, pins, &choice.layout)?;
    if decided.makes() {
        remember_created(&mut record, making);
    }
    Ok(record)
}

/// What the steps make besides the environment, unless it was there before and nobody knows it as pyve's.
fn remember_created(record: &mut Record, making: &Making) {
    let layout = &making.choice.layout;
    let others = records::all(layout).records;
    for path in &making.creation.also_creates {
        let absolute = layout.root().join(path.path());
        let path = OsText::from(absolute.strip_prefix(layout.root()).unwrap_or(&absolute));
        let is_it = |made: &&Artifact| matches!(made, Artifact::Path { path: known, .. } if *known == path);
        let known = others.iter().flat_map(|other| &other.made).find(is_it).cloned();
        if record.made.iter().any(|made| is_it(&made)) {
            continue;
        }
        match known {
            Some(shared) => record.remember(shared),
            None if absolute.symlink_metadata().is_err() => record.remember(Artifact::Path { path, identity: None }),
            None => {}
        }
    }
}

/// Notes which files and folders the steps made besides the environment, so that nothing else is ever taken for them.
pub fn note_created(record: &mut Record, layout: &Layout) {
    for made in &mut record.made {
        if let Artifact::Path { path, identity } = made {
            *identity = Identity::at(&layout.root().join(path.path())).or(*identity);
        }
    }
}

/// The same when all is done: what was not made by then is nobody's.
pub fn settle_created(record: &mut Record, choice: &ProjectContext) -> Result<(), Failure> {
    let is_path = |made: &Artifact| matches!(made, Artifact::Path { .. });
    if !record.made.iter().any(is_path) {
        return Ok(());
    }
    note_created(record, &choice.layout);
    record.made.retain(|made| !matches!(made, Artifact::Path { identity: None, .. }));
    record.save(&choice.layout)
}

/// An environment that is only kept was made from what the files said then, whatever they say now.
fn kept(making: &Making) -> Recorded {
    let now = making.recorded();
    let recorded = match &making.before {
        Some(before) if before.recorded.prefix == now.prefix => {
            let Recorded { specs, settings, extension, .. } = *before.recorded.clone();
            // What is chosen of the dependencies may change in an environment that stays.
            let is_choice = |given: &&SettingValue| making.choice.description.remembers(&given.key);
            let kept = settings.iter().filter(|given| !is_choice(given));
            let settings: Vec<SettingValue> = kept.chain(now.settings.iter().filter(is_choice)).cloned().collect();
            Recorded { specs, settings: settings.into(), extension, ..now }
        }
        _ => now,
    };
    match making.creation.made_with.clone() {
        ROption::RSome(tool) => Recorded { tool, ..recorded },
        ROption::RNone => recorded,
    }
}

/// Whether an earlier record says that pyve made what is at the prefix of `record`.
fn makes_known(before: &Record, record: &Record) -> bool {
    let place = record.place();
    let is_it = |made: &Artifact| matches!(made, Artifact::Environment { path } if Some(path) == place.as_ref());
    (before.made_by_pyve && before.place() == place) || before.made.iter().any(is_it)
}

/// An environment that pyve made in another folder stays known, so that purge finds it.
fn remember_other(record: &mut Record, before: Option<&Record>) {
    let place = record.place();
    record.made.retain(|made| !matches!(made, Artifact::Environment { path } if Some(path) == place.as_ref()));
    let other = before.filter(|before| before.made_by_pyve).and_then(Record::place);
    if let Some(path) = other.filter(|other| Some(other) != place.as_ref()) {
        record.remember(Artifact::Environment { path });
    }
}

fn is_of_bash_tool(choice: &ProjectContext) -> bool {
    bash_tool::sign(&choice.layout, Some(&choice.config)).is_some()
}

/// What is about to happen to the old environment is on the disk before it does.
pub fn note_move(record: &mut Record, what: Move, layout: &Layout) -> Result<(), Failure> {
    let Some(journal) = &mut record.journal else { return Ok(()) };
    match what {
        Move::Away => journal.leaving = true,
        Move::Exchange(new) => journal.new = Some(new),
    }
    record.save(layout)
}

/// A tool that was just brought is asked who it is: a mirror may have another version than was planned.
pub fn note_tool(
    record: &mut Record,
    choice: &ProjectContext,
    session: &Session,
    request: &Request,
) -> Result<(), Failure> {
    let host = session.hosting(&choice.layout).for_environment();
    let brought = record.recorded.tool.path.path().into_owned();
    record.tool_sha256 = gate::of_project(choice.layout.root(), &brought);
    let host = match record.tool_sha256.clone() {
        Some(sha256) => host.after_bringing(brought, sha256),
        None => host,
    };
    let answer = choice.backend.ensure_tool(request, &host)?;
    if let Some(tool) = answer.found.into_option() {
        record.recorded.tool = tool;
    }
    Ok(())
}

/// Looks whether the environment works. Errors are the failure; the rest is told when all is done.
pub fn verify(
    choice: &ProjectContext,
    session: &Session,
    request: &Request,
    record: &Record,
    new: bool,
) -> Result<Vec<Finding>, Failure> {
    exists(choice, record)?;
    let recorded = Recorded { ready: true, ..*record.recorded.clone() };
    let request = Request { recorded: Some(recorded).into(), ..request.clone() };
    let findings = doctor::findings(choice, &session.hosting(&choice.layout).for_environment(), &request)?;
    let (errors, others): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| is_error(finding.status));
    for finding in &others {
        session.console.debug(&format!("{} {}: {}", finding.id, finding.subject, finding.detail));
    }
    let Some(first) = errors.first() else { return Ok(others) };
    let what = if new { "the environment was created, but does not work" } else { "the environment does not work" };
    let failure = Failure::new(format!("{what}: {}", first.detail));
    let lines = errors.iter().skip(1).map(|finding| format!("{}: {}", finding.subject, finding.detail));
    let failure = lines.fold(failure, Failure::detail);
    Err(match new || first.remedy.is_none() {
        false => failure.with_remedy(doctor::typed(&first.remedy, choice, session, record)),
        true => failure.remedy("see every step").command(["pyve", "init", "--force", "--verbose"]),
    })
}

/// A backend whose steps end well without an environment has planned something else than it said.
fn exists(choice: &ProjectContext, record: &Record) -> Result<(), Failure> {
    let (prefix, id) = (record.recorded.prefix.path(), choice.description.id.as_str());
    if prefix.is_dir() {
        return Ok(());
    }
    let shown = choice.layout.show(&prefix);
    let failure = Failure::new(format!("backend `{id}` did not create `{shown}`: it does not exist after its steps"));
    Err(match registry::find(id) {
        Some(_) => failure.remedy("pyve init --force --verbose shows every step"),
        None => failure.remedy(plugins::without(id)),
    })
}

/// The environment stands: how commands are started in it is found out now, so that no `run` has to.
pub fn finish(
    record: &mut Record,
    choice: &ProjectContext,
    session: &Session,
    request: &Request,
) -> Result<(), Failure> {
    *record = record.clone().ready();
    note_created(record, &choice.layout);
    let config = Fingerprint::now(&choice.layout.config());
    let host = session.hosting(&choice.layout).for_environment();
    let kept = refresh(&host, &choice.layout, record, &choice.backend, request.clone(), config)?
        .with_dotenv(choice.config.dotenv());
    record.launch = Some(kept);
    record.save(&choice.layout)
}

/// The settings are written by now: what holds from here on is noted, so that the next `run` asks nothing. `will_choose`
/// says whether they choose this backend again.
pub fn settle(record: &mut Record, choice: &ProjectContext, will_choose: bool) -> Result<(), Failure> {
    let config = Fingerprint::now(&choice.layout.config());
    if let Some(kept) = &mut record.launch {
        kept.config = config.clone();
    }
    record.save(&choice.layout)?;
    let backend = choice.description.id.to_string();
    let mut current = Current::new(&backend);
    if will_choose {
        let other_is_meant = choice.config.means_another(&choice.environment);
        current.chosen = Some(Chosen { backend, config, other_is_meant });
    }
    current.save(&choice.layout, &choice.environment)
}

/// After a failure: the record as it was. Where the old environment did not come back, the journal stays for the next pyve.
pub fn restore(choice: &ProjectContext, before: Option<&Record>) {
    let left = choice.record().ok().and_then(Found::mine);
    let away = |record: &Record| {
        record.journal.as_ref().is_some_and(|journal| !journal.old.is_at(&record.recorded.prefix.path()))
    };
    if left.as_ref().is_some_and(away) {
        return;
    }
    // The failure itself is what the user has to hear of.
    let _ = match before {
        Some(record) => record.save(&choice.layout).is_ok(),
        None => fs::remove_file(path(choice)).is_ok(),
    };
}

/// Removes pyve's folders from a project in which nothing came about; what holds something stays.
pub fn sweep(layout: &Layout) {
    let _ = fs::remove_file(layout.lock());
    let _ = fs::remove_dir(layout.folder().join("envs"));
    for environment in fs::read_dir(layout.state()).into_iter().flatten().flatten() {
        let _ = fs::remove_dir(environment.path());
    }
    // What is left, such as a log, git goes on ignoring.
    let ignore = layout.state().join(".gitignore");
    if fs::read_dir(layout.state()).is_ok_and(|left| left.flatten().all(|entry| entry.path() == ignore)) {
        let _ = fs::remove_file(ignore);
    }
    let _ = fs::remove_dir(layout.state()).and_then(|()| fs::remove_dir(layout.folder()));
}
