//! What a plugin prints: shown on standard error as it comes, or kept for the message of its failure.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::config::printable;
use crate::plugins::validate;

/// What Rust's own runtime says before it aborts a process whose stack is full, and while it does.
const OVERFLOW: &str = "has overflowed its stack";
const ABORTING: &str = "fatal runtime error: stack overflow";

/// The most bytes that are kept.
const KEPT: usize = 1 << 20;

/// How long what was printed is waited for: a process that the plugin left behind may hold the pipe open.
const PATIENCE: Duration = Duration::from_millis(200);

/// What becomes of what it prints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prints {
    /// Shown, each line under this name.
    Shown(String),
    Kept,
}

/// What was printed so far.
#[derive(Default)]
struct Heard {
    kept: Vec<u8>,
    overflowed: bool,
}

pub struct Printed {
    heard: Arc<Mutex<Heard>>,
    ended: Receiver<()>,
}

impl Printed {
    /// Listens to `pipe`, in a thread of its own, until it is closed.
    pub fn listen(mut pipe: impl Read + Send + 'static, prints: Prints) -> std::io::Result<Self> {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (sender, ended) = mpsc::channel();
        let writing = Arc::clone(&heard);
        let listen = move || {
            let mut line = Vec::new();
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut bytes) {
                for part in bytes[..count].split_inclusive(|byte| *byte == b'\n') {
                    line.extend_from_slice(part);
                    if line.ends_with(b"\n") || line.len() > KEPT {
                        take(&writing, &std::mem::take(&mut line), &prints);
                    }
                }
            }
            take(&writing, &line, &prints);
            let _ = sender.send(());
        };
        std::thread::Builder::new().name("printed".to_owned()).spawn(listen)?;
        Ok(Self { heard, ended })
    }

    /// Waits until all was heard.
    pub fn finish(&self) {
        let _ = self.ended.recv_timeout(PATIENCE);
    }

    pub fn overflowed(&self) -> bool {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).overflowed
    }

    /// What was kept last; more would bury the message.
    pub fn last_lines(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&heard.kept);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(3)..].iter().map(|line| format!("it said: {}", printable(line))).collect()
    }
}

fn take(heard: &Mutex<Heard>, line: &[u8], prints: &Prints) {
    let text = String::from_utf8_lossy(line);
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    if text.contains(OVERFLOW) {
        heard.overflowed = true;
    } else if text.starts_with(ABORTING) {
        // Told by pyve, in its own words.
    } else if let Prints::Shown(name) = prints {
        let lines = validate::lines(&text).into_iter().map(|line| format!("{name}: {line}\n"));
        let _ = std::io::stderr().write_all(lines.collect::<String>().as_bytes());
    } else if heard.kept.len() < KEPT {
        heard.kept.extend_from_slice(line);
    }
}
