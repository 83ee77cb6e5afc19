//! Where an environment was made, as its own files tell: conda bakes the prefix into what it installs.

use std::path::{Path, PathBuf};

use pyve_formats::scripts;

use crate::history;

/// The folder that the environment was made in, if that is another one than where it stands.
pub fn elsewhere(prefix: &Path) -> Option<PathBuf> {
    scripts::other_than(prefix, history::prefix(prefix).or_else(|| scripts::folder(prefix))?)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn without_a_history_the_scripts_tell() {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("e");
        fs::create_dir_all(prefix.join("bin")).unwrap();
        assert_eq!(elsewhere(&prefix), None);
        fs::write(prefix.join("bin/a"), "#!/usr/bin/python3\n").unwrap();
        assert_eq!(elsewhere(&prefix), None, "a script of the system's Python");
        fs::write(prefix.join("bin/pip"), format!("#!{}/bin/python3.12\n", prefix.display())).unwrap();
        assert_eq!(elsewhere(&prefix), None);
        fs::write(prefix.join("bin/pip"), "#!/old/e/bin/python3.12\n").unwrap();
        assert_eq!(elsewhere(&prefix), Some("/old/e".into()));
    }
}
