//! Waiting for a program that the user may interrupt, and ending it where it does not end by itself.
//!
//! Ctrl-C reaches the programs that pyve started, too, and most end by it. Some do not while they download, and SIGTERM
//! reaches pyve alone: so the program is first told to stop, after a second to end, and after five more ended.

use std::io;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use super::interrupt::InterruptGuard;
use crate::sys;

/// How long a program may take to end by itself; a second Ctrl-C ends the wait.
const GRACE: Duration = Duration::from_secs(1);

/// How long one that was told to end may take.
const LAST: Duration = Duration::from_secs(5);

/// How often it is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// How far the end of a program has come.
pub struct Ending<'a> {
    guard: &'a InterruptGuard,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Running,
    Interrupted(Instant),
    Terminated(Instant),
}

impl<'a> Ending<'a> {
    pub fn new(guard: &'a InterruptGuard) -> Self {
        Self { guard, stage: Stage::Running }
    }

    /// Does what is due to a program that runs still.
    pub fn tend(&mut self, child: &mut Child) {
        self.tend_told(child, self.guard.pressed());
    }

    /// The same for one of several, all of which are told whether Ctrl-C was `pressed` since they were tended last.
    pub fn tend_told(&mut self, child: &mut Child, pressed: bool) {
        self.stage = match self.stage {
            Stage::Running if pressed => {
                if self.guard.terminated() {
                    // The terminal did not tell the program.
                    sys::interrupt(child);
                }
                Stage::Interrupted(Instant::now())
            }
            Stage::Interrupted(since) if pressed || since.elapsed() >= GRACE => {
                sys::terminate(child);
                Stage::Terminated(Instant::now())
            }
            Stage::Terminated(since) if pressed || since.elapsed() >= LAST => {
                let _ = child.kill();
                Stage::Terminated(Instant::now())
            }
            stage => stage,
        };
    }

    /// Waits until the limit, if there is one; a program that is still there then is ended, and the answer is `None`.
    pub fn wait(&mut self, child: &mut Child, limit: Option<Duration>) -> io::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            let elapsed = begun.elapsed();
            if limit.is_some_and(|limit| elapsed >= limit) {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            self.tend(child);
            // Its end is noticed at most a tenth of its time late.
            std::thread::sleep((elapsed / 10).clamp(Duration::from_micros(100), PAUSE));
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_program_that_takes_too_long_is_ended_and_others_are_told() {
        let guard = super::super::guard();
        let mut ending = Ending::new(&guard);
        let mut slow = Command::new("/bin/sleep").arg("20").spawn().unwrap();
        assert_eq!(ending.wait(&mut slow, Some(Duration::from_millis(50))).unwrap(), None);
        let mut quick = Command::new("/bin/sh").args(["-c", "exit 3"]).spawn().unwrap();
        assert_eq!(ending.wait(&mut quick, None).unwrap().unwrap().code(), Some(3));
    }

    /// One that passes over both signals, as far as they can be.
    #[test]
    fn each_stage_comes_when_it_is_due() {
        let guard = super::super::guard();
        let mut child = Command::new("/bin/sh")
            .args(["-c", "trap 'echo told' TERM; echo on; while :; do sleep 0.05; done"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        io::BufRead::read_line(&mut out, &mut line).unwrap();
        let past = |time: Duration| Instant::now().checked_sub(time).unwrap();
        let mut ending = Ending { guard: &guard, stage: Stage::Interrupted(Instant::now()) };
        ending.tend(&mut child);
        assert!(matches!(ending.stage, Stage::Interrupted(_)), "within the grace nothing is sent");
        ending.stage = Stage::Interrupted(past(GRACE));
        ending.tend(&mut child);
        assert!(matches!(ending.stage, Stage::Terminated(_)));
        io::BufRead::read_line(&mut out, &mut line).unwrap();
        assert_eq!(line, "on\ntold\n");
        ending.tend(&mut child);
        assert_eq!(child.try_wait().unwrap(), None);
        ending.stage = Stage::Terminated(past(LAST));
        ending.tend(&mut child);
        assert_eq!(sys::signal(child.wait().unwrap()), Some(9));
    }
}
