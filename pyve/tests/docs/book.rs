//! The book as a whole: every page in its table of contents, every link, every anchor, every file that it shows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fs_err as fs;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use pyve_testkit::{World, optional, prerequisite, repository_files, workspace_root};

struct Page {
    path: PathBuf,
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

fn page(path: &Path) -> Page {
    let text = fs::read_to_string(workspace_root().join(path)).unwrap();
    let (mut links, mut anchors, mut heading) = (Vec::new(), BTreeSet::new(), None::<String>);
    for event in Parser::new_ext(&text, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.into_string())
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
            Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|heading| anchor(&heading))),
            _ => {}
        }
    }
    Page { path: path.to_owned(), links, anchors }
}

/// What mdBook and GitHub both call a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn pages() -> Option<Vec<Page>> {
    let git = prerequisite("git")?;
    let is_page = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "md");
    Some(repository_files(&git).into_iter().filter(is_page).map(|file| page(&file)).collect())
}

#[test]
fn every_link_leads_somewhere() {
    let Some(pages) = pages() else { return };
    let mut wrong = Vec::new();
    for page in &pages {
        for link in page.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let target = match file {
                "" => page.path.clone(),
                file => normal(&page.path.parent().unwrap().join(file)),
            };
            let known = pages.iter().find(|page| page.path == target);
            let is_there = match (known, anchor) {
                (Some(page), Some(anchor)) => page.anchors.contains(anchor),
                (None, Some(_)) => false,
                (_, None) => workspace_root().join(&target).exists(),
            };
            // A page of the book may lead only to its own pages: nothing else is in the book.
            let leaves = page.path.starts_with("docs") && !target.starts_with("docs");
            if !is_there || leaves {
                wrong.push(format!("{}: {link}", page.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these links lead nowhere: {wrong:#?}");
}

fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, part| {
        match part {
            std::path::Component::ParentDir => _ = normal.pop(),
            part => normal.push(part),
        }
        normal
    })
}

#[test]
fn every_page_is_in_the_table_of_contents_and_on_the_first_page() {
    let Some(pages) = pages() else { return };
    let links = |name: &str| {
        let page = pages.iter().find(|page| page.path == Path::new("docs").join(name)).unwrap();
        page.links.iter().filter(|link| !link.contains("://")).cloned().collect::<Vec<_>>()
    };
    let contents = links("SUMMARY.md");
    let in_book = |page: &&Page| page.path.parent() == Some(Path::new("docs")) && !page.path.ends_with("SUMMARY.md");
    let mut there: Vec<String> =
        pages.iter().filter(in_book).filter_map(|page| Some(page.path.file_name()?.to_str()?.to_owned())).collect();
    let mut listed = contents.clone();
    listed.sort();
    there.sort();
    assert_eq!(listed, there, "docs/SUMMARY.md names each page of docs/ once");
    assert_eq!(links("README.md"), contents[1..], "docs/README.md lists the pages in the order of docs/SUMMARY.md");
}

/// mdBook, where `PYVE_TEST_MDBOOK` names it or it is on PATH, makes pages of it without a warning, and each link in them
/// leads to what it has made.
#[test]
fn mdbook_has_nothing_to_say_of_it() {
    let named = std::env::var_os("PYVE_TEST_MDBOOK").map(PathBuf::from);
    let Some(mdbook) = named.or_else(|| optional("mdbook")) else { return };
    let world = World::new();
    let made = world.root().join("book");
    let build = world.command(mdbook).arg("build").arg(workspace_root().join("docs")).arg("--dest-dir").arg(&made);
    let built = build.run().success();
    let told = format!("{}{}", built.out(), built.err());
    assert!(!["WARN", "ERROR"].iter().any(|word| told.contains(word)), "{told}");
    let html = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let mut wrong = Vec::new();
    for page in fs::read_dir(&made).unwrap().map(|entry| entry.unwrap().path()) {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        // These two have all pages in one, and the contents of a frame.
        if !name.ends_with(".html") || ["print.html", "toc.html"].contains(&&*name) {
            continue;
        }
        for link in html(&page).split("<a href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if link.contains("://") || link.starts_with('#') {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = html(&made.join(file));
            if target.is_empty() || !(anchor.is_empty() || target.contains(&format!("id=\"{anchor}\""))) {
                wrong.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A block below `<!-- from: FILE -->` shows that file as it is.
#[test]
fn files_are_shown_as_they_are() {
    let mut shown = 0;
    let mut wrong = Vec::new();
    for page in ["docs/ci-cd-examples.md", "docs/containers.md"] {
        let text = fs::read_to_string(workspace_root().join(page)).unwrap();
        let mut from = None;
        let mut open = false;
        for event in Parser::new(&text) {
            match event {
                Event::Html(html) => {
                    from = html
                        .trim()
                        .strip_prefix("<!-- from: ")
                        .and_then(|rest| rest.strip_suffix(" -->"))
                        .map(str::to_owned)
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => open = from.is_some(),
                Event::Text(text) if open => {
                    let file = from.take().unwrap_or_default();
                    shown += 1;
                    if fs::read_to_string(workspace_root().join(&file)).unwrap_or_default().trim_end()
                        != text.trim_end()
                    {
                        wrong.push(format!("{page}: {file}"));
                    }
                    open = false;
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "shown otherwise than they are: {wrong:#?}");
    let files = fs::read_dir(workspace_root().join("examples/ci")).unwrap().count();
    assert_eq!(shown, files, "each file of examples/ci is shown once");
}

/// Each variable that the program asks for, when it runs, is on the page, and no other one.
#[test]
fn the_page_of_variables_names_those_that_are_read() {
    let Some(git) = prerequisite("git") else { return };
    let page = fs::read_to_string(workspace_root().join("docs/environment-variables.md")).unwrap();
    let on_page: BTreeSet<&str> = page.split('`').filter(|word| is_variable(word)).collect();
    let is_source = |file: &&PathBuf| {
        let text = file.to_string_lossy();
        text.ends_with(".rs")
            && text.contains("/src/")
            && !text.contains("test")
            && !text.contains("legacy")
            && !text.contains("stand-in")
    };
    let sources: Vec<String> = repository_files(&git)
        .iter()
        .filter(is_source)
        .map(|file| fs::read_to_string(workspace_root().join(file)).unwrap().replace("env!(\"", "env!("))
        .collect();
    let read: BTreeSet<&str> =
        sources.iter().flat_map(|text| before_tests(text).split('"')).filter(|word| is_variable(word)).collect();
    assert_eq!(on_page, read);
}

fn is_variable(word: &str) -> bool {
    word.strip_prefix("PYVE_").is_some_and(|rest| {
        !rest.is_empty()
            && rest.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_' || letter.is_ascii_digit())
    })
}

fn before_tests(source: &str) -> &str {
    source.split("#[cfg(test)]").next().unwrap_or_default()
}

/// What the page quotes is what pyve or its tests say: each part between `…` in one source or another.
#[test]
fn the_errors_that_are_explained_are_real_ones() {
    let Some(git) = prerequisite("git") else { return };
    let page = fs::read_to_string(workspace_root().join("docs/troubleshooting.md")).unwrap();
    let first = |row: &str| {
        row.strip_prefix("| `").and_then(|rest| rest.split_once("` |")).map(|(message, _)| message.to_owned())
    };
    let messages: Vec<String> = page.lines().filter_map(first).collect();
    assert!(messages.len() >= 20, "{} errors are explained", messages.len());
    let is_source = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "rs");
    let sources: String = repository_files(&git)
        .into_iter()
        .filter(is_source)
        .map(|file| fs::read_to_string(workspace_root().join(file)).unwrap())
        .collect();
    let unknown = |message: &&String| message.split('…').any(|part| !sources.contains(part.trim_matches([' ', '`'])));
    let gone: Vec<&String> = messages.iter().filter(unknown).collect();
    assert!(gone.is_empty(), "no source says: {gone:#?}");
}
