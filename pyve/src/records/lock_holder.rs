//! Who holds the lock, as the file itself says: a pyve at work, or what a pyve that was killed left running.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys;
use crate::ui::Console;

/// How long a program that is told to end may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// The content of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// `pyve init (process 12)`; empty where it says nothing.
    name: String,
    process: Option<u32>,
    /// The program that was started last.
    program: Option<(u32, PathBuf)>,
}

impl Holder {
    /// What is written for this process, and the program that it has just started.
    pub fn text(command: &str, program: Option<(u32, &Path)>) -> String {
        let name = format!("{command} (process {})\n", std::process::id());
        let program = program.map(|(process, path)| format!("{process} {}\n", path.display()));
        name + &program.unwrap_or_default()
    }

    /// What the file says.
    pub fn of(file: &mut File) -> Self {
        let mut text = String::new();
        // Where it cannot be read the name is all that is missing.
        let _ = file.take(5000).read_to_string(&mut text);
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let plain = |line: &str| line.chars().filter(|letter| !letter.is_control()).collect::<String>();
        let mut lines = text.lines();
        let name = plain(lines.next().unwrap_or_default());
        let process = name.rsplit_once("(process ").and_then(|(_, rest)| rest.strip_suffix(')')?.parse().ok());
        let program = lines.next().and_then(|line| line.split_once(' '));
        let program = program.and_then(|(process, path)| Some((process.parse().ok()?, plain(path).into())));
        Self { name, process, program }
    }

    /// Who is waited for, in words.
    pub fn shown(&self, file: &File) -> String {
        match self.left_running(file) {
            Some((process, program)) => {
                format!("`{}` (process {process}), which an interrupted {} left running", program.display(), self.name)
            }
            None if self.name.is_empty() => "another pyve".to_owned(),
            None => self.name.clone(),
        }
    }

    /// Whether it is a program whose pyve is gone.
    pub fn is_without_pyve(&self, file: &File) -> bool {
        self.left_running(file).is_some()
    }

    /// Says who is waited for. What an interrupted pyve left running is told to end, if it certainly is that.
    pub fn wait(&self, file: &File, console: &Console) {
        let Some((process, _)) = self.left_running(file) else {
            console.info(&format!("waiting for {}, which is changing this project …", self.shown(file)));
            return;
        };
        console.info(&format!("waiting for {} …", self.shown(file)));
        if sys::has_open(process, file) != Some(true) {
            return;
        }
        sys::terminate_process(process);
        let began = Instant::now();
        while began.elapsed() < PATIENCE && sys::has_open(process, file) == Some(true) {
            thread::sleep(PAUSE);
        }
    }

    /// The program that is still there, where the pyve that started it is not.
    fn left_running(&self, file: &File) -> Option<(u32, &Path)> {
        let gone = self.process.is_some_and(|process| sys::has_open(process, file) == Some(false));
        let (process, program) = self.program.as_ref().filter(|_| gone)?;
        (sys::has_open(*process, file) != Some(false)).then_some((*process, program))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_rest_is_nobody_s_name() {
        let text = Holder::text("pyve init", Some((12, Path::new("/a b/tool"))));
        let process = std::process::id();
        let name = format!("pyve init (process {process})");
        let program = Some((12, PathBuf::from("/a b/tool")));
        assert_eq!(Holder::parse(&text), Holder { name: name.clone(), process: Some(process), program });
        let text = Holder::text("pyve init", None);
        assert_eq!(Holder::parse(&text), Holder { name, process: Some(process), program: None });
        for text in ["", "\n", "\u{1b}\n-1 x\n"] {
            assert_eq!(Holder::parse(text), Holder::default(), "{text:?}");
        }
    }
}
