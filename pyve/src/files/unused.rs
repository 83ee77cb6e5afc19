//! Answers that are kept to spare a question: those that nobody used for long are removed.

use pyve_formats::sorted;
use std::cmp::Reverse;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// An answer that was not used for so long is asked for again.
const KEPT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// As many as one user has projects and tools; of more, the newest.
const MOST: usize = 500;

/// The use of one is noted no more often than this.
const NOTED: Duration = Duration::from_secs(24 * 60 * 60);

/// An unfinished file of pyve 1.0.0, which had no lock, is one that was left after this.
const UNFINISHED: Duration = Duration::from_secs(24 * 60 * 60);

/// Notes that the answer is in use, by the time of its file.
pub fn note_use(path: &Path) {
    let modified = path.metadata().and_then(|metadata| metadata.modified());
    if modified.is_ok_and(|time| is_older(time, NOTED)) {
        // Where it cannot be noted, it is asked for again some day.
        let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    }
}

/// Removes answers that are not worth their place. Nothing depends on them, so failures are not told.
pub fn prune(folder: &Path) {
    let mut answers: Vec<(Reverse<SystemTime>, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        let (Ok(modified), path) = (metadata.modified(), entry.path()) else { continue };
        if !metadata.is_file() {
            continue;
        }
        if path.extension().is_some_and(|extension| extension == "json") {
            answers.push((Reverse(modified), path));
        } else if entry.file_name().as_encoded_bytes().starts_with(b".tmp") && is_older(modified, UNFINISHED) {
            let _ = fs::remove_file(path);
        }
    }
    sorted::by(&mut answers, Ord::cmp);
    let unused = answers.iter().enumerate().filter(|(index, (time, _))| *index >= MOST || is_older(time.0, KEPT));
    unused.for_each(|(_, (_, path))| drop(fs::remove_file(path)));
}

fn is_older(time: SystemTime, than: Duration) -> bool {
    time.elapsed().is_ok_and(|age| age > than)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(folder: &Path, name: &str, hours: u64) -> PathBuf {
        let path = folder.join(name);
        let file = File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(hours * 60 * 60)).unwrap();
        path
    }

    #[test]
    fn what_nobody_used_for_long_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name, hours| aged(folder.path(), name, hours);
        let (new, old, used) = (file("new.json", 0), file("old.json", 61 * 24), file("used.json", 61 * 24));
        let (unfinished, writing, other) = (file(".tmpA1b2c3", 25), file(".tmpD4e5f6", 1), file("notes", 61 * 24));
        note_use(&used);
        prune(folder.path());
        assert!(new.exists() && used.exists() && writing.exists() && other.exists());
        assert!(!old.exists() && !unfinished.exists());
    }

    #[test]
    fn of_too_many_the_newest_stay() {
        let folder = tempfile::tempdir().unwrap();
        let newest = aged(folder.path(), "0.json", 0);
        (1..MOST).for_each(|number| drop(aged(folder.path(), &format!("{number}.json"), 2)));
        let oldest = aged(folder.path(), "a.json", 3);
        prune(folder.path());
        assert!(newest.exists() && !oldest.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST);
    }
}
