//! A sign on the terminal that something is going on: a letter that turns, and what is being done.

use crate::ui::{Console, StatusLine, Volume, printable};

/// After so many looks of the line, a tenth of a second each, a step is one that takes its time.
const SHORT: usize = 10;

/// The letter of a look.
pub fn turning(console: &Console) -> impl Fn(usize) -> char + use<> {
    let letters = if console.unicode() { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" } else { "|/-\\" };
    move |number| letters.chars().nth(number % letters.chars().count()).unwrap_or_default()
}

/// Whether the user watches what is going on, and has asked for neither less nor more.
pub fn is_watched(console: &Console) -> bool {
    console.volume() == Volume::Normal && console.is_terminal()
}

/// A line for a step that says nothing itself, once it has taken a second; gone when this is dropped.
pub fn moving(console: &Console, title: &str) -> Option<StatusLine> {
    let (letter, title) = (turning(console), printable(title));
    let look = move |number, _| if number < SHORT { String::new() } else { format!("  {} {title}", letter(number)) };
    is_watched(console).then(|| StatusLine::start(console, look))
}
