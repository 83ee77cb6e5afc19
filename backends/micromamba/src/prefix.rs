//! Where the environment is: `.pyve/envs/<name>`, or the configured folder inside the project.

use std::path::{Component, Path, PathBuf};

use pyve_plugin_api::{Error, Request, Result};

pub const ENVS: &str = ".pyve/envs";

/// The absolute prefix. conda bakes it into what it installs, and a relative one breaks the `pip:` section.
pub fn prefix(request: &Request, name: &str) -> Result<PathBuf> {
    let Some(given) = request.text("prefix") else {
        let usual = request.environment_dir(Path::new(ENVS).join(name));
        let is_new = !usual.join("conda-meta").exists();
        return Ok(of_bash_tool(request).filter(|_| is_new).unwrap_or(usual));
    };
    let refuse = |why: &str| {
        let origin = request.origin("prefix").unwrap_or("micromamba.prefix");
        Error::new(format!("the prefix '{given}' ({origin}) {why}"))
            .hint(format!("set micromamba.prefix to a directory of its own inside the project, like {ENVS}/{name}"))
    };
    let project = request.project();
    let inside = below(&project, Path::new(given)).ok_or_else(|| refuse("lies outside the project"))?;
    let first = inside.components().next();
    if first.is_none() {
        return Err(refuse("is the project itself"));
    }
    if first == Some(Component::Normal(".git".as_ref())) || inside == Path::new(".pyve") {
        return Err(refuse("is a directory that others use"));
    }
    let prefix = project.join(inside);
    if !really_inside(&project, &prefix) {
        return Err(refuse("lies outside the project, behind a symbolic link"));
    }
    Ok(prefix)
}

/// Where version 3 of the bash tool created the environment, if one stands there: it had a directory for each of its
/// environments, and in it one for each kind.
fn of_bash_tool(request: &Request) -> Option<PathBuf> {
    let name = match request.environment.as_str() {
        "default" | "" => "root",
        name => name,
    };
    let prefix = request.in_project(ENVS).join(name).join("conda");
    let is_real = |folder: &Path| folder.symlink_metadata().is_ok_and(|data| data.is_dir());
    (is_real(&prefix) && is_real(&prefix.join("conda-meta"))).then_some(prefix)
}

/// `path` relative to `project`, with `.` and `..` worked out; none if it leaves the project.
fn below(project: &Path, path: &Path) -> Option<PathBuf> {
    let path = if path.is_absolute() { path.strip_prefix(project).ok()? } else { path };
    let mut inside = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => inside.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !inside.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(inside)
}

/// Whether the part of `prefix` that exists stays in the project when links are followed.
fn really_inside(project: &Path, prefix: &Path) -> bool {
    let Ok(project) = project.canonicalize() else { return true };
    let existing = prefix.ancestors().find_map(|folder| folder.canonicalize().ok());
    existing.is_none_or(|folder| folder.starts_with(&project))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(given: &str) -> Result<PathBuf> {
        prefix(&Request::new("/p/x", "/h").with_setting("prefix", [given], ".pyve/config:3"), "x")
    }

    #[test]
    fn the_prefix_is_absolute_and_below_the_project() {
        assert_eq!(prefix(&Request::new("/p/x", "/h"), "x").unwrap(), Path::new("/p/x/.pyve/envs/x"));
        for given in ["env", "./env/", "a/../env", "/p/x/env"] {
            assert_eq!(parsed(given).unwrap(), Path::new("/p/x/env"), "{given}");
        }
    }

    #[test]
    fn an_environment_of_the_bash_tool_is_where_it_was_created() {
        let project = tempfile::tempdir().unwrap();
        let make = |path: &str| std::fs::create_dir_all(project.path().join(path)).unwrap();
        let request = Request::new(project.path(), "/h");
        let named = Request::new(project.path(), "/h").with_environment("data");
        let shown = |request: &Request| {
            let prefix = prefix(request, "demo").unwrap();
            prefix.strip_prefix(project.path()).unwrap().display().to_string()
        };
        make(".pyve/envs/root/conda");
        assert_eq!(shown(&request), ".pyve/envs/demo");
        make(".pyve/envs/root/conda/conda-meta");
        make(".pyve/envs/data/conda/conda-meta");
        assert_eq!(
            (shown(&request).as_str(), shown(&named).as_str()),
            (".pyve/envs/root/conda", ".pyve/envs/data/conda")
        );
        assert_eq!(shown(&request.clone().with_setting("prefix", ["e"], ".pyve/config:3")), "e");
        make(".pyve/envs/demo/conda-meta");
        assert_eq!(shown(&request), ".pyve/envs/demo");
    }

    #[test]
    fn a_prefix_elsewhere_is_refused() {
        insta::assert_snapshot!(crate::shown(&parsed("../victim").unwrap_err()), @"
        the prefix '../victim' (.pyve/config:3) lies outside the project
        => set micromamba.prefix to a directory of its own inside the project, like .pyve/envs/x
        ");
        insta::assert_snapshot!(crate::shown(&parsed("/etc").unwrap_err()), @"
        the prefix '/etc' (.pyve/config:3) lies outside the project
        => set micromamba.prefix to a directory of its own inside the project, like .pyve/envs/x
        ");
        insta::assert_snapshot!(crate::shown(&parsed("a/..").unwrap_err()), @"
        the prefix 'a/..' (.pyve/config:3) is the project itself
        => set micromamba.prefix to a directory of its own inside the project, like .pyve/envs/x
        ");
        insta::assert_snapshot!(crate::shown(&parsed(".git/env").unwrap_err()), @"
        the prefix '.git/env' (.pyve/config:3) is a directory that others use
        => set micromamba.prefix to a directory of its own inside the project, like .pyve/envs/x
        ");
        insta::assert_snapshot!(crate::shown(&parsed(".pyve").unwrap_err()), @"
        the prefix '.pyve' (.pyve/config:3) is a directory that others use
        => set micromamba.prefix to a directory of its own inside the project, like .pyve/envs/x
        ");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_out() {
        let (project, victim) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(victim.path(), project.path().join("link")).unwrap();
        let request = Request::new(project.path(), "/h").with_setting("prefix", ["link/env"], ".pyve/config:3");
        insta::assert_snapshot!(crate::shown(&prefix(&request, "x").unwrap_err()), @"
        the prefix 'link/env' (.pyve/config:3) lies outside the project, behind a symbolic link
        => set micromamba.prefix to a directory of its own inside the project, like .pyve/envs/x
        ");
    }
}
