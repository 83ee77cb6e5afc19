//! What each platform does in its own way, under the same names: files and who may change them, processes and their ends.

#[cfg(unix)]
mod groups;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod windows;

#[cfg(unix)]
pub use groups::is_group_closed;
#[cfg(unix)]
pub use unix::*;
#[cfg(not(unix))]
pub use windows::*;

/// What the file system says of a file. Two equal ones mean: nobody wrote to it, moved or replaced it in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    pub device: u64,
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// When the content was changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When anything about it was changed, in nanoseconds since 1970; cannot be set at will.
    pub changed: i64,
}
