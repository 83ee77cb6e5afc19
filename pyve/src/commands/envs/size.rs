//! How much room environments take, measured side by side.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use super::row::Row;

/// Fills in the sizes, with a thread for each processor. Where one cannot be had, its part is measured by this one.
pub fn measure(rows: &mut [Row]) {
    let prefixes: Vec<Option<PathBuf>> =
        rows.iter().map(|row| row.prefix.as_ref().map(|prefix| prefix.path().into_owned())).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = prefixes.len().div_ceil(threads).max(1);
    let sizes = |part: &[Option<PathBuf>]| -> Vec<Option<u64>> {
        part.iter().map(|prefix| prefix.as_deref().map(bytes)).collect()
    };
    let all: Vec<Option<u64>> = thread::scope(|scope| {
        let start = |part| (part, thread::Builder::new().spawn_scoped(scope, move || sizes(part)));
        let started: Vec<_> = prefixes.chunks(part).map(start).collect();
        let ended = |(part, thread): (_, Result<thread::ScopedJoinHandle<'_, _>, _>)| {
            thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| sizes(part))
        };
        started.into_iter().flat_map(ended).collect()
    });
    rows.iter_mut().zip(all).for_each(|(row, size)| row.size = size);
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
