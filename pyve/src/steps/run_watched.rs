//! A program of a plan that somebody watches: a sign that it is at work, until it speaks for itself.

use std::io::{self, PipeReader, Read, Write};
use std::path::Path;
use std::process::Command as Process;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::executor::Executor;
use super::moving::moving;
use crate::failure::Failure;
use crate::ui::StatusLine;

/// How long the last words of a program that has ended are waited for: something it left behind may hold the pipe.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What passes on the output of a program, in the place of a sign that is gone with the first of it.
pub struct Watched {
    sign: Arc<Mutex<Option<StatusLine>>>,
    said_all: Receiver<()>,
}

impl Watched {
    /// Takes the output of a program that is not started yet. The process must not outlive its start: it holds the pipe.s other ends.
    pub fn output_of(process: &mut Process, executor: &Executor<'_>, title: &str) -> Result<Self, Failure> {
        let cannot = |error| Failure::io("create a pipe for", Path::new("output"), &error);
        let (reader, writer) = io::pipe().map_err(cannot)?;
        process.stdout(writer.try_clone().map_err(cannot)?).stderr(writer);
        let sign = Arc::new(Mutex::new(moving(executor.console, title)));
        let (over, said_all) = mpsc::channel();
        let seen = Arc::clone(&sign);
        let passing = std::thread::Builder::new().spawn(move || pass_on(reader, &seen, over));
        passing.map_err(|error| Failure::no_thread(&error))?;
        Ok(Self { sign, said_all })
    }

    /// Waits for the last words of a program that has ended.
    pub fn end(self) {
        let _ = self.said_all.recv_timeout(LAST_WORDS);
        take(&self.sign);
    }
}

/// Until nobody can say anything more. What cannot be written to standard error is lost: there is nobody to tell.
fn pass_on(mut output: PipeReader, sign: &Mutex<Option<StatusLine>>, _over: Sender<()>) {
    let mut chunk = [0; 8192];
    while let Ok(length @ 1..) = output.read(&mut chunk) {
        take(sign);
        let _ = io::stderr().write_all(&chunk[..length]);
    }
}

fn take(sign: &Mutex<Option<StatusLine>>) {
    drop(sign.lock().unwrap_or_else(PoisonError::into_inner).take());
}
