//! Windows: the profile of a user is closed to others by its access list, so files have no owner and no mode here.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{SystemTime, UNIX_EPOCH};

use super::Stat;

/// The time of creation, which stays with a file that is renamed, is its number.
pub fn stat(metadata: &Metadata) -> Stat {
    let nanoseconds = |time: io::Result<SystemTime>| {
        let since = time.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    };
    Stat {
        device: 0,
        inode: u64::try_from(nanoseconds(metadata.created())).unwrap_or_default(),
        size: metadata.len(),
        modified: nanoseconds(metadata.modified()),
        changed: 0,
    }
}

pub fn user() -> u32 {
    0
}

pub fn owner(_: &Metadata) -> u32 {
    0
}

pub fn same_group(_: &Metadata, _: &Metadata) -> bool {
    true
}

pub fn is_group_closed(_: &Metadata) -> bool {
    true
}

/// What is closed to others.
pub fn mode(_: &Metadata) -> u32 {
    0o700
}

pub fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

pub fn set_file_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

pub fn create_folder(path: &Path, _: u32) -> io::Result<()> {
    fs::create_dir(path)
}

pub fn create_folders(path: &Path, _: u32) -> io::Result<()> {
    fs::create_dir_all(path)
}

pub fn symlink(target: &Path, path: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, path)
}

/// An open file cannot be removed here.
pub fn has_name(_: &File) -> bool {
    true
}

pub fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

pub fn free_space(_: &Path) -> Option<u64> {
    None
}

/// Whether reading the standard input would give nothing any more. Here only reading it tells.
pub fn stdin_ended() -> bool {
    false
}

pub fn may_start(metadata: &Metadata) -> bool {
    metadata.is_file()
}

pub fn signal(_: ExitStatus) -> Option<i32> {
    None
}

pub fn kill_group(_: &Child) {}

/// Ctrl-C has reached it by the console.
pub fn interrupt(_: &Child) {}

/// Nothing gentler is there.
pub fn terminate(child: &mut Child) {
    let _ = child.kill();
}

pub fn terminate_process(_: u32) {}

pub fn let_inherit(_: &File) -> io::Result<()> {
    Ok(())
}

pub fn has_open(_: u32, _: &File) -> Option<bool> {
    None
}

pub fn can_set_umask() -> bool {
    true
}

pub fn program_under(program: &Path, _: Option<u32>) -> Command {
    Command::new(program)
}
