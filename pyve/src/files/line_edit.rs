//! One line in a file that other tools write too (`.tool-versions`), or that is the whole file (`.python-version`).

use std::ops::Range;
use std::path::Path;

use super::allowed_paths::Entry;
use super::marked_block::{line_ending, lines};
use super::{Change, atomic, block_file};
use crate::failure::Failure;

/// Puts `line` in place of the first line whose first word is `key`, or at the end. A comment behind
/// the old line stays. With an empty key the whole file is that line.
pub fn set_line(file: &Entry, key: &str, line: &str) -> Result<Change, Failure> {
    let path = file.path();
    if line.contains(['\n', '\r']) {
        return Err(Failure::new(format!(
            "could not write {line:?} to `{}`: it is more than one line",
            path.display()
        )));
    }
    let before = atomic::read(path)?;
    let text = before.as_deref().unwrap_or_default();
    let after = match (key, place_of(text, key)) {
        ("", _) if lines(text).map(|(_, old)| old).eq([line.as_bytes()]) => return Ok(Change::Unchanged),
        ("", _) => [line.as_bytes(), line_ending(text)].concat(),
        (_, Some(place)) => {
            let comment = comment_of(&text[place.clone()]);
            [&text[..place.start], line.as_bytes(), comment, &text[place.end..]].concat()
        }
        (_, None) => {
            let gap = if text.is_empty() || text.ends_with(b"\n") { b"" } else { line_ending(text) };
            [text, gap, line.as_bytes(), line_ending(text)].concat()
        }
    };
    block_file::replace(file, before.as_deref(), &after)
}

/// Takes the line of `key` out again if it still says `only_if_equals`; the file goes if nothing is
/// left in it. With an empty key the whole file is that line.
pub fn remove_line(file: &Entry, key: &str, only_if_equals: &str) -> Result<Change, Failure> {
    let path = file.path();
    let Some(before) = atomic::read(path)? else { return Ok(Change::Unchanged) };
    let Some(place) = place_where(&before, key, only_if_equals) else { return Ok(Change::Unchanged) };
    let end = before[place.end..].iter().position(|byte| *byte == b'\n').map_or(before.len(), |at| place.end + at + 1);
    let after = [&before[..place.start], &before[end..]].concat();
    if after.is_empty() && !file.is_linked() {
        file.remove().map_err(|error| Failure::io("remove", path, &error))?;
        return Ok(Change::Removed);
    }
    block_file::replace(file, Some(&before), &after)
}

/// What [`set_line`] would replace: the line of `key` without its comment, or with an empty key the whole file. `None`
/// where it would replace nothing. What is no UTF-8 cannot be kept, and so must not be replaced.
pub fn replaced_by(path: &Path, key: &str) -> Result<Option<String>, Failure> {
    let Some(text) = atomic::read(path)? else { return Ok(None) };
    let old = match place_of(&text, key) {
        _ if key.is_empty() => &text[..],
        Some(place) => without_comment(&text[place]),
        None => return Ok(None),
    };
    let old = String::from_utf8(old.to_vec()).map_err(|_| {
        Failure::new(format!("could not change `{}`: it is not UTF-8 text", path.display()))
            .remedy("save it as UTF-8, or remove it")
    })?;
    Ok(Some(old).filter(|old| !old.is_empty()))
}

/// Puts `before` in place of the line of `key` if that still says `only_if_equals`. With an empty key the whole file is
/// that line.
pub fn restore_line(file: &Entry, key: &str, only_if_equals: &str, before: &str) -> Result<Change, Failure> {
    let Some(text) = atomic::read(file.path())? else { return Ok(Change::Unchanged) };
    let Some(place) = place_where(&text, key, only_if_equals) else { return Ok(Change::Unchanged) };
    let place =
        if key.is_empty() { 0..text.len() } else { place.start..place.start + without_comment(&text[place]).len() };
    let after = [&text[..place.start], before.as_bytes(), &text[place.end..]].concat();
    block_file::replace(file, Some(&text), &after)
}

/// Whether the line of `key` says `line`.
pub fn holds(path: &Path, key: &str, line: &str) -> bool {
    matches!(atomic::read(path), Ok(Some(text)) if place_where(&text, key, line).is_some())
}

/// Where the line of `key` is, if it says `expected`.
fn place_where(text: &[u8], key: &str, expected: &str) -> Option<Range<usize>> {
    let place = if key.is_empty() { 0..text.trim_ascii_end().len() } else { place_of(text, key)? };
    let line = &text[place.clone()];
    let said = without_comment(line).trim_ascii();
    (said == expected.trim().as_bytes()).then_some(place)
}

/// Where the first line of `key` is, without its ending.
fn place_of(text: &[u8], key: &str) -> Option<Range<usize>> {
    let of_key =
        |line: &[u8]| line.split(u8::is_ascii_whitespace).find(|word| !word.is_empty()) == Some(key.as_bytes());
    lines(text).find(|(_, line)| of_key(line)).map(|(at, line)| at..at + line.len())
}

fn without_comment(line: &[u8]) -> &[u8] {
    &line[..line.len() - comment_of(line).len()]
}

/// The comment at the end of a line, with the white space in front of it.
fn comment_of(line: &[u8]) -> &[u8] {
    match line.iter().position(|byte| *byte == b'#') {
        Some(at) => &line[line[..at].trim_ascii_end().len()..],
        None => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn after(before: Option<&str>, act: impl Fn(&Entry) -> Result<Change, Failure>) -> (Change, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("versions");
        if let Some(before) = before {
            fs::write(&file, before).unwrap();
        }
        let change = act(&Entry::anywhere(&file).unwrap()).unwrap();
        (change, fs::read_to_string(&file).ok())
    }

    fn set(before: Option<&str>, key: &str, line: &str) -> (Change, Option<String>) {
        after(before, |file| set_line(file, key, line))
    }

    fn removed(before: &str, key: &str, line: &str) -> (Change, Option<String>) {
        after(Some(before), |file| remove_line(file, key, line))
    }

    fn updated(text: &str) -> (Change, Option<String>) {
        (Change::Updated, Some(text.to_owned()))
    }

    #[test]
    fn only_the_line_of_the_key_changes() {
        let before = "# mine\r\nnodejs 20.1.0\r\npython 3.11.7  # for the server\r\npythonx 1\r\n";
        let wanted = "# mine\r\nnodejs 20.1.0\r\npython 3.12.4  # for the server\r\npythonx 1\r\n";
        assert_eq!(set(Some(before), "python", "python 3.12.4"), updated(wanted));
        assert_eq!(set(Some(wanted), "python", "python 3.12.4").0, Change::Unchanged);
    }

    #[test]
    fn a_missing_line_is_added_and_not_glued() {
        assert_eq!(set(Some("ruby 3.3"), "python", "python 3.12.4"), updated("ruby 3.3\npython 3.12.4\n"));
        assert_eq!(set(Some("# python 3\r\n"), "python", "python 3.12.4"), updated("# python 3\r\npython 3.12.4\r\n"));
        let made = (Change::Created, Some("python 3.12.4\n".to_owned()));
        assert_eq!(set(None, "python", "python 3.12.4"), made);
    }

    #[test]
    fn the_whole_file_may_be_the_line() {
        assert_eq!(set(None, "", "3.12.4"), (Change::Created, Some("3.12.4\n".to_owned())));
        assert_eq!(set(Some("3.11\n"), "", "3.12.4"), updated("3.12.4\n"));
        assert_eq!(set(Some("3.12.4"), "", "3.12.4").0, Change::Unchanged);
        assert_eq!(removed("3.12.4\n", "", "3.12.4"), (Change::Removed, None));
        assert_eq!(removed("3.12.4\n3.11.7\n", "", "3.12.4").0, Change::Unchanged);
    }

    #[test]
    fn only_our_own_line_is_taken_away() {
        assert_eq!(removed("ruby 3\npython 3.12.4\n", "python", "python 3.12.4"), updated("ruby 3\n"));
        assert_eq!(removed("python 3.12.4\r\nruby 3\r\n", "python", "python 3.12.4"), updated("ruby 3\r\n"));
        assert_eq!(removed("ruby 3\npython 3.12.10\n", "python", "python 3.12.1").0, Change::Unchanged);
        assert_eq!(removed("python 3.12.4", "python", "python 3.12.4"), (Change::Removed, None));
        assert_eq!(removed("ruby 3\n", "python", "python 3.12.4").0, Change::Unchanged);
        let gone = after(None, |file| remove_line(file, "python", "python 3"));
        assert_eq!(gone, (Change::Unchanged, None));
    }

    #[test]
    fn what_was_replaced_comes_back() {
        let tools = "# mine\r\n\tpython 3.11.7 3.9  # for the server\r\nruby 3\r\n";
        for (key, line, text) in [
            ("python", "python 3.12.4", tools),
            ("", "3.12", "3.99.1\n3.99.2\n"),
            ("", "3.12", "# ours\r\n3.99.1"),
            ("python", "python 3.12", "python 3.12"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("versions");
            fs::write(&file, text).unwrap();
            let entry = || Entry::anywhere(&file).unwrap();
            let before = replaced_by(&file, key).unwrap().unwrap();
            set_line(&entry(), key, line).unwrap();
            assert!(holds(&file, key, line));
            assert_eq!(restore_line(&entry(), key, "another line", &before).unwrap(), Change::Unchanged);
            restore_line(&entry(), key, line, &before).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("versions");
        assert_eq!(replaced_by(&file, "").unwrap(), None);
        fs::write(&file, "ruby 3\n").unwrap();
        assert_eq!(replaced_by(&file, "python").unwrap(), None);
        fs::write(&file, b"\xff\xfe3\0").unwrap();
        let failure = replaced_by(&file, "").unwrap_err();
        assert_eq!(failure.message, format!("could not change `{}`: it is not UTF-8 text", file.display()));
        assert_eq!(failure.remedy.to_string(), "save it as UTF-8, or remove it");
    }

    #[test]
    fn a_line_is_one_line() {
        let failure = set_line(&Entry::anywhere(Path::new("/.tool-versions")).unwrap(), "python", "python 3\nruby 1")
            .unwrap_err();
        let message = "could not write \"python 3\\nruby 1\" to `/.tool-versions`: it is more than one line";
        assert_eq!(failure.message, message);
    }
}
