//! Making a prepared tree: once, whoever else wants it at the same time.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use super::inventory::{Inventory, file_of};
use crate::failure::Failure;
use crate::files::atomic;

/// The inventory of the tree at `root`, which `make` makes there if it is not there, or not whole.
///
/// `again` says that the one that is there turned out to be damaged. While one process makes a
/// tree, the others wait and find it done.
pub fn prepared(root: &Path, again: bool, make: impl FnOnce() -> Result<(), Failure>) -> Result<Inventory, Failure> {
    if let (false, Some(inventory)) = (again, Inventory::load(root)) {
        return Ok(inventory);
    }
    let folder = root.parent().unwrap_or(root);
    fs::create_dir_all(folder).map_err(|error| Failure::io("make the folder", folder, &error))?;
    let _lock = lock(&root.with_extension("lock"))?;
    // Somebody else may have made it while we waited; a damaged one must be made again all the same.
    if let (false, Some(inventory)) = (again, Inventory::load(root)) {
        return Ok(inventory);
    }
    clear(root)?;
    make()?;
    let inventory = Inventory::take(root).map_err(|error| Failure::io("take stock of", root, &error))?;
    atomic::write(&file_of(root), &inventory.text(), Some(0o600))?;
    Ok(inventory)
}

fn clear(root: &Path) -> Result<(), Failure> {
    let _ = fs::remove_file(file_of(root));
    match fs::remove_dir_all(root) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::io("remove", root, &error)),
        _ => Ok(()),
    }
}

/// Held until it is dropped.
fn lock(path: &Path) -> Result<File, Failure> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = opened.map_err(|error| Failure::io("open", path, &error))?;
    file.lock().map_err(|error| Failure::io("lock", path, &error))?;
    Ok(file)
}
