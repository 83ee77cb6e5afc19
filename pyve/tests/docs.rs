//! Every command that the README and the documents show is run as a reader would run it.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use pyve_testkit::{reader, walk, workspace_root};

#[test]
fn readme() {
    walk_through(&workspace_root().join("README.md"));
}

#[test]
fn contributing() {
    walk_through(&workspace_root().join("CONTRIBUTING.md"));
}

#[test]
fn book() {
    let wrong: Vec<PathBuf> = pages(&workspace_root().join("docs"))
        .into_iter()
        .filter(|page| catch_unwind(|| walk_through(page)).is_err())
        .collect();
    assert!(wrong.is_empty(), "these pages say something that does not hold, see above: {wrong:#?}");
}

fn walk_through(page: &Path) {
    let name = page.strip_prefix(workspace_root()).unwrap_or(page).display().to_string();
    let markdown = fs_err::read_to_string(page).unwrap();
    walk(&name, &markdown, |start| reader(start, Path::new(env!("CARGO_BIN_EXE_pyve"))));
}

/// All markdown files of a folder and those below it, sorted.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs_err::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let pages = |path: PathBuf| match path.is_dir() {
        true => pages(&path),
        false => Vec::from_iter(path.extension().is_some_and(|kind| kind == "md").then_some(path)),
    };
    paths.into_iter().flat_map(pages).collect()
}
