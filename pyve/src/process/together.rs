//! Programs that run at the same time: what they say is kept, and Ctrl-C ends them all.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pyve_plugin_api::{Command, Output};

use super::ending::Ending;
use super::gate::Gate;
use super::host::BackendHost;
use super::interrupt::{InterruptGuard, guard, interrupted};
use super::wait::{BY_INTERRUPT, code_of, end};
use crate::failure::{Failure, reason};

/// How often it is looked whether a program has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// A program to run, and what it reads.
pub struct Job<'a> {
    pub command: &'a Command,
    pub stdin: &'a str,
}

/// Runs them to their end, as many at once as there are processors; what each left behind, in their order. That one fails
/// is no failure here; that one cannot be started is, and ends the others.
pub fn run_together(jobs: &[Job<'_>], host: &BackendHost<'_>) -> Result<Vec<Output>, Failure> {
    let guard = guard();
    let most = thread::available_parallelism().map_or(1, usize::from);
    let mut waiting: VecDeque<(usize, &Job<'_>)> = jobs.iter().enumerate().collect();
    let mut running: Vec<Running<'_>> = Vec::new();
    let mut ended: Vec<Option<Output>> = jobs.iter().map(|_| None).collect();
    while !waiting.is_empty() || !running.is_empty() {
        while running.len() < most
            && let Some((index, job)) = waiting.pop_front()
        {
            running.push(Running::start(index, job, host, &guard)?);
        }
        let pressed = guard.pressed();
        let mut going_on = Vec::new();
        for mut one in running {
            match one.look(pressed)? {
                Some(status) => {
                    let index = one.index;
                    ended[index] = Some(one.output(status)?);
                }
                None => going_on.push(one),
            }
        }
        running = going_on;
        if guard.requested() {
            // Those that were not started yet are not started any more.
            waiting.clear();
        }
        if !running.is_empty() {
            thread::sleep(PAUSE);
        }
    }
    guard.check()?;
    // A program that Ctrl-C ended before pyve noticed it.
    let interrupted_one = |output: &&Output| output.code == BY_INTERRUPT;
    let outputs: Vec<Output> = ended.into_iter().flatten().collect();
    match outputs.iter().find(interrupted_one) {
        Some(_) => Err(interrupted()),
        None => Ok(outputs),
    }
}

/// A program that runs; ended when this is dropped.
struct Running<'a> {
    index: usize,
    command: &'a Command,
    child: Child,
    begun: Instant,
    ending: Ending<'a>,
    stdout: File,
    stderr: File,
    is_over: bool,
}

impl<'a> Running<'a> {
    /// What it reads and says goes through files without a name, so that nobody waits for anybody.
    fn start(index: usize, job: &Job<'a>, host: &BackendHost<'_>, guard: &'a InterruptGuard) -> Result<Self, Failure> {
        let command = job.command;
        Gate { caller: host.caller, project: &host.project, consent: &host.consent }.check(command)?;
        let mut process = super::process_of(command, host.caller, &host.project)?;
        let cannot = |error: io::Error| Failure::io("create a file in", &std::env::temp_dir(), &error);
        let (stdout, stderr) = (tempfile::tempfile().map_err(cannot)?, tempfile::tempfile().map_err(cannot)?);
        process.stdout(stdout.try_clone().map_err(cannot)?).stderr(stderr.try_clone().map_err(cannot)?);
        process.stdin(read_from(job.stdin).map_err(cannot)?);
        let child = process.spawn().map_err(|error| cannot_start(command, &error))?;
        let (begun, ending) = (Instant::now(), Ending::new(guard));
        Ok(Self { index, command, child, begun, ending, stdout, stderr, is_over: false })
    }

    /// How it ended, if it did.
    fn look(&mut self, pressed: bool) -> Result<Option<ExitStatus>, Failure> {
        let program = self.command.program.display();
        let cannot = |error: io::Error| Failure::new(format!("could not wait for `{program}`: {}", reason(&error)));
        if let Some(status) = self.child.try_wait().map_err(cannot)? {
            self.is_over = true;
            return Ok(Some(status));
        }
        let limit = Duration::from_millis(self.command.timeout);
        if !limit.is_zero() && self.begun.elapsed() >= limit {
            return Err(Failure::new(format!(
                "{program} was ended: it took more than {} seconds",
                limit.as_secs_f32()
            ))
            .detail(format!("it was started as: {}", super::command_line(self.command)))
            .remedy("try again; if it hangs again, run that command yourself to see why"));
        }
        self.ending.tend_told(&mut self.child, pressed);
        Ok(None)
    }

    fn output(mut self, status: ExitStatus) -> Result<Output, Failure> {
        let mut said = |file: fn(&mut Self) -> &mut File| {
            let file = file(&mut self);
            let mut bytes = Vec::new();
            file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map(|_| bytes)
        };
        let read = said(|one| &mut one.stdout).and_then(|stdout| Ok((stdout, said(|one| &mut one.stderr)?)));
        let (stdout, stderr) = read.map_err(|error| Failure::io("read a file in", &std::env::temp_dir(), &error))?;
        Ok(Output { code: code_of(status), stdout: stdout.into(), stderr: stderr.into(), ..Output::default() })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            end(&mut self.child);
        }
    }
}

fn read_from(text: &str) -> io::Result<Stdio> {
    if text.is_empty() {
        return Ok(Stdio::null());
    }
    let mut file = tempfile::tempfile()?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file.into())
}

fn cannot_start(command: &Command, error: &io::Error) -> Failure {
    let program = command.program.display();
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(format!("could not start `{program}`: no such program"))
            .remedy("install it, or put its directory on PATH"),
        io::ErrorKind::PermissionDenied => Failure::new(format!("could not start `{program}`: it is not executable"))
            .command(["chmod", "+x", &program]),
        _ => Failure::new(format!("could not start `{program}`: {}", reason(error))),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::caller::{Caller, Persistence};
    use crate::failure::exit;
    use crate::ui::{Console, Volume};

    fn run(commands: &[Command], stdin: &str) -> Result<Vec<Output>, Failure> {
        let caller = Caller::now(&[]).unwrap();
        let console = Console::new(Volume::Quiet, anstream::ColorChoice::Never, true);
        let project = tempfile::tempdir().unwrap();
        let host = BackendHost {
            caller: &caller,
            console: &console,
            project: project.path().to_owned(),
            persistence: Persistence::ReadOnly,
            consent: Default::default(),
            searched: Default::default(),
        };
        run_together(&commands.iter().map(|command| Job { command, stdin }).collect::<Vec<_>>(), &host)
    }

    fn sh(script: &str) -> Command {
        Command::new("/bin/sh").args(["-c", script])
    }

    #[test]
    fn each_says_what_it_says_and_a_failure_is_an_answer() {
        let outputs = run(&[sh("sleep 0.2; cat; exit 3"), sh("cat >&2"), sh("echo third")], "read\n").unwrap();
        let told = |index: usize| (outputs[index].code, outputs[index].text(), outputs[index].error_text());
        assert_eq!(told(0), (3, "read".to_owned(), String::new()));
        assert_eq!(told(1), (0, String::new(), "read".to_owned()));
        assert_eq!(told(2).1, "third");
    }

    #[test]
    fn one_that_cannot_go_on_ends_the_others() {
        let begun = Instant::now();
        let late = sh("exec sleep 20; https://me:secret@h/").timeout(Duration::from_millis(100));
        let failure = run(&[late, sh("exec sleep 20")], "").unwrap_err();
        assert_eq!(failure.message, "/bin/sh was ended: it took more than 0.1 seconds");
        let said = "it was started as: /bin/sh -c 'exec sleep 20; https://***@h/'";
        assert_eq!(failure.details, [said]);
        let failure = run(&[sh("exec sleep 20"), Command::new("/no/such")], "").unwrap_err();
        assert_eq!(failure.message, "could not start `/no/such`: no such program");
        assert_eq!(run(&[sh("kill -INT $$")], "").unwrap_err().code, exit::INTERRUPTED);
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
