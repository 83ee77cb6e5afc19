//! How pixi makes an environment and brings it in line: `pixi install`, from the lock file where there is one.

use std::path::Path;

use pyve_formats::conda_platform;
use pyve_formats::match_spec::MatchSpec;
use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{
    Command, Creation, Error, Host, LockState, PrefixState, PythonRequest, Request, Result, Step, Tool, Update,
};

use crate::environment::{self, Place};
use crate::lock::{self, Judged, Package};
use crate::manifest::{DEFAULT, Manifest};
use crate::{inspect, installed, pixi};

/// The plan for an empty prefix, and what stands there now.
pub fn plan(request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
    let manifest = Manifest::of(request)?;
    let name = environment::declared(request, &manifest)?;
    let program = tool.path.path();
    let place = Place::told(request, &program, &manifest, host);
    let lock = Judged::of(request, &manifest)?;
    if let Some(python) = request.python().filter(|python| python.explicit) {
        check_python(python, &manifest, &lock, name)?;
    }
    let creation = Creation::new(&shown(&manifest, request, name), &place.prefix);
    let creation = creation.interpreter(environment::interpreter(&place.prefix));
    let creation = if place.external { creation.external() } else { creation };
    let creation = with_specs(creation, &manifest, request)?;
    let (state, detail) = state(request, &place.prefix, &creation, &lock, name);
    let creation = creation.state(state, &detail);
    let steps = install(request, &program, &manifest, name, &lock)?;
    Ok(steps.into_iter().fold(creation, Creation::step))
}

/// pixi removes, adds and exchanges what it must.
pub fn update(request: &Request, tool: &Tool) -> Result<Update> {
    let manifest = Manifest::of(request)?;
    let name = environment::declared(request, &manifest)?;
    let lock = Judged::of(request, &manifest)?;
    let steps = install(request, &tool.path.path(), &manifest, name, &lock)?;
    Ok(steps.into_iter().fold(Update::new(), Update::step))
}

/// As pixi's own prompt has it: `project`, or `project:environment`.
fn shown(manifest: &Manifest, request: &Request, name: &str) -> String {
    let project = manifest.name(request);
    let project = project.lines().next().unwrap_or_default();
    if name == DEFAULT { project.to_owned() } else { format!("{project}:{name}") }
}

/// Whether a change of them matters is told by what they say: pixi itself may have brought the environment in line.
fn with_specs(creation: Creation, manifest: &Manifest, request: &Request) -> Result<Creation> {
    let mut creation = creation;
    for (file, limit) in [(manifest.file, Limit::PROJECT), (lock::FILE, Limit::LOCK)] {
        let read = read::bytes(request.in_project(file), limit);
        if let Some(bytes) = read.map_err(|error| Error::new(error.to_string()).hint(error.hint()))? {
            creation = creation.spec_of_part(file, &sha256::of(bytes));
        }
    }
    Ok(creation)
}

fn state(request: &Request, prefix: &Path, creation: &Creation, lock: &Judged, name: &str) -> (PrefixState, String) {
    let Ok(data) = prefix.symlink_metadata() else { return (PrefixState::ABSENT, String::new()) };
    if !data.is_dir() {
        return (PrefixState::FOREIGN, "is not a directory".to_owned());
    }
    if prefix.read_dir().is_ok_and(|mut entries| entries.next().is_none()) {
        return (PrefixState::ABSENT, String::new());
    }
    if !prefix.join("conda-meta").is_dir() {
        return (PrefixState::BROKEN, "there is no `conda-meta` in it".to_owned());
    }
    if let Some(folder) = inspect::made_elsewhere(prefix) {
        return (PrefixState::BROKEN, format!("it was made at `{}`, and cannot be moved", folder.display()));
    }
    if let Some(difference) = installed::difference(prefix, &lock.locked, name) {
        return (PrefixState::OUTDATED, difference);
    }
    // Without a lock file nobody knows what it should have.
    let then = request.recorded().and_then(|recorded| recorded.specs.first().cloned());
    if lock.state == LockState::MISSING && then.is_some() && then.as_ref() != creation.specs.first() {
        return (PrefixState::OUTDATED, "the manifest has changed since, and there is no `pixi.lock`".to_owned());
    }
    let with = installed::python(prefix).map(|version| format!(" with Python {version}")).unwrap_or_default();
    (PrefixState::USABLE, format!("installed by pixi{with}"))
}

/// What is locked is installed; what is doubtful is asked about, or refused with `--strict`.
fn install(request: &Request, program: &Path, manifest: &Manifest, name: &str, lock: &Judged) -> Result<Vec<Step>> {
    let (file, again) = (lock::FILE, Command::new("pyve").arg("lock"));
    let with_reasons = |error: Error| lock.reasons.iter().fold(error, |error, reason| error.detail(reason));
    let command = pixi::command(program, &["install"], manifest, request).arg("--environment").arg(name);
    let mut steps = Vec::new();
    let command = match lock.state {
        LockState::CONFLICT => {
            let error = Error::new(format!("pixi cannot read `{file}`"));
            return Err(with_reasons(error).hint(lock::ANOTHER));
        }
        LockState::MISSING if request.strict => {
            let error = Error::new(format!("{} has no lock file, and --strict asks for one", manifest.file));
            return Err(error.remedy(&again));
        }
        LockState::STALE if request.strict => {
            let error = Error::new(format!("{file} is stale, and --strict refuses it"));
            return Err(with_reasons(error).remedy(&again));
        }
        LockState::STALE if lock.locked.environment(name).is_none() => {
            let error = Error::new(format!("`{file}` has no environment `{name}`"));
            return Err(error.remedy(&again));
        }
        LockState::MISSING => command,
        _ if request.strict => command.arg("--locked"),
        state => {
            steps.extend((state == LockState::STALE).then(|| question(&lock.reasons)));
            command.arg("--frozen")
        }
    };
    let filter = pixi::filter(&format!("pixi could not install the environment `{name}`"));
    let title = format!("Install the environment `{name}`");
    steps.push(Step::run(&title, command).output_filter(filter));
    Ok(steps)
}

/// Asked before a stale lock is used.
fn question(reasons: &[String]) -> Step {
    let file = lock::FILE;
    let reasons: String = reasons.iter().map(|reason| format!("  {reason}\n")).collect();
    let text = format!(
        "WARNING: Lock file may be stale\n{reasons}\nUsing {file} for reproducibility.\nTo update lock file:\n  pyve \
         lock\n\nContinue anyway?"
    );
    Step::confirm("Continue with a lock file that may be stale", &text).default_yes()
}

/// pixi takes Python from the manifest like every other package: another one cannot be given to it.
fn check_python(asked: &PythonRequest, manifest: &Manifest, lock: &Judged, name: &str) -> Result<()> {
    let version = asked.version.as_str();
    let is_number = version.starts_with(|c: char| c.is_ascii_digit());
    let spec = MatchSpec::parse(&format!("python{}{version}", if is_number { "=" } else { "" })).ok();
    let fits = |known: &str| spec.as_ref().and_then(|spec| spec.accepts(known, "")) == Some(true);
    let locked = lock.locked.environment(name).and_then(|locked| locked.on(&conda_platform::current()));
    let locked = locked.unwrap_or_default().iter().find_map(|package| match package {
        Package::Conda(_, file) if file.name == "python" => Some(file.version.as_str()),
        _ => None,
    });
    let written = manifest.item("dependencies.python").and_then(|item| item.as_text());
    let named =
        || written.is_some_and(|text| is_number && text.trim_start_matches(['=', '~', '>']).starts_with(version));
    if locked.map_or_else(named, fits) {
        return Ok(());
    }
    let message = format!(
        "Python {} cannot be given to pixi: `{}` says which Python there is",
        version.escape_debug(),
        manifest.file
    );
    let spec = if is_number { format!("python={version}.*") } else { format!("python{version}") };
    let error = Error::new(message).detail(format!("asked for by {}", asked.origin));
    Err(error.remedy(&Command::new("pixi").arg("add").arg(spec)))
}
