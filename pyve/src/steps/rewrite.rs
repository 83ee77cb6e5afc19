//! A clone's own path in its files, where the path of the tree it came from was written.

use std::fs;
use std::io::Write;
use std::path::{Component, Path};

use crate::failure::Failure;

/// The longest first line that every system takes for the path of an interpreter.
const LONGEST_SHEBANG: usize = 127;

/// Rewrites `from` to `to` in one file of the clone at `tree`; one that is not there is passed over.
pub fn file(tree: &Path, file: &Path, from: &Path, to: &Path) -> Result<(), Failure> {
    if file.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(Failure::new(format!("cannot rewrite {}: it is outside of the tree", file.display()))
            .remedy("report this to the author of the backend"));
    }
    let path = tree.join(file);
    if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(());
    }
    let cannot = |error: std::io::Error| Failure::io("rewrite", &to.join(file), &error);
    let old = fs::read(&path).map_err(cannot)?;
    let new = rewritten(&old, from.as_os_str().as_encoded_bytes(), to.as_os_str().as_encoded_bytes());
    // The clone has no name yet and the file is its own: it is written in place and keeps its mode.
    let open = fs::OpenOptions::new().write(true).truncate(true).open(&path);
    open.and_then(|mut file| file.write_all(&new)).map_err(cannot)
}

/// Turns the links of the clone that lead to the tree it came from to the clone itself.
#[cfg(unix)]
pub fn links(tree: &Path, from: &Path, to: &Path) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| Failure::io("turn a link in", tree, &error);
    for entry in fs::read_dir(tree).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let kind = entry.file_type().map_err(cannot)?;
        if kind.is_dir() {
            links(&entry.path(), from, to)?;
        } else if kind.is_symlink()
            && let Ok(rest) = fs::read_link(entry.path()).map_err(cannot)?.strip_prefix(from)
        {
            let turned =
                fs::remove_file(entry.path()).and_then(|()| std::os::unix::fs::symlink(to.join(rest), entry.path()));
            turned.map_err(cannot)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub fn links(_: &Path, _: &Path, _: &Path) -> Result<(), Failure> {
    Ok(())
}

fn rewritten(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(rest) = text.strip_prefix(b"#!").filter(|rest| rest.starts_with(from)) else {
        return replaced(text, from, to);
    };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let interpreter = replaced(&rest[..end], from, to);
    [shebang(&interpreter).as_slice(), &replaced(&rest[end..], from, to)].concat()
}

/// The first line of a script. A path with a space in it, or a long one, cannot stand there: then
/// sh starts the interpreter, by lines that Python takes for a text.
fn shebang(interpreter: &[u8]) -> Vec<u8> {
    let plain = interpreter.len() + 2 <= LONGEST_SHEBANG && !interpreter.iter().any(u8::is_ascii_whitespace);
    if plain {
        return [b"#!", interpreter].concat();
    }
    let mut quoted = Vec::new();
    for byte in interpreter {
        if b"$`\"\\".contains(byte) {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    [b"#!/bin/sh\n'''exec' \"", quoted.as_slice(), b"\" \"$0\" \"$@\"\n' '''"].concat()
}

/// `from` replaced where it is a whole path or the beginning of one.
fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut new = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte) || !byte.is_ascii();
        if rest.starts_with(from) && !rest.get(from.len()).is_some_and(goes_on) {
            new.extend(to);
            at += from.len();
        } else {
            new.push(rest[0]);
            at += 1;
        }
    }
    new
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    #[test]
    fn only_whole_paths_are_replaced() {
        let new = rewritten(b"/c/t /c/t/bin:/c/tx /c/t.old \"/c/t\"\xff/c/t", b"/c/t", b"/p/.e");
        assert_eq!(new, b"/p/.e /p/.e/bin:/c/tx /c/t.old \"/p/.e\"\xff/p/.e");
    }

    #[test]
    fn scripts_start_whatever_the_path_is_called() {
        let long = "l".repeat(140);
        for name in ["plain", "with space", "$(id) `id`", long.as_str()] {
            let folder = tempfile::tempdir().unwrap();
            let tree = folder.path().join(name);
            fs::create_dir_all(&tree).unwrap();
            let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
            let python = String::from_utf8(python.stdout).unwrap();
            std::os::unix::fs::symlink(python.trim(), tree.join("python")).unwrap();
            let script = tree.join("tool");
            fs::write(&script, "#!/c/t/python\nimport sys\nprint('ran', sys.argv[1:])\n").unwrap();
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
            file(&tree, Path::new("tool"), Path::new("/c/t"), &tree).unwrap();
            let output = Command::new(&script).args(["a b", "$c"]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), "ran ['a b', '$c']\n", "{name}: {output:?}");
        }
    }

    #[test]
    fn nothing_outside_of_the_tree_is_rewritten() {
        let failure = file(Path::new("/t"), Path::new("../x"), Path::new("/c"), Path::new("/p")).unwrap_err();
        assert_eq!(failure.message, "cannot rewrite ../x: it is outside of the tree");
    }
}
