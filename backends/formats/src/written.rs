//! A text of a file, with its place.

/// A text, and where it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// The line in which it begins, from 1.
    pub line: usize,
}
