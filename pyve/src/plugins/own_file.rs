//! Reads a file of the folder of plugins: a regular one of bearable size, opened without following a link.

use std::fs::Metadata;
use std::path::Path;

use pyve_formats::read::{self, Limit, Links};

use crate::failure::Failure;

/// The content, and what the very file that it was read from was like.
pub struct OwnFile {
    pub bytes: Vec<u8>,
    pub metadata: Metadata,
}

/// Reads all of the file at `path`; `None` where there is none.
pub fn read(path: &Path, limit: Limit) -> Result<Option<OwnFile>, Failure> {
    let Some(file) = read::open(path, limit, Links::Refuse)? else { return Ok(None) };
    let metadata = file.metadata().map_err(|error| Failure::io("examine", path, &error))?;
    Ok(Some(OwnFile { bytes: read::all(&file, path, limit)?, metadata }))
}
