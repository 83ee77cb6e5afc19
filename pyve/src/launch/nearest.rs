//! The command that was perhaps meant.

use pyve_formats::sorted;
use std::path::PathBuf;

use crate::process::is_program;
use crate::ui::suggest;

/// The name of a program in `folders` that is most like `name`, if one is like it at all.
pub fn nearest(name: &str, folders: &[PathBuf]) -> Option<String> {
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let alike = entries.filter_map(|entry| {
        let other = entry.file_name().into_string().ok()?;
        suggest::nearest(name, [other.as_str()])?;
        is_program(&entry.path()).then_some(other)
    });
    let mut alike: Vec<String> = alike.collect();
    sorted::by(&mut alike, Ord::cmp);
    suggest::nearest(name, alike.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_programs_that_are_like_it_are_named() {
        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in [("pytest", 0o755), ("pytets", 0o644), ("pip", 0o755), ("python3.11", 0o755)] {
            let path = folder.path().join(name);
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        }
        let folders = [folder.path().to_owned(), "/nowhere".into()];
        assert_eq!(nearest("pytset", &folders).as_deref(), Some("pytest"));
        assert_eq!(nearest("pit", &folders).as_deref(), Some("pip"));
        assert_eq!(nearest("ls", &folders), None);
        assert_eq!(nearest("black", &folders), None);
    }
}
