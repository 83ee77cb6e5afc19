//! Clones against the real thing: what `python -m venv` makes at the same path.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{CloneError, clone, prepared};
use crate::config::LinkMode;
use crate::failure::Failure;

/// What is at a path: a link's target, or a file's mode and content.
type Tree = BTreeMap<PathBuf, (u32, Vec<u8>)>;

fn make_venv(at: &Path, umask: u32) -> Result<(), Failure> {
    let script = format!("umask {umask:03o} && exec python3 -m venv \"$1\"");
    let made =
        Command::new("/bin/sh").args(["-c", &script, "sh"]).arg(at).env_remove("PYTHONDONTWRITEBYTECODE").status();
    made.map_err(|error| Failure::io("start", Path::new("python3"), &error)).map(|status| assert!(status.success()))
}

/// What is at `root`; compiled files that name a source in `tree` are shown as if it were in `root`.
fn tree(root: &Path, tree: &Path) -> Tree {
    use std::os::unix::fs::PermissionsExt;
    let mut found = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let content = if metadata.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else if metadata.is_symlink() {
                std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else {
                comparable(&path, std::fs::read(&path).unwrap(), root, tree)
            };
            found.insert(path.strip_prefix(root).unwrap().to_owned(), (metadata.permissions().mode(), content));
        }
    }
    found
}

/// A compiled file without the header's time of its source, which two runs never share.
fn comparable(path: &Path, mut content: Vec<u8>, root: &Path, tree: &Path) -> Vec<u8> {
    if path.extension().is_some_and(|extension| extension == "pyc") {
        content.drain(8..12);
        content = super::pyc::relocate(&content, tree.to_str().unwrap(), root.to_str().unwrap()).unwrap();
    }
    content
}

/// Whether the code of all of pip's modules that `pip list` imports, and of the functions in them, says that it is from the
/// environment.
fn sources(project: &Path) -> BTreeSet<bool> {
    const SCRIPT: &str = "
import sys, types
import pip._internal.commands.list
def inside(code):
    yield code.co_filename.startswith(sys.prefix)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from inside(constant)
for module in list(sys.modules.values()):
    if module.__name__.split('.')[0] == 'pip' and module.__spec__.loader and module.__spec__.has_location:
        print(*set(inside(module.__spec__.loader.get_code(module.__name__))))";
    let told = Command::new(project.join("bin/python")).args(["-I", "-c", SCRIPT]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(text.lines().count() > 50, "{text}");
    text.split_whitespace().map(|word| word == "True").collect()
}

#[test]
fn a_clone_is_what_the_interpreter_itself_makes_there() {
    let folder = tempfile::tempdir().unwrap();
    let (cache, project) = (folder.path().join("cache/key/.venv"), folder.path().join("some/project/.venv"));
    std::fs::create_dir_all(folder.path().join("some")).unwrap();
    // That of the tests, which the clone shall have.
    let umask = super::modes::umask_of(folder.path().join("some").metadata().unwrap().mode());
    make_venv(&project, umask).unwrap();
    let real = tree(&project, &cache);
    std::fs::remove_dir_all(&project).unwrap();

    let inventory = prepared(&cache, Some(folder.path()), false, || make_venv(&cache, super::UMASK)).unwrap();
    for mode in LinkMode::ALL {
        let _ = std::fs::remove_dir_all(&project);
        clone(&inventory, &project, &project, mode).unwrap();
        let cloned = tree(&project, &cache);
        assert_eq!(real.keys().collect::<Vec<_>>(), cloned.keys().collect::<Vec<_>>());
        for (path, entry) in &real {
            let other = &cloned[path];
            assert_eq!(entry.0, other.0, "{mode:?}: the mode of {}", path.display());
            assert!(entry.1 == other.1, "{mode:?}: {} differs", path.display());
        }
    }
    assert_eq!(sources(&project), BTreeSet::from([true]), "what is imported is of the clone");
    let pip = Command::new(project.join("bin/pip")).arg("--version").output().unwrap();
    assert!(String::from_utf8_lossy(&pip.stdout).contains(&*project.to_string_lossy()), "{pip:?}");

    // Nothing of a damaged tree is taken for whole.
    std::fs::remove_dir_all(&project).unwrap();
    let paths = inventory.entries.iter().map(|entry| cache.join(entry.path.path()));
    let compiled = paths.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "pyc")).unwrap();
    std::fs::rename(&compiled, cache.join("away")).unwrap();
    let error = clone(&inventory, &project.with_extension("other"), &project, LinkMode::Copy).unwrap_err();
    assert!(matches!(&error, CloneError::Damaged(path) if *path == compiled), "{error:?}");
    std::fs::rename(cache.join("away"), &compiled).unwrap();
    std::fs::write(cache.join("bin/pip"), "changed").unwrap();
    let error = clone(&inventory, &project, &project, LinkMode::Copy).unwrap_err();
    assert!(matches!(&error, CloneError::Damaged(path) if path.ends_with("bin/pip")), "{error:?}");
    let mut made = false;
    prepared(&cache, Some(folder.path()), true, || {
        made = true;
        std::fs::create_dir_all(&cache).map_err(|error| Failure::io("create", &cache, &error))
    })
    .unwrap();
    assert!(made, "a damaged tree is made again");
}

#[test]
fn a_tree_whose_making_was_interrupted_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("key/tree");
    std::fs::create_dir_all(root.join("half")).unwrap();
    let inventory = prepared(&root, Some(folder.path()), false, || {
        assert!(!root.exists(), "what was left is removed first");
        std::fs::create_dir_all(root.join("whole")).map_err(|error| Failure::io("create", &root, &error))
    })
    .unwrap();
    assert_eq!(inventory.entries.len(), 1);
    prepared(&root, Some(folder.path()), false, || panic!("a finished tree is not made again")).unwrap();
}
