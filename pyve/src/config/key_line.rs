//! The lines of `.pyve/config` that pyve changes later, without another byte: `pyve_version` and `backend`.

use pyve_formats::yaml;

use super::FILE;
use super::host::{BACKEND, PYVE_VERSION};
use super::initial::{double_quoted, scalar};
use crate::failure::Failure;

/// The bytes of a config with `version` in its line `pyve_version`, and not another byte changed. Where
/// there is no such line, it is added before the others.
pub fn update_version_line(bytes: &[u8], version: &str) -> Result<Vec<u8>, Failure> {
    update(bytes, PYVE_VERSION, version, &double_quoted(version))
}

/// The same for the line `backend`.
pub fn update_backend_line(bytes: &[u8], id: &str) -> Result<Vec<u8>, Failure> {
    update(bytes, BACKEND, id, &scalar(id))
}

/// `written` is `value` as YAML.
fn update(bytes: &[u8], key: &str, value: &str, written: &str) -> Result<Vec<u8>, Failure> {
    let refused = || {
        Failure::new(format!("could not set `{key}` in `{FILE}`: the key is not on a line of its own"))
            .remedy(format!("write `{key}: {written}` in `{FILE}`"))
    };
    let text = std::str::from_utf8(bytes).map_err(|_| refused())?;
    let changed = match line_of(key, text) {
        Some(start) => replaced(text, start, key, written).ok_or_else(refused)?,
        None => inserted(text, key, written),
    };
    // Whatever else may stand around the line, what is read afterwards is what was meant.
    if said(key, &changed).as_deref() == Some(value) { Ok(changed.into_bytes()) } else { Err(refused()) }
}

fn said(key: &str, text: &str) -> Option<String> {
    let document = yaml::parse(text).ok()?;
    let value = document.root.as_ref()?.get_written(key)?;
    let is_clear = document.second.is_none() && document.repeated.iter().all(|again| again.key != key);
    value.text().filter(|_| is_clear).map(str::to_owned)
}

/// Where the line of the key begins.
fn line_of(key: &str, text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches('\u{feff}');
        if after_key(key, bare).is_some() {
            return Some(start + line.len() - bare.len());
        }
        start += line.len();
    }
    None
}

/// What follows the key and its colon, if the line begins with them.
pub(super) fn after_key<'a>(key: &str, line: &'a str) -> Option<&'a str> {
    let spellings = [key.to_owned(), format!("\"{key}\""), format!("'{key}'")];
    let rest = spellings.iter().find_map(|spelling| line.strip_prefix(spelling.as_str()))?;
    let rest = rest.trim_start_matches(' ').strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])).then_some(rest)
}

/// The text with another value in the line at `start`; `None` if the value does not end in the line.
pub(super) fn replaced(text: &str, start: usize, key: &str, written: &str) -> Option<String> {
    let line = text[start..].split('\n').next()?.trim_end_matches('\r');
    let rest = after_key(key, line)?;
    let value = rest.trim_start_matches([' ', '\t']);
    let from = start + line.len() - value.len();
    let length = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].find(quote)? + 2,
        Some('|' | '>' | '&' | '*' | '!') => return None,
        Some('#') => 0,
        _ => value.find(" #").unwrap_or(value.len()),
    };
    let length = value[..length].trim_end().len();
    let gap = if rest.len() == value.len() { " " } else { "" };
    let tail = &text[from + length..];
    let after = if tail.starts_with('#') { " " } else { "" };
    Some(format!("{}{gap}{written}{after}{tail}", &text[..from]))
}

/// The text with the line added before the first key.
fn inserted(text: &str, key: &str, written: &str) -> String {
    let ending =
        if text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    // Before the start of the document only directives may stand.
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        start += line.len();
        if line.trim_end() == "---" {
            at = start;
            break;
        }
    }
    let (before, after) = text.split_at(at);
    let joint = if before.ends_with("---") { ending } else { "" };
    format!("{before}{joint}{key}: {written}{ending}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn updated(text: &str) -> String {
        String::from_utf8(update_version_line(text.as_bytes(), "1.2.0").unwrap()).unwrap()
    }

    #[test]
    fn only_the_version_changes() {
        assert_eq!(
            updated("# a\r\npyve_version: '0.8'   # set\r\nx: 1"),
            "# a\r\npyve_version: \"1.2.0\"   # set\r\nx: 1"
        );
        assert_eq!(
            updated("pyve_version:0.1: 2\npyve_version: 0.8\n"),
            "pyve_version:0.1: 2\npyve_version: \"1.2.0\"\n"
        );
        assert_eq!(updated("\"pyve_version\" : 1.2.0 \n"), "\"pyve_version\" : \"1.2.0\" \n");
        assert_eq!(updated("a: 1\npyve_version:\n"), "a: 1\npyve_version: \"1.2.0\"\n");
        assert_eq!(updated("pyve_version: # none\n"), "pyve_version: \"1.2.0\" # none\n");
        assert_eq!(updated("\u{feff}pyve_version: 1\n"), "\u{feff}pyve_version: \"1.2.0\"\n");
        assert_eq!(updated(&updated("backend: x\n")), updated("backend: x\n"));
    }

    #[test]
    fn a_missing_version_comes_first() {
        assert_eq!(updated(""), "pyve_version: \"1.2.0\"\n");
        assert_eq!(updated("# c\r\nbackend: x\r\n"), "pyve_version: \"1.2.0\"\r\n# c\r\nbackend: x\r\n");
        assert_eq!(updated("%YAML 1.2\n---\nbackend: x"), "%YAML 1.2\n---\npyve_version: \"1.2.0\"\nbackend: x");
        assert_eq!(updated("---"), "---\npyve_version: \"1.2.0\"\n");
        assert_eq!(updated("\u{feff}backend: x\n"), "\u{feff}pyve_version: \"1.2.0\"\nbackend: x\n");
    }

    #[test]
    fn the_backend_has_a_line_like_it() {
        let updated = |text: &str| String::from_utf8(update_backend_line(text.as_bytes(), "reed").unwrap()).unwrap();
        assert_eq!(updated("# c\nbackend: moss  # why\nmoss:\n  x: 1\n"), "# c\nbackend: reed  # why\nmoss:\n  x: 1\n");
        assert_eq!(updated("moss: {backend: x}\n"), "backend: reed\nmoss: {backend: x}\n");
        let failure = update_backend_line(b"{backend: moss}", "on").unwrap_err();
        assert_eq!(failure.message, "could not set `backend` in `.pyve/config`: the key is not on a line of its own");
        assert_eq!(failure.remedy.to_string(), "write `backend: \"on\"` in `.pyve/config`");
    }

    #[test]
    fn odd_spellings_are_left_alone_and_told() {
        for text in ["{backend: x}", "{pyve_version: 1}\n", "pyve_version: >\n  1\n", "pyve_version: \"1\n  2\"\n"] {
            let failure = update_version_line(text.as_bytes(), "1.2.0").unwrap_err();
            assert_eq!(
                failure.message,
                "could not set `pyve_version` in `.pyve/config`: the key is not on a line of its own"
            );
            assert_eq!(failure.remedy.to_string(), "write `pyve_version: \"1.2.0\"` in `.pyve/config`", "{text}");
        }
    }
}
