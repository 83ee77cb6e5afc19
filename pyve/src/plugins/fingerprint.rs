//! Whether a file is still the one that was looked at: cheaply by its stat, surely by its hash.

use std::fs::Metadata;

use serde::{Deserialize, Serialize};

use crate::sys;

/// What changes when a file is written, replaced or touched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    pub size: u64,
    /// When the content was changed, in nanoseconds since 1970.
    pub mtime: i64,
    #[serde(default)]
    pub inode: u64,
    /// When anything about the file was changed; cannot be set at will.
    #[serde(default)]
    pub ctime: i64,
}

impl Fingerprint {
    pub fn from_metadata(metadata: &Metadata) -> Self {
        let sys::Stat { size, modified, changed, inode, .. } = sys::stat(metadata);
        Self { size, mtime: modified, inode, ctime: changed }
    }

    /// What is different now, in words; `None` if nothing is.
    pub fn difference(&self, now: &Self) -> Option<String> {
        let mut seen = Vec::new();
        if self.size != now.size {
            seen.push(format!("its size was {} bytes and is {}", self.size, now.size));
        }
        if self.inode != now.inode {
            seen.push("it was replaced by another file".to_owned());
        }
        if self.mtime != now.mtime {
            seen.push("it was written to".to_owned());
        }
        if seen.is_empty() && self.ctime != now.ctime {
            seen.push("its owner, mode or name was changed".to_owned());
        }
        (!seen.is_empty()).then(|| seen.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_said_in_words() {
        let then = Fingerprint { size: 10, mtime: 1, inode: 5, ctime: 1 };
        assert_eq!(then.difference(&then), None);
        let touched = Fingerprint { ctime: 2, ..then.clone() };
        assert_eq!(then.difference(&touched).unwrap(), "its owner, mode or name was changed");
        let replaced = Fingerprint { size: 11, mtime: 2, inode: 6, ctime: 2 };
        assert_eq!(
            then.difference(&replaced).unwrap(),
            "its size was 10 bytes and is 11, it was replaced by another file, it was written to"
        );
    }
}
