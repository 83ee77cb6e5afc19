//! Files that can be started.

use std::path::Path;

use crate::sys;

/// Whether the file can be started.
pub fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| sys::may_start(&metadata))
}
