//! How the lock file is, what is installed beside it, and which lock files are other tools'.

use pyve_formats::dist_info::SitePackages;
use pyve_formats::foreign_lock;
use pyve_formats::pylock::{Outline, outline};
use pyve_formats::requirement::Requirement;
use pyve_plugin_api::{Error, Finding, Host, LockState, Request, Status};

use super::requirements::Required;
use crate::lock::{Content, Inputs, Judged, LockFile, not_locked};
use crate::pyve;
use crate::wanted::Wanted;

const SUBJECT: &str = "Lock file";

/// As many packages and reasons are named; the rest is counted.
const NAMED: usize = 5;

pub fn findings(request: &Request, installed: Option<&SitePackages>, host: &dyn Host) -> Vec<Finding> {
    let mut findings: Vec<Finding> = match looked(request, installed, host) {
        Ok(findings) => findings,
        Err(error) => {
            vec![Finding::error("venv.lock-unreadable", SUBJECT, &error.message).with_remedy(error.remedy.clone())]
        }
    };
    findings.extend(foreign_lock::in_project(&request.project()).iter().map(|lock| {
        let detail = format!("{} is not read; `{}` installs from it", lock.file, lock.command);
        Finding::new("venv.foreign-lock", Status::INFO, SUBJECT, &detail)
    }));
    findings
}

fn looked(request: &Request, installed: Option<&SitePackages>, host: &dyn Host) -> Result<Vec<Finding>, Error> {
    let file = LockFile::read(request)?;
    let name = &file.name;
    if matches!(file.content, Content::Missing) {
        return Ok(Vec::new());
    }
    // What is wrong with the project's own files is told where they are compared with what is installed.
    let Ok(wanted) = Wanted::read(request, host) else { return Ok(Vec::new()) };
    let Ok(inputs) = Inputs::of(&wanted, &request.project()) else { return Ok(Vec::new()) };
    let judged = Judged::of(&file, &inputs, request)?;
    // As `init` words it, which then need not say it again.
    let detail = judged.told(name);
    let Judged { state, reasons } = judged;
    let finding = match state {
        LockState::CONFLICT => Finding::error("venv.lock-conflict", SUBJECT, &told(&reasons)).remedy(&pyve(&["lock"])),
        LockState::STALE => Finding::warning("venv.lock-stale", SUBJECT, &detail).remedy(&pyve(&["lock"])),
        LockState::UNKNOWN => Finding::new("venv.lock", Status::INFO, SUBJECT, &told(&reasons)),
        _ => Finding::ok("venv.lock", SUBJECT, &format!("{name} is fresh")),
    };
    let mut findings = vec![finding];
    if let (Content::Text(text), Some(installed)) = (&file.content, installed) {
        let locked = outlined(text, name)?;
        let extra = not_locked(installed, locked.iter().map(|package| package.name.as_str()), &wanted);
        if !extra.is_empty() {
            let detail = format!("not in {name}: {}", told(&extra));
            let finding = Finding::warning("venv.package-not-locked", "Packages", &detail);
            findings.push(finding.remedy(&pyve(&["init", "--update", "--prune"])));
        }
    }
    Ok(findings)
}

/// What is locked, as what is required; `None` where no lock counts.
pub fn locked(request: &Request) -> Option<Vec<Required>> {
    let file = LockFile::read(request).ok()?;
    let Content::Text(text) = &file.content else { return None };
    let one = |package: Outline| {
        let version = package.version?;
        let marker = package.marker.map(|marker| format!("; {marker}")).unwrap_or_default();
        let requirement = Requirement::parse(&format!("{}=={version}{marker}", package.name))?;
        let text = format!("{}=={version}", package.name);
        Some(Required { requirement, text, origin: format!("{}:{}", file.name, package.line) })
    };
    Some(outlined(text, &file.name).ok()?.into_iter().filter_map(one).collect())
}

fn outlined(text: &str, name: &str) -> Result<Vec<Outline>, Error> {
    outline(text).map_err(|error| Error::new(format!("{name}:{}: {}", error.line, error.words)))
}

fn told(lines: &[String]) -> String {
    let more = lines.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", lines.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "))
}
