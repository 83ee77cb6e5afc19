//! A noisy program of a plan: shown as it comes, kept whole in a log, and of its failure only what matters told.

use std::io::{self, PipeReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use pyve_plugin_api::{Command, OutputFilter, Step};

use super::executor::Executor;
use super::log::Log;
use super::output_filter::Filtered;
use super::output_view::OutputView;
use super::run;
use crate::failure::Failure;
use crate::process::ending::Ending;
use crate::process::{BY_INTERRUPT, code_of, end, process_of};

/// How often it is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the output of a program that has ended is waited for: something it left behind may hold the pipe.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Starts the program and waits for its end.
pub fn start(executor: &Executor<'_>, step: &Step, command: &Command, filter: &OutputFilter) -> Result<(), Failure> {
    let guard = crate::process::interrupt::guard();
    let log = Log::create(executor, &filter.log, command)?;
    let mut output = ProgramOutput { filtered: Filtered::new(filter), log, view: OutputView::new(executor.console) };
    let mut process = process_of(command, executor.caller, executor.project.root())?;
    let (reader, writer) = io::pipe().map_err(|error| Failure::io("create a pipe for", Path::new("output"), &error))?;
    let second = writer.try_clone().map_err(|error| Failure::io("create a pipe for", Path::new("output"), &error))?;
    // What is not seen at once cannot be answered.
    process.stdin(Stdio::null()).stdout(writer).stderr(second);
    let mut child = executor.spawn(&mut process).map_err(|error| run::cannot_start(command, &error))?;
    // It holds the other ends of the pipe, which would never end.
    drop(process);
    let chunks = read_aside(reader).map_err(|error| {
        // Nobody would listen to it.
        end(&mut child);
        Failure::no_thread(&error)
    })?;
    let started = Instant::now();
    let limit = Duration::from_millis(command.timeout);
    let mut ending = Ending::new(&guard);
    let status = loop {
        let may_say_more = output.listen(&chunks, PAUSE);
        let left = limit.saturating_sub(started.elapsed());
        let seen = match may_say_more {
            true => child.try_wait(),
            // Nothing but its end is left to wait for.
            false => ending.wait(&mut child, Some(left).filter(|_| !limit.is_zero())),
        };
        if let Some(status) = seen.map_err(|error| run::cannot_wait(command, &error))? {
            break status;
        }
        ending.tend(&mut child);
        if !limit.is_zero() && (left.is_zero() || !may_say_more) {
            end(&mut child);
            output.view.end();
            return Err(run::too_slow(command, limit));
        }
    };
    output.rest(&chunks);
    match code_of(status) {
        code if code == BY_INTERRUPT || guard.requested() => Err(run::stopped(command)),
        0 => Ok(()),
        code => Err(output.failure(step, command, code)),
    }
}

/// Everything the program says, in pieces, until nobody can say anything more.
fn read_aside(mut reader: PipeReader) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        let mut chunk = [0; 8192];
        while let Ok(length @ 1..) = reader.read(&mut chunk) {
            if sender.send(chunk[..length].to_vec()).is_err() {
                break;
            }
        }
    })?;
    Ok(receiver)
}

/// What the program says, and all who listen.
struct ProgramOutput<'a> {
    filtered: Filtered<'a>,
    log: Log,
    view: OutputView<'a>,
}

fn heard(line: &str, filtered: &mut Filtered<'_>, view: &mut OutputView<'_>) {
    filtered.read(line);
    if filtered.is_relayed(line) {
        view.relay(line);
    } else {
        view.show(line);
    }
}

impl ProgramOutput<'_> {
    /// Takes in what comes until the time is over or nothing more can come; says whether more can.
    fn listen(&mut self, chunks: &Receiver<Vec<u8>>, time: Duration) -> bool {
        let end = Instant::now() + time;
        loop {
            match chunks.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(chunk) => {
                    let Self { filtered, log, view } = self;
                    log.write(&chunk).iter().for_each(|line| heard(line, filtered, view));
                    // One that never falls silent must not keep its end from being seen.
                    if Instant::now() >= end {
                        return true;
                    }
                }
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn rest(&mut self, chunks: &Receiver<Vec<u8>>) {
        self.listen(chunks, DRAIN_TIMEOUT);
        if let Some(line) = self.log.unfinished() {
            heard(&line, &mut self.filtered, &mut self.view);
        }
        self.view.end();
    }

    fn failure(&self, step: &Step, command: &Command, code: i32) -> Failure {
        let failure = Failure::new(match self.filtered.failure() {
            Some(what) => what.to_owned(),
            None => format!("could not {}: {}", begun_small(&step.title), run::how_it_ended(command, code)),
        });
        let failure = self.filtered.lines().into_iter().fold(failure, Failure::detail);
        let path = self.log.path.display();
        let failure = failure.detail(format!("all it said is in {path}"));
        match self.filtered.remedy() {
            Some(remedy) => failure.remedy(remedy.to_string()),
            None => failure.remedy(format!("read {path}, fix the error, and run the same command again")),
        }
    }
}

/// A title as the rest of a sentence.
fn begun_small(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use pyve_plugin_api::{Command, OutputFilter, Remedy, Step};

    use crate::failure::Failure;
    use crate::steps::testing::Fixture;

    fn step(script: &str) -> Step {
        let filter = OutputFilter::new("../make").keep(["error "]).strip(["error "]).max_lines(2);
        let filter = filter.hint("full", Remedy::text("free some space"));
        Step::run("Make the thing", Command::new("/bin/sh").args(["-c", script])).output_filter(filter)
    }

    fn told(place: &Fixture, failure: Failure) -> String {
        let lines = failure.details.iter().map(|line| format!("\n  {line}")).collect::<String>();
        let text = format!("{}{lines}\n=> {}", failure.message, failure.remedy);
        text.replace(&place.root().display().to_string(), "[PROJECT]")
    }

    #[test]
    fn a_failure_tells_what_matters_and_the_log_has_all() {
        let place = Fixture::new();
        let script = "echo 'step 1'; echo 'error it is full' >&2; printf 'error last'; exit 3";
        let failure = place.execute(&step(script)).unwrap_err();
        insta::assert_snapshot!(told(&place, failure), @r"
        could not make the thing: /bin/sh failed with exit code 3
          it is full
          last
          all it said is in [PROJECT]/.pyve/state/make.log
        => free some space
        ");
        let log = place.root().join(".pyve/state/make.log");
        let text = fs::read_to_string(&log).unwrap();
        assert_eq!(text.split_once('\n').unwrap().1, "step 1\nerror it is full\nerror last");
        assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_filter_may_say_what_has_failed() {
        let place = Fixture::new();
        let mut step = step("echo 'error it is full'; exit 3");
        step.output_filter = step.output_filter.map(|filter| filter.failure("the tool could not make `thing`"));
        let failure = place.execute(&step).unwrap_err();
        assert_eq!(
            (failure.message.as_str(), failure.details[0].as_str()),
            ("the tool could not make `thing`", "it is full")
        );
    }

    #[test]
    fn what_no_rule_knows_ends_with_the_last_lines_and_the_log() {
        let place = Fixture::new();
        let failure = place.execute(&step("echo one; echo two; kill -TERM $$")).unwrap_err();
        insta::assert_snapshot!(told(&place, failure), @r"
        could not make the thing: /bin/sh was ended by signal 15
          one
          two
          all it said is in [PROJECT]/.pyve/state/make.log
        => read [PROJECT]/.pyve/state/make.log, fix the error, and run the same command again
        ");
    }

    #[test]
    fn success_and_silence_are_fine_and_stdin_is_empty() {
        let place = Fixture::new();
        place.execute(&step("cat; exit 0")).unwrap();
        place.execute(&step("i=0; while [ $i -lt 5000 ]; do echo \"line $i\"; i=$((i+1)); done")).unwrap();
        let text = fs::read_to_string(place.root().join(".pyve/state/make.log")).unwrap();
        assert!(text.ends_with("line 4999\n") && text.lines().count() == 5001);
    }

    #[test]
    fn what_it_leaves_behind_does_not_hold_the_plan_up() {
        let place = Fixture::new();
        let started = std::time::Instant::now();
        place.execute(&step("sleep 30 & echo started")).unwrap();
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn it_may_be_interrupted_take_too_long_or_not_be_there() {
        let place = Fixture::new();
        let failure = place.execute(&step("kill -INT $$")).unwrap_err();
        assert_eq!((failure.message.as_str(), failure.code), ("interrupted", 130));
        let mut slow = step("");
        slow.command = Some(Command::new("/bin/sleep").arg("20").timeout(Duration::from_millis(100))).into();
        assert_eq!(place.execute(&slow).unwrap_err().message, "/bin/sleep was ended: it took more than 0.1 seconds");
        slow.command = Some(Command::new("/no/such")).into();
        assert_eq!(place.execute(&slow).unwrap_err().message, "could not start `/no/such`: no such program");
    }
}
