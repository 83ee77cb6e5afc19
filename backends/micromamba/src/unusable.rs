//! Why no environment can be made from the project's files, told apart for those who look for a remedy.

use pyve_plugin_api::Error;

/// A file that nothing can be made from.
#[derive(Debug)]
pub struct Unusable {
    /// As messages name it; empty where there is none.
    pub file: String,
    pub why: Why,
    pub error: Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is not there.
    Missing,
    /// It is there, and cannot be read.
    Unread,
    /// What it says makes no environment.
    Content,
    /// A lock, of other platforms only.
    OtherPlatform,
    /// A lock, of other categories only.
    OtherCategory,
}

impl Unusable {
    pub fn new(file: &str, why: Why, error: Error) -> Self {
        Self { file: file.to_owned(), why, error }
    }

    /// What the file says makes no environment.
    pub fn content(file: &str, error: Error) -> Self {
        Self::new(file, Why::Content, error)
    }
}

impl From<Unusable> for Error {
    fn from(unusable: Unusable) -> Self {
        unusable.error
    }
}
