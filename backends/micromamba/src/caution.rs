//! Something in a file that works, but not as one would think.

#[derive(Clone, Debug, PartialEq)]
pub struct Caution {
    /// With the file and, where there is one, the line.
    pub text: String,
    /// What to write instead.
    pub edit: String,
}
