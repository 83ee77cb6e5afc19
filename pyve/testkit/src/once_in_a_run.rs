//! What is costly and the same for all tests of a run, made once.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;

use crate::repository::target;

/// What `make` says, asked once in a run of the tests.
///
/// `cargo test` gives a package's tests one process, so the caller keeps the answer in a static. nextest gives each test
/// its own and says in which run: there the answer is kept in a file of that run, and a test waits for another that is at it.
pub fn once_in_a_run(name: &str, make: impl FnOnce() -> String) -> String {
    match std::env::var_os("NEXTEST_RUN_ID") {
        Some(run) => once_in(&target().join(FOLDER).join(run), name, make),
        None => make(),
    }
}

/// The test command empties it.
const FOLDER: &str = "test-runs";

fn once_in(folder: &Path, name: &str, make: impl FnOnce() -> String) -> String {
    fs_err::create_dir_all(folder).expect("a directory of the run");
    let answer = folder.join(name);
    let mut lock: OsString = answer.clone().into();
    lock.push(".lock");
    // It is let go where `make` panics, too; then the next one tries.
    let lock = File::create(&lock).expect("a file to lock");
    lock.lock().expect("a lock of a new file");
    if let Ok(said) = fs_err::read_to_string(&answer) {
        return said;
    }
    let said = make();
    fs_err::write(&answer, &said).expect("a file of the run");
    said
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn all_who_ask_get_the_answer_of_the_first_who_got_one() {
        let folder = tempfile::tempdir().unwrap();
        let failed = catch_unwind(|| once_in(folder.path(), "answer", || panic!("not yet")));
        assert!(failed.is_err());
        let made = AtomicUsize::new(0);
        let ask = || once_in(folder.path(), "answer", || format!("{}", made.fetch_add(1, Ordering::SeqCst)));
        std::thread::scope(|scope| {
            let asked: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            asked.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), "0"));
        });
        assert_eq!(once_in(folder.path(), "another", || "x".to_owned()), "x");
    }
}
