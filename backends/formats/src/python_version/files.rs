//! The files in which asdf and pyenv keep a project's version: `.tool-versions` and `.python-version`.

use std::path::{Path, PathBuf};

use crate::read::{self, Limit, ReadError};
use crate::requirements::decode::decode;

/// asdf's file.
pub const TOOL_VERSIONS: &str = ".tool-versions";
/// pyenv's file.
pub const PYTHON_VERSION: &str = ".python-version";

/// A version that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As it was reached.
    pub file: PathBuf,
    /// From 1.
    pub number: usize,
    /// As it is written: `3.12.4`, `>=3.9, <3.14`.
    pub text: String,
}

/// The versions of the nearest folder that names any, from `start` up to but not including `end`, an ancestor.
///
/// The nearest folder counts before the kind of file, so that a file far above never overrules the
/// project's own; within one folder asdf's comes first.
pub fn nearest(start: &Path, end: Option<&Path>) -> Result<Vec<Line>, ReadError> {
    for folder in start.ancestors().take_while(|folder| *folder == start || Some(*folder) != end) {
        let lines = match in_folder(folder) {
            // What lies above and is not this user's to read is not about this project.
            Err(error) if folder != start && !error.is_special() => continue,
            lines => lines?,
        };
        if !lines.is_empty() {
            return Ok(lines);
        }
    }
    Ok(Vec::new())
}

/// The versions that the files of one folder name.
pub fn in_folder(folder: &Path) -> Result<Vec<Line>, ReadError> {
    let lines = tool_versions(&folder.join(TOOL_VERSIONS))?;
    if lines.is_empty() { python_version(&folder.join(PYTHON_VERSION)) } else { Ok(lines) }
}

/// asdf's: one line per tool, `python 3.12.4 3.11.7`, best first.
pub fn tool_versions(file: &Path) -> Result<Vec<Line>, ReadError> {
    let named = |(number, words): (usize, Vec<String>)| match words.split_first() {
        Some((tool, versions)) if tool == "python" => Some((number, versions.to_vec())),
        _ => None,
    };
    let found = words(file)?.into_iter().find_map(named);
    let (number, versions) = found.unwrap_or_default();
    Ok(versions.into_iter().map(|text| Line { file: file.to_owned(), number, text }).collect())
}

/// pyenv's: one version per line, best first. pyenv takes the first word; a range, as uv writes it, is a whole line.
pub fn python_version(file: &Path) -> Result<Vec<Line>, ReadError> {
    let one = |(number, words): (usize, Vec<String>)| {
        let first = words.first()?;
        let text = if first.contains(['<', '>', '=', '!', '~']) { words.join(" ") } else { first.clone() };
        Some(Line { file: file.to_owned(), number, text })
    };
    Ok(words(file)?.into_iter().filter_map(one).collect())
}

/// The words of each line without comments; nothing if the file is not there.
fn words(file: &Path) -> Result<Vec<(usize, Vec<String>)>, ReadError> {
    let bytes = read::bytes(file, Limit::VERSION_FILE)?.unwrap_or_default();
    // Windows PowerShell writes UTF-16 where output is sent into a file.
    let text = decode(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let words = |line: &str| {
        let code = line.split('#').next().unwrap_or_default();
        code.split_whitespace().map(str::to_owned).collect()
    };
    Ok(text.lines().enumerate().map(|(index, line)| (index + 1, words(line))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<(usize, &str)> {
        lines.iter().map(|line| (line.number, line.text.as_str())).collect()
    }

    #[test]
    fn both_formats_are_read_as_their_tools_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(TOOL_VERSIONS);
        std::fs::write(&file, "# tools\nnodejs 20.1\r\npython 3.12.4 3.11.7 # two\r\npython 3.8\n").unwrap();
        assert_eq!(texts(&tool_versions(&file).unwrap()), [(3, "3.12.4"), (3, "3.11.7")]);
        let file = folder.path().join(PYTHON_VERSION);
        std::fs::write(&file, "\n# mine\n3.12.4\r\n3.11 rest\n>=3.9, <3.14 # uv\ncpython>=3.9, <3.14\nsystem\n")
            .unwrap();
        let expected = [(3, "3.12.4"), (4, "3.11"), (5, ">=3.9, <3.14"), (6, "cpython>=3.9, <3.14"), (7, "system")];
        assert_eq!(texts(&python_version(&file).unwrap()), expected);
    }

    #[test]
    fn what_windows_writes_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(PYTHON_VERSION);
        let utf_16: Vec<u8> = "\u{feff}3.12\r\n3.11\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [utf_16, "\u{feff}3.12\r\n3.11\r\n".into()] {
            std::fs::write(&file, bytes).unwrap();
            assert_eq!(texts(&python_version(&file).unwrap()), [(1, "3.12"), (2, "3.11")]);
        }
    }

    #[test]
    fn the_nearest_folder_counts_and_the_end_does_not() {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("work/project");
        std::fs::create_dir_all(&project).unwrap();
        std::fs::write(home.path().join(TOOL_VERSIONS), "python 3.9.1\n").unwrap();
        assert!(nearest(&project, Some(home.path())).unwrap().is_empty());
        std::fs::write(home.path().join("work").join(PYTHON_VERSION), "3.10\n").unwrap();
        assert_eq!(texts(&nearest(&project, Some(home.path())).unwrap()), [(1, "3.10")]);
        std::fs::write(project.join(TOOL_VERSIONS), "nodejs 20\n").unwrap();
        assert_eq!(texts(&nearest(&project, Some(home.path())).unwrap()), [(1, "3.10")]);
        std::fs::write(project.join(PYTHON_VERSION), "3.11\n").unwrap();
        assert_eq!(texts(&nearest(&project, Some(home.path())).unwrap()), [(1, "3.11")]);
    }
}
