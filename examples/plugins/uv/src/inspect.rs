//! Which environments of uv stand, as their own files tell.

use std::path::{Path, PathBuf};

use pyve_formats::pyvenv_cfg::Cfg;
use pyve_formats::scripts::made_elsewhere;
use pyve_plugin_api::{ExistingEnvironment, Inspection, Request};

use crate::project;

/// Where pyve has environments of other names than `default`.
const NAMED: &str = ".pyve/envs";

/// The one that the settings mean, whoever made it, as uv itself takes it; of others those that uv made.
pub fn of(request: &Request) -> Inspection {
    let meant = project::prefix(request);
    let entries = request.in_project(NAMED).read_dir().into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    let mut others: Vec<PathBuf> = folders.filter(|prefix| *prefix != meant && is_of_uv(prefix)).collect();
    others.sort();
    let all = std::iter::once(meant.clone()).chain(others).filter(|prefix| config(prefix).is_some());
    all.map(|prefix| existing(&prefix, request)).fold(Inspection::at(meant), Inspection::environment)
}

fn existing(prefix: &Path, request: &Request) -> ExistingEnvironment {
    let interpreter = project::interpreter(prefix);
    let existing = ExistingEnvironment::new(&project::name(request), prefix).interpreter(&interpreter);
    let existing = match made_elsewhere(prefix) {
        Some(folder) => existing.moved_from(folder),
        None => existing,
    };
    match (interpreter.exists(), config(prefix).and_then(|config| config.version)) {
        (false, _) => existing.broken("its interpreter does not exist"),
        (true, Some(version)) => existing.detail(&format!("made with Python {version}")),
        (true, None) => existing,
    }
}

fn is_of_uv(prefix: &Path) -> bool {
    config(prefix).is_some_and(|config| config.maker.as_deref() == Some("uv"))
}

fn config(prefix: &Path) -> Option<Cfg> {
    Cfg::read(prefix).ok().flatten()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn environment(prefix: &Path, config: &str) {
        std::fs::create_dir_all(prefix.join("bin")).unwrap();
        std::fs::write(prefix.join("pyvenv.cfg"), config).unwrap();
        std::os::unix::fs::symlink("/bin/sh", prefix.join("bin/python")).unwrap();
    }

    #[test]
    fn the_one_that_is_meant_is_told_apart_from_others() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/home/.pyve");
        assert_eq!(of(&request).environments.len(), 0);
        environment(&root.path().join(".venv"), "version = 3.12.4\n");
        environment(&root.path().join(".pyve/envs/b"), "uv = 0.13.8\nversion_info = 3.11.7\n");
        environment(&root.path().join(".pyve/envs/of-another-backend"), "version = 3.12.4\n");
        let told = of(&request);
        assert_eq!(told.requested().unwrap().detail, "made with Python 3.12.4");
        let others: Vec<_> = told.environments.iter().map(|one| (one.prefix.path(), one.detail.as_str())).collect();
        assert_eq!(others[1], (root.path().join(".pyve/envs/b").into(), "made with Python 3.11.7"));
        assert_eq!(others.len(), 2);
        std::fs::remove_file(root.path().join(".venv/bin/python")).unwrap();
        assert_eq!(of(&request).requested().unwrap().state, pyve_plugin_api::PrefixState::BROKEN);
    }
}
