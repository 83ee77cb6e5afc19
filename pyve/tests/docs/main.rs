//! The documents, and what is published beside them: every command that they show is run as a reader would run it, and what
//! they say of the program is so.

mod book;
mod ci;
mod conda_forge;
mod generated;
mod left;
mod machine;
mod packages;
mod picture;
#[path = "../it/releases.rs"]
mod releases;
#[path = "../it/conda/server.rs"]
mod server;
mod spelled;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
    let page = read("docs/writing-plugins.md");
    assert!(page.contains(&format!("```rust\n{}\n```", plugin.trim_end())));
    assert!(page.contains(concat!("tag = \"v", env!("CARGO_PKG_VERSION"), "\"")), "the tag of this version");
}

/// Tries every page below a folder before it fails, so that all that is wrong is seen at once; as many at a time as there are
/// processors. `PYVE_DOCS_PAGE=docs/uv.md` tries that page alone.
fn walk_through_all(folder: &str) {
    let Some(git) = prerequisite("git") else { return };
    let only = std::env::var_os("PYVE_DOCS_PAGE").map(PathBuf::from);
    let is_meant = |file: &PathBuf| only.as_ref().is_none_or(|only| only == file);
    let is_page = |file: &PathBuf| {
        file.starts_with(folder) && file.extension().is_some_and(|kind| kind == "md") && is_meant(file)
    };
    let pages: Vec<PathBuf> = repository_files(&git).into_iter().filter(is_page).collect();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let one_by_one = || {
        while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
            if catch_unwind(|| walk_through(page)).is_err() {
                wrong.lock().unwrap().push(page);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(one_by_one);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "these pages say something that does not hold, see above: {wrong:#?}");
}

fn walk_through(page: &Path) {
    let markdown = fs_err::read_to_string(workspace_root().join(page)).unwrap();
    let machine = |start| reader(start, Path::new(env!("CARGO_BIN_EXE_pyve")));
    walk(&page.display().to_string(), &markdown, machine, machine::provide);
}

/// A promise is worth as much as its test: each that the page names must be there, by the end of its name.
#[test]
fn the_security_page_names_tests_that_are_there() {
    let Some(git) = prerequisite("git") else { return };
    let page = fs_err::read_to_string(workspace_root().join("docs/security.md")).unwrap();
    let sources = repository_files(&git).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs"));
    let text: String = sources.filter_map(|file| fs_err::read_to_string(workspace_root().join(file)).ok()).collect();
    let is_name = |word: &&str| {
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_:".contains(letter);
        word.chars().all(plain) && (word.contains("::") || word.matches('_').count() > 1)
    };
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(named.len() > 40, "{named:#?}");
    let last = |name: &str| name.rsplit("::").next().unwrap_or_default().to_owned();
    let is_there = |name: &str| ["fn ", "mod "].iter().any(|kind| text.contains(&format!("{kind}{}", last(name))));
    let gone: Vec<&str> = named.into_iter().filter(|name| !is_there(name)).collect();
    assert!(gone.is_empty(), "docs/security.md names tests that do not exist: {gone:#?}");
}
