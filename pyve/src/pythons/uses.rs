//! Notes of the environments that are made with a build.

use std::fs;
use std::path::Path;

use pyve_pythons::builds::{Installed, Note};

use crate::files::{atomic, ownership};

/// Notes that the environment at `prefix` is made with a build in pyve's own directory, `home`, if it is. Whether that succeeds is of no
/// matter to the environment: the build is then taken for one that nobody uses.
pub fn note(prefix: &Path, home: &Path) {
    let Some(note) = Note::of(prefix, home) else { return };
    if note.file.exists() {
        return;
    }
    let _ = note.file.parent().map(ownership::make_folder);
    let _ = atomic::replace(&note.file, note.content().as_bytes(), None);
}

/// Removes the notes of environments that are gone.
pub fn forget_gone(build: &Installed) {
    for note in build.notes().into_iter().filter(|note| note.prefix.symlink_metadata().is_err()) {
        let _ = fs::remove_file(note.file);
    }
}
