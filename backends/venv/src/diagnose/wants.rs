//! Whether what the project's files require is installed, in a version that fits.

use std::collections::BTreeSet;

use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};
use pyve_formats::dist_info::{Distribution, SitePackages};
use pyve_formats::python_version;
use pyve_plugin_api::{Command, Error, ErrorKind, Finding, FindingKind, Host, Request};

use super::lock;
use super::requirements::{self, Required};
use crate::environment::Environment;
use crate::system_packages;
use crate::wanted::Wanted;

const SUBJECT: &str = "Packages";
/// As many are named; the rest is counted.
const NAMED: usize = 3;

/// At most one finding for what is missing and one for what is there in another version.
pub fn compared(
    environment: &Environment,
    request: &Request,
    installed: &SitePackages,
    host: &dyn Host,
) -> Vec<Finding> {
    let Some(markers) = markers(environment) else { return Vec::new() };
    let (mut missing, mut other) = (BTreeSet::new(), BTreeSet::new());
    let wanted = match Wanted::read(request, host) {
        Ok(wanted) => wanted,
        Err(error) => return vec![unreadable(&error)],
    };
    let gone =
        wanted.gone.iter().map(|gone| unknown(gone).hint("choose again, as with `pyve init --all-extras=false`"));
    let gone: Vec<Finding> = gone.collect();
    let of_system = system_packages::seen_by(environment, host);
    // What is locked is what is installed; whether that is what is asked for is told of the lock.
    let all = match lock::locked(request) {
        Some(locked) => locked,
        None => requirements::of(&wanted, &request.project()),
    };
    for required in all {
        if !required.requirement.applies(&markers) {
            continue;
        }
        let Required { text, origin, requirement } = &required;
        let name = &requirement.name;
        // Python imports the first that it comes to.
        let mut sites = std::iter::once(installed).chain(&of_system);
        let found = sites.find_map(|site| Some(site.named(name).collect::<Vec<_>>()).filter(|found| !found.is_empty()));
        let found: Vec<&Distribution> = found.unwrap_or_default();
        match found.first() {
            None => {
                missing.insert(format!("{text} ({origin})"));
            }
            Some(_) if found.iter().any(|it| requirement.may_be(&it.version)) => {}
            Some(Distribution { version, .. }) => {
                other.insert(format!("{name} {version} is installed, but {origin} asks for {text}"));
            }
        }
    }
    let missing = told(missing).map(|names| finding("venv.package-missing", &format!("not installed: {names}")));
    let other = told(other).map(|names| finding("venv.package-conflict", &names));
    missing.into_iter().chain(other).chain(gone).collect()
}

/// A choice that the files do not know is not what they say; all else is.
fn unreadable(error: &Error) -> Finding {
    match error.kind {
        ErrorKind::USAGE => unknown(&error.message).with_remedy(error.remedy.clone()),
        _ => Finding::error("venv.requirements-unreadable", SUBJECT, &error.message).with_remedy(error.remedy.clone()),
    }
}

fn unknown(words: &str) -> Finding {
    Finding::warning("venv.choice-unknown", SUBJECT, words)
}

fn told(all: BTreeSet<String>) -> Option<String> {
    let more = all.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named: Vec<String> = all.into_iter().take(NAMED).collect();
    (!named.is_empty()).then(|| format!("{}{rest}", named.join(", ")))
}

fn finding(id: &str, detail: &str) -> Finding {
    let install = Command::new("pyve").args(["init", "--install-deps"]);
    // `init` puts dependencies in after the environment stands, so it has nothing to say of those that are not there yet.
    Finding::warning(id, SUBJECT, detail).remedy(&install).kind(FindingKind::DEPENDENCIES)
}

/// What markers such as `python_version < "3.11"` are about, as the environment's Python would say it.
fn markers(environment: &Environment) -> Option<MarkerEnvironment> {
    let python = environment.cfg.version.as_ref()?;
    let (full, minor) = (python.to_string(), python_version::minor_of(python));
    let minor = format!("{}.{}", minor.0, minor.1);
    let pypy = environment.is_pypy();
    let (os, system, platform) = match std::env::consts::OS {
        "macos" => ("posix", "Darwin", "darwin"),
        "windows" => ("nt", "Windows", "win32"),
        _ => ("posix", "Linux", "linux"),
    };
    let machine = match (std::env::consts::ARCH, platform) {
        ("aarch64", "darwin") => "arm64",
        ("aarch64", "win32") => "ARM64",
        ("x86_64", "win32") => "AMD64",
        ("powerpc64", _) => "ppc64le",
        (arch, _) => arch,
    };
    let builder = MarkerEnvironmentBuilder {
        implementation_name: if pypy { "pypy" } else { "cpython" },
        implementation_version: &full,
        os_name: os,
        platform_machine: machine,
        platform_python_implementation: if pypy { "PyPy" } else { "CPython" },
        // No system's own version is looked up for the few markers about it.
        platform_release: "",
        platform_system: system,
        platform_version: "",
        python_full_version: &full,
        python_version: &minor,
        sys_platform: platform,
    };
    MarkerEnvironment::try_from(builder).ok()
}
