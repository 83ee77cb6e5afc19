//! Says which plugin was being called when the process is about to die, with functions that a signal handler may call.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering};

/// The signals of a crash, and how each is told.
const CRASHES: [(i32, &str); 5] = [
    (libc::SIGSEGV, "SIGSEGV: it touched memory that is not its own"),
    (libc::SIGBUS, "SIGBUS: it touched memory that is not there"),
    (libc::SIGILL, "SIGILL: it has an instruction that this processor does not know"),
    (libc::SIGFPE, "SIGFPE: it divided by zero"),
    (libc::SIGABRT, "SIGABRT: it aborted"),
];

const OVERFLOW: &str = "SIGSEGV: it overflowed its stack";

/// The most bytes below the call at which a fault is taken for a full stack.
const STACK: usize = 9 << 20;

/// The signals by which a user ends a command: no fault of the plugin that happens to be called.
const ENDINGS: [i32; 4] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

/// A call into a plugin, in the form that a handler can use. Never freed: a handler may come at any time.
pub struct Label {
    plugin: String,
    method: &'static str,
    trust: String,
    marker: CString,
    folder: CString,
}

impl Label {
    pub fn new(plugin: &str, method: &'static str, trust: String, marker: &Path) -> &'static Self {
        let text = |path: &Path| CString::new(path.as_os_str().as_bytes()).unwrap_or_default();
        let (folder, marker) = (text(marker.parent().unwrap_or(marker)), text(marker));
        Box::leak(Box::new(Self { plugin: plugin.to_owned(), method, trust, marker, folder }))
    }
}

/// The call that is going on, if any.
static CURRENT: AtomicPtr<Label> = AtomicPtr::new(ptr::null_mut());
/// The call that was going on last.
static LAST: AtomicPtr<Label> = AtomicPtr::new(ptr::null_mut());
/// Where a crash is noted so that the next pyve finds it; a file descriptor, or -1.
static NOTE: AtomicI32 = AtomicI32::new(-1);
/// Where on the stack the call began.
static TOP: AtomicUsize = AtomicUsize::new(0);
static LEAVING: AtomicBool = AtomicBool::new(false);
static EXIT_CODE: AtomicI32 = AtomicI32::new(1);

/// What the crash signals did before; filled once, before the handler can run.
static mut PREVIOUS: [libc::sigaction; CRASHES.len()] = {
    // SAFETY: `sigaction` is a C structure of numbers and pointers, for which all zeros are valid.
    unsafe { std::mem::zeroed() }
};

/// What the endings did before the call that is going on.
static mut BEFORE: [libc::sigaction; ENDINGS.len()] = {
    // SAFETY: as above.
    unsafe { std::mem::zeroed() }
};

/// Notes that a call begins; `note` is the descriptor of its marker file.
pub fn enter(label: &'static Label, note: i32) {
    install();
    alternate_stack();
    NOTE.store(note, Ordering::SeqCst);
    TOP.store(ptr::from_ref(&note).addr(), Ordering::SeqCst);
    let label = ptr::from_ref(label).cast_mut();
    LAST.store(label, Ordering::SeqCst);
    CURRENT.store(label, Ordering::SeqCst);
}

/// Notes that the call has come to another part.
pub fn rename(label: &'static Label) {
    CURRENT.store(ptr::from_ref(label).cast_mut(), Ordering::SeqCst);
}

/// Notes that the call is over.
pub fn leave() {
    CURRENT.store(ptr::null_mut(), Ordering::SeqCst);
    NOTE.store(-1, Ordering::SeqCst);
}

/// Tells the guard at the process's exit that pyve itself is ending.
pub fn leaving() {
    LEAVING.store(true, Ordering::SeqCst);
}

/// The exit code where a plugin ends the process in pyve's place.
pub fn exit_code(code: u8) {
    EXIT_CODE.store(code.into(), Ordering::SeqCst);
}

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: both are plain functions of the right C type, which live as long as the process; `PREVIOUS` is only
        // written here, before the handler that reads it is in place for that signal.
        unsafe {
            libc::atexit(at_exit);
            for (index, (signal, _)) in CRASHES.iter().enumerate() {
                let previous = ptr::addr_of_mut!(PREVIOUS).cast::<libc::sigaction>().add(index);
                libc::sigaction(*signal, ptr::null(), previous);
                set_handler(
                    *signal,
                    crashed as *const () as usize,
                    libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER,
                );
            }
        }
    });
}

/// Lets the endings pass through [`ended`] while a plugin is called; those that are ignored stay so.
pub fn watch_endings() {
    for (index, signal) in ENDINGS.into_iter().enumerate() {
        // SAFETY: reads and sets the action of a valid signal; the handler is a function of the right C type. Calls into
        // plugins exclude each other, so `BEFORE` has one writer, and it is written before its reader is in place.
        unsafe {
            let before = ptr::addr_of_mut!(BEFORE).cast::<libc::sigaction>().add(index);
            libc::sigaction(signal, ptr::null(), before);
            if (*before).sa_sigaction != libc::SIG_IGN {
                set_handler(signal, ended as *const () as usize, libc::SA_SIGINFO);
            }
        }
    }
}

unsafe fn set_handler(signal: i32, handler: usize, flags: i32) {
    // SAFETY: the structure is zeroed, then given a handler that the caller vouches for.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(signal, &action, ptr::null_mut());
    }
}

/// A handler cannot run on a stack that has just overflowed.
fn alternate_stack() {
    const SIZE: usize = 64 * 1024;
    thread_local!(static DONE: Cell<bool> = const { Cell::new(false) });
    if DONE.replace(true) {
        return;
    }
    let memory = Box::leak(vec![0u8; SIZE].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
    // SAFETY: the memory is leaked, so it outlives the thread that may run a handler on it.
    unsafe { libc::sigaltstack(&stack, ptr::null_mut()) };
}

/// Writes to a descriptor; nothing can be done where that fails.
fn write(descriptor: i32, parts: &[&str]) {
    for part in parts {
        // SAFETY: `write` is async-signal-safe and gets the bounds of a living string.
        unsafe { libc::write(descriptor, part.as_ptr().cast(), part.len()) };
    }
}

/// Where the crash is noted: in the marker of the call, which is made now where none was.
fn note(label: &Label) -> i32 {
    let open = NOTE.load(Ordering::SeqCst);
    if open >= 0 {
        return open;
    }
    // SAFETY: `mkdir` and `open` are async-signal-safe and get strings that end with a zero byte.
    unsafe {
        libc::mkdir(label.folder.as_ptr(), 0o755);
        libc::open(label.marker.as_ptr(), libc::O_CREAT | libc::O_WRONLY | libc::O_CLOEXEC, 0o644)
    }
}

/// A crash: says who was called, leaves the note, and lets the signal do what it does.
extern "C" fn crashed(signal: i32, information: *mut libc::siginfo_t, _: *mut libc::c_void) {
    let index = CRASHES.iter().position(|(known, _)| *known == signal).unwrap_or(0);
    // SAFETY: the pointer is null or to a leaked label.
    let label = unsafe { CURRENT.swap(ptr::null_mut(), Ordering::SeqCst).as_ref() };
    let Some(label) = label else {
        // Not in a plugin's call: whoever was in charge before is again, and the instruction is tried again.
        // SAFETY: `PREVIOUS` was filled before this handler was set; `sigaction` is async-signal-safe.
        unsafe {
            let previous = ptr::addr_of!(PREVIOUS).cast::<libc::sigaction>().add(index);
            libc::sigaction(signal, previous, ptr::null_mut());
        }
        return;
    };
    // SAFETY: the system gives a valid structure to a handler that asked for one (SA_SIGINFO).
    let address = unsafe { (*information).si_addr() }.addr();
    let full = TOP.load(Ordering::SeqCst).wrapping_sub(address) < STACK;
    let faulted = signal == libc::SIGSEGV || signal == libc::SIGBUS;
    let (method, what) = (label.method, if faulted && full { OVERFLOW } else { CRASHES[index].1 });
    write(2, &["ERROR: plugin `", &label.plugin, "` crashed in `", method, "` (", what, ")\n"]);
    write(2, &["hint: it is not used again until it is trusted again: ", &label.trust, "\n"]);
    write(note(label), &["it crashed in `", method, "` (", what, ")"]);
    // SAFETY: both calls are async-signal-safe; with the default action the signal ends the process.
    unsafe {
        set_handler(signal, libc::SIG_DFL, 0);
        libc::raise(signal);
    }
}

/// The user ends pyve while a plugin is called: the marker goes, so that the plugin is not blamed, and the signal does
/// what it would have done, be it its default or pyve's own handler.
extern "C" fn ended(signal: i32, information: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let index = ENDINGS.iter().position(|known| *known == signal).unwrap_or(0);
    // SAFETY: the pointer is null or to a leaked label, and all calls are async-signal-safe. `BEFORE` was filled for this
    // signal before this handler was set. The signal is blocked while its handler runs: one that is raised here is
    // delivered, with its default action, on return. What is neither the default nor ignored is a handler of the type
    // that SA_SIGINFO says, for which this one stands in with its very arguments.
    unsafe {
        if let Some(label) = CURRENT.load(Ordering::SeqCst).as_ref() {
            libc::unlink(label.marker.as_ptr());
        }
        let before = *ptr::addr_of!(BEFORE).cast::<libc::sigaction>().add(index);
        if before.sa_sigaction == libc::SIG_DFL {
            set_handler(signal, libc::SIG_DFL, 0);
            libc::raise(signal);
        } else if before.sa_flags & libc::SA_SIGINFO != 0 {
            type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);
            std::mem::transmute::<usize, Handler>(before.sa_sigaction)(signal, information, context);
        } else {
            std::mem::transmute::<usize, extern "C" fn(i32)>(before.sa_sigaction)(signal);
        }
    }
}

/// Runs when something calls `exit`: pyve itself says so first, anything else is a plugin.
extern "C" fn at_exit() {
    if LEAVING.load(Ordering::SeqCst) {
        return;
    }
    // SAFETY: the pointers are null or to leaked labels; `_exit` runs nothing more of anybody's.
    unsafe {
        if let Some(label) = CURRENT.load(Ordering::SeqCst).as_ref() {
            write(2, &["ERROR: plugin `", &label.plugin, "` called exit() in `", label.method, "`\n"]);
            write(2, &["hint: it is not used again until it is trusted again: ", &label.trust, "\n"]);
            write(note(label), &["it called exit() in `", label.method, "`"]);
        } else if let Some(label) = LAST.load(Ordering::SeqCst).as_ref() {
            write(
                2,
                &["ERROR: a thread of plugin `", &label.plugin, "` called exit() after the plugin had answered\n"],
            );
        }
        libc::_exit(EXIT_CODE.load(Ordering::SeqCst));
    }
}
