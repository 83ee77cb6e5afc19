//! The two places that pyve changes: the project, and its own folder.

use std::path::{Component, Path, PathBuf};

use crate::failure::Failure;

/// The path as an absolute one, if it is below the project's root or below pyve's own folder, where there is one.
pub fn inside(path: &Path, root: &Path, home: Option<&Path>) -> Result<PathBuf, Failure> {
    let whole = root.join(path);
    let climbs = whole.components().any(|part| part == Component::ParentDir);
    let below = places(root, home).any(|place| whole != place && whole.starts_with(place));
    if climbs || !below || path.as_os_str().is_empty() {
        return Err(outside(path, root, home));
    }
    Ok(whole)
}

/// Like [`inside`], for what is removed or made again: no link may lead out on the way there.
pub fn really_inside(path: &Path, root: &Path, home: Option<&Path>) -> Result<PathBuf, Failure> {
    let whole = inside(path, root, home)?;
    let real = |path: &Path| path.canonicalize().ok();
    let real_places: Vec<PathBuf> = places(root, home).filter_map(real).collect();
    let is_there = places(root, home).any(|place| whole.starts_with(place) && place.exists());
    // What is not there yet is no link; the nearest folder that is there tells.
    let nearest = whole.ancestors().skip(1).find_map(real).unwrap_or_default();
    if is_there && !real_places.iter().any(|place| nearest.starts_with(place)) {
        return Err(Failure::new(format!(
            "cannot remove {}: a link on the way leads out of the project",
            whole.display()
        ))
        .remedy("remove it yourself, if that is what you want"));
    }
    Ok(whole)
}

fn places<'a>(root: &'a Path, home: Option<&'a Path>) -> impl Iterator<Item = &'a Path> {
    [Some(root), home].into_iter().flatten()
}

fn outside(path: &Path, root: &Path, home: Option<&Path>) -> Failure {
    let places: Vec<String> = places(root, home).map(|place| place.display().to_string()).collect();
    Failure::new(format!("cannot change {}: it is outside of the project", path.display()))
        .detail(format!("pyve changes only what is below {}", places.join(" and ")))
        .remedy("name a folder inside of the project")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_is_inside() {
        let (root, home) = (Path::new("/p"), Some(Path::new("/h/.pyve")));
        let inside = |path: &str| inside(Path::new(path), root, home).ok();
        assert_eq!(inside("a/b"), Some("/p/a/b".into()));
        assert_eq!(inside("/h/.pyve/bin/x"), Some("/h/.pyve/bin/x".into()));
        for path in ["", "/p", ".", "/h/.pyve", "/h", "../x", "a/../../x", "/p/../etc", "/project", "/"] {
            assert_eq!(inside(path), None, "{path}");
        }
    }

    #[test]
    fn the_failure_says_what_is_inside() {
        let failure = inside(Path::new("../victim"), Path::new("/p"), Some(Path::new("/h/.pyve"))).unwrap_err();
        assert_eq!(failure.message, "cannot change ../victim: it is outside of the project");
        assert_eq!(failure.details, ["pyve changes only what is below /p and /h/.pyve"]);
        let failure = inside(Path::new("/h/.pyve/bin/x"), Path::new("/p"), None).unwrap_err();
        assert_eq!(failure.details, ["pyve changes only what is below /p"]);
    }
}
