//! The files that the environment is made from: can they be used, and does the lock still fit.

use pyve_formats::conda_platform;
use pyve_plugin_api::{Command, Finding, FindingKind, Request, Status};

use super::refused;
use crate::candidates;
use crate::freshness::{self, Freshness};
use crate::lock::is_lock_name;
use crate::relock::Relock;
use crate::source::Source;
use crate::unusable::{Unusable, Why};

const SPEC: &str = "Environment file";
const LOCK: &str = "Lock file";

pub fn of(request: &Request, source: &Source) -> Vec<Finding> {
    let mut findings = spec(source);
    findings.push(lock(request, source));
    let doubtful = doubtful(request);
    let left_out = source.left_out.iter().map(|left_out| {
        let detail = left_out.text(&source.file);
        Finding::new("micromamba.lock-category", doubtful, LOCK, &detail).remedy(&left_out.command())
    });
    findings.extend(left_out);
    findings
}

fn spec(source: &Source) -> Vec<Finding> {
    let id = "micromamba.environment-file";
    let mut findings = Vec::new();
    if source.environment.is_some() || source.lock.is_some() {
        findings.push(Finding::ok(id, SPEC, &source.file));
    }
    let cautions = source.warnings.iter();
    findings.extend(cautions.map(|caution| Finding::warning(id, SPEC, &caution.text).hint(&caution.edit)));
    findings
}

/// What is doubtful is an error where that was asked for.
fn doubtful(request: &Request) -> Status {
    if request.strict { Status::ERROR } else { Status::WARNING }
}

fn lock(request: &Request, source: &Source) -> Finding {
    if source.unused_lock {
        let detail = format!("conda-lock.yml is not used, as {} was named", source.file);
        return Finding::new("micromamba.lock-unused", Status::INFO, LOCK, &detail);
    }
    let update = freshness::update_command(source);
    match freshness::of(request, source) {
        Freshness::Fresh { note } if note.is_empty() => {
            Finding::ok("micromamba.lock", LOCK, &format!("{} (up to date)", source.file))
        }
        Freshness::Fresh { note } => {
            Finding::ok("micromamba.lock", LOCK, &format!("{} (up to date; {note})", source.file))
        }
        Freshness::Stale(reasons) => {
            let detail = format!("{} (stale): {}", source.file, reasons.join("; "));
            let finding = Finding::new("micromamba.lock-stale", doubtful(request), LOCK, &detail).remedy(&update);
            finding.kind(FindingKind::ASKED)
        }
        Freshness::Missing => {
            let status = if request.strict { Status::ERROR } else { Status::INFO };
            Finding::new("micromamba.lock-missing", status, LOCK, "missing").remedy(&update)
        }
    }
}

fn lock_anew(spec: &str) -> Command {
    Relock::of(spec, &conda_platform::current()).command()
}

/// A file that nothing can be made from: the lock or the environment file.
pub fn unusable(request: &Request, Unusable { file, why, error }: &Unusable) -> Finding {
    if !is_lock_name(file) {
        return refused("micromamba.environment-file", SPEC, error);
    }
    let id = if *why == Why::OtherPlatform { "micromamba.lock-other-platform" } else { "micromamba.lock" };
    // What cannot be read can perhaps not be written, either; and one made again has the same categories.
    if matches!(why, Why::Unread | Why::OtherCategory) {
        return refused(id, LOCK, error);
    }
    let finding = Finding::error(id, LOCK, &error.message);
    match candidates::specs(request).iter().find(|file| request.in_project(file).is_file()) {
        // What could be read of it says what it is made from and for.
        Some(_) if error.remedy.typed().is_some() => finding.with_remedy(error.remedy.clone()),
        Some(spec) => finding.remedy(&lock_anew(spec)),
        None => finding.hint(format!(
            "{file} has no environment.yml beside it to be made from again: take an older {file}, or write environment.yml and run: {}",
            lock_anew("environment.yml")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Error;

    fn told(file: &str, why: Why) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("environment.yaml"), "dependencies: []\n").unwrap();
        let request = Request::new(folder.path(), folder.path());
        let finding = unusable(&request, &Unusable::new(file, why, Error::new("it").hint("chmod u+r it")));
        let command = finding.remedy.typed().unwrap_or_default();
        format!("{} | {command} | {}", finding.id, finding.hint_text().unwrap_or_default())
    }

    #[test]
    fn the_file_and_what_is_wrong_with_it_decide() {
        let again = format!("conda-lock -f environment.yaml -p {} | ", conda_platform::current());
        let lock = "conda-lock.yml";
        assert_eq!(told(lock, Why::Content), format!("micromamba.lock | {again}"));
        assert_eq!(told(lock, Why::Missing), format!("micromamba.lock | {again}"));
        assert_eq!(told(lock, Why::OtherPlatform), format!("micromamba.lock-other-platform | {again}"));
        assert_eq!(told(lock, Why::Unread), "micromamba.lock |  | chmod u+r it");
        assert_eq!(told("environment.yaml", Why::Unread), "micromamba.environment-file |  | chmod u+r it");
    }
}
