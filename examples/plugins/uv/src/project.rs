//! What a project of uv looks like on disk: its files, its members, and where its environment is.

use std::path::{Path, PathBuf};

use pyve_formats::dependencies::Declared;
use pyve_formats::pyproject::{self, Pyproject, PyprojectError};
use pyve_formats::python_name::normalized;
use pyve_formats::scripts::PROGRAMS;
use pyve_formats::toml_file::Item;
use pyve_formats::workspace::Workspace;
use pyve_plugin_api::{Error, Request, Result};

use crate::describe::WORKSPACE;

pub const LOCK: &str = "uv.lock";
pub const REQUIREMENTS: &str = "requirements.txt";
pub const DEFAULT_PREFIX: &str = ".venv";

/// A project of which uv locks and syncs, or a member of its workspace.
#[derive(Clone, Debug)]
pub struct Member {
    /// Relative to the workspace's root; empty for the root itself.
    pub folder: PathBuf,
    pub file: Pyproject,
    pub declared: Declared,
}

/// The project that uv syncs, with its members; `None` where there is no `[project]` and no workspace: then only a file of
/// requirements can be installed.
#[derive(Clone, Debug)]
pub struct Project {
    /// The root's folder, where `uv.lock` is.
    pub base: PathBuf,
    /// The folder that is synced, relative to the root: empty but for a member that has an environment of its own.
    pub target: PathBuf,
    pub root: Member,
    /// The root first, if it is a package's project itself.
    pub members: Vec<Member>,
}

impl Project {
    /// The project in a folder, with the workspace that it is a member of: what uv takes where it is started there.
    pub fn around(folder: &Path) -> Result<Option<Self>> {
        let Some((base, target)) = above(folder) else { return Self::read(folder) };
        Ok(Self::read(&base)?.map(|project| Self { target, ..project }))
    }

    /// The member that is synced, or the root that is none.
    pub fn target(&self) -> &Member {
        self.members.iter().find(|member| member.folder == self.target).unwrap_or(&self.root)
    }

    /// The project whose root is this folder.
    pub fn read(root: &Path) -> Result<Option<Self>> {
        let Some(member) = Member::read(root, Path::new(""))? else { return Ok(None) };
        let workspace =
            Workspace::of(member.file.file(), WORKSPACE).map_err(|error| unreadable(&member.file.error(error)))?;
        if !member.is_project() && workspace.is_none() {
            return Ok(None);
        }
        let mut members: Vec<Member> = Some(member.clone()).filter(Member::is_project).into_iter().collect();
        for folder in workspace.iter().flat_map(|workspace| workspace.folders(root, pyproject::NAME)) {
            // Of the folders of a wide glob some only configure tools.
            members.extend(Member::read(root, &folder)?.filter(Member::is_project));
        }
        Ok(Some(Self { base: root.to_owned(), target: PathBuf::new(), root: member, members }))
    }

    /// Whether it has a group of this name, as indexes compare them.
    pub fn has_group(&self, name: &str) -> bool {
        self.target().declared.groups.contains_key(name)
    }
}

impl Member {
    /// The project in a folder below `root`; `None` where it has no `pyproject.toml`.
    pub fn read(root: &Path, folder: &Path) -> Result<Option<Self>> {
        let Some(file) = Pyproject::read(&root.join(folder)).map_err(|error| unreadable(&error))? else {
            return Ok(None);
        };
        let declared = Declared::of_pyproject(&file).map_err(|error| unreadable(&error))?;
        Ok(Some(Self { folder: folder.to_owned(), file, declared }))
    }

    /// Whether it is the root of the workspace.
    pub fn is_root(&self) -> bool {
        self.folder.as_os_str().is_empty()
    }

    /// What says whether uv installs it: `tool.uv.package`, else whether it can be built; `None` where nothing is said.
    pub fn says_package(&self) -> Option<bool> {
        let said = self.file.file().item("tool.uv.package").and_then(Item::as_bool);
        said.or_else(|| self.file.line("build-system").map(|_| true))
    }

    /// The groups that are installed where nobody names one, as indexes compare them; `None` for all.
    pub fn default_groups(&self) -> Option<Vec<String>> {
        let said = self.file.file().item("tool.uv.default-groups");
        match (said.and_then(Item::as_text), said.and_then(Item::as_list)) {
            (Some("all"), _) => None,
            (_, Some(list)) => Some(list.iter().filter_map(Item::as_text).map(normalized).collect()),
            _ => Some(vec!["dev".to_owned()]),
        }
    }

    pub fn is_project(&self) -> bool {
        self.file.line("project").is_some()
    }

    /// Its file as the user would write it from the root.
    pub fn shown(&self) -> String {
        self.folder.join(pyproject::NAME).display().to_string()
    }
}

pub fn unreadable(error: &PyprojectError) -> Error {
    Error::new(error.to_string()).hint(error.hint())
}

/// The workspace that a folder is a member of, and where it lies in that: the nearest `pyproject.toml` above decides, as for uv.
/// Nothing but such files is read, and no link is followed.
pub fn above(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let is_root = |file: Pyproject| Workspace::of(file.file(), WORKSPACE).ok().flatten();
    if Pyproject::read(folder).ok().flatten().is_none_or(|file| is_root(file).is_some()) {
        return None;
    }
    let above = folder.ancestors().skip(1).take(DEPTH).find(|above| above.join(pyproject::NAME).is_file())?;
    let inside = folder.strip_prefix(above).ok()?;
    let workspace = is_root(Pyproject::read(above).ok()??)?;
    workspace.has(inside).then(|| (above.to_owned(), inside.to_owned()))
}

/// So far up the root of a workspace is looked for.
const DEPTH: usize = 12;

/// What the environment is called: as the project's folder is, on one line.
pub fn name(request: &Request) -> String {
    let name = request.project().file_name().map_or("project".into(), |name| name.to_string_lossy().into_owned());
    name.replace(char::is_control, " ")
}

/// Where the environment is, or will be.
pub fn prefix(request: &Request) -> PathBuf {
    match request.text("directory") {
        Some(directory) => request.in_project(directory),
        None => request.environment_dir(DEFAULT_PREFIX),
    }
}

/// The folder of an environment's programs.
pub fn programs(prefix: &Path) -> PathBuf {
    prefix.join(PROGRAMS)
}

/// The interpreter of an environment.
pub fn interpreter(prefix: &Path) -> PathBuf {
    programs(prefix).join(format!("python{}", std::env::consts::EXE_SUFFIX))
}

/// The file of requirements that an environment reads where there is no project: by convention one with a name has its own.
pub fn requirements(request: &Request) -> Option<String> {
    let name = &request.environment;
    let own = if request.is_named() {
        vec![format!("requirements-{name}.txt"), format!("requirements/{name}.txt")]
    } else {
        vec![]
    };
    own.into_iter().chain([REQUIREMENTS.to_owned()]).find(|file| request.in_project(file).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, file: &str, text: &str) {
        std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        std::fs::write(root.join(file), text).unwrap();
    }

    #[test]
    fn a_workspace_has_the_members_that_its_globs_name() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert!(Project::read(root).unwrap().is_none());
        write(root, "pyproject.toml", "[tool.ruff]\n");
        assert!(Project::read(root).unwrap().is_none());
        let workspace = "[tool.uv.workspace]\nmembers = ['packages/*']\nexclude = ['packages/x']\n";
        write(root, "pyproject.toml", workspace);
        write(root, "packages/a/pyproject.toml", "[project]\nname = 'a'\n");
        write(root, "packages/x/pyproject.toml", "[project]\nname = 'x'\n");
        write(root, "packages/y/pyproject.toml", "[tool.ruff]\n");
        let files = || {
            let project = Project::read(root).unwrap().unwrap();
            project.members.iter().map(Member::shown).collect::<Vec<_>>()
        };
        assert_eq!(files(), ["packages/a/pyproject.toml"]);
        write(root, "pyproject.toml", &format!("[project]\nname = 'top'\n{workspace}"));
        assert_eq!(files(), ["pyproject.toml", "packages/a/pyproject.toml"]);
        let a = Project::around(&root.join("packages/a")).unwrap().unwrap();
        assert_eq!((a.base.as_path(), a.target().shown().as_str()), (root, "packages/a/pyproject.toml"));
        let of_its_own = |folder: &str| above(&root.join(folder)).is_none();
        assert!(of_its_own("packages/x") && of_its_own("") && of_its_own("nowhere"));
        write(root, "packages/a/pyproject.toml", "[project\n");
        let error = Project::read(root).unwrap_err();
        assert!(error.to_string().contains("packages/a/pyproject.toml:1 cannot be read: "), "{error}");
    }

    #[test]
    fn without_a_project_an_environment_with_a_name_reads_its_own_file() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/h");
        assert_eq!(requirements(&request), None);
        write(root.path(), REQUIREMENTS, "");
        let named = request.clone().with_environment("dev");
        assert_eq!(
            (requirements(&request), requirements(&named)),
            (Some(REQUIREMENTS.into()), Some(REQUIREMENTS.into()))
        );
        write(root.path(), "requirements/dev.txt", "");
        assert_eq!(requirements(&named).as_deref(), Some("requirements/dev.txt"));
    }
}
