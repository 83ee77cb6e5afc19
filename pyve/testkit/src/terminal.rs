//! A program in a pseudo-terminal: what it prompts, what is typed, how it ends.

use std::marker::PhantomData;
use std::process::Command;

use nix::sys::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::filter::Filters;
use crate::world::World;

const LIMIT_MS: u64 = 60_000;

/// A session with a program that believes a person is there.
pub struct Terminal<'world> {
    session: PtySession,
    name: String,
    seen: String,
    filters: Filters,
    world: PhantomData<&'world World>,
}

impl Terminal<'_> {
    pub(crate) fn open(mut command: Command, name: &str, filters: Filters) -> Self {
        if command.get_envs().all(|(variable, _)| variable != "TERM") {
            command.env("TERM", "xterm-256color");
        }
        let session = spawn_command(command, Some(LIMIT_MS)).unwrap_or_else(|error| panic!("`{name}`: {error}"));
        Self { session, name: name.to_owned(), seen: String::new(), filters, world: PhantomData }
    }

    /// Waits until the program shows this text.
    ///
    /// # Panics
    /// Where it ends or a minute passes before.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> &mut Self {
        match self.session.exp_string(text) {
            Ok(before) => {
                self.seen.push_str(&before);
                self.seen.push_str(text);
            }
            Err(error) => panic!("`{}` did not show {text:?}; before: {:?}; {error}", self.name, self.seen),
        }
        self
    }

    /// Types a line. The terminal does not echo it, so the screen holds only what programs wrote.
    #[track_caller]
    pub fn type_line(&mut self, line: &str) -> &mut Self {
        self.session.send_line(line).unwrap_or_else(|error| panic!("`{}`: {error}", self.name));
        self
    }

    /// Types a control character: `c` for Ctrl-C, `d` for the end of input.
    #[track_caller]
    pub fn control(&mut self, character: char) -> &mut Self {
        self.session.send_control(character).unwrap_or_else(|error| panic!("`{}`: {error}", self.name));
        self
    }

    /// Waits for the end: the exit code (128 and the signal, as shells count) and the whole
    /// screen, filtered, lines ended by `\n`.
    #[track_caller]
    pub fn end(mut self) -> (i32, String) {
        let rest = self.session.exp_eof().unwrap_or_else(|error| panic!("`{}`, {:?}: {error}", self.name, self.seen));
        self.seen.push_str(&rest);
        let code = match self.session.process().wait() {
            Ok(WaitStatus::Exited(_, code)) => code,
            Ok(WaitStatus::Signaled(_, signal, _)) => 128 + signal as i32,
            other => panic!("`{}` ended strangely: {other:?}", self.name),
        };
        (code, self.filters.apply(self.seen.replace("\r\n", "\n").as_bytes()))
    }
}
