//! Waiting for a program to end, and ending it.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::sys;

/// What a shell makes of a program that Ctrl-C ended.
pub const BY_INTERRUPT: i32 = 130;

/// Waits until the limit; a program that is still there is ended, and the answer is `None`.
pub fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    wait_unless(child, limit, || false)
}

/// The same; it also ends the program once `is_given_up` says so.
pub fn wait_unless(
    child: &mut Child,
    limit: Duration,
    is_given_up: impl Fn() -> bool,
) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let elapsed = begun.elapsed();
        if elapsed >= limit || is_given_up() {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        // Its end is noticed at most a tenth of its time late.
        std::thread::sleep((elapsed / 10).clamp(Duration::from_micros(100), Duration::from_millis(10)));
    }
}

/// The code of a status; 128 plus the number of the signal that ended it.
pub fn code_of(status: ExitStatus) -> i32 {
    sys::signal(status).map_or(status.code().unwrap_or(1), |signal| 128 + signal)
}

/// Ends a program to which nobody listens any more.
pub fn end(child: &mut Child) {
    let _ = child.kill().and_then(|()| child.wait());
}

/// Ends a program with all that it started, where it leads a group of its own.
pub fn end_group(child: &mut Child) {
    sys::kill_group(child);
    let _ = child.kill();
    let _ = child.wait();
}
