//! Which thread waits for which program, so that somebody else can say so and end the wait.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How long the program's end is waited for once its wait is given up.
const GRACE: Duration = Duration::from_millis(500);

#[derive(Default)]
struct Waits {
    going_on: Vec<(ThreadId, String)>,
    given_up: Vec<ThreadId>,
}

static WAITS: Mutex<Waits> = Mutex::new(Waits { going_on: Vec::new(), given_up: Vec::new() });

fn waits() -> MutexGuard<'static, Waits> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The current thread waits for a program, until this is dropped.
pub struct Waiting(ThreadId);

impl Waiting {
    /// Refused in a thread that was given up: nobody listens to it any more.
    pub fn begin(program: &str) -> Result<Self, &'static str> {
        let thread = thread::current().id();
        let mut waits = waits();
        if waits.given_up.contains(&thread) {
            return Err("nobody waits for the answer any more");
        }
        waits.going_on.push((thread, program.to_owned()));
        Ok(Self(thread))
    }

    /// Whether the program is to be ended.
    pub fn is_given_up(&self) -> bool {
        waits().given_up.contains(&self.0)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        waits().going_on.retain(|(thread, _)| *thread != self.0);
    }
}

/// Gives up what the thread waits for: the program is ended, and the thread starts no other. The program's name.
pub fn give_up(thread: ThreadId) -> Option<String> {
    let program = {
        let mut waits = waits();
        waits.given_up.push(thread);
        waits.going_on.iter().find(|(other, _)| *other == thread)?.1.clone()
    };
    let end = Instant::now() + GRACE;
    while Instant::now() < end && waits().going_on.iter().any(|(other, _)| *other == thread) {
        thread::sleep(Duration::from_millis(2));
    }
    Some(program)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::caller::Persistence;
    use crate::process::BackendHost;
    use pyve_plugin_api::{Command, Host};

    #[test]
    fn a_wait_that_is_given_up_ends_its_program_and_begins_no_other() {
        let (tell, told) = std::sync::mpsc::channel();
        let waiter = thread::spawn(move || {
            let caller = crate::caller::Caller::now(&[]).unwrap();
            let console = crate::ui::Console::new(crate::ui::Volume::Quiet, anstream::ColorChoice::Never, true);
            let hosting = BackendHost {
                caller: &caller,
                console: &console,
                // A program of the project itself would not be started.
                project: std::env::temp_dir(),
                persistence: Persistence::ReadOnly,
                consent: Default::default(),
                searched: Default::default(),
            };
            for _ in 0..2 {
                let began = Instant::now();
                let answer = hosting.capture(&Command::new("/bin/sleep").arg("5"));
                tell.send((answer.is_err(), began.elapsed())).unwrap();
            }
        });
        let id = waiter.thread().id();
        while !waits().going_on.iter().any(|(thread, _)| *thread == id) {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(give_up(id).as_deref(), Some("/bin/sleep"));
        for (failed, took) in told.iter().take(2) {
            assert!(failed && took < Duration::from_secs(4), "{took:?}");
        }
        waiter.join().unwrap();
        assert_eq!(give_up(id), None);
    }
}
