//! Which of several folders is meant. Folders of other users and the root are looked at by `tests/it/which`.

use super::*;
use std::fs;

/// A tree of folders with a home in it.
struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(tree.path("me")).unwrap();
        tree
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    /// Creates a file, or a folder where the path ends with a slash.
    fn with(self, path: &str) -> Self {
        let whole = self.path(path);
        if path.ends_with('/') {
            fs::create_dir_all(&whole).unwrap();
        } else {
            fs::create_dir_all(whole.parent().unwrap()).unwrap();
            fs::write(&whole, "").unwrap();
        }
        self
    }

    fn caller(&self, folder: &str, home: &str) -> Caller {
        fs::create_dir_all(self.path(folder)).unwrap();
        let home = self.path(home).into_os_string();
        let variables = ["HOME", "USERPROFILE"].map(|name| (name.into(), home.clone()));
        Caller::for_test(variables.to_vec()).at(&self.path(folder))
    }

    fn shown(&self, root: &Path) -> String {
        root.strip_prefix(self.path("")).unwrap().display().to_string()
    }

    /// The project of commands other than `init`, as seen from a folder.
    fn project(&self, folder: &str) -> Option<String> {
        self.project_of(&self.caller(folder, "me"))
    }

    fn project_of(&self, caller: &Caller) -> Option<String> {
        let found = project(caller, &signs());
        let first = initialised(caller);
        let initialised = matches!(found, Some(Found::Initialised(_)));
        assert_eq!(first.as_deref(), found.as_ref().filter(|_| initialised).map(Found::root), "the short way of `run`");
        found.map(|found| self.shown(found.root()))
    }

    /// The project of `init`, and what it is perhaps a part of.
    fn meant(&self, folder: &str) -> Option<(String, Option<String>)> {
        let meant = meant_by_init(&self.caller(folder, "me"), &signs())?;
        Some((self.shown(&meant.root), meant.part_of.map(|outer| self.shown(&outer))))
    }
}

fn signs() -> Signs<'static> {
    Signs {
        markers: vec!["setup.py", "req.txt", "moss.toml"],
        lines: vec![("rc", "# ours")],
        environments: vec![".usual"],
        workspaces: vec![("moss.toml", "cushion")],
    }
}

fn alone(root: &str) -> Option<(String, Option<String>)> {
    Some((root.to_owned(), None))
}

#[test]
fn commands_take_the_nearest_initialised_folder_before_a_nearer_marker() {
    let tree = Tree::new().with("top/.pyve/state/").with("top/packages/inner/setup.py");
    assert_eq!(tree.project("top/packages/inner/src").as_deref(), Some("top"));
    let tree = tree.with("top/packages/.pyve/config");
    assert_eq!(tree.project("top/packages/inner/src").as_deref(), Some("top/packages"));
}

#[test]
fn without_one_they_take_the_nearest_marker_or_environment() {
    let tree =
        Tree::new().with("top/setup.py").with("top/a/.usual/bin/").with("top/b/.pyve/envs/x/bin/").with("top/c/");
    for (folder, root) in [("top/a/src", "top/a"), ("top/b/src", "top/b"), ("top/c", "top")] {
        assert_eq!(tree.project(folder).as_deref(), Some(root));
    }
    // A file of everybody's counts only with the line that says whose it is.
    let tree = Tree::new().with("top/a/rc").with("top/b/rc");
    fs::write(tree.path("top/b/rc"), "x\n# ours\n").unwrap();
    assert_eq!((tree.project("top/a"), tree.project("top/b/src").as_deref()), (None, Some("top/b")));
    // No environment: nothing in it can be started.
    let tree = Tree::new().with("top/.usual/notes.txt").with("top/.pyve/envs/x/notes.txt").with("top/.pyve/envs/file");
    assert_eq!(tree.project("top/src"), None);
}

#[test]
fn init_takes_the_nearest_sign_of_either_kind() {
    let tree = Tree::new().with("top/.pyve/state/").with("top/setup.py").with("top/docs/plain/");
    assert_eq!(tree.meant("top"), alone("top"));
    assert_eq!(tree.meant("top/docs/plain"), alone("top"));
    assert_eq!(tree.meant("elsewhere"), None);
    // An environment alone is no wish to initialise that folder.
    assert_eq!(Tree::new().with("top/.usual/bin/").meant("top/src"), None);
}

#[test]
fn below_an_initialised_project_a_marker_alone_is_perhaps_a_part_of_it() {
    let tree = Tree::new().with("top/.pyve/state/").with("top/docs/req.txt");
    let part = Some(("top/docs".to_owned(), Some("top".to_owned())));
    assert_eq!(tree.meant("top/docs"), part);
    assert_eq!(tree.meant("top/docs/images"), part);
    // Settings or records of its own, or a repository of its own.
    for own in ["top/docs/.pyve/config", "top/docs/.pyve/state/", "top/docs/.git/", "top/docs/.git"] {
        let tree = Tree::new().with("top/.pyve/state/").with("top/docs/req.txt").with(own);
        assert_eq!(tree.meant("top/docs"), alone("top/docs"), "{own}");
    }
    let tree = Tree::new().with("top/.pyve/state/").with("top/sub/.git/").with("top/sub/pkg/setup.py");
    assert_eq!(tree.meant("top/sub/pkg"), alone("top/sub/pkg"), "a part of another repository");
}

#[test]
fn a_pyve_folder_with_neither_settings_nor_records_names_no_project() {
    for empty in ["top/.pyve/", "top/.pyve/bin/tool", "top/.pyve/config/", "top/.pyve/state", "top/.pyve"] {
        let tree = Tree::new().with(empty);
        assert_eq!((tree.project("top/src"), tree.meant("top/src")), (None, None), "{empty}");
    }
}

#[cfg(unix)]
#[test]
fn a_pyve_folder_behind_a_link_names_no_project() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new().with("other/state/").with("other/envs/x/bin/").with("top/src/");
    symlink(tree.path("other"), tree.path("top/.pyve")).unwrap();
    assert_eq!((tree.project("top/src"), tree.meant("top/src")), (None, None));
    fs::remove_file(tree.path("top/.pyve")).unwrap();
    fs::create_dir(tree.path("top/.pyve")).unwrap();
    symlink(tree.path("other/state"), tree.path("top/.pyve/state")).unwrap();
    symlink(tree.path("other/envs"), tree.path("top/.pyve/envs")).unwrap();
    assert_eq!((tree.project("top/src"), tree.meant("top/src")), (None, None));
}

#[cfg(unix)]
#[test]
fn the_home_folder_is_no_project_by_whatever_path() {
    let tree = Tree::new().with("me/.pyve/config").with("me/.pyve/state/").with("me/setup.py").with("me/.usual/bin/");
    std::os::unix::fs::symlink(tree.path("me"), tree.path("link")).unwrap();
    for home in ["me", "link", "link/../me", "me/."] {
        for folder in ["me", "me/work/thing"] {
            let caller = tree.caller(folder, home);
            assert_eq!(tree.project_of(&caller), None, "{home} {folder}");
            assert_eq!(meant_by_init(&caller, &signs()), None, "{home} {folder}");
        }
        assert_eq!(no_project::why(&tree.caller("me", home), &tree.path("me")), Some(no_project::NoProject::Home));
    }
    // Nor is anything above it, and what is below it is.
    let tree = tree.with("setup.py").with("me/work/setup.py");
    assert_eq!(tree.project("me/other"), None);
    assert_eq!(tree.project("me/work/src").as_deref(), Some("me/work"));
}

#[test]
fn the_folder_that_pyve_home_names_is_no_project_of_anybodys() {
    let tree = Tree::new().with("top/.pyve/config").with("top/src/");
    let caller = tree.caller("top/src", "me");
    let variables = [caller.variables(), &[("PYVE_HOME".into(), tree.path("top/.pyve").into_os_string())]].concat();
    assert_eq!(tree.project_of(&Caller::for_test(variables).at(&tree.path("top/src"))), None);
    assert_eq!(tree.project("top/src").as_deref(), Some("top"));
}

#[test]
fn the_root_is_no_project() {
    let root = Path::new(if cfg!(windows) { r"C:\" } else { "/" });
    let caller = Caller::for_test(Vec::new()).at(root);
    assert_eq!(no_project::why(&caller, root), Some(no_project::NoProject::Root));
    assert_eq!(Ancestors::up_from(&caller).folders().count(), 0);
}

#[test]
fn a_member_of_a_workspace_means_its_root() {
    let members = "[cushion]\nmembers = ['a/*']\nexclude = ['a/old']\n";
    let tree = ["top/a/one/src/", "top/a/one/moss.toml", "top/a/old/moss.toml", "top/b/moss.toml", "top/a/req/req.txt"];
    let tree = tree.into_iter().fold(Tree::new(), Tree::with).with("top/moss.toml");
    fs::write(tree.path("top/moss.toml"), members).unwrap();
    let projects = |folder: &str| (tree.project(folder), tree.meant(folder));
    for (folder, root) in [
        ("top/a/one/src", "top"),
        ("top/a/one", "top"),
        ("top/a/old", "top/a/old"),
        ("top/b", "top/b"),
        // It has no file of the workspace's kind.
        ("top/a/req", "top/a/req"),
    ] {
        assert_eq!(projects(folder), (Some(root.to_owned()), alone(root)), "{folder}");
    }
    // The root has an environment by now; what is no member is no part of it, either.
    let tree = tree.with("top/.pyve/state/");
    let meant = |folder: &str| tree.meant(folder).unwrap();
    assert_eq!(meant("top/a/one"), ("top".to_owned(), None));
    assert_eq!(meant("top/b"), ("top/b".to_owned(), None));
    assert_eq!(meant("top/a/req"), ("top/a/req".to_owned(), Some("top".to_owned())));
    // A member that was initialised itself is a project.
    let tree = tree.with("top/a/one/.pyve/state/");
    assert_eq!(
        (tree.project("top/a/one").as_deref(), tree.meant("top/a/one")),
        (Some("top/a/one"), alone("top/a/one"))
    );
    // A root of a workspace within another one is its own.
    fs::write(tree.path("top/b/moss.toml"), "[cushion]\n").unwrap();
    assert_eq!(tree.meant("top/b"), alone("top/b"));
}
