//! Ctrl-C while something is being changed: noted, so that the change can be undone, instead of ending pyve at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::failure::{Failure, exit};

struct Watch {
    /// Whether nothing is going on, and Ctrl-C ends pyve as it would end any program.
    idle: Arc<AtomicBool>,
    requested: Arc<AtomicBool>,
    guards: AtomicUsize,
}

static WATCH: OnceLock<Watch> = OnceLock::new();

/// While one of these lives, Ctrl-C is noted only. The programs that pyve starts get it as ever.
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
    let (idle, requested) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    // In this order: the first one ends the program where nothing is held. Where a system has no
    // such signal Ctrl-C stays what it was.
    let _ = flag::register_conditional_default(SIGINT, Arc::clone(&idle));
    let _ = flag::register(SIGINT, Arc::clone(&requested));
    Watch { idle, requested, guards: AtomicUsize::new(0) }
}
