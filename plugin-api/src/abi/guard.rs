//! No panic crosses the boundary: it becomes an error that says where it happened.

use std::cell::RefCell;
use std::fmt::Display;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::error::{Error, ErrorKind};

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
    static DEPTH: RefCell<usize> = const { RefCell::new(0) };
}

static HOOK: Once = Once::new();

/// Runs `body`; a panic in it is the error of `part`, a question for instance, with its message and place.
pub(crate) fn guarded<T>(part: impl Display, body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    HOOK.call_once(keep_place_of_panics);
    DEPTH.with(|depth| *depth.borrow_mut() += 1);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    DEPTH.with(|depth| *depth.borrow_mut() -= 1);
    // A library has a standard output buffer of its own, which nobody flushes when the host ends.
    let _ = std::io::stdout().flush();
    outcome.unwrap_or_else(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        // The payload's own drop could panic again, outside of any guard.
        std::mem::forget(payload);
        let place = PLACE.with(|place| place.borrow_mut().take()).unwrap_or_else(|| "unknown place".to_owned());
        let message = format!("panicked in `{part}`: {message}");
        Err(Error::of_kind(ErrorKind::PANICKED, message).detail(format!("at {place}")))
    })
}

/// Inside a guard a panic is noted instead of printed; outside, the previous hook goes on as before.
fn keep_place_of_panics() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if DEPTH.with(|depth| *depth.borrow() == 0) {
            previous(info);
        } else {
            let place = info.location().map(ToString::to_string);
            PLACE.with(|kept| *kept.borrow_mut() = place);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_place() {
        let error = guarded::<()>(crate::question::Question::Detect, || panic!("no {}", "luck")).unwrap_err();
        assert_eq!(error.message, "panicked in `detect`: no luck");
        assert!(error.details[0].contains("guard.rs:"), "{}", error.details[0]);
    }

    #[test]
    fn a_payload_whose_drop_panics_is_contained() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        let error = guarded::<()>(crate::question::Question::Create, || std::panic::panic_any(Bomb)).unwrap_err();
        assert!(error.message.ends_with("no message"), "{}", error.message);
    }
}
