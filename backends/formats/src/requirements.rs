//! Files of requirements that include others, as pip reads them: `-r more.txt`, `--constraint=pins.txt`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::read::{self, Limit, ReadError};

/// So many files a project may have; whoever includes more of them has a program write them.
const MOST_FILES: usize = 1000;

/// The options that include a file, each with its value behind a space, behind `=`, or at once for the short ones.
const OPTIONS: [&str; 4] = ["--requirement", "--constraint", "-r", "-c"];

/// The file that a line includes, as it is written; `None` for any other line.
pub fn included(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = OPTIONS.iter().find_map(|option| {
        let rest = line.strip_prefix(option)?;
        let ends = rest.starts_with([' ', '\t', '=']);
        (ends || (option.len() == 2 && !rest.is_empty())).then_some(rest)
    })?;
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim();
    let file = rest.find(" #").map_or(rest, |end| rest[..end].trim_end());
    (!file.is_empty()).then_some(file)
}

/// Makes sure that pip can read the file and all that it includes: each a regular file of bearable size. What is not
/// there is pip's to say, and what lies on a server too.
pub fn check(file: &Path) -> Result<(), ReadError> {
    let mut seen = BTreeSet::new();
    let mut next = vec![file.to_owned()];
    while let Some(file) = next.pop() {
        if seen.len() == MOST_FILES || !seen.insert(file.clone()) {
            continue;
        }
        let Some(bytes) = read::bytes(&file, Limit::PROJECT)? else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let beside = |name: &str| beside(&file, name);
        next.extend(text.lines().filter_map(included).filter_map(beside));
    }
    Ok(())
}

/// The file that is included under this name by `file`; `None` for an address.
pub fn beside(file: &Path, name: &str) -> Option<PathBuf> {
    let local = name.strip_prefix("file://").unwrap_or(name);
    (!local.contains("://")).then(|| file.parent().unwrap_or(Path::new("")).join(local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_include_a_file() {
        for line in ["-r a b.txt", "-ra b.txt # why", "  --requirement=a b.txt", "--constraint a b.txt", "-c\ta b.txt"]
        {
            assert_eq!(included(line), Some("a b.txt"), "{line}");
        }
        for line in ["requests", "--requirements x", "-e .", "# -r x", "-r", "--constraint "] {
            assert_eq!(included(line), None, "{line}");
        }
    }

    #[test]
    fn each_file_is_looked_at_once_however_often_it_is_included() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        std::fs::write(&file, "-r requirements.txt\n-r more.txt\n-r https://h/x.txt\n".repeat(1000)).unwrap();
        std::fs::write(folder.path().join("more.txt"), "-r requirements.txt\n-r gone.txt\n").unwrap();
        check(&file).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn one_that_never_ends_is_found_behind_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        std::fs::write(&file, "-r more.txt\n").unwrap();
        std::fs::write(folder.path().join("more.txt"), "six\n-c sub/zero\n").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("sub/zero")).unwrap();
        let error = check(&file).unwrap_err();
        assert_eq!(error.path(), folder.path().join("sub/zero"));
        assert_eq!(error.reason(), "it is a device, not a regular file");
    }
}
