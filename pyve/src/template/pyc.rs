//! The paths inside compiled Python files: strings with a length in front (CPython's `marshal` format).

use std::path::{Path, PathBuf};

/// Short ASCII text, one byte of length; the capital letter is the interned kind.
const SHORT: (u8, u8) = (b'z', b'Z');
/// ASCII text, four bytes of length.
const LONG: (u8, u8) = (b'a', b'A');
/// UTF-8 text, four bytes of length.
const UNICODE: (u8, u8) = (b'u', b't');
/// Set on the type of an object that is referred to again.
const REFERENCED: u8 = 0x80;

/// A text in the file that begins with a path.
struct Text {
    /// Where its type byte is.
    start: usize,
    /// Where its content is.
    content: std::ops::Range<usize>,
    referenced: u8,
    interned: bool,
}

/// The file with every text that begins with the path `from` beginning with `to` instead.
///
/// `None` if `from` occurs in any other way: then nobody knows what would have to change.
pub fn relocate(bytes: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut done = 0;
    for at in memchr::memmem::find_iter(bytes, from.as_bytes()) {
        let text = text_at(bytes, at, from.len())?;
        let content = std::str::from_utf8(&bytes[text.content.clone()]).ok()?;
        let moved = format!("{to}{}", &content[from.len()..]);
        out.extend_from_slice(bytes.get(done..text.start)?);
        write(&mut out, &text, &moved)?;
        done = text.content.end;
    }
    out.extend_from_slice(&bytes[done..]);
    Some(out)
}

/// Whether every text in the file that holds the path `from` is the path of its source.
pub fn only_names(bytes: &[u8], from: &[u8], source: &Path) -> bool {
    let source = source.as_os_str().as_encoded_bytes();
    let names = |at| text_at(bytes, at, from.len()).is_some_and(|text| bytes[text.content] == *source);
    memchr::memmem::find_iter(bytes, from).all(names)
}

/// The source of the compiled file at `path`, see PEP 3147.
pub fn source_of(path: &Path) -> Option<PathBuf> {
    let module = path.file_name()?.to_str()?.split('.').next()?;
    Some(path.parent()?.parent()?.join(module).with_extension("py"))
}

/// The text whose content begins at `at`.
fn text_at(bytes: &[u8], at: usize, at_least: usize) -> Option<Text> {
    let fits = |kinds: &[(u8, u8)], start: usize, length: usize| {
        let (referenced, kind) = (bytes[start] & REFERENCED, bytes[start] & !REFERENCED);
        let interned = kinds.iter().any(|(_, interned)| *interned == kind);
        let known = interned || kinds.iter().any(|(plain, _)| *plain == kind);
        let whole = length >= at_least && at + length <= bytes.len();
        (known && whole).then(|| Text { start, content: at..at + length, referenced, interned })
    };
    let short = at.checked_sub(2).and_then(|start| fits(&[SHORT], start, usize::from(bytes[at - 1])));
    short.or_else(|| {
        let start = at.checked_sub(5)?;
        let length = u32::from_le_bytes(bytes[at - 4..at].try_into().ok()?);
        fits(&[LONG, UNICODE], start, usize::try_from(length).ok()?)
    })
}

/// Writes a text as `marshal` would: the shortest kind that holds it.
fn write(out: &mut Vec<u8>, text: &Text, content: &str) -> Option<()> {
    let kind = |(plain, interned): (u8, u8)| text.referenced | if text.interned { interned } else { plain };
    match (content.is_ascii(), u8::try_from(content.len())) {
        (true, Ok(length)) => out.extend([kind(SHORT), length]),
        (ascii, _) => {
            out.push(kind(if ascii { LONG } else { UNICODE }));
            out.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
        }
    }
    out.extend_from_slice(content.as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_follows_the_path() {
        let before = b"\xe3\x00\xfa\x0a/from/a.py\xfa\x08<module>";
        assert_eq!(relocate(before, "/from", "/to").unwrap(), b"\xe3\x00\xfa\x08/to/a.py\xfa\x08<module>");
    }

    #[test]
    fn a_path_that_grows_too_long_or_out_of_ascii_changes_its_kind() {
        let long = format!("/{}", "x".repeat(300));
        let moved = relocate(b"\xda\x0a/from/a.py!", "/from", &long).unwrap();
        assert_eq!(moved[..5], [b'A' | 0x80, 0x32, 1, 0, 0]);
        assert!(moved.ends_with(b"xx/a.py!"));
        let moved = relocate(b"\x7a\x0a/from/a.py!", "/from", "/\u{e9}").unwrap();
        assert_eq!(moved, "u\u{8}\0\0\0/\u{e9}/a.py!".as_bytes());
        assert_eq!(relocate(&moved, "/\u{e9}", "/from").unwrap(), b"\x7a\x0a/from/a.py!");
    }

    #[test]
    fn a_path_that_is_no_text_of_its_own_is_refused() {
        assert_eq!(relocate(b"at /from/a.py", "/from", "/to"), None);
        assert_eq!(relocate(b"/from", "/from", "/to"), None);
    }

    #[test]
    fn only_the_path_of_the_source_is_the_name_of_it() {
        let source = source_of(Path::new("/from/__pycache__/a.cpython-311.pyc")).unwrap();
        assert_eq!(source, Path::new("/from/a.py"));
        let names = |bytes: &[u8]| only_names(bytes, b"/from", &source);
        assert!(names(b"\xe3\x00\xfa\x0a/from/a.py\xfa\x08<module>"));
        assert!(!names(b"\xfa\x0a/from/a.py\xfa\x0b/from/share"));
        assert!(!names(b"at /from/a.py"));
    }
}
