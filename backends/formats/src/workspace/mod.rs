//! Workspaces: a project whose file names other projects below it, by globs, which share its environment and its lock.
//!
//! A table has the lists `members` and `exclude`, as `[tool.uv.workspace]` of a `pyproject.toml` does. Folders are looked at
//! and never entered through links, so that a workspace ends at its own root.

mod glob;

use std::path::{Component, Path, PathBuf};

use glob::Glob;

use crate::toml_file::{TomlError, TomlFile};

/// So deep a member may lie.
const DEPTH: usize = 12;

/// So many folders are looked at; a workspace with more has a glob that is too wide.
const FOLDERS: usize = 20_000;

/// The folders that belong to a workspace, as the file of its root names them.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    members: Vec<Glob>,
    exclude: Vec<Glob>,
}

impl Workspace {
    /// Reads the table; `None` where the file has none.
    ///
    /// # Errors
    ///
    /// Where one of its lists is none of texts.
    pub fn of(file: &TomlFile, table: &str) -> Result<Option<Self>, TomlError> {
        if file.line(table).is_none() {
            return Ok(None);
        }
        let globs = |key: &str| -> Result<Vec<Glob>, TomlError> {
            let texts = file.texts(&format!("{table}.{key}"))?;
            Ok(texts.iter().filter_map(|written| Glob::parse(&written.text)).collect())
        };
        Ok(Some(Self { members: globs("members")?, exclude: globs("exclude")? }))
    }

    /// Whether a folder, relative to the root, is a member.
    pub fn has(&self, folder: &Path) -> bool {
        let Some(parts) = parts(folder) else { return false };
        let fits = |globs: &[Glob]| globs.iter().any(|glob| glob.fits(&parts));
        !parts.is_empty() && fits(&self.members) && !fits(&self.exclude)
    }

    /// The members that have `file` in them, relative to `root` and sorted.
    pub fn folders(&self, root: &Path, file: &str) -> Vec<PathBuf> {
        let mut search = Search { root, file, workspace: self, left: FOLDERS, found: Vec::new() };
        search.below(Path::new(""), DEPTH);
        search.found.sort();
        search.found
    }
}

struct Search<'a> {
    root: &'a Path,
    file: &'a str,
    workspace: &'a Workspace,
    left: usize,
    found: Vec<PathBuf>,
}

impl Search<'_> {
    fn below(&mut self, folder: &Path, depth: usize) {
        let Some(above) = parts(folder) else { return };
        let leads = |globs: &[Glob]| globs.iter().any(|glob| glob.leads_through(&above));
        if depth == 0 || !leads(&self.workspace.members) {
            return;
        }
        for entry in self.root.join(folder).read_dir().into_iter().flatten().flatten() {
            if self.left == 0 {
                return;
            }
            // A link is none of its folders: what it leads to may lie outside.
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            self.left -= 1;
            let inside = folder.join(entry.file_name());
            if self.workspace.has(&inside) && self.root.join(&inside).join(self.file).is_file() {
                self.found.push(inside.clone());
            }
            self.below(&inside, depth - 1);
        }
    }
}

/// The names that a relative path is made of; `None` for one that leads elsewhere, or is no text.
fn parts(path: &Path) -> Option<Vec<&str>> {
    path.components().map(|part| if let Component::Normal(name) = part { name.to_str() } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(text: &str) -> Workspace {
        let file = TomlFile::parse(text).unwrap();
        Workspace::of(&file, "tool.uv.workspace").unwrap().unwrap()
    }

    #[test]
    fn members_are_named_by_globs_and_taken_out_again() {
        let all = workspace(
            "[tool.uv.workspace]\nmembers = ['packages/*', './apps/web/', 'libs/**', '../x']\n\
             exclude = ['packages/old*', 'libs/a/b']\n",
        );
        for (folder, member) in [
            ("packages/a", true),
            ("packages/a/b", false),
            ("packages/older", false),
            ("packages", false),
            ("apps/web", true),
            ("libs/a", true),
            ("libs/a/b", false),
            ("libs/a/b/c", true),
            ("", false),
            ("../x", false),
            ("/packages/a", false),
        ] {
            assert_eq!(all.has(Path::new(folder)), member, "{folder}");
        }
        let file = TomlFile::parse("[tool.uv]\n").unwrap();
        assert!(Workspace::of(&file, "tool.uv.workspace").unwrap().is_none());
        let file = TomlFile::parse("[tool.uv.workspace]\nmembers = 1\n").unwrap();
        let error = Workspace::of(&file, "tool.uv.workspace").unwrap_err();
        assert_eq!((error.line, error.words.starts_with("`tool.uv.workspace.members` must be an array")), (2, true));
        assert!(!workspace("[tool.uv.workspace]\n").has(Path::new("packages/a")));
    }

    #[cfg(unix)]
    #[test]
    fn they_are_found_within_the_root_only() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let project = |folder: &Path| {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join("pyproject.toml"), "").unwrap();
        };
        for folder in ["packages/b", "packages/a", "packages/a/nested", "other", "deep/x/y"] {
            project(&root.path().join(folder));
        }
        project(outside.path());
        std::fs::create_dir(root.path().join("packages/empty")).unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("packages/link")).unwrap();
        let found = |members: &str| {
            workspace(&format!("[tool.uv.workspace]\nmembers = [{members}]\n")).folders(root.path(), "pyproject.toml")
        };
        assert_eq!(found("'packages/*'"), [PathBuf::from("packages/a"), "packages/b".into()]);
        assert_eq!(found("'deep/**'"), [PathBuf::from("deep/x/y")]);
        assert_eq!(found("'nothing/*'"), Vec::<PathBuf>::new());
        assert_eq!(found("'*'"), [PathBuf::from("other")]);
    }
}
