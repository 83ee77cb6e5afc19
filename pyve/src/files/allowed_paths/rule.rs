//! The rules of a path, one by one, as far as its text tells whether it keeps them.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use super::spelling::is;
use crate::project::FOLDER;

/// What a path is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The folder of an environment: created, put aside, removed.
    Prefix,
    /// A file that is written.
    Write,
    /// A file that is downloaded: a tool may be put into `.pyve/bin`.
    Download,
    /// A folder that is created.
    CreateFolder,
    /// What is removed with all it holds.
    Remove,
}

/// A rule that a path breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    Relative,
    NotNormalised,
    Outside,
    ProjectRoot,
    /// It is `.git`, in one, or holds one.
    Git,
    /// Only pyve itself writes there.
    Reserved(PathBuf),
    /// The link, and where it leads.
    LeavingLink(PathBuf, PathBuf),
    /// What must be a folder of the project is a link, wherever it leads.
    Link(PathBuf, PathBuf),
    EndlessLinks(PathBuf),
    NotAFolder(PathBuf),
    /// It stands already, and pyve did not create it.
    Exists,
    /// It is not empty, and no record says that pyve created it.
    NotOurs,
    /// git tracks files in it.
    Tracked,
    /// It is the environment's folder, above it or in it.
    Prefix,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative => f.write_str("it is not an absolute path"),
            Self::NotNormalised => f.write_str("it is not normalised (it contains `..`)"),
            Self::Outside => f.write_str("it is outside of the project"),
            Self::ProjectRoot => f.write_str("it is the project itself"),
            Self::Git => f.write_str("it belongs to a git repository"),
            Self::Reserved(folder) => write!(f, "`{}` is reserved for pyve itself", folder.display()),
            Self::LeavingLink(link, target) => {
                write!(f, "`{}` is a link to `{}`, outside of the project", link.display(), target.display())
            }
            Self::Link(link, target) => write!(f, "`{}` is a link to `{}`", link.display(), target.display()),
            Self::EndlessLinks(link) => write!(f, "`{}` is a loop of symbolic links", link.display()),
            Self::NotAFolder(path) => write!(f, "`{}` is not a directory", path.display()),
            Self::Exists => f.write_str("it already exists and was not created by pyve"),
            Self::NotOurs => f.write_str("it was not created by pyve and is not empty"),
            Self::Tracked => f.write_str("git tracks files in it"),
            Self::Prefix => f.write_str("it is the environment's directory, above it or in it"),
        }
    }
}

/// The part of the path below `root`, where the rules allow it.
pub fn below<'a>(path: &'a Path, root: &Path) -> Result<&'a Path, Rule> {
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(Rule::NotNormalised);
    }
    if !path.is_absolute() {
        return Err(Rule::Relative);
    }
    match path.strip_prefix(root) {
        Ok(rest) if rest.as_os_str().is_empty() => Err(Rule::ProjectRoot),
        Ok(rest) => Ok(rest),
        Err(_) => Err(Rule::Outside),
    }
}

/// The rules of a path in the project, relative to its root. Asked of what was said, and again of where it really is.
pub fn in_project(relative: &Path, wanted: Use) -> Result<(), Rule> {
    let names: Vec<&OsStr> = relative.iter().collect();
    match names.as_slice() {
        [] => return Err(Rule::ProjectRoot),
        names if names.iter().any(|name| is(name, ".git")) => return Err(Rule::Git),
        [folder, rest @ ..] if is(folder, FOLDER) => in_own_folder(rest, wanted),
        _ => true,
    }
    .then_some(())
    .ok_or_else(|| Rule::Reserved(names.iter().take(2).collect()))
}

/// `.pyve`: environments stand one level below `envs`, and tools that were verified in `bin`.
fn in_own_folder(rest: &[&OsStr], wanted: Use) -> bool {
    match rest {
        [] => wanted == Use::CreateFolder,
        [folder, ..] if is(folder, "state") || is(folder, "config") => false,
        [folder] if is(folder, "bin") => wanted == Use::CreateFolder,
        [folder, ..] if is(folder, "bin") => wanted == Use::Download,
        [folder] if is(folder, "envs") => wanted == Use::CreateFolder,
        _ => true,
    }
}

/// The folders of `~/.pyve` that a backend may use.
const SHARED: [&str; 3] = ["bin", "pythons", "cache"];

/// The rules of a path in `~/.pyve`, relative to it.
pub fn in_home(relative: &Path, wanted: Use) -> Result<(), Rule> {
    let mut names = relative.iter();
    let known = names.next().is_some_and(|name| SHARED.iter().any(|known| name == *known));
    let whole = names.next().is_none();
    if wanted == Use::Prefix {
        return Err(Rule::Outside);
    }
    if known && (!whole || wanted == Use::CreateFolder) { Ok(()) } else { Err(Rule::Reserved(relative.to_owned())) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn judged(path: &str, wanted: Use) -> String {
        let judged = below(Path::new(path), Path::new("/p")).and_then(|rest| in_project(rest, wanted));
        judged.map_or_else(|rule| rule.to_string(), |()| "allowed".to_owned())
    }

    #[test]
    fn the_text_of_a_path_tells_most() {
        let lines = [
            ("/p/.venv", Use::Prefix),
            ("/p/.pyve/envs/a", Use::Prefix),
            ("/p/a/b", Use::Write),
            ("/p/.pyve/bin/tool", Use::Download),
            ("/p/.pyve/bin", Use::CreateFolder),
            ("/p/./.venv/", Use::Prefix),
            ("p/.venv", Use::Prefix),
            ("/p", Use::Prefix),
            ("/", Use::Prefix),
            ("/home/u", Use::Prefix),
            ("/project", Use::Write),
            ("/p/../victim", Use::Prefix),
            ("/p/a/../../victim", Use::Remove),
            ("/p/.git", Use::Remove),
            ("/p/.GIT/hooks/post-commit", Use::Write),
            ("/p/vendor/x/.git/y", Use::CreateFolder),
            ("/p/GIT~1/hooks/post-commit", Use::Write),
            ("/p/.git. /config", Use::Write),
            ("/p/.pyve./state::$INDEX_ALLOCATION/x", Use::Write),
            ("/p/.pyve", Use::Remove),
            ("/p/.pyve/envs", Use::Remove),
            ("/p/.pyve/state/lock", Use::Write),
            ("/p/.PYVE/State/x", Use::Write),
            ("/p/.pyve/config", Use::Write),
            ("/p/.pyve/bin/tool", Use::Write),
            ("/p/.pyve/bin", Use::Remove),
        ];
        let told: Vec<String> =
            lines.iter().map(|(path, wanted)| format!("{wanted:?} {path}: {}", judged(path, *wanted))).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        Prefix /p/.venv: allowed
        Prefix /p/.pyve/envs/a: allowed
        Write /p/a/b: allowed
        Download /p/.pyve/bin/tool: allowed
        CreateFolder /p/.pyve/bin: allowed
        Prefix /p/./.venv/: allowed
        Prefix p/.venv: it is not an absolute path
        Prefix /p: it is the project itself
        Prefix /: it is outside of the project
        Prefix /home/u: it is outside of the project
        Write /project: it is outside of the project
        Prefix /p/../victim: it is not normalised (it contains `..`)
        Remove /p/a/../../victim: it is not normalised (it contains `..`)
        Remove /p/.git: it belongs to a git repository
        Write /p/.GIT/hooks/post-commit: it belongs to a git repository
        CreateFolder /p/vendor/x/.git/y: it belongs to a git repository
        Write /p/GIT~1/hooks/post-commit: it belongs to a git repository
        Write /p/.git. /config: it belongs to a git repository
        Write /p/.pyve./state::$INDEX_ALLOCATION/x: `.pyve./state::$INDEX_ALLOCATION` is reserved for pyve itself
        Remove /p/.pyve: `.pyve` is reserved for pyve itself
        Remove /p/.pyve/envs: `.pyve/envs` is reserved for pyve itself
        Write /p/.pyve/state/lock: `.pyve/state` is reserved for pyve itself
        Write /p/.PYVE/State/x: `.PYVE/State` is reserved for pyve itself
        Write /p/.pyve/config: `.pyve/config` is reserved for pyve itself
        Write /p/.pyve/bin/tool: `.pyve/bin` is reserved for pyve itself
        Remove /p/.pyve/bin: `.pyve/bin` is reserved for pyve itself
        ");
    }

    #[test]
    fn of_the_users_folder_only_three_are_shared() {
        let told = |path: &str, wanted| in_home(Path::new(path), wanted).is_ok();
        assert!(told("bin/tool", Use::Download) && told("cache/tree", Use::Remove) && told("cache", Use::CreateFolder));
        for path in ["", "key", "plugins/x.so", "plugins.yml", "bin", "config"] {
            assert!(!told(path, Use::Write) && !told(path, Use::Remove), "{path}");
        }
        assert!(!told("bin/x", Use::Prefix));
    }
}
