//! How much room environments take, measured side by side.

use std::fs;
use std::path::Path;

use super::row::Row;
use crate::commands::side_by_side::side_by_side;

/// Fills in the sizes.
pub fn measure(rows: &mut [Row]) {
    let prefixes: Vec<_> = rows.iter().map(|row| row.prefix.clone()).collect();
    let sizes = side_by_side(&prefixes, |prefix| prefix.as_ref().map(|prefix| bytes(&prefix.path())));
    rows.iter_mut().zip(sizes).for_each(|(row, size)| row.size = size);
}

/// The bytes of all files below a directory; links are not followed.
fn bytes(directory: &Path) -> u64 {
    let mut sum = 0;
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        sum += if metadata.is_dir() { bytes(&entry.path()) } else { metadata.len() };
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_wherever_they_are() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/x"), "12345").unwrap();
        fs::write(folder.path().join("y"), "678").unwrap();
        assert_eq!(bytes(folder.path()), 8);
        assert_eq!(bytes(&folder.path().join("none")), 0);
    }
}
