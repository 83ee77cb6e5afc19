//! Requirements from PyPI's words to conda's and back: their versions, and where they apply.
//!
//! What a package is called is told by [`package_names`](crate::package_names).

pub mod applies;
pub mod of_conda;
pub mod versions;

/// What was said, in the other words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translated {
    /// As it is written there.
    pub text: String,
    /// What is not quite the same there, each as half a sentence.
    pub changed: Vec<String>,
}
