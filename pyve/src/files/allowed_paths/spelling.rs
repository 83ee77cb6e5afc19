//! Spellings of one name: on some file system each of them opens the same file.
//!
//! As git decides it for its own folder (`is_ntfs_dotgit` and `is_hfs_dotgit`), on every system: a checkout may lie on a
//! file system of another one.

use std::ffi::OsStr;

/// Whether `name` is `known` where case does not count (NTFS, APFS), where HFS+ passes over what it ignores, or by one of
/// NTFS's other names for it: `GIT~1`, `.git.`, `.git `, `.git::$INDEX_ALLOCATION`.
pub fn is(name: &OsStr, known: &str) -> bool {
    let seen: String = name.to_string_lossy().chars().filter(|letter| !is_ignored(*letter)).collect();
    let rest = |known: &str| {
        let (start, rest) = seen.split_at_checked(known.len())?;
        start.eq_ignore_ascii_case(known).then_some(rest)
    };
    // The short name that NTFS gives to the first name of its kind that DOS could not have had.
    let short = known.strip_prefix('.').and_then(|bare| rest(&format!("{bare}~1")));
    rest(known).or(short).is_some_and(is_passed_over)
}

/// What HFS+ leaves out of names when it compares them.
fn is_ignored(letter: char) -> bool {
    matches!(letter, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// Whether NTFS drops all of the end of a name: dots and spaces, and what stands behind them from a colon on, which names
/// a stream of the file, or a separator.
fn is_passed_over(end: &str) -> bool {
    let end = end.trim_start_matches(['.', ' ']);
    end.is_empty() || end.starts_with([':', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_GIT: [&str; 17] = [
        ".git",
        ".GiT",
        ".git.",
        ".git ",
        ".git . .",
        "GIT~1",
        "git~1 .",
        "git~1:x",
        ".git:",
        ".git::$INDEX_ALLOCATION",
        ".git...::$DATA",
        ".g\u{200c}it",
        "\u{feff}.git",
        ".git\u{206f}",
        ".\u{202a}G\u{202e}it",
        ".git\\hooks",
        ".git \\x",
    ];

    const OTHERS: [&str; 13] = [
        "git",
        ".gi",
        ".git2",
        ".gitignore",
        ".git~1",
        "git~2",
        "git~10",
        "GIT~1x",
        ".git-x",
        " .git",
        "..git",
        ".g\u{200b}it",
        ".g\u{e9}t",
    ];

    #[test]
    fn a_name_has_many_spellings() {
        for name in OF_GIT {
            assert!(is(OsStr::new(name), ".git"), "{name:?}");
        }
        for name in OTHERS {
            assert!(!is(OsStr::new(name), ".git"), "{name:?}");
        }
        assert!(is(OsStr::new("PYVE~1"), ".pyve") && is(OsStr::new("State. "), "state"));
        // DOS could have had this name itself.
        assert!(!is(OsStr::new("state~1"), "state"));
    }

    /// git takes no path into its index that could be written over its own files.
    #[cfg(unix)]
    #[test]
    fn git_itself_decides_so() {
        let Some(git) = pyve_testkit::prerequisite("git") else { return };
        let folder = tempfile::tempdir().unwrap();
        let said = |arguments: &[&str]| {
            let mut command = std::process::Command::new(&git);
            command.args(["-c", "core.protectHFS=true", "-c", "core.protectNTFS=true"]).args(arguments);
            command.env_clear().env("HOME", folder.path()).env("GIT_CONFIG_NOSYSTEM", "1");
            command.current_dir(folder.path()).output().unwrap()
        };
        assert!(said(&["init", "-q"]).status.success());
        let empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        let takes = |name: &str| {
            let entry = format!("100644,{empty},sub/{name}/x");
            said(&["update-index", "--add", "--cacheinfo", &entry]).status.success()
        };
        for name in OF_GIT.iter().chain(&OTHERS) {
            assert_eq!(is(OsStr::new(name), ".git"), !takes(name), "{name:?}");
        }
    }
}
