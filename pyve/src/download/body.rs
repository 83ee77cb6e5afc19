//! The bytes of a file on their way: counted, limited and hashed as they pass.

use std::io::{self, Read};

use pyve_formats::sha256;
use sha2::{Digest, Sha256};

use super::fetch_error::{ADDRESS, FetchError, Retry};
use super::progress::Progress;
use super::target::Writer;
use crate::process::InterruptGuard;

/// What an address sends.
pub struct Body<'a> {
    /// How many bytes were announced.
    pub length: Option<u64>,
    pub reader: Box<dyn Read>,
    /// What an error of the reader means.
    pub explain: Box<dyn Fn(io::Error) -> FetchError>,
    /// Tells whether the user still waits for it.
    pub interrupt: &'a InterruptGuard,
}

/// What has arrived.
#[derive(Debug)]
pub struct Received {
    pub size: u64,
    pub sha256: String,
}

/// Passes the body on, at most `limit` bytes of it.
pub fn receive(body: &mut Body, limit: u64, writer: Writer, progress: &Progress) -> Result<Received, FetchError> {
    let mut hash = Sha256::new();
    let size = pass(body, limit, |bytes| {
        hash.update(bytes);
        progress.advance(bytes.len());
        writer.file.write_all(bytes).map_err(|error| FetchError::local("write", writer.target, &error))
    })?;
    Ok(Received { size, sha256: sha256::hex(&hash.finalize()) })
}

/// Keeps a small body.
pub fn read_small(body: &mut Body, limit: u64, text: &mut Vec<u8>) -> Result<u64, FetchError> {
    pass(body, limit, |bytes| {
        text.extend_from_slice(bytes);
        Ok(())
    })
}

fn pass(body: &mut Body, limit: u64, mut take: impl FnMut(&[u8]) -> Result<(), FetchError>) -> Result<u64, FetchError> {
    if body.length.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        if body.interrupt.requested() {
            return Err(FetchError::interrupted());
        }
        let count = match body.reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(cut_off(size, body.length)),
            Err(error) => return Err((body.explain)(error)),
        };
        size += count as u64;
        if size > limit {
            return Err(too_large(limit));
        }
        take(&buffer[..count])?;
    }
    if body.length.is_some_and(|length| size < length) {
        return Err(cut_off(size, body.length));
    }
    Ok(size)
}

fn too_large(limit: u64) -> FetchError {
    FetchError::new(Retry::NextAddress, format!("it is larger than the limit of {limit} bytes"), ADDRESS)
}

fn cut_off(size: u64, length: Option<u64>) -> FetchError {
    match length {
        Some(length) => FetchError::passing(format!("the connection ended after {size} of {length} bytes")),
        None => FetchError::passing(format!("the connection ended after {size} bytes, before the end")),
    }
}
