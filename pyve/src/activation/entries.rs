//! The entries of a list such as PATH: which were added and taken away, and how that is undone in a list that has changed
//! since. An entry is known by what it is, not by where it stands.

use std::ffi::{OsStr, OsString};

const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// Whether the one list is the other with entries before or behind it.
pub fn are_added(before: &OsStr, given: &OsStr) -> bool {
    let (before, given) = (split(before), split(given));
    !before.is_empty() && before.len() < given.len() && (given.ends_with(&before) || given.starts_with(&before))
}

/// The list `now` without the entries that `given` has and `before` has not, and with those that only `before` has:
/// in front of the first entry that stood behind them there, else at the end. Where none of ours is left the list is somebody
/// else's as a whole, such as the one that direnv restores, and stays.
pub fn undone(before: &OsStr, given: &OsStr, now: &OsStr) -> OsString {
    let (before, given, mut now) = (split(before), split(given), split(now));
    let added = without(&given, &before);
    if !added.is_empty() && !added.iter().any(|entry| now.contains(entry)) {
        return joined(&now);
    }
    now = without(&now, &added);
    let taken = without(&before, &given);
    for (at, entry) in before.iter().enumerate().rev().filter(|(_, entry)| taken.contains(entry)) {
        if now.contains(entry) {
            continue;
        }
        let behind = &before[at + 1..];
        let place = now.iter().position(|other| behind.contains(other)).unwrap_or(now.len());
        now.insert(place, entry.clone());
    }
    joined(&now)
}

fn joined(entries: &[OsString]) -> OsString {
    let mut whole = OsString::new();
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            whole.push(SEPARATOR.encode_utf8(&mut [0; 4]));
        }
        whole.push(entry);
    }
    whole
}

/// The entries of one list but for those of the other, each taken away as often as it is there.
fn without(list: &[OsString], other: &[OsString]) -> Vec<OsString> {
    let mut other = other.to_vec();
    let mut kept = Vec::new();
    for entry in list {
        match other.iter().position(|known| known == entry) {
            Some(place) => drop(other.swap_remove(place)),
            None => kept.push(entry.clone()),
        }
    }
    kept
}

/// As they are written: an empty one stays, and quotes are not looked at.
fn split(list: &OsStr) -> Vec<OsString> {
    if list.is_empty() {
        return Vec::new();
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let parts = list.as_bytes().split(|byte| *byte == SEPARATOR as u8);
        parts.map(|part| OsStr::from_bytes(part).to_owned()).collect()
    }
    #[cfg(not(unix))]
    {
        std::env::split_paths(list).map(std::path::PathBuf::into_os_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> OsString {
        text.replace(' ', &SEPARATOR.to_string()).into()
    }

    fn undo(before: &str, given: &str, now: &str) -> String {
        let whole = undone(&list(before), &list(given), &list(now)).into_string().unwrap();
        whole.replace(SEPARATOR, " ")
    }

    #[test]
    fn our_entries_go_wherever_they_are() {
        assert_eq!(undo("/a /b", "/e /a /b", "/mine /a /e /b"), "/mine /a /b");
        assert_eq!(undo("/a /b", "/e /a /b", "/b"), "/b");
        assert_eq!(undo("/a /e", "/e /a /e", "/e /a /e /x"), "/a /e /x", "one of two stays");
        assert_eq!(undo("", "/e", "/e /x"), "/x");
    }

    #[test]
    fn a_list_without_any_of_our_entries_is_not_ours() {
        assert_eq!(undo("/old /a", "/e /a", "/b /c"), "/b /c");
        assert_eq!(undo("/old /a", "/a", "/a /b"), "/old /a /b", "nothing was added");
    }

    #[test]
    fn what_was_taken_away_comes_back_where_it_was() {
        assert_eq!(undo("/a /old /b", "/e /a /b", "/e /a /x /b"), "/a /x /old /b");
        assert_eq!(undo("/old /older", "/e", "/e /x"), "/x /old /older");
        assert_eq!(undo("/old /a", "/e /a", "/e /old /a"), "/old /a", "the user was faster");
    }

    #[test]
    fn a_list_is_known_by_what_it_grew_from() {
        let grew = |before: &str, given: &str| are_added(&list(before), &list(given));
        assert!(grew("/a /b", "/e /a /b") && grew("/a", "/a /e"));
        assert!(!grew("/a", "/b") && !grew("/a", "/a") && !grew("", "/e") && !grew("/a /b", "/a /e /b"));
    }
}
