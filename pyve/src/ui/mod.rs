//! What the user sees and answers: messages, prompts, a status line, suggestions for what was mistyped.

pub mod ago;
pub mod console;
mod printable;
pub mod prompt;
pub mod status_line;
pub mod suggest;
pub mod table;

pub use console::{Console, Volume};
pub use printable::{is_unprintable, printable};
pub use prompt::{Answers, Ask, Reply};
pub use status_line::StatusLine;
