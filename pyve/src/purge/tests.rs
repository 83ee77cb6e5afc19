use std::fs;
use std::path::{Path, PathBuf};

use pyve_plugin_api::Recorded;

use super::*;
use crate::caller::seal::Keyring;
use crate::files::allowed_paths::AllowedPaths;
use crate::project::{EnvironmentName, Layout};
use crate::records::{Artifact, Record};

/// A project in which no backend recognises anything.
struct Nothing;

impl Looks for Nothing {
    fn standing(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn standing_of(&self, _: &EnvironmentName) -> Option<PathBuf> {
        None
    }

    fn entered(&self) -> EnvironmentName {
        EnvironmentName::default()
    }

    fn fallback(&self) -> Option<(EnvironmentName, Vec<u8>)> {
        None
    }
}

/// Even a record that this user's pyve sealed leads a purge to nothing but what is pyve's to remove.
#[test]
fn a_sealed_record_with_bad_paths_removes_nothing_of_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path().canonicalize().unwrap();
    let root = top.join("p");
    for (file, text) in [
        ("p/src/app.py", "mine"),
        ("p/.git/config", "mine"),
        ("home/.ssh/authorized_keys", "ssh-ed25519 A\n"),
        ("home/.bashrc", "# >>> pyve >>>\nmine\n# <<< pyve <<<\n"),
        ("p/.venv/bin/python", ""),
    ] {
        fs::create_dir_all(top.join(file).parent().unwrap()).unwrap();
        fs::write(top.join(file), text).unwrap();
    }
    std::os::unix::fs::symlink("../home", root.join("out")).unwrap();
    std::os::unix::fs::symlink("../home/.bashrc", root.join(".envrc")).unwrap();
    let layout = Layout::new(&root, &Keyring::new(Some(top.join("keys"))));
    let allowed = AllowedPaths::new(&root, None);
    let inputs = Inputs { layout: &layout, allowed: &allowed, looks: &Nothing, leftovers: Default::default() };
    for prefix in ["p/.git", "p", "home", "p/out/.ssh", "p/.pyve/state", "p/../home", "p/src/.."] {
        let recorded = Recorded { prefix: top.join(prefix).into(), ready: true, ..Recorded::default() };
        let mut record = Record::creating(&layout, &EnvironmentName::default(), "venv", recorded).ready();
        for path in [".git", "../home", "out", "out/.ssh", ".pyve/state"] {
            record.remember(Artifact::Environment { path: path.into() });
        }
        for path in ["../home/.ssh/authorized_keys", "out/.ssh/authorized_keys"] {
            let (key, line) = ("ssh-ed25519".to_owned(), "ssh-ed25519 A".to_owned());
            record.remember(Artifact::Line { path: path.into(), key, line, created: true, before: None });
        }
        record.remember(Artifact::Block { path: "../home/.bashrc".into(), created: true });
        record.save(&layout).unwrap();
        let plan = plan(&inputs, None).unwrap().unwrap();
        let removed: Vec<&Path> =
            plan.removals.iter().map(|removal| removal.path.strip_prefix(&root).unwrap()).collect();
        // `out` is a link, which is removed itself.
        assert_eq!(removed, [Path::new("out"), Path::new(".pyve/state")], "{prefix}");
    }
}
