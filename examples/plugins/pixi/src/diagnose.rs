//! What can be wrong with an environment of pixi, told by files.

use pyve_formats::match_spec::MatchSpec;
use pyve_plugin_api::{Command, Error, Finding, Host, LockState, Request, Result, Status};

use crate::environment::{self, Place};
use crate::lock::{self, Judged};
use crate::manifest::Manifest;
use crate::{inspect, installed, tool};

const ENVIRONMENT: &str = "Environment";
const LOCK: &str = "Lock file";

/// As many reasons are told in one line.
const NAMED: usize = 3;

/// The tool, the manifest, the environment, its Python, and the lock file.
pub fn examine(request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
    let mut findings = vec![pixi(request, host)?];
    let manifest = match Manifest::of(request) {
        Ok(manifest) => manifest,
        Err(error) => {
            findings.push(refused("pixi.manifest", "Manifest", &error));
            return Ok(findings);
        }
    };
    let name = match environment::declared(request, &manifest) {
        Ok(name) => name,
        Err(error) => {
            findings.push(refused("pixi.environment-undeclared", ENVIRONMENT, &error));
            return Ok(findings);
        }
    };
    findings.push(Finding::ok("pixi.manifest", "Manifest", manifest.file));
    let lock = Judged::of(request, &manifest);
    findings.push(environment(request, name, lock.as_ref().ok()));
    findings.extend(python(request, &manifest));
    findings.push(match &lock {
        Ok(lock) => locked(request, &manifest, lock),
        Err(error) => refused("pixi.lock-unreadable", LOCK, error),
    });
    Ok(findings)
}

fn refused(id: &str, subject: &str, error: &Error) -> Finding {
    let details: String = error.details.iter().map(|detail| format!("; {detail}")).collect();
    Finding::error(id, subject, &format!("{}{details}", error.message)).with_remedy(error.remedy.clone())
}

fn pyve(words: &[&str]) -> Command {
    Command::new("pyve").args(words.iter().copied())
}

fn pixi(request: &Request, host: &dyn Host) -> Result<Finding> {
    let answer = tool::find(request, host)?;
    Ok(match answer.found.into_option() {
        Some(pixi) => {
            let detail = format!("{} (v{}, {})", pixi.path.display(), pixi.version, pixi.origin);
            Finding::ok("pixi.tool", "pixi", &detail)
        }
        None => Finding::error("pixi.tool-missing", "pixi", &answer.missing).with_remedy(answer.remedy),
    })
}

fn environment(request: &Request, name: &str, lock: Option<&Judged>) -> Finding {
    let Place { prefix, external } = Place::known(request);
    let shown = prefix.display().to_string();
    if !prefix.join("conda-meta").is_dir() {
        let (id, detail) = ("pixi.environment-missing", format!("`{shown}` does not exist"));
        return Finding::error(id, ENVIRONMENT, &detail).remedy(&pyve(&["init"]));
    }
    if let Some(folder) = inspect::made_elsewhere(&prefix) {
        let detail = format!("`{shown}` was made at `{}`, and cannot be moved", folder.display());
        return Finding::error("pixi.environment-moved", ENVIRONMENT, &detail).remedy(&pyve(&["init", "--force"]));
    }
    let difference = lock.and_then(|lock| installed::difference(&prefix, &lock.locked, name));
    match difference {
        Some(difference) => {
            let finding = Finding::warning("pixi.environment-outdated", ENVIRONMENT, &difference);
            finding.remedy(&pyve(&["init", "--update"]))
        }
        None => {
            let kept = if external { " (detached; pixi keeps it, and pyve never removes it)" } else { "" };
            Finding::ok("pixi.environment", ENVIRONMENT, &format!("{shown}{kept}"))
        }
    }
}

/// The Python that is asked for elsewhere, which pixi does not read.
fn python(request: &Request, manifest: &Manifest) -> Option<Finding> {
    let version = installed::python(&Place::known(request).prefix)?;
    let Some(asked) = request.python() else { return Some(Finding::ok("pixi.python", "Python", &version)) };
    let equals = if asked.version.starts_with(|c: char| c.is_ascii_digit()) { "=" } else { "" };
    let spec = MatchSpec::parse(&format!("python{equals}{}", asked.version)).ok();
    if spec.and_then(|spec| spec.accepts(&version, "")) != Some(false) {
        return Some(Finding::ok("pixi.python", "Python", &version));
    }
    let detail = format!("{version} is installed, and {} asks for {}", asked.origin, asked.version);
    let hint = format!("pixi takes Python from `{}`: change it there, or what asks for another one", manifest.file);
    Some(Finding::warning("pixi.python-other", "Python", &detail).hint(hint))
}

fn locked(request: &Request, manifest: &Manifest, lock: &Judged) -> Finding {
    let (file, again) = (lock::FILE, pyve(&["lock"]));
    let more = lock.reasons.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    let reasons = format!("{}{rest}", lock.reasons.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; "));
    let doubtful = if request.strict { Status::ERROR } else { Status::WARNING };
    match lock.state {
        LockState::FRESH => Finding::ok("pixi.lock", LOCK, &format!("{file} (up to date)")),
        LockState::STALE => {
            let finding = Finding::new("pixi.lock-stale", doubtful, LOCK, &format!("{file} (stale): {reasons}"));
            finding.remedy(&again)
        }
        LockState::MISSING => {
            let status = if request.strict { Status::ERROR } else { Status::INFO };
            let detail = format!("{} has no lock file", manifest.file);
            Finding::new("pixi.lock-missing", status, LOCK, &detail).remedy(&again)
        }
        LockState::CONFLICT => Finding::error("pixi.lock-conflict", LOCK, &reasons).hint(lock::ANOTHER),
        _ => {
            let check = Command::new("pixi").args(["lock", "--check"]);
            Finding::new("pixi.lock", Status::INFO, LOCK, &format!("{file}: {reasons}")).remedy(&check)
        }
    }
}
