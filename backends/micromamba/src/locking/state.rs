//! How a lock is, told by its head alone: nothing is solved, and no package of it is looked at.

use std::collections::BTreeSet;

use pyve_plugin_api::{Error, LockState, Result};

use super::project::{Project, Wish};
use crate::pyve;

/// Before the name of a platform: the key of what was asked for when it was locked.
pub const ASKED: &str = "pyve.";

/// How many digits of a hash tell that what was asked for belongs to it.
const DIGITS: usize = 16;

/// A lock, and why it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub state: LockState,
    /// A line each.
    pub reasons: Vec<String>,
    /// The platforms that are locked, and fit.
    pub fresh: Vec<String>,
}

pub fn of(project: &Project) -> Result<Standing> {
    let told = |state, reasons: Vec<String>| Ok(Standing { state, reasons, fresh: Vec::new() });
    let Some(text) = &project.text else { return told(LockState::MISSING, Vec::new()) };
    let file = &project.file;
    if let Some(line) = project.conflict() {
        return told(LockState::CONFLICT, vec![format!("{file}:{line}: merge conflict")]);
    }
    let Some(head) = &project.head else { return Err(refused(project, text)) };
    match &head.version {
        Some(version) if version.text == "1" => {}
        Some(version) => {
            let what = format!(
                "{file}:{}: lock files of version '{}' cannot be read, only those of 1",
                version.line, version.text
            );
            return Err(again(Error::new(what), file));
        }
        None => {
            return Err(again(
                Error::new(format!("{file} does not say its version, so it is not a conda-lock file")),
                file,
            ));
        }
    }
    if !head.has_packages {
        return Err(again(Error::new(format!("{file} has no list 'package', so it locks nothing")), file));
    }
    if let Some(source) = project.foreign_source() {
        return told(LockState::UNKNOWN, vec![format!("{file} is made from {source}, which only conda-lock reads")]);
    }
    let (mut reasons, mut fresh, mut is_known) = (Vec::new(), Vec::new(), true);
    let platforms = project.platforms()?;
    for platform in &platforms {
        let wish = project.wish(platform)?;
        match head.content_hash.get(platform) {
            _ if !head.platforms.contains(platform) => {
                reasons.push(format!("platform {platform} is asked for, but not locked"))
            }
            None => {
                is_known = false;
                reasons.push(format!("{file} does not tell what it was made from for {platform}"));
            }
            Some(hash) => {
                let changed = changes(project, &wish, hash);
                if changed.is_empty() {
                    fresh.push(platform.clone());
                }
                reasons.extend(changed);
            }
        }
    }
    if let Some((_, origin)) = project.declared()? {
        let gone = head.platforms.iter().filter(|platform| !platforms.contains(platform));
        reasons.extend(gone.map(|platform| format!("platform {platform} is locked, but {origin} does not ask for it")));
    }
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
    let state = match (reasons.is_empty(), is_known) {
        (true, _) => LockState::FRESH,
        (false, true) => LockState::STALE,
        (false, false) => LockState::UNKNOWN,
    };
    Ok(Standing { state, reasons, fresh })
}

/// What changed since `platform` was locked; `None` where the lock does not tell, or tells it of what another program
/// made of other virtual packages.
pub fn changed(project: &Project, platform: &str) -> Option<Vec<String>> {
    let wish = project.wish(platform).ok()?;
    let head = project.head.as_ref().filter(|head| head.platforms.iter().any(|known| known == platform))?;
    let hash = head.content_hash.get(platform)?;
    let is_ours = kept_then(project, &wish, hash).is_some();
    (*hash == wish.content_hash || is_ours).then(|| changes(project, &wish, hash))
}

/// With the command that writes the file again.
fn again(error: Error, file: &str) -> Error {
    error.hint(format!("remove {file}, then run: pyve lock"))
}

fn refused(project: &Project, text: &str) -> Error {
    let why = pyve_formats::conda_lock::LockHead::read(text).err();
    let file = &project.file;
    let what = why.map_or_else(
        || format!("{file} is not valid YAML"),
        |error| format!("{file}:{}:{} is not valid YAML: {}", error.position.line, error.position.column, error.kind),
    );
    again(Error::new(what), file)
}

/// What is asked for otherwise than when the platform was locked.
fn changes(project: &Project, wish: &Wish, hash: &str) -> Vec<String> {
    let then = kept_then(project, wish, hash);
    let now = lines(wish);
    if *hash == wish.content_hash {
        let Some(then) = then else { return Vec::new() };
        let beside = |line: &str| line.starts_with("beside ");
        let before: Vec<&str> = then.into_iter().filter(|line| beside(line)).collect();
        let now: Vec<&str> = now.iter().map(String::as_str).filter(|line| beside(line)).collect();
        return differences(wish, &before, &now);
    }
    let mut reasons = channels(project, wish);
    if let Some(then) = then {
        let now: Vec<&str> = now.iter().map(String::as_str).collect();
        reasons.extend(differences(wish, &then, &now));
    }
    if reasons.is_empty() {
        let (sources, platform) = (wish.sources.join(", "), &wish.platform);
        reasons.push(format!("{sources} or the virtual packages changed since it was locked for {platform}"));
    }
    reasons
}

/// What was asked for then, where the file keeps that. What another program locked again since says nothing of it.
fn kept_then<'a>(project: &'a Project, wish: &Wish, hash: &str) -> Option<Vec<&'a str>> {
    let known = project.head.as_ref()?.custom.get(&format!("{ASKED}{}", wish.platform))?;
    let lines = known.strip_prefix(&first_line(hash))?.lines();
    Some(lines.filter(|line| !line.is_empty()).collect())
}

fn channels(project: &Project, wish: &Wish) -> Vec<String> {
    let now: Vec<&str> = wish.asked.channels.iter().map(|channel| channel.url.as_str()).collect();
    let then: Vec<&str> = project.head.iter().flat_map(|head| head.channels.iter().map(String::as_str)).collect();
    if then == now {
        return Vec::new();
    }
    let added = now.iter().filter(|channel| !then.contains(channel));
    let gone = then.iter().filter(|channel| !now.contains(channel));
    let mut reasons: Vec<String> = added.map(|channel| format!("channel {channel} added")).collect();
    reasons.extend(gone.map(|channel| format!("channel {channel} removed")));
    if reasons.is_empty() {
        reasons.push("channels in another order".to_owned());
    }
    reasons
}

/// `numpy >=2 added to environment.yml`; what is the same for all platforms reads the same for all.
fn differences(wish: &Wish, then: &[&str], now: &[&str]) -> Vec<String> {
    let file = wish.sources.join(", ");
    // By the manager and the name.
    let key = |line: &str| line.split([' ', '[']).take(2).map(str::to_owned).collect::<Vec<_>>();
    let gone: Vec<&str> = then.iter().copied().filter(|line| !now.contains(line)).collect();
    let mut come: Vec<&str> = now.iter().copied().filter(|line| !then.contains(line)).collect();
    let mut reasons = Vec::new();
    for old in gone {
        match come.iter().position(|new| key(new) == key(old)) {
            Some(at) => reasons.push(format!("{} changed to {} in {file}", shown(old), shown(come.remove(at)))),
            None => reasons.push(format!("{} removed from {file}", shown(old))),
        }
    }
    reasons.extend(come.into_iter().map(|new| format!("{} added to {file}", shown(new))));
    reasons
}

/// A kept line without the word for who installs it, where that is clear.
fn shown(line: &str) -> String {
    let (kind, what) = line.split_once(' ').unwrap_or(("", line));
    if kind == "pip" { format!("pip: {what}") } else { what.to_owned() }
}

/// What is asked for, a line each, and before that the hash to which it belongs.
pub fn kept(wish: &Wish) -> String {
    let lines: String = lines(wish).into_iter().map(|line| format!("\n{line}")).collect();
    format!("{}{lines}", first_line(&wish.content_hash))
}

fn first_line(hash: &str) -> String {
    format!("hash {}", hash.get(..DIGITS).unwrap_or(hash))
}

fn lines(wish: &Wish) -> Vec<String> {
    let one = |it: &pyve_formats::conda_lock::Dependency| {
        let category = Some(&it.category).filter(|category| *category != pyve_formats::conda_lock::MAIN);
        let category = category.map(|category| format!(" in category {category}")).unwrap_or_default();
        format!("{} {}{category}", it.manager.name(), it.shown())
    };
    wish.asked.dependencies.iter().map(one).chain(wish.beside.iter().cloned()).collect()
}

/// The command that resolves every state.
pub fn remedy() -> pyve_plugin_api::Command {
    pyve(&["lock"])
}
