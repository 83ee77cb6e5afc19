//! What can be wrong with an environment of uv.

use pyve_formats::requirements;
use pyve_plugin_api::{Command, Finding, FindingKind, Host, LockState, Request, Result, Status};

use crate::choice::Choice;
use crate::lock::Judged;
use crate::lock::file::LockFile;
use crate::pins::{PINNED, sandboxes};
use crate::project::{self, Project};
use crate::state::{relinked, told};
use crate::tool::{self, Required};
use crate::{create, installed, python};

const LOCK: &str = "Lock file";
const PACKAGES: &str = "Packages";

/// The tool, the environment, its interpreter, the lock file, and what is installed.
pub fn examine(request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
    let mut findings = vec![of_tool(request, host)];
    let (environment, works) = of_environment(request);
    findings.push(environment);
    let project = match Project::around(&request.project()) {
        Ok(project) => project,
        Err(error) => {
            findings.push(
                Finding::error("uv.project-unreadable", "Project", &error.message).with_remedy(error.remedy.clone()),
            );
            return Ok(findings);
        }
    };
    let choice = match create::chosen(request, project.as_ref()) {
        Ok(choice) => choice,
        Err(error) => {
            findings.push(
                Finding::error("uv.settings-invalid", "Settings", &error.message).with_remedy(error.remedy.clone()),
            );
            return Ok(findings);
        }
    };
    if works {
        findings.extend(of_python(request, project.as_ref()));
        let relinked = relinked(request, &choice);
        findings.extend(
            relinked.map(|why| {
                Finding::warning("uv.settings-differ", "Settings", &why).remedy(&pyve(&["init", "--update"]))
            }),
        );
    }
    match &project {
        Some(project) => findings.extend(of_lock(request, project, &choice, works)),
        None if works => findings.extend(of_requirements(request)),
        None => {}
    }
    Ok(findings)
}

fn pyve(args: &[&str]) -> Command {
    Command::new("pyve").args(args.iter().copied())
}

fn of_tool(request: &Request, host: &dyn Host) -> Finding {
    let bootstrap = pyve(&["init", "--bootstrap-to", "user"]);
    let answer = match tool::find(request, host) {
        Ok(answer) => answer,
        Err(error) => return Finding::error("uv.tool-unknown", "uv", &error.message).with_remedy(error.remedy.clone()),
    };
    if let Some(uv) = answer.found.as_ref().into_option() {
        let detail = format!("{} (v{}, {})", uv.path.display(), uv.version, uv.origin);
        let own =
            sandboxes(request).into_iter().find(|sandbox| sandbox.id == uv.origin.as_str() && uv.version != PINNED);
        let older = own.filter(|_| uv.version.parse::<pep440_rs::Version>().ok() < PINNED.parse().ok());
        return match older {
            Some(sandbox) => {
                Finding::new("uv.tool-older", Status::INFO, "uv", &format!("{detail}; uv {PINNED} is pinned by now"))
                    .hint(format!(
                        "remove `{}` and run `pyve init --bootstrap-to {}` to get it",
                        sandbox.root.display(),
                        sandbox.id
                    ))
            }
            None => Finding::ok("uv.tool", "uv", &detail),
        };
    }
    match Required::read(request).ok().flatten() {
        Some(required) if !answer.seen.is_empty() => {
            let seen = answer.seen.iter().map(|line| line.as_str()).collect::<Vec<_>>().join(", ");
            let detail = format!("{} requires uv `{}`; found {seen}", required.origin, required.text);
            let finding = Finding::error("uv.tool-version", "uv", &detail);
            if required.allows(PINNED) { finding.remedy(&bootstrap) } else { finding.with_remedy(answer.remedy) }
        }
        _ => Finding::error("uv.tool-missing", "uv", &answer.missing).remedy(&bootstrap),
    }
}

/// And whether it works.
fn of_environment(request: &Request) -> (Finding, bool) {
    let prefix = project::prefix(request);
    match (prefix.join("pyvenv.cfg").is_file(), project::interpreter(&prefix).exists()) {
        (false, _) => {
            let detail = format!("{} does not exist", prefix.display());
            (Finding::error("uv.environment-missing", "Environment", &detail).remedy(&pyve(&["init"])), false)
        }
        (true, false) => {
            let detail = format!("the interpreter of {} is gone", prefix.display());
            (Finding::error("uv.interpreter-missing", "Python", &detail).remedy(&pyve(&["init", "--force"])), false)
        }
        (true, true) => (Finding::ok("uv.environment", "Environment", &prefix.display().to_string()), true),
    }
}

fn of_python(request: &Request, project: Option<&Project>) -> Option<Finding> {
    match python::mismatch(&project::prefix(request), request, project) {
        Ok(why) => Some(Finding::warning("uv.python-other", "Python", &why?).remedy(&pyve(&["init", "--update"]))),
        Err(error) => {
            Some(Finding::error("uv.python-invalid", "Python", &error.message).with_remedy(error.remedy.clone()))
        }
    }
}

/// How the lock file is, and whether what it says is installed: told by what it notes, without uv, which may start what the
/// project names to build itself with.
fn of_lock(request: &Request, project: &Project, choice: &Choice, works: bool) -> Vec<Finding> {
    let read = LockFile::read(&project.base).and_then(|file| {
        let judged = match &file {
            LockFile::Parsed(locked) => Judged::of(locked, project)?,
            _ => Judged::read(project)?,
        };
        Ok((file, judged))
    });
    let (file, judged) = match read {
        Ok(read) => read,
        Err(error) => {
            return vec![Finding::error("uv.lock-unreadable", LOCK, &error.message).with_remedy(error.remedy.clone())];
        }
    };
    let lock = pyve(&["lock"]);
    let finding = match judged.state {
        LockState::FRESH => Finding::ok("uv.lock", LOCK, "uv.lock is fresh"),
        LockState::STALE => Finding::warning("uv.lock-stale", LOCK, &judged.told()).remedy(&lock),
        LockState::MISSING => Finding::warning("uv.lock-missing", LOCK, "uv.lock does not exist").remedy(&lock),
        LockState::CONFLICT => Finding::error("uv.lock-conflict", LOCK, &judged.reasons.join("; "))
            .hint("take a whole `uv.lock` from git, and run `pyve lock`"),
        _ => {
            Finding::new("uv.lock", Status::INFO, LOCK, &judged.told()).remedy(&pyve(&["run", "uv", "lock", "--check"]))
        }
    };
    let mut findings = vec![finding];
    if let (LockFile::Parsed(locked), true) = (&file, works) {
        let differences =
            installed::differences(&project::prefix(request), locked, project, choice).unwrap_or_default();
        let finding =
            Finding::warning("uv.packages-differ", PACKAGES, &told(&differences)).remedy(&pyve(&["init", "--update"]));
        findings.extend((!differences.is_empty()).then_some(finding));
    }
    findings
}

/// Whether what a file of requirements names is installed, where there is no project.
fn of_requirements(request: &Request) -> Option<Finding> {
    let name = project::requirements(request)?;
    let prefix = project::prefix(request);
    let read = requirements::read(&request.in_project(&name), &|_| None).ok()??;
    let environment = installed::environment(&prefix)?;
    let installed = installed::installed(&prefix);
    let wanted =
        read.entries.iter().filter_map(|entry| entry.requirement()).filter(|wanted| wanted.applies(&environment));
    let missing: Vec<String> = wanted
        .filter_map(|wanted| match installed.get(&wanted.name) {
            None => Some(format!("{} is not installed", wanted.name)),
            Some(version) if !wanted.may_be(version) => Some(format!("{} {version} is installed", wanted.name)),
            Some(_) => None,
        })
        .collect();
    let detail = format!("not as `{name}` asks: {}", told(&missing));
    let finding = Finding::warning("uv.packages-differ", PACKAGES, &detail).kind(FindingKind::DEPENDENCIES);
    (!missing.is_empty()).then(|| finding.remedy(&pyve(&["init", "--update"])))
}
