//! The content of a new lock file.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};

use pyve_formats::conda_lock::{LockedPackage, MAIN, NewLock};
use pyve_plugin_api::{Host, Result};

use super::graph;
use super::project::{Project, Wish};
use super::solution::{Chosen, Set};
use super::{secrets, state};

/// What is said at the head of the file.
const HEADING: [&str; 2] =
    ["This file is written by `pyve lock`; do not edit it.", "conda-lock and micromamba read it as well."];

/// A platform whose packages were solved for.
pub struct Solution<'a> {
    pub wish: &'a Wish,
    pub conda: Set,
    /// Of pip's, without category.
    pub pip: Vec<LockedPackage>,
}

/// The file: what was solved, and beside it the platforms in `kept` as they were.
pub fn file(
    project: &Project,
    wishes: &[Wish],
    solutions: &[Solution],
    kept: &[LockedPackage],
    host: &dyn Host,
) -> Result<NewLock> {
    let mut lock = NewLock { heading: HEADING.map(str::to_owned).to_vec(), ..NewLock::default() };
    let head = project.head.as_ref();
    // Words of others stay.
    lock.custom = head.map(|head| head.custom.clone()).unwrap_or_default();
    lock.custom.retain(|key, _| !key.starts_with(state::ASKED));
    for wish in wishes {
        let platform = &wish.platform;
        let is_solved = solutions.iter().any(|solution| solution.wish.platform == *platform);
        let key = format!("{}{platform}", state::ASKED);
        let before = head.filter(|_| !is_solved);
        match before.and_then(|head| head.content_hash.get(platform)) {
            Some(hash) => {
                lock.content_hash.insert(platform.clone(), hash.clone());
                let words = before.and_then(|head| head.custom.get(&key));
                lock.custom.extend(words.map(|words| (key, words.clone())));
            }
            None if is_solved => {
                lock.content_hash.insert(platform.clone(), wish.content_hash.clone());
                lock.custom.insert(key, state::kept(wish));
            }
            None => continue,
        }
        lock.packages
            .extend(kept.iter().filter(|it| before.is_some() && it.platform.as_ref() == Some(platform)).cloned());
        for source in wish.sources.iter().filter(|source| !lock.sources.contains(source)).collect::<Vec<_>>() {
            lock.sources.push(source.clone());
        }
        for channel in &wish.asked.channels {
            if !lock.channels.contains(channel) {
                lock.channels.push(channel.clone());
            }
        }
    }
    for solution in solutions {
        lock.packages.extend(entries(solution, host)?);
    }
    Ok(lock)
}

fn entries(solution: &Solution, host: &dyn Host) -> Result<Vec<LockedPackage>> {
    let Solution { wish, conda, pip } = solution;
    let categories = Categories::of(wish, conda, pip);
    let mut entries = Vec::new();
    for chosen in conda.values() {
        entries.push(LockedPackage {
            name: Some(chosen.name.clone()),
            version: Some(chosen.version.clone()),
            manager: Some("conda".to_owned()),
            platform: Some(wish.platform.clone()),
            dependencies: chosen.depends.iter().map(|text| dependency(text)).collect(),
            url: Some(secrets::taken_out(&chosen.url, &wish.asked.channels, host)?),
            md5: chosen.md5.clone(),
            sha256: chosen.sha256.clone(),
            category: Some(categories.of_conda(chosen)),
            ..LockedPackage::default()
        });
    }
    let of_pip = pip.iter().map(|package| LockedPackage {
        platform: Some(wish.platform.clone()),
        category: Some(categories.of_pip(package)),
        ..package.clone()
    });
    entries.extend(of_pip);
    Ok(entries)
}

/// `python >=3.9` as a name and its versions.
fn dependency(text: &str) -> (String, String) {
    let name = graph::name_of(text);
    let rest = text.split_once(char::is_whitespace).map(|(_, rest)| rest.trim()).unwrap_or_default();
    (name, rest.to_owned())
}

/// Which packages belong to which category: those that the main one leads to belong to that.
struct Categories {
    conda: BTreeMap<String, BTreeSet<String>>,
    pip: BTreeMap<String, String>,
    other: String,
}

impl Categories {
    fn of(wish: &Wish, conda: &Set, pip: &[LockedPackage]) -> Self {
        let mut roots: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, category) in &wish.categories {
            roots.entry(category).or_default().push(name);
        }
        let other = roots.keys().next().copied().filter(|_| roots.len() == 1).unwrap_or(MAIN).to_owned();
        let reached = roots
            .iter()
            .map(|(category, names)| ((*category).to_owned(), graph::reached(names.iter().copied(), conda)));
        let mut of_pip = BTreeMap::new();
        // The main one last, so that it counts.
        let mut ordered: Vec<_> = roots.iter().collect();
        sorted::by_key(&mut ordered, |(category, _)| **category == MAIN);
        for (category, names) in ordered {
            let mut open: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let mut seen = BTreeSet::new();
            while let Some(name) = open.pop() {
                let Some(package) = pip.iter().find(|it| it.name.as_ref() == Some(&name)) else { continue };
                if seen.insert(name.clone()) {
                    open.extend(package.dependencies.keys().cloned());
                    of_pip.insert(name, (*category).to_owned());
                }
            }
        }
        Self { conda: reached.collect(), pip: of_pip, other }
    }

    fn of_conda(&self, chosen: &Chosen) -> String {
        let with = |category: &str| self.conda.get(category).is_some_and(|names| names.contains(&chosen.name));
        if with(MAIN) {
            return MAIN.to_owned();
        }
        let found = self.conda.keys().find(|category| with(category));
        found.cloned().unwrap_or_else(|| self.other.clone())
    }

    fn of_pip(&self, package: &LockedPackage) -> String {
        let found = package.name.as_ref().and_then(|name| self.pip.get(name));
        found.cloned().unwrap_or_else(|| self.other.clone())
    }
}
