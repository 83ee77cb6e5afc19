//! Commands that sentences and tables name: each is one of pyve's, with options that it has.

use std::collections::BTreeMap;
use std::path::Path;

use fs_err as fs;
use pulldown_cmark::{Event, Options, Parser};
use pyve_testkit::{prerequisite, repository_files, workspace_root};

/// Options of the example plugins, which no help shows before they are added.
const OF_PLUGINS: &[&str] = &["--pixi-environment", "--no-default-groups", "--link-mode", "--all-packages"];

/// Commands of the bash tool that have another form here, on the page for its users.
const OF_THE_BASH_TOOL: (&str, &[&str]) = ("docs/coming-from-the-bash-tool.md", &["test", "testenv"]);

/// What a shell's hook says, and no help shows.
const HIDDEN: &[&str] = &["--shell"];

/// The help of each command, from the page that is compared with the program.
fn helps() -> BTreeMap<String, String> {
    let page = fs::read_to_string(workspace_root().join("docs/commands.md")).unwrap();
    let sections = page.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    sections.map(|(command, help)| (command.to_owned(), help.to_owned())).collect()
}

/// What is wrong with a command as a reader would type it.
fn wrong(command: &str, helps: &BTreeMap<String, String>) -> Option<String> {
    let mut words = command.split_whitespace().skip(1).peekable();
    while let Some(global) = words.next_if(|word| word.starts_with('-')) {
        if global == "-C" {
            words.next();
        } else if !has(&helps["pyve"], global) && !LEGACY.contains(&global) {
            return Some(format!("pyve has no `{global}`"));
        }
    }
    let mut name = "pyve".to_owned();
    while let Some(next) = words.next_if(|word| helps.contains_key(&format!("{name} {word}"))) {
        name = format!("{name} {next}");
    }
    let first = words.peek().copied().unwrap_or_default();
    if name == "pyve" && first.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-') && !first.is_empty() {
        return Some(format!("pyve has no command `{first}`"));
    }
    for word in words {
        match word.split('=').next().unwrap_or_default() {
            option if option.starts_with("--") && option.len() > 2 => {
                let known = [&name, "pyve"].iter().any(|name| has(&helps[*name], option))
                    || [OF_PLUGINS, HIDDEN].concat().contains(&option);
                if !known {
                    return Some(format!("{name} has no `{option}`"));
                }
            }
            // What follows the command's name is the command's.
            _ if name == "pyve run" && !word.starts_with('-') && !["docs", "NAME"].contains(&word) => return None,
            _ => {}
        }
    }
    None
}

/// The flags of the bash tool, which are commands.
const LEGACY: &[&str] = &[
    "--init",
    "--purge",
    "--config",
    "--python-version",
    "--install",
    "--uninstall",
    "--validate",
    "-i",
    "-p",
    "-c",
    "-v",
];

fn has(help: &str, option: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '-');
    help.match_indices(option).any(|(at, _)| ends(&help[at + option.len()..]))
}

#[test]
fn commands_in_sentences_and_tables_are_pyves() {
    let Some(git) = prerequisite("git") else { return };
    let helps = helps();
    let (mut read, mut errors) = (0, Vec::new());
    for page in repository_files(&git) {
        // What has been is told in the list of changes.
        if page.extension().is_none_or(|kind| kind != "md") || page.ends_with("CHANGELOG.md") {
            continue;
        }
        let text = fs::read_to_string(workspace_root().join(&page)).unwrap();
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            let Event::Code(code) = event else { continue };
            let command = code.split_whitespace().collect::<Vec<_>>().join(" ");
            let (of_page, its_own) = OF_THE_BASH_TOOL;
            let of_bash =
                page == Path::new(of_page) && its_own.iter().any(|word| command.split(' ').nth(1) == Some(word));
            if command.starts_with("pyve ") && !of_bash {
                read += 1;
                errors.extend(wrong(&command, &helps).map(|what| format!("{}: `{command}`: {what}", page.display())));
            }
        }
    }
    assert!(read > 300, "{read} commands were found");
    assert!(errors.is_empty(), "{errors:#?}");
}
