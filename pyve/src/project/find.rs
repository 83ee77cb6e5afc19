//! Which project the user is in: the nearest folder upward that pyve, or else a marker file, names.

use std::path::{Path, PathBuf};

use super::layout::FOLDER;

/// How the root of a project was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has a `.pyve` folder.
    Initialised(PathBuf),
    /// It has a marker file only.
    Marked(PathBuf),
}

impl Found {
    pub fn root(&self) -> &Path {
        match self {
            Self::Initialised(root) | Self::Marked(root) => root,
        }
    }
}

/// Looks for `.pyve` from `from` upward. The home folder, whose `.pyve` is pyve's own, ends the
/// search, and so does the boundary of a file system.
pub fn initialised(from: &Path, home: Option<&Path>) -> Option<PathBuf> {
    upward(from, home).find(|folder| folder.join(FOLDER).is_dir()).map(Path::to_owned)
}

/// Looks for `.pyve` first; where there is none, for the nearest folder with one of `markers`.
pub fn project<'a>(from: &Path, home: Option<&Path>, markers: impl Iterator<Item = &'a str> + Clone) -> Option<Found> {
    if let Some(root) = initialised(from, home) {
        return Some(Found::Initialised(root));
    }
    let marked = |folder: &Path| markers.clone().any(|name| folder.join(name).is_file());
    upward(from, home).find(|folder| marked(folder)).map(|folder| Found::Marked(folder.to_owned()))
}

/// `from` and the folders above it in which a project may begin; only those asked for are looked at.
fn upward<'a>(from: &'a Path, home: Option<&Path>) -> impl Iterator<Item = &'a Path> {
    let mut device = None;
    from.ancestors().take_while(move |folder| {
        let is_first = folder == &from;
        Some(*folder) != home && (is_first || device_of(folder) == *device.get_or_insert_with(|| device_of(from)))
    })
}

#[cfg(unix)]
fn device_of(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    folder.metadata().ok().map(|metadata| metadata.dev())
}

#[cfg(not(unix))]
fn device_of(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_pyve_folder_beats_a_nearer_marker() {
        let top = tempfile::tempdir().unwrap();
        let inner = top.path().join("packages/inner/src");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir(top.path().join(".pyve")).unwrap();
        fs::write(top.path().join("packages/inner/setup.py"), "").unwrap();
        let found = project(&inner, None, ["setup.py"].into_iter()).unwrap();
        assert_eq!(found, Found::Initialised(top.path().to_owned()));
    }

    #[test]
    fn the_home_folder_is_no_project() {
        let home = tempfile::tempdir().unwrap();
        let inside = home.path().join("src/thing");
        fs::create_dir_all(&inside).unwrap();
        fs::create_dir(home.path().join(".pyve")).unwrap();
        fs::write(home.path().join("setup.py"), "").unwrap();
        assert_eq!(project(&inside, Some(home.path()), ["setup.py"].into_iter()), None);
        fs::write(inside.join("setup.py"), "").unwrap();
        assert_eq!(project(&inside, Some(home.path()), ["setup.py"].into_iter()), Some(Found::Marked(inside)));
    }
}
