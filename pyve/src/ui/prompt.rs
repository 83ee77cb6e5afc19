//! Questions to the user: on standard error, answered from standard input. The end of input is never a yes.

use std::io::{self, BufRead, IsTerminal, Read};

use crate::failure::Failure;
use crate::sys;
use crate::ui::Console;

/// Who answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answers {
    /// The user, at a terminal or through a pipe.
    Asked,
    /// `--yes`: yes to what is safe.
    Yes,
    /// `CI` is set: nobody is asked, the answer is what the question falls back to.
    Nobody,
}

/// What came of a question of yes or no.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    Yes,
    /// Somebody said no: what the question is about is cancelled, which is no failure.
    No,
    /// Nobody answered, and it takes somebody's yes.
    Unanswered,
}

impl Reply {
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// The failure of a command that ends here: `kept` says what was not done, and `unanswered` what to tell where nobody
    /// answered.
    pub fn failure(self, kept: &str, unanswered: impl FnOnce() -> Failure) -> Failure {
        if self == Self::No { Failure::cancelled(kept) } else { unanswered() }
    }
}

/// The one who can be asked.
pub struct Ask<'a> {
    console: &'a Console,
    answers: Answers,
}

impl<'a> Ask<'a> {
    pub fn new(console: &'a Console, answers: Answers) -> Self {
        Self { console, answers }
    }

    /// Whether a person, or a pipe in a person's place, can answer.
    pub fn can_ask(&self) -> bool {
        self.answers == Answers::Asked
    }

    /// Whether a person sits at the terminal: only then is something offered that nobody asked for.
    pub fn at_terminal(&self) -> bool {
        self.can_ask() && io::stdin().is_terminal() && self.console.is_terminal()
    }

    /// Whether nobody will answer: `CI` is set, or the input has ended before anything was asked, as in `docker build`.
    pub fn has_nobody(&self) -> bool {
        match self.answers {
            Answers::Asked => !io::stdin().is_terminal() && sys::stdin_ended(),
            Answers::Yes => false,
            Answers::Nobody => true,
        }
    }

    pub fn answers(&self) -> Answers {
        self.answers
    }

    /// A question of yes or no. An empty line is `default`; whether where nobody is asked it is a yes, `unasked` says.
    pub fn confirm(&self, question: &str, default: bool, unasked: bool) -> Reply {
        match self.answers {
            Answers::Yes => Reply::Yes,
            Answers::Nobody if unasked => Reply::Yes,
            Answers::Nobody => Reply::Unanswered,
            Answers::Asked => self.ask_yes_or_no(question, default),
        }
    }

    /// One line. What comes through a pipe is not shown, nor is the end of input, so the question's line is ended.
    fn answer(&self) -> Option<String> {
        let line = read_line();
        if line.is_none() || !io::stdin().is_terminal() {
            self.console.note("");
        }
        line
    }

    fn ask_yes_or_no(&self, question: &str, default: bool) -> Reply {
        let reply = |yes| if yes { Reply::Yes } else { Reply::No };
        let choices = if default { "[Y/n]" } else { "[y/N]" };
        loop {
            self.console.question(&format!("{question} {choices}: "));
            // Ctrl-D at a terminal is somebody's answer; where a pipe or a file ends, nobody gave one.
            let Some(line) = self.answer() else {
                return if io::stdin().is_terminal() { Reply::No } else { Reply::Unanswered };
            };
            match line.trim().to_ascii_lowercase().as_str() {
                "" => return reply(default),
                "y" | "yes" => return Reply::Yes,
                "n" | "no" => return Reply::No,
                _ => self.console.note("Please answer y or n."),
            }
        }
    }

    /// A menu of `count` numbered options, already shown. An empty line is the first; end of input,
    /// or nobody to ask, is none.
    pub fn choose(&self, count: usize) -> Option<usize> {
        if !self.can_ask() {
            return None;
        }
        loop {
            self.console.question("Choice [1]: ");
            let line = self.answer()?;
            match line.trim() {
                "" => return Some(0),
                text => match text.parse::<usize>() {
                    Ok(number) if (1..=count).contains(&number) => return Some(number - 1),
                    _ => self.console.note(&format!("Please answer with a number from 1 to {count}.")),
                },
            }
        }
    }
}

/// One line, read byte by byte so that what follows is left for the programs that pyve starts;
/// `None` at the end of input.
fn read_line() -> Option<String> {
    let mut line = Vec::new();
    if io::stdin().is_terminal() {
        io::stdin().lock().read_until(b'\n', &mut line).ok()?;
    } else {
        let mut byte = [0];
        let mut input = unbuffered_stdin();
        while input.read(&mut byte).ok()? == 1 {
            line.push(byte[0]);
            if byte[0] == b'\n' {
                break;
            }
        }
    }
    (!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned())
}

#[cfg(unix)]
fn unbuffered_stdin() -> impl Read {
    struct Raw;
    impl Read for Raw {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            Ok(rustix::io::read(rustix::stdio::stdin(), buffer)?)
        }
    }
    Raw
}

#[cfg(not(unix))]
fn unbuffered_stdin() -> impl Read {
    io::stdin()
}
