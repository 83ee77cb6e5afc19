//! What environments made from one template share, and whose they are: modes, groups, edits, link modes.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pyve_testkit::{Interpreter, World, interpreters, mode, prerequisite, tree};

use crate::ready::light;

/// A project beside the world's own, with an environment made under this umask. What pyve says of it.
fn init(world: &World, project: &str, umask: u32, variables: &[(&str, &str)]) -> String {
    let folder = world.root().join(project);
    fs::create_dir_all(&folder).unwrap();
    let script = format!("umask {umask:03o} && exec \"$@\"");
    let pyve = env!("CARGO_BIN_EXE_pyve");
    let mut command = world.command("/bin/sh").args(["-c", &script, "sh"]).arg(pyve);
    for (name, value) in variables {
        command = command.env(name, value);
    }
    command.args(["--verbose", "init", "--yes", "--no-direnv"]).current_dir(&folder).run().success().err()
}

/// Every file below the folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    pyve_testkit::contents(folder).into_keys().filter(|path| !folder.join(path).is_symlink()).collect()
}

/// The one template of this world.
fn template(world: &World) -> PathBuf {
    let mut keys = fs::read_dir(world.home().join(".pyve/cache/venv")).unwrap().flatten();
    let key = keys.next().expect("a template").path();
    assert!(keys.next().is_none(), "one interpreter has one template");
    key.join(".venv")
}

/// How many files of two environments are the same file.
fn shared(one: &Path, other: &Path) -> usize {
    let inode = |root: &Path, path: &Path| root.join(path).symlink_metadata().map(|metadata| metadata.ino()).ok();
    files(one).iter().filter(|path| inode(one, path) == inode(other, path)).count()
}

#[test]
fn each_environment_has_the_modes_of_its_own_umask() {
    let Some(world) = light("project") else { return };
    let module =
        |listing: &str| listing.lines().find(|line| line.ends_with("/pip/__init__.py")).unwrap()[..4].to_owned();
    for umask in [0o077, 0, 0o027, 0o002] {
        let (cloned, real) = (format!("cloned-{umask:03o}"), world.root().join(format!("real-{umask:03o}")));
        init(&world, &cloned, umask, &[]);
        let cloned = world.root().join(cloned).join(".venv");
        let script = format!("umask {umask:03o} && exec python3 -I -m venv --without-pip \"$1\"");
        assert_eq!(world.command("/bin/sh").args(["-c", &script, "sh"]).arg(&real).run().code, Some(0));
        for path in files(&real).iter().filter(|path| !path.ends_with("pyvenv.cfg")) {
            assert_eq!(mode(&cloned.join(path)), mode(&real.join(path)), "{umask:03o}: {}", path.display());
        }
        // What pip installs: created, and of its commands `mode | 0o555` in addition.
        let listing = tree(&cloned, &[]);
        assert_eq!(module(&listing), format!("{:04o}", 0o666 & !umask), "{umask:03o}");
        assert_eq!(mode(&cloned), 0o777 & !umask);
        assert_eq!(mode(&cloned.join("bin/pip")), 0o666 & !umask | 0o555, "{umask:03o}");
        assert_eq!(mode(&cloned.join("pyvenv.cfg")), 0o666 & !umask, "{umask:03o}");
    }
    let template = template(&world);
    assert_eq!(mode(template.parent().unwrap()), 0o700, "closed, whatever the umask");
    for folder in [".pyve", ".pyve/cache", ".pyve/cache/venv"] {
        assert_eq!(mode(&world.home().join(folder)) & 0o022, 0, "{folder}");
    }
}

#[test]
fn what_is_done_to_one_environment_reaches_no_other() {
    let Some(world) = light("project") else { return };
    for project in ["a", "b"] {
        init(&world, project, 0o022, &[]);
    }
    init(&world, "copied", 0o022, &[("PYVE_LINK_MODE", "copy")]);
    let [one, other, copied] = ["a", "b", "copied"].map(|project| world.root().join(project).join(".venv"));
    let cache = world.home().join(".pyve/cache");
    assert_eq!(shared(&one, &other) + shared(&one, &template(&world)) + shared(&copied, &template(&world)), 0);
    let before = (tree(&other, &[]), pyve_testkit::contents(&other), tree(&cache, &[]));

    let change = if is_root() { "chown -R 1234:1234 .venv && " } else { "" };
    let script =
        format!("{change} chmod -R g+w .venv && for f in $(find .venv -name '*.py'); do echo changed >> $f; done");
    world.link_as("chown", &prerequisite("chown").unwrap());
    world.link_as("find", &prerequisite("find").unwrap());
    let done = world.command("sh").args(["-c", &script]).current_dir(world.root().join("a")).run();
    assert_eq!(done.code, Some(0), "{done}");
    assert!(before == (tree(&other, &[]), pyve_testkit::contents(&other), tree(&cache, &[])));
    for file in
        files(&cache).iter().map(|file| cache.join(file)).chain(files(&other).iter().map(|file| other.join(file)))
    {
        assert_eq!(file.metadata().unwrap().uid(), world.home().metadata().unwrap().uid(), "{}", file.display());
    }
}

fn is_root() -> bool {
    // Of root's own folder in the temporary one.
    tempfile::tempdir().unwrap().path().metadata().unwrap().uid() == 0
}

#[test]
fn hard_links_are_for_who_asks_for_them() {
    let Some(world) = light("project") else { return };
    init(&world, "first", 0o022, &[]);
    let (template, config) = (template(&world), world.home().join(".pyve/config"));
    let shared = |project: &str| {
        let venv = world.root().join(project).join(".venv");
        // Its pip has five files that bear no path, and all compiled ones do.
        (shared(&venv, &template) >= 5, shared(&venv, &template) < files(&venv).len())
    };
    assert_eq!(shared("first"), (false, true));
    init(&world, "variable", 0o022, &[("PYVE_LINK_MODE", "hardlink")]);
    assert_eq!(shared("variable"), (true, true), "what bears the path of an environment is its own");
    fs::write(&config, "# for a small disk\nlink_mode: hardlink\n").unwrap();
    init(&world, "config", 0o022, &[]);
    assert_eq!(shared("config"), (true, true));
    init(&world, "stronger", 0o022, &[("PYVE_LINK_MODE", "clone")]);
    assert_eq!(shared("stronger"), (false, true));
    // A file has one mode, whoever shares it.
    init(&world, "closed", 0o077, &[]);
    assert_eq!(mode(&world.root().join("closed/.venv/pyvenv.cfg")), 0o600);
    assert_eq!(
        files(&world.root().join("closed/.venv")).iter().filter(|path| path.ends_with("pip/__init__.py")).count(),
        1
    );
    for path in files(&world.root().join("closed/.venv")).iter().filter(|path| path.ends_with("pip/__init__.py")) {
        assert_eq!(mode(&world.root().join("closed/.venv").join(path)), 0o600);
    }
    assert!(template.exists(), "none of this has made it again");
}

#[test]
fn a_link_mode_that_is_none_is_refused_before_anything_is_done() {
    let world = World::new();
    let refused = world.pyve().args(["init", "--yes"]).env("PYVE_LINK_MODE", "hardlinks").run();
    insta::assert_snapshot!(refused.to_string(), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: invalid PYVE_LINK_MODE `hardlinks`; did you mean `hardlink`?
    hint: use clone, copy, hardlink, or unset PYVE_LINK_MODE
    ");
    fs::create_dir(world.home().join(".pyve")).unwrap();
    fs::write(world.home().join(".pyve/config"), "link_mode: symlink\nlinkmode: copy\n").unwrap();
    for command in [&["init", "--yes"][..], &["config"]] {
        insta::allow_duplicates!(insta::assert_snapshot!(world.pyve().args(command).run().to_string(), @"
        exit code: 1
        ----- stdout -----
        ----- stderr -----
        error: [HOME]/.pyve/config:1:12: invalid link_mode `symlink`
          [HOME]/.pyve/config:2:1: unknown key `linkmode`; did you mean `link_mode`?
        hint: use clone, copy, hardlink
        "));
    }
    assert_eq!(world.tree(), "");
}

#[test]
fn a_clone_has_the_group_that_its_folder_gives() {
    let Some(world) = light("project") else { return };
    init(&world, "first", 0o022, &[]);
    let project = world.root().join("team");
    fs::create_dir(&project).unwrap();
    let group = if is_root() { 1234 } else { project.metadata().unwrap().gid() };
    std::os::unix::fs::chown(&project, None, Some(group)).unwrap();
    fs::set_permissions(&project, Permissions::from_mode(0o2775)).unwrap();
    for (environment, variables) in [("clone", &[][..]), ("hardlink", &[("PYVE_LINK_MODE", "hardlink")][..])] {
        init(&world, "team", 0o002, variables);
        let venv = project.join(".venv");
        for path in files(&venv).iter().map(|path| venv.join(path)) {
            assert_eq!(path.metadata().unwrap().gid(), group, "{environment}: {}", path.display());
        }
        // As `mkdir` does.
        let own = project.join("own");
        fs::create_dir(&own).unwrap();
        let inherited = mode(&own) & 0o2000;
        for folder in ["bin", "lib", ""] {
            assert_eq!(mode(&venv.join(folder)), 0o775 | inherited, "{environment}: {folder}");
        }
        fs::remove_dir(&own).unwrap();
        fs::remove_dir_all(&venv).unwrap();
        fs::remove_dir_all(project.join(".pyve")).unwrap();
    }
}

#[test]
fn a_template_that_is_not_as_it_was_is_made_again() {
    let Some(world) = light("project") else { return };
    init(&world, "whole", 0o022, &[]);
    let template = template(&world);
    let whole = pyve_testkit::contents(&world.root().join("whole/.venv"));
    let module = template.join(whole.keys().find(|path| path.ends_with("pip/__init__.py")).unwrap());
    let modified = |path: &Path| path.metadata().unwrap().modified().unwrap();
    let set_time =
        |path: &Path, time: SystemTime| fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    let edit = || {
        let (time, mut text) = (modified(&module), fs::read(&module).unwrap());
        text[0] = b'#';
        fs::write(&module, text).unwrap();
        set_time(&module, time);
    };
    let pip = template.join("bin/pip");
    let made = |again: bool, damage: &dyn Fn()| {
        let marker = template.join("marker");
        fs::write(&marker, "").unwrap();
        damage();
        let name = format!("next-{}", modified(&marker).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos());
        init(&world, &name, 0o022, &[]);
        let venv = world.root().join(name).join(".venv");
        let bytes = |path: &str| fs::read(venv.join(path)).unwrap();
        assert_eq!(
            fs::read(venv.join(module.strip_prefix(&template).unwrap())).unwrap(),
            whole[module.strip_prefix(&template).unwrap()]
        );
        assert_eq!((mode(&venv.join("bin/pip")), bytes("bin/pip").is_empty()), (0o755, false));
        assert_eq!(!marker.exists(), again);
    };
    made(true, &edit);
    made(true, &|| fs::set_permissions(&pip, Permissions::from_mode(0o777)).unwrap());
    made(true, &|| fs::set_permissions(template.join("lib"), Permissions::from_mode(0o777)).unwrap());
    if is_root() {
        made(true, &|| std::os::unix::fs::chown(&module, Some(1234), None).unwrap());
        made(true, &|| std::os::unix::fs::chown(template.join("bin"), Some(1234), None).unwrap());
    }
    // Out of an archive each file has the same content, and another time of change.
    made(false, &|| {
        for path in [&module, &pip] {
            let (time, bytes) = (modified(path), fs::read(path).unwrap());
            fs::write(path, bytes).unwrap();
            set_time(path, time);
        }
    });
}

#[test]
fn a_cache_that_others_can_write_to_is_closed_and_one_of_another_user_not_used() {
    let Some(world) = light("project") else { return };
    let cache = world.home().join(".pyve/cache/venv");
    fs::create_dir_all(&cache).unwrap();
    let places = [cache.as_path(), cache.parent().unwrap(), &world.home().join(".pyve")];
    for place in places {
        fs::set_permissions(place, Permissions::from_mode(0o777)).unwrap();
    }
    init(&world, "closed", 0o022, &[]);
    assert_eq!(places.map(mode), [0o755; 3]);
    if is_root() {
        // As `sudo` finds it that keeps HOME: root neither trusts nor fills what is another user's.
        let (template, listing) = (template(&world), tree(&cache, &[]));
        std::os::unix::fs::chown(&cache, Some(54321), None).unwrap();
        let said = init(&world, "other", 0o022, &[]);
        assert!(said.contains("is made in its place: `[HOME]/.pyve/cache/venv` belongs to another user\n"), "{said}");
        assert_eq!((shared(&world.root().join("other/.venv"), &template), tree(&cache, &[])), (0, listing));
    }
}

#[test]
fn without_threads_the_work_is_done_all_the_same() {
    // The limit does not count for root, so that what root would do is done for another user then, who must get to Python.
    let for_all = |path: &Path| path.ancestors().skip(1).all(|folder| mode(folder) & 0o005 == 0o005);
    let able = |python: &&Interpreter| python.makes_venvs && (!is_root() || for_all(&python.path));
    let Some(python) = interpreters().iter().find(able) else {
        prerequisite("python3-for-every-user");
        return;
    };
    let Some(prlimit) = prerequisite("prlimit") else { return };
    let world = World::new().python(python).link(&prlimit);
    let built = env!("CARGO_BIN_EXE_pyve");
    let pyve = world.bin().join("pyve");
    fs::hard_link(built, &pyve).or_else(|_| fs::copy(built, &pyve).map(drop)).unwrap();
    let [first, project] = ["first", "alone"].map(|project| world.root().join(project));
    // Where there is a cache, what Python says of itself is kept: no process can be started, either.
    for folder in [&first, &project, &world.home().join(".pyve/cache")] {
        fs::create_dir_all(folder).unwrap();
    }
    let mut user = vec!["--"];
    if is_root() {
        let Some(setpriv) = prerequisite("setpriv") else { return };
        world.link_as("setpriv", &setpriv);
        for place in ["", "home", "home/.pyve", "home/.pyve/cache", "tmp", "first", "alone"] {
            std::os::unix::fs::chown(world.root().join(place), Some(54321), None).unwrap();
        }
        fs::set_permissions(world.root(), Permissions::from_mode(0o755)).unwrap();
        user.extend(["setpriv", "--reuid=54321", "--clear-groups", "--"]);
    }
    let run = |limit: &str, folder: &Path, arguments: &[&str]| {
        let command = world.command("prlimit").arg(limit).args(&user).arg(&pyve).args(arguments);
        command.current_dir(folder).run()
    };
    let alone = |arguments: &[&str]| run("--nproc=1", &project, arguments);
    // An answer is not kept where a file that it depends on, as the link to Python does, changed a moment ago.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let made = run("--nproc=1000", &first, &["init", "--yes", "--no-direnv"]);
    assert_eq!(made.code, Some(0), "{made}");
    let made = alone(&["init", "--yes", "--no-direnv"]);
    assert_eq!(made.code, Some(0), "{made}");
    assert!(project.join(".venv/bin/pip").exists(), "{made}");
    let doctor = alone(&["doctor"]);
    assert!(!doctor.to_string().contains("no answer") && !doctor.to_string().contains("panicked"), "{doctor}");
    let fetched = alone(&["plugin", "add", "--yes", "http://127.0.0.1:1/libpyve_plugin_fern.so"]);
    insta::assert_snapshot!(fetched.to_string(), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Downloading plugin from http://127.0.0.1:1/libpyve_plugin_fern.so
    error: could not start a thread: resource temporarily unavailable
    hint: end other programs, or raise the limit of `ulimit -u`
    ");
}
