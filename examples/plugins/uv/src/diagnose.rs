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
use crate::{create, installed, python, site};

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
        Ok(choice) => choice.with_variables(request, host),
        Err(error) => {
            findings.push(
                Finding::error("uv.settings-invalid", "Settings", &error.message).with_remedy(error.remedy.clone()),
            );
            return Ok(findings);
        }
    };
    if works {
        findings.extend(of_python(request, project.as_ref(), &choice, host));
        let relinked = relinked(request, &choice);
        findings.extend(
            relinked.map(|why| {
                Finding::warning("uv.settings-differ", "Settings", &why).remedy(&pyve(&["init", "--update"]))
            }),
        );
    }
    match &project {
        Some(project) => findings.extend(of_lock(request, project, &choice, works, host)),
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

fn of_python(request: &Request, project: Option<&Project>, choice: &Choice, host: &dyn Host) -> Option<Finding> {
    match python::mismatch(&project::prefix(request), request, project, choice, host) {
        Ok(why) => Some(Finding::warning("uv.python-other", "Python", &why?).remedy(&pyve(&["init", "--update"]))),
        Err(error) => {
            Some(Finding::error("uv.python-invalid", "Python", &error.message).with_remedy(error.remedy.clone()))
        }
    }
}

/// How the lock file is, and whether what it says is installed: told by what it notes, without uv, which may start what the
/// project names to build itself with.
fn of_lock(request: &Request, project: &Project, choice: &Choice, works: bool, host: &dyn Host) -> Vec<Finding> {
    let read = LockFile::read(&project.base).and_then(|file| {
        let judged = match &file {
            LockFile::Parsed(locked) => Judged::of(locked, project, host)?,
            _ => Judged::read(project, host)?,
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
        LockState::CONFLICT => Finding::error("uv.lock-conflict", LOCK, &judged.reasons.join("; ")).remedy(&lock),
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
    let environment = site::environment(&prefix)?;
    let installed = site::installed(&prefix);
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;
    use pyve_plugin_api::{PythonRequest, Recorded};
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn what_is_wrong_is_told_with_what_fixes_it() {
        let root = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write("bin/uv", "#!/bin/sh\necho uv 0.13.8\n");
        std::fs::set_permissions(root.path().join("bin/uv"), std::fs::Permissions::from_mode(0o755)).unwrap();
        write("p/.venv/pyvenv.cfg", "version_info = 3.11.7\n");
        write("p/.venv/bin/activate", "");
        symlink("/bin/sh", root.path().join("p/.venv/bin/python")).unwrap();
        let host = FakeHost::new().path(root.path().join("bin"));
        let told = |request: &Request| -> Vec<String> {
            let findings = examine(request, &host).unwrap().into_iter().filter(|it| it.status != Status::OK);
            findings.map(|it| format!("{}: {} ({})", it.id, it.detail, it.remedy)).collect()
        };
        let asked = Request::new(root.path().join("p"), root.path().join("home"));
        assert_eq!(told(&asked), Vec::<String>::new());
        write("p/requirements.txt", "six>=1\nwin ; sys_platform == 'other'\n-r more.txt\n");
        let update = "(run `pyve init --update`)";
        let lacks = format!("uv.packages-differ: not as `requirements.txt` asks: six is not installed {update}");
        assert_eq!(told(&asked), [lacks]);
        std::fs::remove_file(root.path().join("p/requirements.txt")).unwrap();
        let python = Request { python: Some(PythonRequest::new("3.12", "f")).into(), ..asked.clone() };
        assert_eq!(told(&python), [format!("uv.python-other: made with Python 3.11.7 {update}")]);
        let recorded = Recorded { ready: true, ..Recorded::default() };
        let linked =
            Request { recorded: Some(recorded).into(), ..asked.clone() }.with_setting("link_mode", ["copy"], "f");
        let differ = format!("uv.settings-differ: its packages were linked by uv's own choice, not by copy {update}");
        assert_eq!(told(&linked), [differ]);
        let wrong = asked.clone().with_setting("link_mode", ["x"], ".pyve/config:3");
        let invalid =
            "uv.settings-invalid: invalid link_mode `x` (.pyve/config:3) (use one of clone, copy, hardlink, symlink)";
        assert_eq!(told(&wrong), [invalid]);
        let seen = format!("found uv 0.13.8 ({})", root.path().join("bin/uv").display());
        write("p/uv.toml", "required-version = '>0.13.8'\n");
        let version = format!("uv.tool-version: uv.toml:1 requires uv `>0.13.8`; {seen}");
        assert_eq!(told(&asked), [format!("{version} (run `pyve init --bootstrap-to user`)")]);
        write("p/uv.toml", "required-version = 7\n");
        assert_eq!(
            told(&asked),
            [
                "uv.tool-unknown: uv.toml:1: `required-version` must be a string, not of the type integer (correct uv.toml:1)"
            ]
        );
        write("p/uv.toml", "");
        write("p/pyproject.toml", "[project\n");
        assert!(told(&asked).last().unwrap().starts_with("uv.project-unreadable: "), "{:?}", told(&asked));
        write("p/pyproject.toml", "[project]\nname = 'a'\ndynamic = ['dependencies']\n");
        assert_eq!(told(&asked), ["uv.lock-missing: uv.lock does not exist (run `pyve lock`)"]);
        write("home/bin/uv/bin/uv", "#!/bin/sh\necho uv 0.13.8\n");
        std::fs::set_permissions(root.path().join("home/bin/uv/bin/uv"), std::fs::Permissions::from_mode(0o755))
            .unwrap();
        let older = told(&asked).remove(0);
        assert!(
            older.starts_with("uv.tool-older: ") && older.contains(&format!("uv {PINNED} is pinned by now")),
            "{older}"
        );
    }
}
