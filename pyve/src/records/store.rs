//! Files of pyve's own state: JSON, replaced whole, readable by the user alone.

use std::io::ErrorKind;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::files::atomic;

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
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| Failure::io("make the folder", folder, &error))?;
    atomic::write(path, &bytes, Some(0o600))
}
