//! Every command that the README and the documents show is run as a reader would run it.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use pyve_testkit::{prerequisite, reader, repository_files, walk, workspace_root};

#[test]
fn readme() {
    walk_through(Path::new("README.md"));
}

#[test]
fn contributing() {
    walk_through(Path::new("CONTRIBUTING.md"));
}

#[test]
fn book() {
    walk_through_all("docs");
}

#[test]
fn examples() {
    walk_through_all("examples");
}

#[test]
fn the_guide_shows_the_plugin_that_is_compiled() {
    let read = |path: &str| fs_err::read_to_string(workspace_root().join(path)).unwrap();
    let plugin = read("examples/plugins/minimal/src/lib.rs");
    assert!(read("docs/plugins.md").contains(&format!("```rust\n{}\n```", plugin.trim_end())));
}

/// Tries every page below a folder before it fails, so that all that is wrong is seen at once.
fn walk_through_all(folder: &str) {
    let Some(git) = prerequisite("git") else { return };
    let is_page = |file: &PathBuf| file.starts_with(folder) && file.extension().is_some_and(|kind| kind == "md");
    let pages = repository_files(&git).into_iter().filter(is_page);
    let wrong: Vec<_> = pages.filter(|page| catch_unwind(|| walk_through(page)).is_err()).collect();
    assert!(wrong.is_empty(), "these pages say something that does not hold, see above: {wrong:#?}");
}

fn walk_through(page: &Path) {
    let markdown = fs_err::read_to_string(workspace_root().join(page)).unwrap();
    walk(&page.display().to_string(), &markdown, |start| reader(start, Path::new(env!("CARGO_BIN_EXE_pyve"))));
}
