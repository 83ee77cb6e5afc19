//! How the environment is made: one `micromamba create`, shielded from every other conda environment.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Creation, Error, Host, Level, PrefixState, Request, Result, Step, Tool};

use crate::carry_over;
use crate::condarc::{self, Said};
use crate::describe::ID;
use crate::freshness::{self, Freshness};
use crate::inputs::{self, Inputs};
use crate::left_out::{self, CATEGORIES};
use crate::output_filter::Circumstances;
use crate::source::Source;
use crate::{installed, misnamed, name, output_filter, prefix, python, state};
use pyve_formats::conda_platform;
use pyve_formats::match_spec::MatchSpec;
use pyve_pip::Pip;

/// What an outer environment, or a user's wish for another kind of call, would change.
const UNSET: [&str; 16] = [
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "CONDA_SHLVL",
    "CONDA_PROMPT_MODIFIER",
    "CONDA_EXE",
    "CONDA_PYTHON_EXE",
    "CONDA_ENV_PROMPT",
    "_CE_CONDA",
    "_CE_M",
    "MAMBA_EXE",
    "MAMBA_TARGET_PREFIX",
    "MAMBA_DRY_RUN",
    "MAMBA_DOWNLOAD_ONLY",
    "VIRTUAL_ENV",
    "PYTHONHOME",
    "PYTHONPATH",
];

/// What `quiet: true` or `json: true` in a file of settings would take away: the reason of a failure.
const SPOKEN: [&str; 2] = ["MAMBA_QUIET", "MAMBA_JSON"];

pub fn plan(request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
    let source = Source::of(request)?;
    source.warnings.iter().for_each(|caution| host.log(Level::WARNING, &caution.text));
    let name = name::of(request, source.environment.as_ref())?;
    let prefix = prefix::prefix(request, &name)?;
    let platform = checked_platform(request, &source, host)?;
    let python = python::joined(request, &source)?;
    let freshness = checked_lock(request, &source, host)?;
    let (state, detail) = state::at(request, &prefix, &source);
    if state != PrefixState::USABLE {
        tell(&freshness, &source, request, host);
    }
    let mut creation = Creation::new(&name, &prefix).state(state, &detail);
    if let Freshness::Stale(reasons) = &freshness {
        creation = creation.step(freshness::question(&source, reasons));
    }
    let carried = carry_over::of(request, &source, &prefix);
    if state != PrefixState::USABLE {
        carried.left.iter().for_each(|what| host.log(Level::WARNING, &format!("not carried over: {what}")));
    }
    let pip = Pip::of(&installed::interpreter(&prefix), &prefix, &request.project(), request.offline, host);
    if state != PrefixState::USABLE && source.is_for_pip() {
        refuse_elsewhere(&pip, &source)?;
    }
    let call = Call { prefix: &prefix, source: &source, python: python.as_ref(), pins: &carried.pins, pip: &pip };
    let command = command(request, tool, host, &call)?;
    let step = Step::run(&format!("Create the environment '{name}' from {}", source.file), command);
    let step = step.output_filter(output_filter::filter(&Circumstances {
        file: &source.file,
        relock: source.lock.as_ref().map(|_| freshness::update_command(&source)).as_ref(),
        platform: platform.as_ref(),
        pins: carried.pins_file(request, &prefix).as_deref(),
        pythons: &pythons(request, &source, python.as_ref()),
        misnamed: &misnamed::of(&source),
        offline: request.offline,
    }));
    creation = with_specs(carried.steps.into_iter().fold(creation.step(step), Creation::step), &source);
    if python.is_some() || has_python(&source) {
        creation = creation.interpreter(installed::interpreter(&prefix));
    }
    let fresh = matches!(freshness, Freshness::Fresh { .. });
    let lock_was_fresh = source.lock.as_ref().map(|_| fresh);
    creation.extension.set(ID, &Inputs { lock_was_fresh, ..Inputs::of(request, &source) });
    Ok(creation)
}

pub fn has_python(source: &Source) -> bool {
    match &source.lock {
        Some(lock) => lock.package("python").is_some(),
        None => source.environment.as_ref().is_some_and(|environment| environment.wants_python()),
    }
}

/// The platform that the user's settings name in the place of this machine's, where what is made for it runs here.
fn checked_platform(request: &Request, source: &Source, host: &dyn Host) -> Result<Option<Said>> {
    let Some(other) = condarc::other_platform(request, host) else { return Ok(None) };
    let here = conda_platform::current();
    if source.lock.is_none() && conda_platform::runs(&other.value, &here) {
        return Ok(Some(other));
    }
    let value = &other.value;
    let what = match &source.lock {
        Some(_) => format!("{} is used for {here}", source.file),
        None => format!("this machine is {here}"),
    };
    Err(Error::new(format!("packages would be for {value} ({}), but {what}", other.origin()))
        .hint(other.removal("platform")))
}

/// The Pythons that are asked for, as specs, and where.
fn pythons(request: &Request, source: &Source, joined: Option<&MatchSpec>) -> Vec<(String, String)> {
    let of_flag = joined.zip(request.python()).map(|(spec, python)| (spec.text.clone(), python.origin.to_string()));
    let file = source.environment.as_ref().filter(|_| source.lock.is_none());
    let of_file = file.and_then(|file| Some((file.content.package("python")?.text.clone(), file.file.clone())));
    of_flag.into_iter().chain(of_file).collect()
}

fn checked_lock(request: &Request, source: &Source, host: &dyn Host) -> Result<Freshness> {
    for left_out in &source.left_out {
        let (text, command) = (left_out.text(&source.file), left_out.command());
        if request.strict {
            return Err(Error::new(text).remedy(&command));
        }
        host.log(Level::WARNING, &format!("{text}; to install it, too: {command}"));
    }
    let freshness = freshness::of(request, source);
    match freshness::strict_error(source, &freshness).filter(|_| request.strict) {
        Some(error) => Err(error),
        None => Ok(freshness),
    }
}

fn tell(freshness: &Freshness, source: &Source, request: &Request, host: &dyn Host) {
    match freshness {
        Freshness::Missing if !source.unused_lock => {
            let named = if request.is_named() { vec!["--env", request.environment.as_str()] } else { Vec::new() };
            let lock = freshness::update_command(source).args(named);
            host.log(Level::INFO, &format!("no lock file; for the same packages everywhere run: {lock}"));
        }
        Freshness::Fresh { note } if !note.is_empty() => host.log(Level::INFO, note),
        _ => {}
    }
}

/// What the command is about.
struct Call<'a> {
    prefix: &'a Path,
    source: &'a Source,
    python: Option<&'a MatchSpec>,
    pins: &'a [MatchSpec],
    pip: &'a Pip,
}

/// Against a `target` in a file of pip's settings only an option of pip's would help, and micromamba passes none on.
fn refuse_elsewhere(pip: &Pip, source: &Source) -> Result<()> {
    let Some(target) = pip.target() else { return Ok(()) };
    let (file, origin) = (&source.file, target.origin());
    Err(Error::new(format!("pip would install the 'pip:' list of {file} into `{}` (`{origin}`)", target.value))
        .hint(format!("remove `target` in `{origin}`, or leave it out with `PIP_CONFIG_FILE=/dev/null`")))
}

fn command(request: &Request, tool: &Tool, host: &dyn Host, call: &Call) -> Result<Command> {
    let mut command = Command::new(&tool.path).args(["create", "-y", "-p"]).arg(call.prefix);
    command = command.arg("-f").arg(&call.source.path);
    if request.offline {
        command = command.arg("--offline");
    }
    let channels = request.list("channels");
    if call.source.lock.is_some() && !channels.is_empty() {
        host.log(Level::WARNING, &format!("{} names every package's address; channels are not used", call.source.file));
    } else {
        for channel in channels {
            command = command.arg("-c").arg(checked_channel(channel, request)?);
        }
    }
    if call.source.lock.is_some() {
        for category in left_out::chosen(request) {
            command = command.arg("--category").arg(checked_category(category, request)?);
        }
    }
    // A lock says all of it.
    let pins = call.pins.iter().filter(|_| call.source.lock.is_none());
    for spec in call.python.into_iter().chain(pins) {
        command = command.arg(spec.text.as_str());
    }
    // The pip that micromamba starts finds what is in the user's own folder, and would install none of it.
    Ok(call.pip.shielded(shielded(command, request, host)).env("PYTHONNOUSERSITE", "1"))
}

fn checked_channel<'a>(channel: &'a str, request: &Request) -> Result<&'a str> {
    if !channel.is_empty() && !channel.starts_with('-') {
        return Ok(channel);
    }
    let origin = request.origin("channels").unwrap_or("channels");
    Err(Error::new(format!("'{channel}' ({origin}) is not a channel"))
        .hint("name a channel like conda-forge, or give its address"))
}

fn checked_category<'a>(category: &'a str, request: &Request) -> Result<&'a str> {
    if !category.is_empty() && !category.starts_with('-') {
        return Ok(category);
    }
    let origin = request.origin(CATEGORIES).unwrap_or(CATEGORIES);
    Err(Error::new(format!("'{category}' ({origin}) is not a category"))
        .hint("name a category of the lock file, like main or dev"))
}

/// Without the variables of outer environments, and with a package cache that is the user's or pyve's own.
pub fn shielded(mut command: Command, request: &Request, host: &dyn Host) -> Command {
    for name in UNSET {
        command = command.env_remove(name);
    }
    let level = host.variable("CONDA_SHLVL").and_then(|text| text.to_str()?.trim().parse::<u32>().ok()).unwrap_or(0);
    for outer in 1..=level.min(64) {
        command = command.env_remove(&format!("CONDA_PREFIX_{outer}"));
    }
    for name in SPOKEN {
        // micromamba takes neither `0` nor an empty text for no.
        command = command.env(name, "false");
    }
    if users_root_prefix(host).is_none() {
        command = command.env("MAMBA_ROOT_PREFIX", root_prefix(request, host));
    }
    command
}

fn users_root_prefix(host: &dyn Host) -> Option<PathBuf> {
    host.variable("MAMBA_ROOT_PREFIX").filter(|root| !root.is_empty()).map(PathBuf::from)
}

/// Where micromamba keeps its packages: the user's folder, else one of pyve's own.
pub fn root_prefix(request: &Request, host: &dyn Host) -> PathBuf {
    users_root_prefix(host).unwrap_or_else(|| {
        // Without a home folder beside the tools of the project: git ignores it there, and purge removes it.
        let cache = request.home().map_or_else(|| request.in_project(".pyve/bin/cache"), |home| home.join("cache"));
        cache.join("micromamba")
    })
}

fn with_specs(mut creation: Creation, source: &Source) -> Creation {
    if source.lock.is_some() {
        creation = creation.spec(source.file.as_str(), &inputs::file_hash(&source.path).unwrap_or_default());
    }
    if let Some(environment) = &source.environment {
        creation = creation.spec_of_part(environment.file.as_str(), &inputs::fingerprint(environment));
    }
    creation
}
