//! Telling a shim, which only stands for a Python, from a Python.

use std::path::Path;

use pyve_formats::read;

use crate::managers::Manager;

/// Whether the program at `path` is a version manager's shim, be it a manager that pyve knows or not.
pub fn is_shim(path: &Path) -> bool {
    in_shims(path) || hands_on(path, &["pyenv", "asdf", "mise", "rtx"])
}

/// Whether it is a shim of one of these managers, whose installations are looked at where they are.
pub fn is_shim_of(path: &Path, managers: &[Manager]) -> bool {
    managers
        .iter()
        .any(|manager| (in_shims(path) && path.starts_with(&manager.root)) || hands_on(path, &[manager.name]))
}

/// The folder's name is the same with all of them, also for those of their plugins.
fn in_shims(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("shims"))
}

/// Whether it is a script that hands on to a version manager.
fn hands_on(path: &Path, managers: &[&str]) -> bool {
    let start = read::start(path, 4096).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&start);
    let names_one = |line: &str| managers.iter().any(|manager| line.contains(manager));
    text.starts_with("#!") && text.lines().any(|line| line.contains("exec") && names_one(line))
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
        let pyenv = script("a", "#!/bin/sh\nexec \"/opt/pyenv/libexec/pyenv\" exec \"$program\" \"$@\"\n");
        let asdf = script("b", "#!/usr/bin/env bash\n# asdf-plugin: python\nexec asdf exec \"python\"\n");
        assert!(is_shim(&pyenv) && is_shim(&asdf));
        assert!(!is_shim(&script("c", "#!/bin/sh\nexec /opt/python/bin/python3 \"$@\"\n")));
        assert!(!is_shim(&script("d", "\x7fELF pyenv exec")));
        assert!(is_shim(Path::new("/x/plugins/pyenv-virtualenv/shims/python")));
        assert!(!is_shim(Path::new("/usr/bin/python3")));

        let root = folder.path().to_owned();
        let known = [Manager { name: "pyenv", installs: root.join("versions"), root: root.clone(), program: None }];
        assert!(is_shim_of(&pyenv, &known) && is_shim_of(&root.join("shims/python3"), &known));
        assert!(!is_shim_of(&asdf, &known) && !is_shim_of(Path::new("/mise/shims/python3"), &known));
    }
}
