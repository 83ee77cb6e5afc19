//! Telling a shim, which only stands for a Python, from a Python.

use std::io::Read;
use std::path::{Path, PathBuf};

/// Whether the program at `path` is a version manager's shim; `shims` are the folders known to hold them.
pub fn is_shim(path: &Path, shims: &[PathBuf]) -> bool {
    let Some(folder) = path.parent() else { return false };
    shims.iter().any(|shims| shims == folder) || folder.ends_with("shims") || hands_on(path)
}

/// Whether it is a script that hands on to a version manager.
fn hands_on(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4096).read_to_end(&mut start));
    let text = String::from_utf8_lossy(&start);
    read.is_ok()
        && text.starts_with("#!")
        && text.lines().any(|line| {
            line.contains("exec") && ["pyenv", "asdf", "mise", "rtx"].iter().any(|manager| line.contains(manager))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_execs_a_manager_is_a_shim_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            folder.path().join(name)
        };
        assert!(is_shim(&script("a", "#!/bin/sh\nexec \"/opt/pyenv/libexec/pyenv\" exec \"$program\" \"$@\"\n"), &[]));
        assert!(is_shim(&script("b", "#!/usr/bin/env bash\n# asdf-plugin: python\nexec asdf exec \"python\"\n"), &[]));
        assert!(!is_shim(&script("c", "#!/bin/sh\nexec /opt/python/bin/python3 \"$@\"\n"), &[]));
        assert!(!is_shim(&script("d", "\x7fELF pyenv exec"), &[]));
        assert!(is_shim(&folder.path().join("d"), &[folder.path().to_owned()]));
        assert!(is_shim(Path::new("/x/plugins/pyenv-virtualenv/shims/python"), &[]));
        assert!(!is_shim(Path::new("/usr/bin/python3"), &[PathBuf::from("/x/shims")]));
    }
}
