//! A tree copied: blocks shared where the file system can copy them on write, never as hard links.

use std::fs::{self, FileTimes, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::failure::Failure;

/// More threads than this only wait for the disk.
const MOST_THREADS: usize = 8;

/// What there is to copy, by kind; a folder comes before what is in it.
#[derive(Default)]
struct Contents {
    folders: Vec<(PathBuf, Metadata)>,
    files: Vec<PathBuf>,
    links: Vec<PathBuf>,
}

/// Copies `from` to `to`, which is not there yet: modes, links and times as they are.
pub fn tree(from: &Path, to: &Path) -> Result<(), Failure> {
    let mut contents = Contents::default();
    list(from, Path::new(""), &mut contents)?;
    for (folder, _) in &contents.folders {
        fs::create_dir(to.join(folder)).map_err(|error| Failure::io("make the folder", &to.join(folder), &error))?;
    }
    for link in &contents.links {
        copy_link(&from.join(link), &to.join(link))
            .map_err(|error| Failure::io("make the link", &to.join(link), &error))?;
    }
    copy_files(from, to, &contents.files)?;
    // Last, and the inner ones first: a folder that may not be written to can hold files.
    for (folder, metadata) in contents.folders.iter().rev() {
        let path = to.join(folder);
        let set = fs::set_permissions(&path, metadata.permissions());
        set.map_err(|error| Failure::io("set the mode of", &path, &error))?;
    }
    Ok(())
}

fn list(from: &Path, below: &Path, contents: &mut Contents) -> Result<(), Failure> {
    let folder = from.join(below);
    let cannot = |error: io::Error| Failure::io("read", &folder, &error);
    contents.folders.push((below.to_owned(), fs::metadata(&folder).map_err(cannot)?));
    for entry in fs::read_dir(&folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let path = below.join(entry.file_name());
        let kind = entry.file_type().map_err(cannot)?;
        if kind.is_dir() {
            list(from, &path, contents)?;
        } else if kind.is_symlink() {
            contents.links.push(path);
        } else {
            contents.files.push(path);
        }
    }
    Ok(())
}

fn copy_files(from: &Path, to: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let (next, sharing) = (AtomicUsize::new(0), AtomicBool::new(true));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let target = to.join(file);
            copy_file(&from.join(file), &target, &sharing).map_err(|error| Failure::io("copy to", &target, &error))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let first = work();
        let ends = others.into_iter().map(|thread| thread.join().unwrap_or(Ok(())));
        ends.fold(first, Result::and)
    })
}

/// `sharing` says whether the file system could share blocks so far: one refusal is one too many
/// for a thousand files.
fn copy_file(from: &Path, to: &Path, sharing: &AtomicBool) -> io::Result<()> {
    if sharing.load(Ordering::Relaxed) {
        if reflink_copy::reflink(from, to).is_ok() {
            return keep_properties(from, to);
        }
        sharing.store(false, Ordering::Relaxed);
        let _ = fs::remove_file(to);
    }
    fs::copy(from, to)?;
    keep_properties(from, to)
}

/// The mode, and the time of change: what Python compiled of a module is valid for that time only.
fn keep_properties(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::metadata(from)?;
    let times = FileTimes::new().set_modified(metadata.modified()?);
    // Reading is enough to set times on Unix, and a file without the right to write stays so.
    let file = OpenOptions::new().read(true).write(cfg!(windows)).open(to)?;
    file.set_times(times)?;
    file.set_permissions(metadata.permissions())
}

#[cfg(unix)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(windows)]
fn copy_link(from: &Path, to: &Path) -> io::Result<()> {
    let target = fs::read_link(from)?;
    if from.is_dir() {
        std::os::windows::fs::symlink_dir(target, to)
    } else {
        std::os::windows::fs::symlink_file(target, to)
    }
}
