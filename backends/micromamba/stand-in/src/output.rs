//! Writing to the two streams, where a reader that went away is no reason to fail.

use std::io::Write;

pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
