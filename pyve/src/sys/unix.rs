//! Linux and macOS.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, geteuid, kill_process, kill_process_group};

use super::Stat;

/// What sets the umask of a program: a process's own is that of all its threads.
const SHELL: &str = "/bin/sh";

pub fn stat(metadata: &Metadata) -> Stat {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Stat {
        device: metadata.dev(),
        inode: metadata.ino(),
        size: metadata.size(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

/// The number of the user whose rights this process has.
pub fn user() -> u32 {
    geteuid().as_raw()
}

/// The number of the user to whom the file belongs.
pub fn owner(metadata: &Metadata) -> u32 {
    metadata.uid()
}

/// Whether both belong to one group.
pub fn same_group(one: &Metadata, other: &Metadata) -> bool {
    one.gid() == other.gid()
}

/// The mode without the kind of file.
pub fn mode(metadata: &Metadata) -> u32 {
    metadata.mode() & 0o7777
}

pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Sets the mode of an open file.
pub fn set_file_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(mode))
}

/// Creates a folder with what the umask leaves of this mode.
pub fn create_folder(path: &Path, mode: u32) -> io::Result<()> {
    fs::DirBuilder::new().mode(mode).create(path)
}

/// The same with those above it that are missing; one that is there is no failure.
pub fn create_folders(path: &Path, mode: u32) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(mode).create(path)
}

/// Makes `path` a link that leads to `target`.
pub fn symlink(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Whether the open file still has a name.
pub fn has_name(file: &File) -> bool {
    file.metadata().map_or(true, |metadata| metadata.nlink() > 0)
}

/// Whether the open file is the one at the path.
pub fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// The bytes that the user may still write in a folder's file system; `None` where it does not tell.
pub fn free_space(folder: &Path) -> Option<u64> {
    let system = rustix::fs::statvfs(folder).ok()?;
    // One that knows no size, as some over a network, knows no free space either.
    if system.f_blocks == 0 {
        return None;
    }
    system.f_bavail.checked_mul(system.f_frsize)
}

/// Whether reading the standard input, which is no terminal, would give nothing any more: it is closed, `/dev/null`, read
/// to its end, or a pipe without anybody at its other end. A pipe into which somebody may still write has not ended.
pub fn stdin_ended() -> bool {
    let input = rustix::stdio::stdin();
    let mut polled = [PollFd::new(&input, PollFlags::IN)];
    match poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
        Ok(0) | Err(_) => false,
        Ok(_) if !polled[0].revents().contains(PollFlags::IN) => true,
        // A device that cannot count what it has is no pipe and no file.
        Ok(_) => rustix::io::ioctl_fionread(input).map_or(true, |left| left == 0),
    }
}

/// Whether what this describes can be started.
pub fn may_start(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.mode() & 0o111 != 0
}

/// The signal that ended a program.
pub fn signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Ends the group that the program leads, if it leads one.
pub fn kill_group(child: &Child) {
    if let Some(id) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(id, Signal::KILL);
    }
}

/// Asks the program to stop what it does.
pub fn interrupt(child: &Child) {
    send(child.id(), Signal::INT);
}

/// Asks the program to end.
pub fn terminate(child: &mut Child) {
    send(child.id(), Signal::TERM);
}

fn send(process: u32, signal: Signal) {
    if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(process, signal);
    }
}

/// Asks a process to end that is no child of this one.
pub fn terminate_process(process: u32) {
    send(process, Signal::TERM);
}

/// Lets the programs that are started from now on keep the file open, too.
pub fn let_inherit(file: &File) -> io::Result<()> {
    Ok(rustix::io::fcntl_setfd(file, rustix::io::FdFlags::empty())?)
}

/// Whether the process has the file open; `None` where that cannot be told.
#[cfg(target_os = "linux")]
pub fn has_open(process: u32, file: &File) -> Option<bool> {
    let held = file.metadata().ok()?;
    let open = match fs::read_dir(format!("/proc/{process}/fd")) {
        Ok(open) => open,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Path::new("/proc/self").exists().then_some(false);
        }
        Err(_) => return None,
    };
    let same = |metadata: Metadata| (metadata.dev(), metadata.ino()) == (held.dev(), held.ino());
    Some(open.flatten().any(|entry| fs::metadata(entry.path()).is_ok_and(same)))
}

#[cfg(not(target_os = "linux"))]
pub fn has_open(process: u32, _: &File) -> Option<bool> {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw)?;
    match rustix::process::test_kill_process(process) {
        Err(rustix::io::Errno::SRCH) => Some(false),
        _ => None,
    }
}

/// Whether programs can be started under another umask.
pub fn can_set_umask() -> bool {
    Path::new(SHELL).metadata().is_ok_and(|metadata| may_start(&metadata))
}

/// The program, under a umask of its own where one is given.
pub fn program_under(program: &Path, umask: Option<u32>) -> Command {
    // Of a program that is not there the system itself tells more than a shell would.
    let may_start = || program.metadata().is_ok_and(|metadata| may_start(&metadata));
    match umask.filter(|_| may_start()) {
        Some(umask) => {
            let mut command = Command::new(SHELL);
            command.args(["-c", &format!("umask {umask:03o} && exec \"$@\""), "sh"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}
