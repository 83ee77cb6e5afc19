//! One run of a program: its arguments, environment, input and time limit.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::filter::Filters;
use crate::outcome::Outcome;
use crate::world::World;

/// A program about to be run. Its input is empty and its environment is the world's, nothing else.
pub struct Invocation<'world> {
    command: Command,
    input: Vec<u8>,
    limit: Duration,
    filters: Filters,
    // The world's folders must outlive what runs in them.
    world: PhantomData<&'world World>,
}

impl<'world> Invocation<'world> {
    pub(crate) fn new(program: PathBuf, folder: &Path, filters: Filters) -> Self {
        #[cfg(unix)]
        crate::default_for_children();
        let mut command = Command::new(program);
        command.env_clear().current_dir(folder);
        Self { command, input: Vec::new(), limit: Duration::from_secs(300), filters, world: PhantomData }
    }

    /// Appends an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Appends arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    #[must_use]
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Starts in this folder; a relative one is of the project.
    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        let here = self.command.get_current_dir().expect("an invocation has a directory").join(folder);
        self.command.current_dir(here);
        self
    }

    /// Feeds these bytes through a pipe, then ends the input.
    #[must_use]
    pub fn stdin(mut self, input: impl AsRef<[u8]>) -> Self {
        self.input = input.as_ref().to_owned();
        self
    }

    /// Allows this much time instead of five minutes.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The command as std has it, for tests of signals and descriptors.
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    /// Where it cannot be started, or is not done in time: it is killed, and what it had said is shown.
    pub fn run(mut self) -> Outcome {
        let shown = self.shown();
        let (stdin, mut input) = std::io::pipe().expect("a new pipe");
        let bytes = std::mem::take(&mut self.input);
        // Where there is none, its end is there before the program looks: an open pipe says that somebody may answer yet.
        // A program that does not read its input closes the pipe early; that is its right.
        let feeder = (!bytes.is_empty()).then(move || thread::spawn(move || drop(input.write_all(&bytes))));
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("`{shown}` was not started: {error}"));
        // So that this process does not hold the other end, too.
        self.command.stdin(Stdio::null());
        let stdout = Listener::new(child.stdout.take().expect("stdout is a pipe"));
        let stderr = Listener::new(child.stderr.take().expect("stderr is a pipe"));
        let Some(status) = wait(&mut child, self.limit) else {
            // What it left running may hold the pipes, so their end is not waited for.
            let said = self.filters.apply(&[stdout.so_far(), stderr.so_far()].concat());
            panic!("`{shown}` was not done after {:?} and was killed; it had said:\n{said}", self.limit);
        };
        feeder.map_or(Ok(()), thread::JoinHandle::join).expect("the feeder of stdin");
        Outcome::new(status, stdout.finish(), stderr.finish(), self.filters)
    }

    /// Runs the program in a pseudo-terminal of 24 lines of 80 columns, for prompts and colours.
    #[cfg(unix)]
    pub fn terminal(self) -> crate::Terminal<'world> {
        let shown = self.shown();
        crate::Terminal::open(self.command, &shown, self.filters)
    }

    fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }
}

/// Takes in what comes through a pipe, so that the program at its other end never waits.
struct Listener {
    heard: Arc<Mutex<Vec<u8>>>,
    thread: thread::JoinHandle<()>,
}

impl Listener {
    fn new(mut pipe: impl Read + Send + 'static) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&heard);
        let thread = thread::spawn(move || {
            let mut chunk = [0; 8192];
            loop {
                match pipe.read(&mut chunk).expect("a pipe can be read") {
                    0 => break,
                    length => shared.lock().expect("no listener panics").extend_from_slice(&chunk[..length]),
                }
            }
        });
        Self { heard, thread }
    }

    fn so_far(&self) -> Vec<u8> {
        self.heard.lock().expect("no listener panics").clone()
    }

    fn finish(self) -> Vec<u8> {
        self.thread.join().expect("a listener");
        Arc::into_inner(self.heard).expect("the thread is gone").into_inner().expect("no listener panics")
    }
}

/// How a child ended; `None` where it was killed because its time was up.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    let mut pause = Duration::from_micros(200);
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            return Some(status);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    // It may have ended just now; then there is nothing to kill.
    drop(child.kill());
    drop(child.wait());
    None
}
