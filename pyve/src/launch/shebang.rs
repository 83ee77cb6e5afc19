//! The first line of a script: whether the interpreter that it names is still there.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use pyve_formats::shebang::{HEAD, Shebang};

/// The interpreter that a script needs and that is not there; `None` for what is no script or is well.
/// `folders` is where `env` will look.
pub fn dead(script: &Path, folders: impl Iterator<Item = PathBuf>) -> Option<String> {
    let mut head = [0; HEAD];
    // It was looked at before: no pipe, whose reader would wait.
    let length = File::open(script).and_then(|mut file| file.read(&mut head)).ok()?;
    let shebang = Shebang::parse(&head[..length])?;
    if is_gone(&shebang.interpreter) {
        return Some(shown(&shebang.interpreter));
    }
    match (shebang.behind_env(), shebang.behind_shell()) {
        (Some(program), _) => is_missing(program, folders).then(|| shown(Path::new(program))),
        (None, Some(behind)) => is_gone(behind).then(|| shown(behind)),
        (None, None) => None,
    }
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

fn shown(program: &Path) -> String {
    program.to_string_lossy().replace('\r', "\\r")
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
        // As uv quotes it: dead only where it is gone.
        let by_uv = |python: &str| format!("#!/bin/sh\n'''exec' '{python}' \"$0\" \"$@\"\n' '''\n");
        assert_eq!(dead_in(by_uv("/gone/my project/python")).unwrap(), "/gone/my project/python");
        assert_eq!(dead_in(by_uv("/bin/sh")), None);
    }
}
