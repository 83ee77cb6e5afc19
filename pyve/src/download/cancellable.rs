//! Waiting for the network without being deaf to Ctrl-C: what may block is done aside, and left
//! there when nobody waits for it any more.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use super::fetch_error::FetchError;
use crate::process::InterruptGuard;

/// How long Ctrl-C may go unnoticed.
const TICK: Duration = Duration::from_millis(50);

/// The outcome of `work`, unless the user does not want to wait for it.
pub fn outcome<T: Send + 'static>(
    interrupt: &InterruptGuard,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, FetchError> {
    let (sender, receiver) = sync_channel(1);
    Builder::new().spawn(move || sender.send(work())).map_err(|error| FetchError::no_thread(&error))?;
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Timeout) if !interrupt.requested() => {}
            Err(_) => return Err(FetchError::interrupted()),
        }
    }
}

/// A reader whose reads come back as interrupted every now and then.
pub struct Stream {
    parts: Receiver<io::Result<Vec<u8>>>,
    part: Vec<u8>,
    used: usize,
}

impl Stream {
    pub fn new(mut reader: impl Read + Send + 'static) -> Result<Self, FetchError> {
        let (sender, parts) = sync_channel(4);
        let read = move || {
            loop {
                let mut part = vec![0; 64 * 1024];
                let read = reader.read(&mut part).map(|count| {
                    part.truncate(count);
                    part
                });
                let last = read.as_ref().map_or_else(|error| error.kind() != ErrorKind::Interrupted, Vec::is_empty);
                if sender.send(read).is_err() || last {
                    break;
                }
            }
        };
        Builder::new().spawn(read).map_err(|error| FetchError::no_thread(&error))?;
        Ok(Self { parts, part: Vec::new(), used: 0 })
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.part.len() {
            self.part = match self.parts.recv_timeout(TICK) {
                Ok(part) => part?,
                Err(RecvTimeoutError::Timeout) => return Err(ErrorKind::Interrupted.into()),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            };
            self.used = 0;
        }
        let count = (&self.part[self.used..]).read(buffer)?;
        self.used += count;
        Ok(count)
    }
}
