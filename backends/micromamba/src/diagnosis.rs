//! What is right and wrong with micromamba, the environment and the files it is made from.

use std::path::Path;
use std::time::Duration;

use pyve_plugin_api::{Command, Error, Finding, Host, Request, Standing, Status};

use crate::freshness::{self, Freshness};
use crate::installed::{self, Package};
use crate::source::Source;
use crate::{creation, name, place, python, standing, tool};

const ENVIRONMENT: &str = "Environment";
const PYTHON: &str = "Python";
const SPEC: &str = "Environment file";
const LOCK: &str = "Lock file";

pub fn of(request: &Request, host: &dyn Host) -> Vec<Finding> {
    let mut findings = vec![tool(request, host)];
    let source = Source::of(request);
    findings.extend(environment(request, host, source.as_ref().ok()));
    match &source {
        Ok(source) => {
            findings.extend(spec(source));
            findings.push(lock(request, source));
        }
        Err(error) => findings.push(unusable_file(error)),
    }
    findings
}

fn pyve(args: &[&str]) -> Command {
    Command::new("pyve").args(args.iter().copied())
}

/// The tool that made the environment needs no start: its version is recorded.
fn tool(request: &Request, host: &dyn Host) -> Finding {
    let (id, subject) = ("micromamba.tool", "Micromamba");
    if let Some(recorded) = request.recorded()
        && recorded.tool.path.path().is_file()
        && !recorded.tool.version.is_empty()
    {
        let detail = format!("{} (v{})", recorded.tool.path.display(), recorded.tool.version);
        return Finding::ok(id, subject, &detail);
    }
    let search = tool::search(request, host);
    match search.found {
        Some(tool) => Finding::ok(id, subject, &format!("{} (v{})", tool.path.display(), tool.version)),
        None => {
            let detail = match search.seen.first() {
                Some(seen) => format!("none fits: {seen}"),
                None => "not installed".to_owned(),
            };
            Finding::error(id, subject, &detail).remedy(&pyve(&["init", "--auto-bootstrap"]))
        }
    }
}

fn environment(request: &Request, host: &dyn Host, source: Option<&Source>) -> Vec<Finding> {
    let planned = || {
        let name = name::of(request, source.and_then(|source| source.environment.as_ref()))?;
        place::prefix(request, &name)
    };
    let recorded = request.recorded().map(|recorded| recorded.prefix.path().into_owned());
    let prefix = match recorded.map_or_else(planned, Ok) {
        Ok(prefix) => prefix,
        Err(error) => return vec![Finding::error("micromamba.environment", ENVIRONMENT, &told(&error))],
    };
    let shown = prefix.strip_prefix(request.project()).unwrap_or(&prefix).display().to_string();
    if !prefix.exists() {
        let detail = format!("{shown} is not there");
        let finding = Finding::error("micromamba.environment-missing", ENVIRONMENT, &detail);
        return vec![finding.remedy(&pyve(&["init"]))];
    }
    if let Some(why) = standing::incomplete(&prefix) {
        let finding = Finding::error("micromamba.half-made", ENVIRONMENT, &format!("{shown}: {why}"));
        return vec![finding.remedy(&pyve(&["init", "--force"]))];
    }
    if let Some(why) = standing::moved(&prefix) {
        let finding = Finding::error("micromamba.environment-moved", ENVIRONMENT, &format!("{shown}: {why}"));
        return vec![finding.remedy(&pyve(&["init", "--force"]))];
    }
    let packages = installed::packages(&prefix).unwrap_or_default();
    let mut findings = vec![whole(&shown, &packages, source)];
    findings.extend(source.map(|source| changed(request, &prefix, &packages, source)).unwrap_or_default());
    findings.extend(interpreter(request, host, source, &prefix, &packages));
    findings.extend(pip(source, request, &prefix, &packages));
    findings
}

fn whole(shown: &str, packages: &[Package], source: Option<&Source>) -> Finding {
    let wanted = source.is_none_or(|source| {
        source.lock.is_some() || source.environment.as_ref().is_some_and(|file| !file.packages.is_empty())
    });
    if packages.is_empty() && wanted {
        return Finding::error("micromamba.half-made", ENVIRONMENT, &format!("{shown} holds no packages"))
            .remedy(&pyve(&["init", "--force"]));
    }
    Finding::ok("micromamba.environment", ENVIRONMENT, &format!("{shown} ({})", installed::counted(packages)))
}

fn changed(request: &Request, prefix: &Path, packages: &[Package], source: &Source) -> Vec<Finding> {
    let (standing, detail) = standing::of(request, prefix, source);
    let short = standing::shortfalls(packages, request, source);
    let finding = |detail: &String| {
        Finding::error("micromamba.package-missing", ENVIRONMENT, detail).remedy(&pyve(&["init", "--update"]))
    };
    // Where the files have changed since, what they ask for now was never promised.
    if standing == Standing::OUTDATED && (short.is_empty() || request.recorded().is_some()) {
        let outdated = Finding::warning("micromamba.environment-outdated", ENVIRONMENT, &detail);
        return vec![outdated.remedy(&pyve(&["init", "--update"]))];
    }
    short.iter().map(finding).collect()
}

/// Started once: a file that is there may still be for another machine, or lack a library.
fn interpreter(
    request: &Request,
    host: &dyn Host,
    source: Option<&Source>,
    prefix: &Path,
    packages: &[Package],
) -> Option<Finding> {
    let id = "micromamba.python";
    let asked =
        python::wanted(request).is_ok_and(|wanted| wanted.is_some()) || source.is_some_and(creation::has_python);
    let package = packages.iter().find(|package| package.name == "python");
    let path = installed::interpreter(prefix);
    if !asked && package.is_none() {
        return None;
    }
    let broken = |detail: String| Finding::error(id, PYTHON, &detail).remedy(&pyve(&["init", "--force"]));
    if !path.is_file() {
        return Some(broken(format!("{} is not there", path.display())));
    }
    let ask = Command::new(&path).arg("-V").unset("PYTHONHOME").time_limit(Duration::from_secs(10));
    let seen = match host.capture(&ask) {
        Ok(output) if output.success() => Ok(output.text()),
        Ok(output) => Err(format!("{} ended with {}: {}", path.display(), output.code, output.error_text())),
        Err(error) => Err(format!("{} does not run: {error}", path.display())),
    };
    Some(match seen {
        Ok(text) => Finding::ok(id, PYTHON, text.trim_start_matches("Python ")),
        Err(why) => broken(why),
    })
}

/// Packages that pip put where conda does not know of them.
fn pip(source: Option<&Source>, request: &Request, prefix: &Path, packages: &[Package]) -> Option<Finding> {
    let found = installed::by_pip(prefix, packages);
    if found.is_empty() {
        return None;
    }
    let (id, subject) = ("micromamba.pip-packages", "pip packages");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let clash = names.iter().find(|name| matches!(**name, "torch" | "tensorflow" | "jax" | "jaxlib"));
    let numpy = packages.iter().any(|package| package.name == "numpy");
    if let (Some(clash), true) = (clash, numpy) {
        let detail = format!("{clash} from pip beside conda's numpy: two OpenMP libraries may clash");
        return Some(Finding::warning(id, subject, &detail));
    }
    let listed = source.and_then(|source| source.environment.as_ref()).is_some_and(|file| !file.pip.is_empty());
    if listed || request.flag("allow_pip") == Some(true) {
        return Some(Finding::new(id, Status::INFO, subject, &format!("{} installed by pip", names.len())));
    }
    let detail = format!("installed by pip in a conda environment, though no file lists them: {}", names.join(", "));
    Some(Finding::warning(id, subject, &detail).remedy(&pyve(&["init", "--force"])))
}

fn spec(source: &Source) -> Vec<Finding> {
    let id = "micromamba.environment-file";
    let mut findings = Vec::new();
    if source.environment.is_some() || source.lock.is_some() {
        findings.push(Finding::ok(id, SPEC, &source.file));
    }
    findings.extend(source.warnings.iter().map(|warning| Finding::warning(id, SPEC, warning)));
    findings
}

fn lock(request: &Request, source: &Source) -> Finding {
    if source.unused_lock {
        let detail = format!("conda-lock.yml is not used, as {} was named", source.file);
        return Finding::new("micromamba.lock-unused", Status::INFO, LOCK, &detail);
    }
    let doubtful = if request.strict { Status::ERROR } else { Status::WARNING };
    let update = update(source);
    match freshness::of(request, source) {
        Freshness::Fresh { note } if note.is_empty() => {
            Finding::ok("micromamba.lock", LOCK, &format!("{} (up to date)", source.file))
        }
        Freshness::Fresh { note } => {
            Finding::ok("micromamba.lock", LOCK, &format!("{} (up to date; {note})", source.file))
        }
        Freshness::Stale(reasons) => {
            let detail = format!("{} (stale): {}", source.file, reasons.join("; "));
            let finding = Finding::new("micromamba.lock-stale", doubtful, LOCK, &detail).remedy(&update);
            Finding { extension: r#"{"asked":true}"#.into(), ..finding }
        }
        Freshness::Missing => {
            let status = if request.strict { Status::ERROR } else { Status::INFO };
            Finding::new("micromamba.lock-missing", status, LOCK, "missing").remedy(&update)
        }
    }
}

fn update(source: &Source) -> Command {
    Command::new("conda-lock").args(["-f", source.spec_file(), "-p", &crate::platform::current()])
}

/// A file that nothing can be made from: the lock or the environment file, whichever the error is about.
fn unusable_file(error: &Error) -> Finding {
    let file = error.message.split([':', ' ']).next().unwrap_or_default();
    if !crate::lock::is_lock_name(file) {
        return Finding::error("micromamba.environment-file", SPEC, &told(error));
    }
    let other = error.message.contains("locks nothing for");
    let id = if other { "micromamba.lock-other-platform" } else { "micromamba.lock" };
    let again = Command::new("conda-lock").args(["-f", "environment.yml", "-p", &crate::platform::current()]);
    Finding::error(id, LOCK, &error.message).remedy(&again)
}

/// An error on one line; its remedy is words rather than a command.
fn told(error: &Error) -> String {
    if error.remedy.is_empty() { error.message.to_string() } else { format!("{} ({})", error.message, error.remedy) }
}
