//! What pages show and nobody runs with them: the list of it is short, and each has its reason.

use std::path::Path;

use fs_err as fs;
use pyve_testkit::document::{Act, Left, read};
use pyve_testkit::{prerequisite, repository_files, workspace_root};

/// Each page, and why a block of it cannot be run by a test.
const NOT_RUN: &[(&str, &str)] = &[
    ("docs/benchmarks.md", "it takes minutes, and figures differ from machine to machine"),
    ("docs/editors-and-notebooks.md", "it needs Jupyter, which is not among the packages of the tests"),
    ("docs/installing.md", "it needs GitHub, and a published release"),
];

fn left() -> Option<Vec<(String, usize, Left)>> {
    let git = prerequisite("git")?;
    let pages = repository_files(&git).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "md"));
    let mut left = Vec::new();
    for page in pages {
        let acts = read(&fs::read_to_string(workspace_root().join(&page)).unwrap()).unwrap();
        left.extend(acts.into_iter().filter_map(|(line, act)| match act {
            Act::Leave(why) => Some((page.display().to_string(), line, why)),
            _ => None,
        }));
    }
    Some(left)
}

#[test]
fn what_cannot_be_run_is_a_short_list() {
    let Some(left) = left() else { return };
    let not_run: Vec<(&str, &str)> = left
        .iter()
        .filter_map(|(page, _, left)| match left {
            Left::NotRun(why) => Some((page.as_str(), why.as_str())),
            Left::RunBy(_) => None,
        })
        .collect();
    assert_eq!(not_run, NOT_RUN);
}

/// A test that is named for a block takes its commands from that page.
#[test]
fn a_test_of_its_own_reads_the_page() {
    let Some(left) = left() else { return };
    for (page, line, left) in left {
        let Left::RunBy(test) = left else { continue };
        let source = fs::read_to_string(workspace_root().join(Path::new(&test))).unwrap_or_default();
        assert!(source.contains(&page), "{page}:{line}: {test} does not read that page");
    }
}

/// A page that nobody walks through shows no command at all.
#[test]
fn every_page_with_commands_is_walked_through() {
    let Some(git) = prerequisite("git") else { return };
    let walked = |page: &Path| {
        ["README.md", "CONTRIBUTING.md"].iter().any(|name| page == Path::new(name))
            || ["docs", "examples"].iter().any(|folder| page.starts_with(folder))
    };
    for page in repository_files(&git) {
        if page.extension().is_some_and(|kind| kind == "md") && !walked(&page) {
            let acts = read(&fs::read_to_string(workspace_root().join(&page)).unwrap()).unwrap();
            assert!(acts.is_empty(), "{}: {acts:#?}", page.display());
        }
    }
}
