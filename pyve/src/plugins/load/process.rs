//! The state of the process that a plugin could change: kept before a call, put back after it.

#![allow(unsafe_code)]

use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

use rustix::fs::Mode;

/// One more than the highest number of an ordinary signal.
const SIGNALS: i32 = 32;

/// The working folder, masks, signal actions and standard streams as they were.
pub struct Kept {
    folder: Option<File>,
    mask: Mode,
    blocked: libc::sigset_t,
    actions: Vec<(i32, libc::sigaction)>,
}

/// The standard streams as they were, while a plugin is called.
static TURNED_AWAY: Mutex<Option<Streams>> = Mutex::new(None);

struct Streams {
    input: Option<OwnedFd>,
    output: Option<OwnedFd>,
}

impl Streams {
    fn turn_away() -> Self {
        let streams = Self {
            input: rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3).ok(),
            output: rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3).ok(),
        };
        if let (Some(_), Ok(nothing)) = (&streams.input, File::open("/dev/null")) {
            let _ = rustix::stdio::dup2_stdin(nothing);
        }
        if streams.output.is_some() {
            let _ = rustix::stdio::dup2_stdout(rustix::stdio::stderr());
        }
        streams
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        if let Some(input) = &self.input {
            let _ = rustix::stdio::dup2_stdin(input);
        }
        if let Some(output) = &self.output {
            let _ = rustix::stdio::dup2_stdout(output);
        }
    }
}

/// Puts the standard streams back; whether they were turned away.
pub fn put_streams_back() -> bool {
    TURNED_AWAY.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
}

impl Kept {
    /// Keeps the state, and turns standard input away and standard output to standard error: what a plugin prints is no
    /// result of pyve's.
    pub fn now() -> Self {
        let mask = rustix::process::umask(Mode::empty());
        rustix::process::umask(mask);
        let kept = Self {
            folder: File::open(".").ok(),
            mask,
            blocked: blocked(),
            actions: (1..SIGNALS).filter_map(|signal| Some((signal, action(signal)?))).collect(),
        };
        *TURNED_AWAY.lock().unwrap_or_else(PoisonError::into_inner) = Some(Streams::turn_away());
        kept
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        put_streams_back();
        if let Some(folder) = &self.folder {
            let _ = rustix::process::fchdir(folder);
        }
        rustix::process::umask(self.mask);
        for (signal, action) in &self.actions {
            // SAFETY: the action was read from the system for this very signal.
            unsafe { libc::sigaction(*signal, action, std::ptr::null_mut()) };
        }
        // SAFETY: the set was filled by `pthread_sigmask` itself.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.blocked, std::ptr::null_mut()) };
    }
}

fn blocked() -> libc::sigset_t {
    let mut set = MaybeUninit::zeroed();
    // SAFETY: with no new set the call only writes the present one; all zeros are a valid set should it fail.
    unsafe {
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), set.as_mut_ptr());
        set.assume_init()
    }
}

fn action(signal: i32) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::zeroed();
    // SAFETY: with no new action the call only writes the present one, which is read only if it succeeded.
    unsafe { (libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0).then(|| action.assume_init()) }
}

/// Whether this process has started another one, still there or not.
pub fn started_processes() -> bool {
    // SAFETY: all zeros are a valid `rusage`, which the call fills; asking for children that ended changes nothing, as
    // WNOWAIT leaves them where they are.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        let ended = usage.ru_maxrss > 0 || usage.ru_minflt > 0;
        let mut information: libc::siginfo_t = std::mem::zeroed();
        let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        ended || libc::waitid(libc::P_ALL, 0, &mut information, options) == 0
    }
}
