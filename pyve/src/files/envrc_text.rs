//! Words of an `.envrc`: whatever a name or a value is made of, bash reads it as data.

use std::ffi::OsStr;
use std::path::Path;

/// The text as one word of bash. Control characters are spelled out, so that it stays one line.
pub fn quoted(text: &OsStr) -> Vec<u8> {
    let bytes = text.as_encoded_bytes();
    if !bytes.iter().any(u8::is_ascii_control) {
        return [b"'", replaced(bytes).as_slice(), b"'"].concat();
    }
    let mut word = b"$'".to_vec();
    for byte in bytes {
        match byte {
            b'\\' | b'\'' => word.extend([b'\\', *byte]),
            byte if byte.is_ascii_control() => word.extend(format!("\\{byte:03o}").into_bytes()),
            byte => word.push(*byte),
        }
    }
    word.push(b'\'');
    word
}

/// The text as one word that, where it is a path below `root`, is right wherever the project is:
/// direnv reads an `.envrc` in the folder it is in.
pub fn in_project(text: &OsStr, root: &Path) -> Vec<u8> {
    let root = root.as_os_str().as_encoded_bytes();
    let below = text.as_encoded_bytes().strip_prefix(root).filter(|_| root != b"/");
    match below {
        Some(b"") => b"\"$PWD\"".to_vec(),
        Some(rest) if rest[0] == b'/' => [b"\"$PWD\"", quoted_bytes(rest).as_slice()].concat(),
        _ => quoted(text),
    }
}

/// Whether bash can have a variable of that name.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(unix)]
fn quoted_bytes(bytes: &[u8]) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    quoted(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn quoted_bytes(bytes: &[u8]) -> Vec<u8> {
    quoted(OsStr::new(String::from_utf8_lossy(bytes).as_ref()))
}

fn replaced(bytes: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'\'').collect();
    parts.join(&br"'\''"[..])
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;

    #[test]
    fn bash_reads_back_every_byte() {
        let all: Vec<u8> = (1..=255).collect();
        let texts: [&[u8]; 6] = [b"plain", b"$(id) `id` \"it's\" \\ !x", b"a\nb\r\t\x1b[0m'\\", b"", b"\xff\xfe", &all];
        for text in texts {
            let script = [b"LC_ALL=C; printf %s ", quoted(OsStr::from_bytes(text)).as_slice()].concat();
            assert!(!script.contains(&b'\n'));
            let output = Command::new("bash").arg("-c").arg(OsStr::from_bytes(&script)).output().unwrap();
            assert_eq!(output.stdout, text);
        }
    }

    #[test]
    fn paths_of_the_project_follow_it() {
        let word = |text: &str| String::from_utf8(in_project(OsStr::new(text), Path::new("/p/it's"))).unwrap();
        assert_eq!(word("/p/it's"), "\"$PWD\"");
        assert_eq!(word("/p/it's/.e/$x"), "\"$PWD\"'/.e/$x'");
        assert_eq!(word("/p/it's more"), r"'/p/it'\''s more'");
        assert_eq!(word("/other"), "'/other'");
    }

    #[test]
    fn names_are_those_of_bash() {
        assert!(is_name("_A1"));
        assert!(!is_name("1A") && !is_name("") && !is_name("A=$(id)") && !is_name("é"));
    }
}
