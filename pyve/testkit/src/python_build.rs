//! A build of Python as pyve downloads them, packed from an interpreter of this machine.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::interpreter::Interpreter;
use crate::repository::target;

/// Does the work, and tells how.
const PACK: &str = include_str!("python_build.py");

/// The archive of a build that is this interpreter, made once for each update of it and kept in the target folder.
///
/// # Panics
/// Where it cannot be packed.
pub fn python_build(python: &Interpreter) -> PathBuf {
    let changed =
        fs_err::metadata(&python.path).and_then(|data| data.modified()).expect("an interpreter that is there");
    let seconds = changed.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let folder = target().join("test-pythons");
    let how: String = Sha256::digest(PACK)[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let archive = folder.join(format!("build-{}-{seconds:x}-{how}.tar.gz", python.version));
    if archive.is_file() {
        return archive;
    }
    fs_err::create_dir_all(&folder).expect("a directory for stand-ins");
    // Whole or not at all: other test processes may be at it, too.
    let beside = tempfile::NamedTempFile::new_in(&folder).expect("a new file").into_temp_path();
    let mut command = Command::new(&python.path);
    command.args(["-I", "-S", "-c", PACK]).arg(&beside).env_clear().stdin(Stdio::null());
    let output = command.output().expect("an interpreter that starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    beside.persist(&archive).expect("the archive's name");
    archive
}
