//! What is ignored here is ignored by every program that is started; a test means programs as a terminal starts them.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/// Lets what is started from now on die of the signals that whoever started the tests ignores, as `nohup` and `&` in a
/// script do. The tests themselves go on ignoring them.
pub fn default_for_children() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Linux tells which they are. Elsewhere it stays as it is.
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(|signal| is_ignored(&status, *signal)) {
            // A signal that has a handler is one with the default action in another program; that is all it is for.
            drop(signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false))));
        }
    });
}

fn is_ignored(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        let status = "Name:\tit\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001005\n";
        let ignored: Vec<i32> = (1..20).filter(|signal| is_ignored(status, *signal)).collect();
        assert_eq!(ignored, [SIGHUP, SIGQUIT, 13]);
        assert!(!is_ignored("", SIGHUP));
    }
}
