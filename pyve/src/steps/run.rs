//! A program of a plan: started, its output passed on, its failure the plan's.

use std::fs::File;
use std::io::{self, Seek};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::time::Duration;

use pyve_plugin_api::{Command, Step};

use super::executor::Executor;
use super::moving::{is_watched, moving};
use super::run_filtered;
use super::run_watched::Watched;
use crate::failure::{Failure, exit, reason};
use crate::process::ending::Ending;
use crate::process::interrupt::{InterruptGuard, guard, interrupted};
use crate::process::{BY_INTERRUPT, code_of, command_line, process_of, process_under};
use crate::ui::Volume;

pub fn run(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    match (step.command.as_ref().into_option(), step.output_filter.as_ref().into_option()) {
        (Some(command), Some(filter)) => run_filtered::start(executor, step, command, filter),
        (Some(command), None) => start(executor, step, command),
        (None, _) => Err(Failure::new(format!("could not carry out the step `{}`: it names no program", step.title))
            .remedy("report this to the author of the backend")),
    }
}

/// Starts the command and waits for it. Standard output is for results, so what it says there goes
/// to standard error; with `--quiet` only if it fails.
fn start(executor: &Executor<'_>, step: &Step, command: &Command) -> Result<(), Failure> {
    let guard = guard();
    let mut process = process_of(command, executor.caller, executor.project.root())?;
    if executor.console.volume() == Volume::Quiet {
        let said = Said::by(&mut process)?;
        return finish(executor, process, command, &guard).inspect_err(|failure| said.explain(failure));
    }
    if is_watched(executor.console) {
        let watched = Watched::output_of(&mut process, executor, &step.title)?;
        let finished = finish(executor, process, command, &guard);
        watched.end();
        return finished;
    }
    process.stdout(Stdio::from(io::stderr()));
    finish(executor, process, command, &guard)
}

/// The same for a program that has little to say, in the name of a step; under another umask than the caller's where one is
/// given. What it says is passed on when it has ended.
pub fn start_silent(
    executor: &Executor<'_>,
    command: &Command,
    title: &str,
    umask: Option<u32>,
) -> Result<(), Failure> {
    let guard = guard();
    let mut process = process_under(command, executor.caller, executor.project.root(), umask)?;
    let said = Said::by(&mut process)?;
    let line = moving(executor.console, title);
    let finished = finish(executor, process, command, &guard);
    drop(line);
    match &finished {
        Err(failure) => said.explain(failure),
        Ok(()) if executor.console.volume() > Volume::Quiet => said.pass_on(),
        Ok(()) => {}
    }
    finished
}

/// What a program says, kept in a file without a name.
struct Said(File);

impl Said {
    fn by(process: &mut Process) -> Result<Self, Failure> {
        let cannot = |error| Failure::io("create a file in", &std::env::temp_dir(), &error);
        let file = tempfile::tempfile().map_err(cannot)?;
        process.stdout(file.try_clone().map_err(cannot)?).stderr(file.try_clone().map_err(cannot)?);
        Ok(Self(file))
    }

    /// Passed on where it tells why the program failed: one that was interrupted may end with pages of where it was.
    fn explain(self, failure: &Failure) {
        if failure.code != exit::INTERRUPTED {
            self.pass_on();
        }
    }

    /// What cannot be written to standard error is lost: there is nobody to tell.
    fn pass_on(mut self) {
        let _ = self.0.rewind().and_then(|()| io::copy(&mut self.0, &mut io::stderr()));
    }
}

fn finish(
    executor: &Executor<'_>,
    mut process: Process,
    command: &Command,
    guard: &InterruptGuard,
) -> Result<(), Failure> {
    let mut child = executor.spawn(&mut process).map_err(|error| cannot_start(command, &error))?;
    // It may hold an end of a pipe that is read until all have let go of it.
    drop(process);
    let status = ended(&mut child, command, guard)?;
    let code = code_of(status);
    if code == BY_INTERRUPT || guard.requested() {
        return Err(stopped(command));
    }
    if code == 0 { Ok(()) } else { Err(failed(command, code)) }
}

fn ended(child: &mut Child, command: &Command, guard: &InterruptGuard) -> Result<ExitStatus, Failure> {
    let limit = Duration::from_millis(command.timeout);
    let ended = Ending::new(guard).wait(child, Some(limit).filter(|limit| !limit.is_zero()));
    ended.map_err(|error| cannot_wait(command, &error))?.ok_or_else(|| too_slow(command, limit))
}

pub fn cannot_wait(command: &Command, error: &io::Error) -> Failure {
    Failure::new(format!("could not wait for `{}`: {}", command.program.display(), reason(error)))
}

pub fn stopped(command: &Command) -> Failure {
    interrupted().detail(format!("while this ran: {}", command_line(command)))
}

pub fn too_slow(command: &Command, limit: Duration) -> Failure {
    let program = command.program.display();
    Failure::new(format!("{program} was ended: it took more than {} seconds", limit.as_secs_f32()))
        .detail(format!("it was started as: {}", command_line(command)))
        .remedy("try again; if it hangs again, run that command yourself to see why")
}

pub fn cannot_start(command: &Command, error: &io::Error) -> Failure {
    let program = command.program.display();
    let folder = command.current_dir.display();
    match error.kind() {
        io::ErrorKind::NotFound if !command.current_dir.is_empty() && !command.current_dir.path().is_dir() => {
            Failure::new(format!("could not start `{program}`: the directory `{folder}` does not exist"))
                .command(["mkdir", "-p", &folder])
        }
        io::ErrorKind::NotFound => Failure::new(format!("could not start `{program}`: no such program"))
            .remedy("install it, or put its directory on PATH"),
        io::ErrorKind::PermissionDenied => Failure::new(format!("could not start `{program}`: it is not executable"))
            .command(["chmod", "+x", &program]),
        _ => Failure::new(format!("could not start `{program}`: {}", reason(error))),
    }
}

/// `/usr/bin/tool failed with exit code 1`
pub fn how_it_ended(command: &Command, code: i32) -> String {
    let program = command.program.display();
    if code > 128 {
        format!("{program} was ended by signal {}", code - 128)
    } else {
        format!("{program} failed with exit code {code}")
    }
}

fn failed(command: &Command, code: i32) -> Failure {
    Failure::new(how_it_ended(command, code))
        .detail(format!("it was started as: {}", command_line(command)))
        .remedy("fix the error above and run the same command again")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Fixture;
    use std::fs;

    fn sh(script: &str) -> Step {
        Step::run("Try", Command::new("/bin/sh").args(["-c", script]))
    }

    #[test]
    fn it_runs_in_the_project_with_its_variables() {
        let place = Fixture::with(&[("GONE", "x"), ("KEPT", "k")]);
        let command = Command::new("sh").args(["-c", "printf %s \"$PWD:$ADDED:$GONE:$KEPT\" > seen"]);
        place.execute(&Step::run("Try", command.env("ADDED", "a b").env_remove("GONE"))).unwrap();
        let wanted = format!("{}:a b::k", place.root().display());
        assert_eq!(fs::read_to_string(place.root().join("seen")).unwrap(), wanted);
    }

    #[test]
    fn a_failure_names_program_code_and_command() {
        let failure = Fixture::new().execute(&sh("exit 3")).unwrap_err();
        assert_eq!(failure.message, "/bin/sh failed with exit code 3");
        assert_eq!(failure.details, ["it was started as: /bin/sh -c 'exit 3'"]);
        assert_eq!(failure.code, 1);
        let failure = Fixture::new().execute(&sh("kill -TERM $$")).unwrap_err();
        assert_eq!(failure.message, "/bin/sh was ended by signal 15");
    }

    #[test]
    fn an_interrupted_program_interrupts_the_plan() {
        let failure = Fixture::new().execute(&sh("kill -INT $$")).unwrap_err();
        assert_eq!((failure.message.as_str(), failure.code), ("interrupted", 130));
        assert_eq!(failure.details, ["while this ran: /bin/sh -c 'kill -INT $$'"]);
    }

    #[test]
    fn what_cannot_be_started_is_named() {
        let place = Fixture::new();
        let message = |command: Command| place.execute(&Step::run("Try", command)).unwrap_err().message;
        assert_eq!(message(Command::new("/no/such")), "could not start `/no/such`: no such program");
        assert_eq!(message(Command::new("/etc/passwd")), "could not start `/etc/passwd`: it is not executable");
        assert_eq!(
            message(Command::new("/bin/sh").current_dir("/no/such")),
            "could not start `/bin/sh`: the directory `/no/such` does not exist"
        );
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let command = Command::new("/bin/sleep").arg("20").timeout(Duration::from_millis(100));
        let failure = Fixture::new().execute(&Step::run("Try", command)).unwrap_err();
        assert_eq!(failure.message, "/bin/sleep was ended: it took more than 0.1 seconds");
    }
}
