//! Reading a file as what it should be: a regular file of a size that fits its purpose.
//!
//! A named pipe waits for a writer for ever, `/dev/zero` never ends, opening a device may do something, and a
//! sparse file of 200 MiB costs its sender nothing. So a file is looked at before it is opened, looked at again
//! once it is open (it may have been exchanged), and never read beyond its [`Limit`] (it may grow).
//!
//! ```no_run
//! use pyve_formats::read::{self, Limit};
//!
//! # fn main() -> Result<(), read::ReadError> {
//! match read::text("pyproject.toml", Limit::PROJECT)? {
//!     Some(text) => println!("{} bytes", text.len()),
//!     None => println!("there is none"),
//! }
//! # Ok(())
//! # }
//! ```

mod error;
mod limit;
mod open;
#[cfg(all(test, unix))]
mod tests;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use error::{FileKind, Problem, ReadError};
pub use limit::Limit;
pub use open::{Links, open};

/// The bytes of a file; `None` where there is none. Links are followed.
pub fn bytes(path: impl AsRef<Path>, limit: Limit) -> Result<Option<Vec<u8>>, ReadError> {
    bytes_of(path.as_ref(), limit, Links::Follow)
}

/// Like [`bytes`], but a file reached through a link in its last component is refused.
pub fn bytes_no_follow(path: impl AsRef<Path>, limit: Limit) -> Result<Option<Vec<u8>>, ReadError> {
    bytes_of(path.as_ref(), limit, Links::Refuse)
}

/// The text of a file, in UTF-8; `None` where there is none. Links are followed.
pub fn text(path: impl AsRef<Path>, limit: Limit) -> Result<Option<String>, ReadError> {
    let path = path.as_ref();
    bytes(path, limit)?.map(|bytes| decode(path, bytes)).transpose()
}

/// Like [`text`], but a file reached through a link in its last component is refused.
pub fn text_no_follow(path: impl AsRef<Path>, limit: Limit) -> Result<Option<String>, ReadError> {
    let path = path.as_ref();
    bytes_no_follow(path, limit)?.map(|bytes| decode(path, bytes)).transpose()
}

/// The first bytes of a regular file of any size, at most so many; `None` where there is none.
pub fn start(path: impl AsRef<Path>, at_most: usize) -> Result<Option<Vec<u8>>, ReadError> {
    let path = path.as_ref();
    let Some(file) = open(path, Limit::ANY_SIZE, Links::Follow)? else { return Ok(None) };
    let mut bytes = Vec::with_capacity(at_most);
    file.take(at_most as u64).read_to_end(&mut bytes).map_err(|error| ReadError::io(path, error))?;
    Ok(Some(bytes))
}

/// The same for a file that the listing of its folder calls a regular one, with as few calls of the system as can be: it is
/// opened at once, and refused where it is a link by now, or no regular file. For folders of hundreds of programs.
pub fn start_of_listed(path: impl AsRef<Path>, at_most: usize) -> Result<Option<Vec<u8>>, ReadError> {
    let path = path.as_ref();
    let failed = |error: io::Error| ReadError::io(path, error);
    let mut file = match open::open_now(path, Links::Refuse).map_err(failed) {
        Err(error) if error.is_absent() => return Ok(None),
        opened => opened?,
    };
    open::check(&file, path, Limit::ANY_SIZE)?;
    let mut bytes = vec![0; at_most];
    // Of a regular file a read gives all that there is.
    let length = file.read(&mut bytes).map_err(failed)?;
    bytes.truncate(length);
    Ok(Some(bytes))
}

/// All bytes of a file that the caller opened itself, by `openat` for instance; `path` is for messages.
pub fn all(file: &File, path: impl AsRef<Path>, limit: Limit) -> Result<Vec<u8>, ReadError> {
    let path = path.as_ref();
    let size = open::check(file, path, limit)?;
    // One byte more than is told, so that the end is found without growing.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
    file.take(limit.bytes().saturating_add(1)).read_to_end(&mut bytes).map_err(|error| ReadError::io(path, error))?;
    if bytes.len() as u64 > limit.bytes() {
        return Err(ReadError::new(path, Problem::TooLarge { size: None, limit }));
    }
    Ok(bytes)
}

fn bytes_of(path: &Path, limit: Limit, links: Links) -> Result<Option<Vec<u8>>, ReadError> {
    open(path, limit, links)?.map(|file| all(&file, path, limit)).transpose()
}

fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        ReadError::new(path, Problem::NotUtf8 { line })
    })
}
