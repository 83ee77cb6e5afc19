//! Making a template: once, whoever else wants it at the same time.

use std::fs::{self, File};
use std::path::Path;

use super::inventory::{Inventory, beside, file_of};
use super::ownership::private_folder;
use super::prune;
use crate::failure::Failure;
use crate::files::{atomic, lock_file};

/// Why there is no tree.
#[derive(Debug)]
pub enum PrepareError {
    /// It cannot be kept where it should be: a read-only home, somebody else's folder, a full disk.
    NoPlace(Failure),
    /// What makes it failed.
    Making(Failure),
}

/// The inventory of the tree at `root`, which `make` makes there if it is not there, or not whole.
///
/// `home` is pyve's own folder. `again` says that the one that is there turned out to be damaged. While one process makes a
/// tree, the others wait and find it done.
pub fn prepared(
    root: &Path,
    home: Option<&Path>,
    again: bool,
    make: impl FnOnce() -> Result<(), Failure>,
) -> Result<Inventory, PrepareError> {
    private_folder(root.parent().unwrap_or(root), home).map_err(PrepareError::NoPlace)?;
    if let (false, Some(inventory)) = (again, Inventory::load(root)) {
        prune::note_use(root);
        return Ok(inventory);
    }
    let _lock = lock(&beside(root, ".lock")).map_err(PrepareError::NoPlace)?;
    // Somebody else may have made it while we waited; a damaged one must be made again all the same.
    if let (false, Some(inventory)) = (again, Inventory::load(root)) {
        return Ok(inventory);
    }
    clear(root).map_err(PrepareError::NoPlace)?;
    make().map_err(PrepareError::Making)?;
    let inventory =
        Inventory::scan(root).map_err(|error| PrepareError::NoPlace(Failure::io("take stock of", root, &error)))?;
    atomic::write(&file_of(root), &inventory.text(), Some(0o600)).map_err(PrepareError::NoPlace)?;
    prune::unused(root);
    Ok(inventory)
}

fn clear(root: &Path) -> Result<(), Failure> {
    for removed in [fs::remove_file(file_of(root)), fs::remove_dir_all(root)] {
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::io("remove", root, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Held until it is dropped, and until the program that makes the tree has ended: one that is left
/// behind by a pyve that was killed still writes there.
fn lock(path: &Path) -> Result<File, Failure> {
    let file = lock_file::lock(path).map_err(|error| Failure::io("lock", path, &error))?;
    #[cfg(unix)]
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty())
        .map_err(|error| Failure::io("lock", path, &error.into()))?;
    Ok(file)
}
