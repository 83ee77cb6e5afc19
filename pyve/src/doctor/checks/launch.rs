//! How commands are started: kept from the last time, or to be found out again, and how long that takes.

use std::time::{Duration, Instant};

use pyve_plugin_api::{Launch, OsText, Remedy};

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::failure::Failure;
use crate::launch::{Found, found, inside};
use crate::process::processes_started;
use crate::project::find;

const ID: &str = "pyve.launch";
/// Commands cannot be started.
pub const FAILED: &str = "pyve.launch-failed";
const SUBJECT: &str = "Activation";
/// What is kept is looked at so often, since what else goes on just then is not its own time.
const TIMES: usize = 5;

pub fn checks(context: &Context) -> Vec<Check> {
    let (Ok(_), Some(record)) = (&context.choice, context.record()) else { return Vec::new() };
    // An environment that is not there or not whole, and settings that cannot be read, are told by those who look at
    // them.
    if context.config.is_some() || !context.is_ready() || !record.recorded.prefix.path().is_dir() {
        return Vec::new();
    }
    vec![match timed(context) {
        Ok((found, took)) => Check::ok(ID, SUBJECT, words(&found, took)),
        Err(failure) => failed(context, &failure),
    }]
}

/// A new environment helps, unless whoever failed says that something else does.
fn failed(context: &Context, failure: &Failure) -> Check {
    let check = Check::failed(FAILED, SUBJECT, failure);
    let words: Vec<String> = failure.remedy.command.iter().take(2).map(OsText::display).collect();
    match failure.remedy.is_none() || words == ["pyve", "init"] {
        false => check,
        true => check.with_remedy(Remedy::none()).remedy(context.target.typed.init(&["--force"])),
    }
}

/// All that `pyve run` does before it becomes the command, but for keeping what it finds out.
fn timed(context: &Context) -> Result<(Found, Duration), Failure> {
    let caller = &context.session.caller;
    let once = || {
        let begun = Instant::now();
        let _ = find::initialised(caller);
        let (host, flag) = (context.hosting(), context.target.typed.backend.as_deref());
        let found = found(&context.session, &host, &context.layout, &context.environment, flag)?;
        let _ = inside(caller.variables(), &found.launch);
        Ok::<_, Failure>((found, begun.elapsed()))
    };
    let first = once()?;
    if !first.0.kept {
        return Ok(first);
    }
    let again = (1..TIMES).filter_map(|_| once().ok().map(|(_, took)| took));
    let least = again.fold(first.1, Duration::min);
    Ok((first.0, least))
}

fn words(found: &Found, took: Duration) -> String {
    let took = match took.as_secs_f64() * 1000.0 {
        least if least < 0.05 => "less than 0.1 ms".to_owned(),
        milliseconds => format!("{milliseconds:.1} ms"),
    };
    let (scripts, through) = (scripts(&found.launch), through(&found.launch));
    if found.kept {
        return format!("ready in {took}, kept{scripts}{through}");
    }
    let processes = match processes_started() {
        0 => String::new(),
        1 => " and one process".to_owned(),
        count => format!(" and {count} processes"),
    };
    format!("works{scripts}{through}; the next `pyve run` finds it out again, once, which takes {took}{processes}")
}

/// What scripts set is in the launch, unless it depends on who calls or a command in front of the user's own sources them.
fn scripts(launch: &Launch) -> String {
    match launch.scripts.len() {
        0 => String::new(),
        _ if !launch.wrapper.is_empty() => String::new(),
        1 if launch.source_scripts => "; its activation script is sourced for each caller".to_owned(),
        count if launch.source_scripts => format!("; its {count} activation scripts are sourced for each caller"),
        1 => ", with what its activation script sets".to_owned(),
        count => format!(", with what its {count} activation scripts set"),
    }
}

/// A command in front of each other costs what it costs every time.
fn through(launch: &Launch) -> String {
    let mut words = launch.wrapper.iter();
    let Some(program) = words.next().map(|program| program.path().into_owned()) else { return String::new() };
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let verb = words.next().map(|word| format!(" {}", word.display())).unwrap_or_default();
    format!("; each command is started by `{name}{verb}`, whose time comes on top")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kept: bool, launch: Launch, milliseconds: f64) -> String {
        words(&Found { launch: Box::new(launch), kept }, Duration::from_secs_f64(milliseconds / 1000.0))
    }

    #[test]
    fn it_says_how_long_a_command_waits_and_why() {
        let scripted = Launch { scripts: vec!["/e/a.sh".into(), "/e/b.sh".into()].into(), ..Launch::new() };
        let sourced = Launch::new().source(["/e/a.sh", "/e/b.sh"]);
        assert_eq!(
            told(true, sourced, 0.4),
            "ready in 0.4 ms, kept; its 2 activation scripts are sourced for each caller"
        );
        let words = ["/opt/bin/tool", "run", "-p", "/e"].map(Into::into).to_vec();
        let wrapped = Launch { wrapper: words.into(), ..scripted.clone() };
        assert_eq!(told(true, Launch::new(), 0.31), "ready in 0.3 ms, kept");
        assert_eq!(told(true, Launch::new(), 0.01), "ready in less than 0.1 ms, kept");
        assert_eq!(told(true, scripted.clone(), 0.4), "ready in 0.4 ms, kept, with what its 2 activation scripts set");
        assert_eq!(
            told(false, scripted, 80.0),
            "works, with what its 2 activation scripts set; the next `pyve run` finds it out again, once, which takes 80.0 ms"
        );
        assert_eq!(
            told(true, wrapped, 0.4),
            "ready in 0.4 ms, kept; each command is started by `tool run`, whose time comes on top"
        );
    }
}
