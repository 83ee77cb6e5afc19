//! Whether the environment is there, whole, at its place, and what its files ask for.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Finding, PrefixState, Request, Status};

use super::sight::Sight;
use super::{openmp, packages, pip, python, pyve, rebuild, refused, scripts};
use crate::source::Source;
use crate::{installed, name, prefix, state};

const SUBJECT: &str = "Environment";

pub fn of(request: &Request, source: Option<&Source>) -> Vec<Finding> {
    let prefix = match prefix(request, source) {
        Ok(prefix) => prefix,
        Err(error) => return vec![refused("micromamba.environment", SUBJECT, &error)],
    };
    let shown = prefix.strip_prefix(request.project()).unwrap_or(&prefix).display().to_string();
    if let Some(fault) = fault(&prefix, &shown) {
        return vec![fault];
    }
    inside(&Sight::of(request, source, &prefix, &shown))
}

/// Where it was made; where it would be made, if it was not.
fn prefix(request: &Request, source: Option<&Source>) -> pyve_plugin_api::Result<PathBuf> {
    if let Some(recorded) = request.recorded() {
        return Ok(recorded.prefix.path().into_owned());
    }
    prefix::prefix(request, &name::of(request, source.and_then(|source| source.environment.as_ref()))?)
}

/// Why nothing in it need be looked at.
fn fault(prefix: &Path, shown: &str) -> Option<Finding> {
    if !prefix.exists() {
        let detail = format!("{shown} does not exist");
        return Some(Finding::error("micromamba.environment-missing", SUBJECT, &detail).remedy(&pyve(&["init"])));
    }
    let broken = |id: &str, why: String| Finding::error(id, SUBJECT, &format!("{shown}: {why}")).remedy(&rebuild());
    state::incomplete(prefix)
        .map(|why| broken("micromamba.half-made", why))
        .or_else(|| state::moved(prefix).map(|why| broken("micromamba.environment-moved", why)))
}

fn inside(sight: &Sight) -> Vec<Finding> {
    let whole = whole(sight);
    if whole.status != Status::OK {
        return vec![whole];
    }
    let mut findings = vec![whole];
    findings.extend(short(sight));
    let python = python::of(sight);
    // With the interpreter all of its scripts are dead.
    let runs = python.as_ref().is_none_or(|python| python.status == Status::OK);
    findings.extend(python);
    findings.extend(pip::of(sight));
    findings.extend(packages::doubled(sight));
    findings.extend(openmp::of(sight));
    findings.extend(scripts::dead(sight).filter(|_| runs));
    findings
}

fn whole(sight: &Sight) -> Finding {
    let shown = &sight.shown;
    if state::is_unfilled(&sight.packages, sight.source) {
        let detail = format!("{shown} holds no packages");
        return Finding::error("micromamba.half-made", SUBJECT, &detail).remedy(&rebuild());
    }
    let detail = format!("{shown} ({})", installed::counted(&sight.packages));
    Finding::ok("micromamba.environment", SUBJECT, &detail)
}

/// What the files ask for and the environment does not have.
fn short(sight: &Sight) -> Vec<Finding> {
    let Some(source) = sight.source else { return Vec::new() };
    let short = state::shortfalls(&sight.packages, sight.request, source);
    let (state, detail) = state::compared(sight.request, source, &sight.packages);
    // Where the files have changed since, what they ask for now was never promised.
    if state == PrefixState::OUTDATED && (short.is_empty() || sight.request.recorded().is_some()) {
        let outdated = Finding::warning("micromamba.environment-outdated", SUBJECT, &detail);
        return vec![outdated.remedy(&pyve(&["init", "--update"]))];
    }
    let id = "micromamba.package-missing";
    let missing = short.iter().map(|detail| Finding::error(id, SUBJECT, detail));
    // A requirement's name says less than a package's of conda: what it installs may call itself otherwise.
    let by_pip = packages::not_installed(sight);
    let all = missing.chain(by_pip.iter().map(|detail| Finding::warning(id, SUBJECT, detail)));
    all.map(|finding| finding.remedy(&rebuild())).collect()
}
