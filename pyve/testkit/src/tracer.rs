//! A program that is killed, or fails, at its N-th system call that changes something on the disk.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::Invocation;
use crate::left_out::leave_out;

/// What befalls the program at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// It is killed before the call happens.
    Kill,
    /// The call fails with this number, and does nothing. On x86-64 only.
    Fail(i32),
}

/// How it went.
#[derive(Debug)]
pub struct Traced {
    /// The calls that change something, in order: a name and the path that it is about, if it names one.
    pub calls: Vec<String>,
    /// The call that was hit.
    pub hit: Option<String>,
    /// The exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stderr.
    pub said: String,
    group: Pid,
}

/// What it left running ends with the look at it.
impl Drop for Traced {
    fn drop(&mut self) {
        let _ = killpg(self.group, Signal::SIGKILL);
    }
}

/// Whether calls can be made to fail here; programs can be killed on every machine that has this module.
pub const CAN_FAIL: bool = cfg!(target_arch = "x86_64");

/// Runs the program; without a point to its end, only counting. What it started itself is not watched, and outlives it
/// where it is killed.
///
/// # Errors
/// Where the system does not let one process watch another.
pub fn traced(invocation: Invocation<'_>, point: Option<(usize, Blow)>) -> io::Result<Traced> {
    let said = tempfile::tempfile()?;
    let pid = start_stopped(&invocation.into_command(), &said)?;
    ptrace::seize(
        pid,
        Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEEXEC
            | Options::PTRACE_O_EXITKILL,
    )?;
    kill(pid, Signal::SIGCONT)?;
    let mut watch = Watch { pid, point, threads: HashMap::new(), started: false, calls: Vec::new(), hit: None };
    let code = watch.until_the_end()?;
    let mut text = vec![0; usize::try_from(said.metadata()?.len()).unwrap_or(0)];
    said.read_exact_at(&mut text, 0)?;
    let said = String::from_utf8_lossy(&text).into_owned();
    Ok(Traced { calls: watch.calls, hit: watch.hit, code, said, group: pid })
}

/// The most bytes of a path, by the kernel.
const PATH_LIMIT: usize = 4096;

/// The same without a point; `None` where the system does not allow it: the test is put on the list of those left out, and
/// must return.
///
/// # Panics
/// Where nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn traced_or_left_out(invocation: Invocation<'_>) -> Option<Traced> {
    let traced = traced(invocation, None);
    if let Err(error) = &traced {
        let reason = format!("one process may not watch another here ({error}); allow ptrace");
        leave_out(&reason, std::panic::Location::caller());
    }
    traced.ok()
}

/// The same program behind a shell that stops itself first, so that nothing of it is missed.
fn start_stopped(wanted: &Command, said: &File) -> io::Result<Pid> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "kill -STOP $$; exec \"$@\"", "sh"]).arg(wanted.get_program()).args(wanted.get_args());
    command.env_clear().envs(wanted.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
    command.current_dir(wanted.get_current_dir().unwrap_or(Path::new(".")));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?).process_group(0);
    let pid = Pid::from_raw(i32::try_from(command.spawn()?.id()).unwrap_or(i32::MAX));
    match waitpid(pid, Some(WaitPidFlag::WUNTRACED))? {
        WaitStatus::Stopped(..) => Ok(pid),
        other => Err(io::Error::other(format!("it did not stop: {other:?}"))),
    }
}

/// Between the entry of a system call and its end.
#[derive(Clone, Copy, Default)]
struct Thread {
    inside: bool,
    failing: Option<i32>,
}

struct Watch {
    pid: Pid,
    point: Option<(usize, Blow)>,
    threads: HashMap<Pid, Thread>,
    /// The shell has become the program.
    started: bool,
    calls: Vec<String>,
    hit: Option<String>,
}

impl Watch {
    fn until_the_end(&mut self) -> io::Result<Option<i32>> {
        // Only what this very thread watches or started: other tests wait for their own.
        let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        let mut code = None;
        loop {
            let status = match waitpid(Pid::from_raw(-1), Some(flags)) {
                Err(Errno::ECHILD) => return Ok(code),
                Err(Errno::EINTR) => continue,
                status => status?,
            };
            match status {
                WaitStatus::Exited(pid, exit) if pid == self.pid => code = Some(exit),
                WaitStatus::PtraceSyscall(pid) => {
                    self.call(pid)?;
                    go_on(pid, None);
                }
                WaitStatus::PtraceEvent(pid, _, event) => {
                    self.started |= event == libc::PTRACE_EVENT_EXEC;
                    go_on(pid, None);
                }
                WaitStatus::Stopped(pid, signal) => go_on(pid, Some(signal)),
                _ => {}
            }
        }
    }

    fn call(&mut self, pid: Pid) -> io::Result<()> {
        let thread = self.threads.entry(pid).or_default();
        thread.inside = !thread.inside;
        let Thread { inside, failing } = *thread;
        if !inside {
            thread.failing = None;
            return failing.map_or(Ok(()), |number| registers::set_result(pid, -i64::from(number)));
        }
        // It may have been killed meanwhile.
        let Ok(call) = registers::call(pid) else { return Ok(()) };
        let Some(what) = what_changes(pid, &call).filter(|_| self.started) else { return Ok(()) };
        self.calls.push(what.clone());
        match self.point {
            Some((number, blow)) if number == self.calls.len() => {
                self.hit = Some(what);
                match blow {
                    Blow::Kill => kill(self.pid, Signal::SIGKILL)?,
                    Blow::Fail(number) => {
                        registers::skip(pid)?;
                        self.threads.entry(pid).or_default().failing = Some(number);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A process that was killed meanwhile needs no leave to go on.
fn go_on(pid: Pid, signal: Option<Signal>) {
    let _ = ptrace::syscall(pid, signal);
}

/// A system call at its entry.
struct Call {
    number: i64,
    arguments: [u64; 5],
}

/// What the call does to the disk, if anything; the start of a process counts, too, since what it does is not watched.
fn what_changes(pid: Pid, call: &Call) -> Option<String> {
    let arguments = &call.arguments;
    let writes = |flags: u64| {
        let writing = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
        flags & u64::try_from(writing).unwrap_or(0) != 0
    };
    let about = |name: &str, path: usize| Some(format!("{name} {}", text_at(pid, arguments[path])));
    // A path of these calls may begin at an open folder, which is the argument before it.
    let about_at = |name: &str, path: usize| {
        let (folder, text) = (arguments[path - 1], text_at(pid, arguments[path]));
        let folder = std::fs::read_link(format!("/proc/{pid}/fd/{folder}")).unwrap_or_default();
        Some(format!("{name} {}", folder.join(text).display()))
    };
    let plain = |name: &str| Some(name.to_owned());
    match call.number {
        libc::SYS_openat if writes(arguments[2]) => about_at("open", 1),
        libc::SYS_openat2 if writes(word_at(pid, arguments[2])) => about_at("open", 1),
        libc::SYS_renameat | libc::SYS_renameat2 => about_at("rename", 3),
        libc::SYS_unlinkat => about_at("unlink", 1),
        libc::SYS_mkdirat => about_at("mkdir", 1),
        libc::SYS_linkat => about_at("link", 3),
        libc::SYS_symlinkat => about_at("symlink", 2),
        libc::SYS_fchmodat => about_at("chmod", 1),
        libc::SYS_write | libc::SYS_pwrite64 | libc::SYS_writev if arguments[0] > 2 => plain("write"),
        libc::SYS_fchmod | libc::SYS_fchown | libc::SYS_fchownat => plain("chmod"),
        libc::SYS_utimensat => plain("times"),
        libc::SYS_ftruncate | libc::SYS_truncate | libc::SYS_fallocate => plain("truncate"),
        libc::SYS_fsync | libc::SYS_fdatasync => plain("sync"),
        libc::SYS_copy_file_range | libc::SYS_sendfile => plain("copy"),
        libc::SYS_ioctl if arguments[1] == FICLONE => plain("share"),
        libc::SYS_clone | libc::SYS_clone3 => plain("start"),
        number => of_this_machine(number).and_then(|(name, path)| about(name, path)),
    }
}

/// `ioctl` that shares the blocks of a file.
const FICLONE: u64 = 0x4004_9409;

/// The calls of old, which younger machines never had.
#[cfg(target_arch = "x86_64")]
fn of_this_machine(number: i64) -> Option<(&'static str, usize)> {
    Some(match number {
        libc::SYS_creat => ("open", 0),
        libc::SYS_rename => ("rename", 1),
        libc::SYS_unlink | libc::SYS_rmdir => ("unlink", 0),
        libc::SYS_mkdir => ("mkdir", 0),
        libc::SYS_link => ("link", 1),
        libc::SYS_symlink => ("symlink", 1),
        libc::SYS_chmod => ("chmod", 0),
        _ => return None,
    })
}

#[cfg(target_arch = "aarch64")]
fn of_this_machine(_: i64) -> Option<(&'static str, usize)> {
    None
}

fn memory(pid: Pid, address: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let read = File::open(format!("/proc/{pid}/mem")).and_then(|memory| memory.read_at(&mut bytes, address));
    bytes.truncate(read.unwrap_or(0));
    bytes
}

fn text_at(pid: Pid, address: u64) -> String {
    // Page by page: behind the one that it ends in there may be nothing.
    let mut text = Vec::new();
    loop {
        let next = address + text.len() as u64;
        let page = memory(pid, next, usize::try_from(4096 - next % 4096).unwrap_or(0));
        let end = page.iter().position(|byte| *byte == 0);
        text.extend_from_slice(&page[..end.unwrap_or(page.len())]);
        if end.is_some() || page.is_empty() || text.len() > PATH_LIMIT {
            return String::from_utf8_lossy(&text).into_owned();
        }
    }
}

fn word_at(pid: Pid, address: u64) -> u64 {
    memory(pid, address, 8).try_into().map_or(0, u64::from_ne_bytes)
}

#[cfg(target_arch = "x86_64")]
mod registers {
    use super::{Call, Pid, io, ptrace};

    pub fn call(pid: Pid) -> io::Result<Call> {
        let now = ptrace::getregs(pid)?;
        Ok(Call { number: now.orig_rax.cast_signed(), arguments: [now.rdi, now.rsi, now.rdx, now.r10, now.r8] })
    }

    /// The kernel finds no call of this number, and does nothing.
    pub fn skip(pid: Pid) -> io::Result<()> {
        let mut now = ptrace::getregs(pid)?;
        now.orig_rax = u64::MAX;
        Ok(ptrace::setregs(pid, now)?)
    }

    pub fn set_result(pid: Pid, result: i64) -> io::Result<()> {
        let mut now = ptrace::getregs(pid)?;
        now.rax = result.cast_unsigned();
        Ok(ptrace::setregs(pid, now)?)
    }
}

#[cfg(target_arch = "aarch64")]
mod registers {
    use super::{Call, Pid, io, ptrace};

    pub fn call(pid: Pid) -> io::Result<Call> {
        let now = ptrace::getregs(pid)?.regs;
        Ok(Call { number: now[8].cast_signed(), arguments: [now[0], now[1], now[2], now[3], now[4]] })
    }

    pub fn skip(_: Pid) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn set_result(_: Pid, _: i64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
