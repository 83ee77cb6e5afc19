//! Remembers each test that was left out and why, so that the test command can say so at its end.

use std::io::Write;
use std::panic::Location;
use std::path::PathBuf;

/// Where [`record`] writes: one line per test, a tab between its name and the reason.
pub(crate) fn file() -> PathBuf {
    crate::repository::target().join("tests-left-out")
}

/// Records that the caller is left out; where nothing may be (`CI` or `PYVE_TEST_STRICT` set), ends it, too.
///
/// # Panics
/// Where nothing may be left out.
pub(crate) fn leave_out(reason: &str, caller: &Location<'_>) {
    record(&mut open(), reason, caller);
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    assert!(!["CI", "PYVE_TEST_STRICT"].into_iter().any(set), "{reason}");
}

/// Puts the test that calls this on the list of those left out; it must return then.
///
/// # Panics
/// Where nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn left_out(reason: &str) {
    leave_out(reason, Location::caller());
}

fn open() -> impl Write {
    let file = file();
    fs_err::create_dir_all(file.parent().expect("a file is in a directory")).expect("the target directory");
    fs_err::OpenOptions::new().create(true).append(true).open(file).expect("the list of tests left out")
}

fn record(list: &mut impl Write, reason: &str, caller: &Location<'_>) {
    // With one test thread, tests run on the main thread and their name is not known; the place is.
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main").unwrap_or("a test");
    let line = format!("{test} ({}:{})\t{reason}\n", caller.file(), caller.line());
    // One write, so that tests of several processes do not mix their lines.
    list.write_all(line.as_bytes()).expect("the list of tests left out");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_test_its_place_and_the_reason() {
        let mut list = Vec::new();
        let here = Location::caller();
        record(&mut list, "no fish", here);
        let test = std::thread::current().name().filter(|name| *name != "main").unwrap_or("a test").to_owned();
        let place = format!("{}:{}", here.file(), here.line());
        assert_eq!(String::from_utf8(list).unwrap(), format!("{test} ({place})\tno fish\n"));
    }
}
