//! pyve's block in `.gitignore`: what is created on every machine and so is never committed.

use std::collections::BTreeSet;
use std::path::Path;

use super::allowed_paths::own_file;
use super::marked_block::{self, Position};
use super::{Change, atomic, block_file};
use crate::failure::Failure;

pub const FILE: &str = ".gitignore";

/// What is ignored whatever the backend. Without a final `/`, so that a link to a folder on another
/// disk is ignored too; `.pyve/config` is committed, and so `.pyve` itself is not in the list.
const ALWAYS: &[&str] = &["/.pyve/bin", "/.pyve/envs", "/.pyve/state", ".env"];

/// What is committed whatever a backend says: the settings, and what pins the versions that others get.
const NEVER: &[&str] = &[".pyve", ".pyve/config"];
const LOCK_FILES: &[&str] = &["-lock.yml", "-lock.yaml", "-lock.json", ".lock"];

/// Brings the block in `root` up to date; `entries` are the lines of this project.
pub fn update(root: &Path, entries: &[String]) -> Result<Change, Failure> {
    let file = own_file(root, FILE)?;
    let before = atomic::read(file.path())?;
    let text = before.as_deref().unwrap_or_default();
    let rest = marked_block::remove(text).map_err(|error| error.failure(file.path()))?;
    let theirs = rest.as_ref().map_or(text, |rest| &rest.text);
    let body = missing(theirs, entries).join("\n");
    if body.is_empty() {
        return block_file::remove(&file);
    }
    block_file::update(&file, body.as_bytes(), |_| Position::End)
}

/// Whether [`update`] would change nothing but take away what is not there any more.
pub fn is_current(root: &Path, entries: &[String]) -> Result<bool, Failure> {
    let path = root.join(FILE);
    let text = atomic::read(&path)?.unwrap_or_default();
    let rest = marked_block::remove(&text).map_err(|error| error.failure(&path))?;
    let theirs = rest.as_ref().map_or(text.as_slice(), |rest| &rest.text);
    let needed = missing(theirs, entries);
    let is_there = |line: &String| {
        needed.contains(line) || line.strip_prefix('/').is_none_or(|path| root.join(path).symlink_metadata().is_ok())
    };
    let said: Vec<String> = marked_block::body(&text).into_iter().filter(is_there).collect();
    Ok(said == needed && rest.is_some() != needed.is_empty())
}

/// The number of a line of the user's that hides all of `.pyve`, and with it the settings that
/// are meant to be committed.
pub fn hides_settings(root: &Path) -> Result<Option<usize>, Failure> {
    let text = atomic::read(&root.join(FILE))?.unwrap_or_default();
    let hides = |line: &[u8]| meaning(line).is_some_and(|(negated, name)| !negated && name == b".pyve");
    Ok(marked_block::lines(&text).position(|(_, line)| hides(line)).map(|index| index + 1))
}

/// Whether the last line that names `file` says that git shall have it.
pub fn readmits(root: &Path, file: &str) -> bool {
    let text = atomic::read(&root.join(FILE)).ok().flatten().unwrap_or_default();
    let named = marked_block::lines(&text).filter_map(|(_, line)| meaning(line));
    named.filter(|(_, name)| *name == file.as_bytes()).last().is_some_and(|(negated, _)| negated)
}

/// A line that ignores exactly `path` below the root, whatever its name is made of.
pub fn pattern(path: &str) -> String {
    let mut line = String::from("/");
    for letter in path.trim_start_matches("./").trim_matches('/').chars() {
        if "\\*?[".contains(letter) {
            line.push('\\');
        }
        line.push(letter);
    }
    if let Some(short) = line.strip_suffix(' ') {
        line = format!("{short}\\ ");
    }
    line
}

/// The lines of the block: those that the user's own do not say already.
fn missing(theirs: &[u8], entries: &[String]) -> Vec<String> {
    let said: BTreeSet<Vec<u8>> =
        marked_block::lines(theirs).filter_map(|(_, line)| meaning(line)).map(|(_, name)| name.to_vec()).collect();
    let finder = cfg!(target_os = "macos").then_some(".DS_Store");
    let ours = ALWAYS.iter().copied().chain(finder).chain(entries.iter().map(String::as_str));
    let mut seen = said;
    // A line break would make one entry two, and a file name with one cannot be ignored by git at all.
    ours.filter(|line| !line.contains(['\n', '\r']))
        .filter(|line| {
            meaning(line.as_bytes()).is_some_and(|(_, name)| !is_committed(name) && seen.insert(name.to_vec()))
        })
        .map(str::to_owned)
        .collect()
}

fn is_committed(name: &[u8]) -> bool {
    NEVER.iter().any(|never| name == never.as_bytes()) || LOCK_FILES.iter().any(|end| name.ends_with(end.as_bytes()))
}

/// Whether a line excludes what it names, and the name without the slashes around it: `.e`,
/// `/.e` and `.e/` are one to a reader. A line that names nothing has no meaning. Where the
/// user says `!.envrc`, that is the last word on it.
fn meaning(line: &[u8]) -> Option<(bool, &[u8])> {
    let line = line.trim_ascii_end();
    if line.starts_with(b"#") {
        return None;
    }
    let (negated, name) = line.strip_prefix(b"!").map_or((false, line), |name| (true, name));
    let name = name.strip_prefix(b"/").unwrap_or(name);
    let name = name.strip_suffix(b"/").unwrap_or(name);
    (!name.is_empty()).then_some((negated, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Command;

    fn updated(before: Option<&str>, entries: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        if let Some(before) = before {
            fs::write(&file, before).unwrap();
        }
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        update(folder.path(), &entries).unwrap();
        let once = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(update(folder.path(), &entries).unwrap(), Change::Unchanged);
        assert_eq!(fs::read_to_string(&file).unwrap_or_default(), once);
        block_file::remove(&own_file(folder.path(), FILE).unwrap()).unwrap();
        assert_eq!(fs::read_to_string(&file).ok(), before.map(str::to_owned));
        once.replace(".DS_Store\n", "")
    }

    #[test]
    fn the_last_line_of_the_users_is_not_glued_to_ours() {
        assert_eq!(
            updated(Some("*.log"), &["/.envrc", "/.e"]),
            "*.log\n# >>> pyve >>>\n# (pyve ended the line above; it had no line ending)\n\
             /.pyve/bin\n/.pyve/envs\n/.pyve/state\n.env\n/.envrc\n/.e\n# <<< pyve <<<\n"
        );
    }

    #[test]
    fn what_the_user_says_already_is_not_said_again() {
        let bash_pyve = ".e\n.env\n.envrc\n.pyve/envs\n";
        assert_eq!(
            updated(Some(bash_pyve), &["/.envrc", "/.e", "/.e/"]),
            format!("{bash_pyve}# >>> pyve >>>\n/.pyve/bin\n/.pyve/state\n# <<< pyve <<<\n")
        );
    }

    #[test]
    fn where_everything_is_said_there_is_no_block() {
        let all = "/.pyve/bin\n/.pyve/envs/\n.pyve/state\n.env\n.envrc\n.DS_Store\n";
        assert_eq!(updated(Some(all), &[]), all.replace(".DS_Store\n", ""));
    }

    #[test]
    fn a_word_of_the_users_against_it_counts() {
        assert!(!updated(Some("!/.envrc\n"), &["/.envrc"]).contains("\n/.envrc\n"));
    }

    #[test]
    fn what_is_to_be_committed_is_never_ignored_and_nothing_is_smuggled_in() {
        let text = updated(None, &["/.envrc", "/x-lock.yml", "x.lock", "/.pyve/", "a\n!.env", "# odd"]);
        assert_eq!(
            text,
            "# >>> pyve >>>\n# pyve made this file; lines of your own outside of this block stay yours.\n\
             /.pyve/bin\n/.pyve/envs\n/.pyve/state\n.env\n/.envrc\n# <<< pyve <<<\n"
        );
    }

    #[test]
    fn a_line_of_what_is_gone_makes_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        let lines = |names: &[&str]| names.iter().map(|name| pattern(name)).collect::<Vec<_>>();
        update(folder.path(), &lines(&[".e", ".e-dev"])).unwrap();
        let is_current = |names: &[&str]| is_current(folder.path(), &lines(names)).unwrap();
        assert!(is_current(&[".e", ".e-dev"]) && is_current(&[".e"]) && !is_current(&[".e", ".other"]));
        fs::create_dir(folder.path().join(".e-dev")).unwrap();
        assert!(!is_current(&[".e"]), "it is there, and not pyve's");
    }

    #[test]
    fn a_line_that_hides_the_settings_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "*.log\n.pyve/\n").unwrap();
        assert_eq!(hides_settings(folder.path()).unwrap(), Some(2));
        fs::write(folder.path().join(FILE), "!.pyve\n.pyve/envs\n").unwrap();
        assert_eq!(hides_settings(folder.path()).unwrap(), None);
    }

    #[test]
    fn git_ignores_it_and_not_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let git = |args: &[&str]| {
            let output = Command::new("git")
                .args(args)
                .current_dir(root)
                .env_clear()
                .env("PATH", std::env::var_os("PATH").unwrap())
                .env("HOME", root)
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .output()
                .unwrap();
            output.status.code().unwrap()
        };
        assert_eq!(git(&["init", "-q"]), 0);
        fs::write(root.join(FILE), "*.log\r\nbuild\r\n").unwrap();
        let odd = ["my env [1]", "what?*", "#e", "!e", "end "];
        let entries: Vec<String> =
            odd.iter().map(|name| pattern(name)).chain([pattern(".envrc"), pattern(".e")]).collect();
        update(root, &entries).unwrap();
        let ignored = |path: &str| git(&["check-ignore", "-q", "--no-index", path]) == 0;
        for path in [".pyve/envs/x/bin/python", ".pyve/bin/tool", ".pyve/state/default/x.json", ".env", ".envrc"] {
            assert!(ignored(path), "{path}");
        }
        for path in odd.into_iter().chain([".e", ".e/bin/python", "x.log", "build"]) {
            assert!(ignored(path), "{path}");
        }
        for path in [".pyve/config", "x-lock.yml", "what1", "sub/.e/x", "sub/.envrc", ".env.example"] {
            assert!(!ignored(path), "{path}");
        }
    }
}
