//! How `pixi.lock` is, told by its content and the manifest's alone: no solver, no network, no pixi.

use std::collections::BTreeSet;

use pyve_formats::conflict_markers;
use pyve_formats::match_spec::MatchSpec;
use pyve_formats::python_name::normalized;
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::{Error, LockState, Request, Result};

use super::FILE;
use super::asked::{self, Asked, Requirement};
use super::locked::{self, Locked, Package, Unread};
use crate::manifest::Manifest;

/// As many reasons are told.
const MOST: usize = 20;

/// How a lock file is, and why.
#[derive(Debug, Default)]
pub struct Judged {
    pub state: LockState,
    /// A line each.
    pub reasons: Vec<String>,
    /// What it says, if it could be read.
    pub locked: Locked,
}

impl Judged {
    fn new(state: LockState, reasons: Vec<String>) -> Self {
        Self { state, reasons, locked: Locked::default() }
    }

    /// The lock of the project, against its manifest.
    pub fn of(request: &Request, manifest: &Manifest) -> Result<Self> {
        let read = read::text(request.in_project(FILE), Limit::LOCK);
        let Some(text) = read.map_err(|error| Error::new(error.to_string()).hint(error.hint()))? else {
            return Ok(Self::new(LockState::MISSING, Vec::new()));
        };
        if let Some(line) = conflict_markers::first(&text) {
            return Ok(Self::new(LockState::CONFLICT, vec![format!("{FILE}:{line}: merge conflict")]));
        }
        let locked = match Locked::parse(&text) {
            Ok(locked) => locked,
            Err(Unread::Yaml(error)) => {
                let place = error.position;
                let message = format!("{FILE}:{}:{} is not valid YAML: {}", place.line, place.column, error.kind);
                return Err(Error::new(message).hint(super::ANOTHER));
            }
            Err(Unread::Version(version)) => {
                let reason = match version.as_str() {
                    "" => format!("{FILE} does not say which version of the format it has"),
                    version => {
                        format!("{FILE} has version {} of the format, which is not known here", version.escape_debug())
                    }
                };
                return Ok(Self::new(LockState::UNKNOWN, vec![reason]));
            }
        };
        let asked = Asked::of(manifest);
        let mut reasons = Differences::of(manifest.file, &asked, &locked);
        let state = match (reasons.is_empty(), asked.unclear.is_empty()) {
            (false, _) => LockState::STALE,
            (true, true) => LockState::FRESH,
            (true, false) => {
                reasons = asked.unclear;
                LockState::UNKNOWN
            }
        };
        let mut seen = BTreeSet::new();
        reasons.retain(|reason| seen.insert(reason.clone()));
        let more = reasons.len().saturating_sub(MOST);
        reasons.truncate(MOST);
        reasons.extend((more > 0).then(|| format!("and {more} more")));
        Ok(Self { state, reasons, locked })
    }
}

/// What is asked for and not locked so, and the other way round.
struct Differences<'a> {
    file: &'a str,
    locked: &'a Locked,
    told: Vec<String>,
}

impl<'a> Differences<'a> {
    fn of(file: &'a str, asked: &Asked, locked: &'a Locked) -> Vec<String> {
        let mut differences = Self { file, locked, told: Vec::new() };
        for environment in &asked.environments {
            match locked.environment(&environment.name) {
                // One without a platform is not locked at all.
                None if environment.platforms.is_empty() => {}
                None => differences.told.push(format!("{FILE} has no environment `{}`", environment.name)),
                Some(known) => differences.environment(environment, known, asked.unclear.is_empty()),
            }
        }
        differences.told
    }

    fn environment(&mut self, asked: &asked::Environment, locked: &locked::Environment, all_clear: bool) {
        let name = &asked.name;
        if !asked.channels.is_empty() && !same_channels(&asked.channels, &locked.channels) {
            let (file, channels) = (self.file, asked.channels.join(", "));
            let then = locked.channels.join(", ");
            self.told.push(format!("{file} names the channels {channels}, but {then} were locked from"));
        }
        for (platform, wanted) in &asked.platforms {
            match locked.on(platform) {
                None => self.told.push(format!("environment `{name}` is not locked for {platform}")),
                Some(packages) => self.packages(wanted, packages, all_clear),
            }
        }
        let is_asked = |platform: &str| asked.platforms.iter().any(|(known, _)| known == platform);
        let gone = locked.platforms.iter().filter(|(platform, _)| all_clear && !is_asked(platform));
        let gone = gone.map(|(platform, _)| {
            format!("environment `{name}` is locked for {platform}, which {} does not ask for", self.file)
        });
        self.told.extend(gone);
    }

    fn packages(&mut self, wanted: &[Requirement], packages: &[Package], all_clear: bool) {
        let is_open = packages.contains(&Package::Other);
        for requirement in wanted {
            let (file, line, name) = (self.file, requirement.line, requirement.name.escape_debug());
            match requirement.is_pypi {
                _ if is_open && !all_clear => {}
                true if !has_pypi(packages, &requirement.name) => {
                    self.told.push(format!("{file}:{line} asks PyPI for `{name}`, which is not locked"));
                }
                true => {}
                false => match conda(packages, &requirement.name) {
                    None => self.told.push(format!("{file}:{line} asks for `{name}`, which is not locked")),
                    Some((version, build)) if !accepts(requirement, version, build) => {
                        let spec = requirement.spec.escape_debug();
                        self.told.push(format!("{file}:{line} asks for `{name} {spec}`, but {version} is locked"));
                    }
                    Some(_) => {}
                },
            }
        }
        if all_clear {
            let left = self.unreached(wanted, packages);
            let left = left.iter().map(|name| format!("`{name}` is locked, but nothing asks for it"));
            self.told.extend(left);
        }
    }

    /// The conda packages that nothing leads to any more.
    fn unreached(&self, wanted: &[Requirement], packages: &'a [Package]) -> Vec<&'a str> {
        let of_conda = |package: &'a Package| match package {
            Package::Conda(address, file) => Some((address, file.name.as_str())),
            _ => None,
        };
        let mut open: Vec<String> = wanted.iter().map(|it| it.name.to_ascii_lowercase()).collect();
        let mut reached: BTreeSet<String> = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !reached.insert(name.clone()) {
                continue;
            }
            let found = packages.iter().filter_map(of_conda).filter(|(_, known)| *known == name);
            open.extend(found.flat_map(|(address, _)| self.locked.needs(address).iter().cloned()));
        }
        packages.iter().filter_map(of_conda).map(|(_, name)| name).filter(|name| !reached.contains(*name)).collect()
    }
}

fn has_pypi(packages: &[Package], name: &str) -> bool {
    let name = normalized(name);
    // What is local to the project may have any name.
    packages
        .iter()
        .any(|package| matches!(package, Package::Pypi(known, _) if *known == name) || *package == Package::Other)
}

fn conda<'a>(packages: &'a [Package], name: &str) -> Option<(&'a str, &'a str)> {
    packages.iter().find_map(|package| match package {
        Package::Conda(_, file) if file.name.eq_ignore_ascii_case(name) => {
            Some((file.version.as_str(), file.build.as_str()))
        }
        _ => None,
    })
}

/// What cannot be compared is accepted.
fn accepts(requirement: &Requirement, version: &str, build: &str) -> bool {
    if requirement.spec.is_empty() {
        return true;
    }
    // A version alone means that very one.
    let spec = &requirement.spec;
    let exact = spec.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let spec = if exact { format!("=={spec}") } else { spec.clone() };
    let spec = MatchSpec::parse(&format!("{} {spec}", requirement.name)).ok();
    spec.and_then(|spec| spec.accepts(version, build)) != Some(false)
}

/// `conda-forge` is the last part of whatever address it was locked from.
fn same_channels(asked: &[String], locked: &[String]) -> bool {
    let plain = |channel: &str| channel.trim_end_matches('/').to_owned();
    let same = |asked: &String, locked: &String| {
        let (asked, locked) = (plain(asked), plain(locked));
        asked == locked || (!asked.contains("://") && locked.ends_with(&format!("/{asked}")))
    };
    asked.len() == locked.len() && asked.iter().zip(locked).all(|(asked, locked)| same(asked, locked))
}
