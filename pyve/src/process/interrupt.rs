//! Ctrl-C or SIGTERM while something is being changed: noted, so that the change can be undone, instead of ending pyve at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::{Failure, exit};

struct Watch {
    /// Whether nothing is going on, and a signal ends pyve as it would end any program.
    idle: Arc<AtomicBool>,
    requested: Arc<AtomicBool>,
    /// Set again by each one.
    pressed: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
    guards: AtomicUsize,
}

static WATCH: OnceLock<Watch> = OnceLock::new();

/// While one of these lives, Ctrl-C and SIGTERM are noted only. The programs that pyve starts get Ctrl-C as ever.
pub struct InterruptGuard(());

/// Begins to note.
pub fn guard() -> InterruptGuard {
    let watch = WATCH.get_or_init(begin);
    watch.guards.fetch_add(1, Ordering::SeqCst);
    watch.idle.store(false, Ordering::SeqCst);
    InterruptGuard(())
}

impl InterruptGuard {
    /// Whether Ctrl-C was pressed.
    pub fn requested(&self) -> bool {
        WATCH.get().is_some_and(|watch| watch.requested.load(Ordering::SeqCst))
    }

    /// Whether it was pressed since the last time that this was asked.
    pub fn pressed(&self) -> bool {
        WATCH.get().is_some_and(|watch| watch.pressed.swap(false, Ordering::SeqCst))
    }

    /// Whether it was SIGTERM, which no other program has got.
    pub fn terminated(&self) -> bool {
        WATCH.get().is_some_and(|watch| watch.terminated.load(Ordering::SeqCst))
    }

    /// Fails if Ctrl-C was pressed.
    pub fn check(&self) -> Result<(), Failure> {
        if self.requested() { Err(interrupted()) } else { Ok(()) }
    }
}

impl Drop for InterruptGuard {
    fn drop(&mut self) {
        if let Some(watch) = WATCH.get()
            && watch.guards.fetch_sub(1, Ordering::SeqCst) == 1
        {
            watch.idle.store(true, Ordering::SeqCst);
        }
    }
}

/// What the user is told.
pub fn interrupted() -> Failure {
    Failure::new("interrupted").code(exit::INTERRUPTED)
}

fn begin() -> Watch {
    let unset = || Arc::new(AtomicBool::new(false));
    let (idle, requested, pressed, terminated) = (Arc::new(AtomicBool::new(true)), unset(), unset(), unset());
    // In this order: the first one ends the program where nothing is held. Where a system has no
    // such signal it stays what it was.
    for signal in [SIGINT, SIGTERM] {
        let _ = flag::register_conditional_default(signal, Arc::clone(&idle));
        let _ = flag::register(signal, Arc::clone(&requested));
        let _ = flag::register(signal, Arc::clone(&pressed));
    }
    let _ = flag::register(SIGTERM, Arc::clone(&terminated));
    // A file longer than `ulimit -f` allows is an error of whoever writes it then, and not the end of pyve half way.
    #[cfg(unix)]
    let _ = flag::register(signal_hook::consts::SIGXFSZ, unset());
    Watch { idle, requested, pressed, terminated, guards: AtomicUsize::new(0) }
}
