//! A file that is there while a plugin is called, so that the next pyve knows which one ended the last.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The file, locked as long as its process lives.
pub struct Marker {
    path: PathBuf,
    file: File,
}

impl Marker {
    /// Notes that `method` is being called. Where the folder cannot be written the call goes on without a note.
    pub fn put(path: &Path, method: &str) -> Option<Self> {
        let put = || {
            // It gets its name only once it is locked: an unlocked one tells of a crash.
            let new = path.with_file_name(format!(".{}", path.file_name().unwrap_or_default().to_string_lossy()));
            let open = || fs::OpenOptions::new().create(true).truncate(true).write(true).open(&new);
            let mut file =
                open().or_else(|_| fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| open()))?;
            file.try_lock()?;
            file.write_all(format!("pyve ended while it was in `{method}`\n").as_bytes())?;
            fs::rename(&new, path)?;
            Ok::<_, std::io::Error>(file)
        };
        Some(Self { path: path.to_owned(), file: put().ok()? })
    }

    /// For a signal handler to write to.
    pub fn descriptor(&self) -> i32 {
        self.file.as_raw_fd()
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The crashes that earlier processes left behind: the plugin's id, the reason, and the file that tells.
pub fn crashed(folder: &Path) -> Vec<(String, String, PathBuf)> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut crashes: Vec<_> = files.filter_map(|path| crash(&path).map(|(id, reason)| (id, reason, path))).collect();
    crashes.sort();
    crashes
}

fn crash(path: &Path) -> Option<(String, String)> {
    let (id, _) = path.file_name()?.to_str()?.rsplit_once('.').filter(|(id, _)| !id.is_empty())?;
    let file = File::open(path).ok()?;
    file.try_lock_shared().ok()?;
    // One that was removed since is of a call that ended well.
    if file.metadata().ok()?.nlink() == 0 {
        return None;
    }
    let text = std::io::read_to_string(file).ok()?;
    let reason = text.lines().rev().find(|line| !line.is_empty()).unwrap_or("pyve ended while it was called");
    Some((id.to_owned(), reason.to_owned()))
}
