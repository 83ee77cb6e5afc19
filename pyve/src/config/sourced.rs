//! A value and who said it.

/// The file as origins and messages name it.
pub const FILE: &str = ".pyve/config";

/// A value and who said it: `.pyve/config:4`, `--backend`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: String,
}
