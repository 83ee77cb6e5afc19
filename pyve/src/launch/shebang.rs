//! The first line of a script: whether the interpreter that it names is still there.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Long enough for the longest path, with room for the words around it.
const HEAD: usize = 4096 + 256;

/// The interpreter that a script needs and that is not there; `None` for what is no script or is well.
/// `folders` is where `env` will look.
pub fn dead(script: &Path, folders: impl Iterator<Item = PathBuf>) -> Option<String> {
    let mut head = [0; HEAD];
    let length = File::open(script).and_then(|mut file| file.read(&mut head)).ok()?;
    let mut lines = head[..length].split(|byte| *byte == b'\n');
    let mut words = words_of(lines.next()?.strip_prefix(b"#!")?);
    let interpreter = words.next()?;
    let path = PathBuf::from(text(interpreter));
    if is_gone(&path) {
        return Some(shown(interpreter));
    }
    match path.file_name().and_then(OsStr::to_str) {
        Some("env") => {
            let program = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?;
            is_missing(&text(program), folders).then(|| shown(program))
        }
        Some("sh") => {
            let behind = behind_trampoline(lines.next()?)?;
            is_gone(Path::new(&text(behind))).then(|| shown(behind))
        }
        _ => None,
    }
}

/// An interpreter whose path is too long for a first line, or has a space, is started by the second
/// line: `'''exec' "/long path/python" "$0" "$@"`.
fn behind_trampoline(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"'''exec' ")?;
    match rest.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
        None => rest.split(|byte| *byte == b' ').next(),
    }
}

/// The kernel ends words at spaces and tabs only: a carriage return belongs to the name.
fn words_of(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty())
}

fn is_gone(path: &Path) -> bool {
    path.metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn is_missing(program: &OsStr, mut folders: impl Iterator<Item = PathBuf>) -> bool {
    if program.as_encoded_bytes().contains(&b'/') {
        return is_gone(Path::new(program));
    }
    !folders.any(|folder| crate::process::is_program(&folder.join(program)))
}

fn shown(word: &[u8]) -> String {
    String::from_utf8_lossy(word).replace('\r', "\\r")
}

#[cfg(unix)]
fn text(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn text(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn dead_in(content: impl AsRef<[u8]>) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        std::fs::write(&script, content).unwrap();
        dead(&script, ["/usr/bin".into(), "/bin".into()].into_iter())
    }

    #[test]
    fn scripts_that_are_well_are_left_alone() {
        assert_eq!(dead_in("#!/bin/sh\necho"), None);
        assert_eq!(dead_in("#! /bin/sh -e\n"), None);
        assert_eq!(dead_in("#!/usr/bin/env sh\n"), None);
        assert_eq!(dead_in("#!/usr/bin/env -S A=1 sh -e\n"), None);
        assert_eq!(dead_in("#!/usr/bin/env /bin/sh\n"), None);
        assert_eq!(dead_in("#!/bin/sh\n'''exec' \"/bin/sh\" \"$0\" \"$@\"\n' '''\n"), None);
    }

    #[test]
    fn what_is_no_script_is_left_alone() {
        for content in ["", "#", "#!", "#!\n", "#!   \n", "\u{7f}ELF", "echo", "#!/usr/bin/env\n"] {
            assert_eq!(dead_in(content), None, "{content:?}");
        }
        assert_eq!(dead(Path::new("/nowhere"), std::iter::empty()), None);
    }

    #[test]
    fn a_dead_interpreter_is_named() {
        assert_eq!(dead_in("#!/gone/python\n").unwrap(), "/gone/python");
        assert_eq!(dead_in("#!/gone/python -E").unwrap(), "/gone/python");
        assert_eq!(dead_in("#!/bin/sh\r\necho\r\n").unwrap(), "/bin/sh\\r");
        assert_eq!(dead_in("#!/usr/bin/env no-such-python\n").unwrap(), "no-such-python");
        assert_eq!(dead_in("#!/usr/bin/env -S no-such-python -E\n").unwrap(), "no-such-python");
        assert_eq!(dead_in("#!/usr/bin/env /gone/python\n").unwrap(), "/gone/python");
        assert_eq!(dead_in(b"#!/gone/\xff\n").unwrap(), "/gone/\u{fffd}");
    }

    #[test]
    fn a_dead_interpreter_behind_a_shell_is_named() {
        let long = format!("/gone/{}/python", "x".repeat(3000));
        assert_eq!(dead_in(format!("#!/bin/sh\n'''exec' {long} \"$0\" \"$@\"\n' '''\n")).unwrap(), long);
        let spaced = "#!/bin/sh\n'''exec' \"/gone/my project/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(dead_in(spaced).unwrap(), "/gone/my project/python");
    }
}
