//! Files of pyve's own state: JSON, replaced whole, readable by the user alone.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, reason};

/// What a file of state says of itself, whatever else it holds.
#[derive(serde::Deserialize)]
struct Head {
    schema: u32,
}

/// Reads the file; `None` if there is none.
pub fn load<T: DeserializeOwned>(path: &Path, schema: u32) -> Result<Option<T>, Failure> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(again(Failure::io("read", path, &error))),
    };
    match serde_json::from_slice::<Head>(&bytes) {
        Ok(head) if head.schema > schema => return Err(newer(path, head.schema, schema)),
        _ => {}
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        again(Failure::new(format!("{} is damaged", path.display())).detail(format!("it cannot be read: {error}")))
    })
}

fn again(failure: Failure) -> Failure {
    failure.remedy("type `pyve init --force` to make the environment and its record again")
}

fn newer(path: &Path, found: u32, known: u32) -> Failure {
    Failure::new(format!("{} was written by a newer pyve", path.display()))
        .detail(format!("it has format {found}; this pyve {} knows formats up to {known}", env!("CARGO_PKG_VERSION")))
        .remedy("upgrade pyve, or type `pyve init --force` to make the environment again with this one")
}

/// Writes the file and the folders above it: whole or not at all.
pub fn save<T: Serialize>(path: &Path, value: &T) -> Result<(), Failure> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    bytes.push(b'\n');
    replace(path, &bytes).map_err(|error| {
        Failure::new(format!("cannot write {}: {}", path.display(), reason(&error)))
            .remedy("look whether the disk is full and whether the folder is yours to write")
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // A temporary file has mode 600 from the first byte, and keeps it. It is not synced, since the environment it
    // tells of is not either: a sync would wait for all files that were just made. Should a power cut damage it,
    // that is noticed, and the environment made again.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
