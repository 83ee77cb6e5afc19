//! Environments cloned from a prepared tree: equal to what Python makes, whatever became of the tree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use pyve_testkit::{Interpreter, World, contents, interpreter, interpreters, tree};

use crate::ready::light;

/// The listing of an environment, and what its files hold.
#[derive(PartialEq)]
struct Made {
    listing: String,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Made {
    fn at(prefix: &Path, python: &Interpreter) -> Self {
        let mut files = contents(prefix);
        // The header of a compiled file holds the time of its source, which two runs never share.
        let time = if python.release >= (3, 7, 0) { 8..12 } else { 4..8 };
        let roots = roots(prefix);
        for (path, bytes) in &mut files {
            if path.extension().is_some_and(|ending| ending == "pyc") {
                bytes.drain(time.clone());
                roots.iter().for_each(|root| *bytes = without_root(bytes, root));
            }
        }
        Self { listing: tree(prefix, &[]), files }
    }

    /// What `python -I -m venv` makes; nothing is left of it.
    fn by_python(world: &World, python: &Interpreter) -> Self {
        Self::by_python_under(world, python, 0o022)
    }

    fn by_python_under(world: &World, python: &Interpreter, umask: u32) -> Self {
        let prefix = world.project().join(".venv");
        let script = format!("umask {umask:03o} && exec python3 -I -m venv \"$1\"");
        let made = world.command("sh").args(["-c", &script, "sh"]).arg(&prefix).run();
        assert_eq!(made.code, Some(0), "{made}");
        let found = Self::at(&prefix, python);
        std::fs::remove_dir_all(&prefix).unwrap();
        found
    }

    #[track_caller]
    fn assert_equals(&self, other: &Self, python: &Interpreter) {
        assert_eq!(self.listing, other.listing, "Python {}", python.version);
        for (path, bytes) in &self.files {
            let same = *bytes == other.files[path] || is_same_code(bytes, &other.files[path], python);
            assert!(same, "Python {}: {} differs", python.version, path.display());
        }
    }
}

/// Before 3.11 two runs of Python order the members of a constant set differently, and older pips compile in
/// a temporary folder of a random name; then the compiled file is read by Python itself, and everything else
/// in it must be equal.
fn is_same_code(one: &[u8], other: &[u8], python: &Interpreter) -> bool {
    const SCRIPT: &str = "\
import marshal, re, sys
def told(value):
    if isinstance(value, frozenset):
        return ('set', sorted(map(repr, map(told, value))))
    if isinstance(value, tuple):
        return tuple(map(told, value))
    if hasattr(value, 'co_code'):
        names = [name for name in dir(value) if name.startswith('co_') and not callable(getattr(value, name))]
        return [(name, told(getattr(value, name))) for name in names]
    return (type(value).__name__, re.sub('pip-install-[0-9a-z_]+', 'pip-install', repr(value)))
one, other = (told(marshal.loads(bytes.fromhex(text))) for text in sys.stdin.read().split())
sys.exit(one != other)";
    // The magic number, and since 3.7 flags, and the size of the source are before the code.
    let header = if python.release >= (3, 7, 0) { 12 } else { 8 };
    let hex = |bytes: &[u8]| bytes[header..].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    if python.release >= (3, 11, 0) || one.len().min(other.len()) < header || one[..header] != other[..header] {
        return false;
    }
    let mut command = Command::new(&python.path);
    let mut child = command.args(["-I", "-c", SCRIPT]).stdin(Stdio::piped()).spawn().unwrap();
    let text = format!("{} {}", hex(one), hex(other));
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

/// The folders in which the source of a compiled file may be said to be: the environment, and the trees that are there.
fn roots(prefix: &Path) -> Vec<PathBuf> {
    let world = prefix.parent().unwrap().parent().unwrap();
    let keys = std::fs::read_dir(world.join("home/.pyve/cache/venv")).into_iter().flatten().flatten();
    keys.map(|key| key.path().join(".venv")).chain([prefix.to_owned()]).collect()
}

/// A compiled file in which each text that begins with the path `root`, and has its length in front, begins with `/`.
fn without_root(bytes: &[u8], root: &Path) -> Vec<u8> {
    let root = root.as_os_str().as_encoded_bytes();
    let mut out = bytes.to_vec();
    while let Some(at) = out.windows(root.len()).position(|window| window == root) {
        let shorter = u8::try_from(root.len() - 1).unwrap();
        assert!(b"zZ".contains(&(out[at - 2] & 0x7f)), "a short text in ASCII letters");
        out[at - 1] -= shorter;
        out.splice(at..at + root.len(), *b"/");
    }
    out
}

fn init(world: &World) -> String {
    init_under(world, 0o022)
}

fn init_under(world: &World, umask: u32) -> String {
    let script = format!("umask {umask:03o} && exec \"$@\"");
    let command = world.command("sh").args(["-c", &script, "sh"]).arg(env!("CARGO_BIN_EXE_pyve"));
    command.args(["--verbose", "init", "--yes", "--no-direnv"]).run().success().err()
}

fn initialised(world: &World, python: &Interpreter) -> Made {
    init(world);
    Made::at(&world.project().join(".venv"), python)
}

/// Away with the environment and all that pyve knows of the project.
fn forget(world: &World) {
    for name in [".venv", ".pyve"] {
        std::fs::remove_dir_all(world.project().join(name)).unwrap();
    }
}

fn cache(world: &World) -> PathBuf {
    world.home().join(".pyve/cache/venv")
}

/// The one prepared tree of this world.
fn prepared(world: &World) -> PathBuf {
    let mut keys = std::fs::read_dir(cache(world)).unwrap().flatten();
    let key = keys.next().expect("a tree").path();
    assert!(keys.next().is_none(), "one interpreter has one tree");
    key.join(".venv")
}

#[test]
fn each_interpreter_gets_exactly_what_it_would_make_itself() {
    let able: Vec<&Interpreter> = interpreters().iter().filter(|python| python.makes_venvs).collect();
    let next = AtomicUsize::new(0);
    let compare = || {
        while let Some(number) = Some(next.fetch_add(1, Relaxed)).filter(|number| *number < able.len()) {
            let (world, python) = (World::new().python(able[number]), able[number]);
            // Under the umask of one the template is made, under that of the other it is cloned.
            let [first, umask] = [[0o077, 0o002], [0, 0o077], [0o027, 0], [0o002, 0o027]][number % 4];
            let real = Made::by_python_under(&world, python, umask);
            assert!(real.listing.contains("site-packages/pip/__init__.py\n"));
            let said = init_under(&world, first);
            assert!(!(has_pip_ready(python) && said.contains(USUAL)), "Python {}: {said}", python.version);
            forget(&world);
            let said = init_under(&world, umask);
            assert!(!said.contains("is made in its place"), "{said}");
            Made::at(&world.project().join(".venv"), python).assert_equals(&real, python);
            prepared(&world);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(compare)).collect();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
}

/// What pyve says where the tree could not be made out of what the interpreter has at hand.
const USUAL: &str = "is made in the usual way";

/// Whether the interpreter has the pip installed, and compiled, that it would put into an environment.
fn has_pip_ready(python: &Interpreter) -> bool {
    const SCRIPT: &str = "\
import ensurepip, os, pip, sys, sysconfig
own = os.path.dirname(os.path.dirname(pip.__file__)) == sysconfig.get_paths()['purelib']
sys.exit(not own or pip.__version__ != ensurepip.version() or not os.path.exists(pip.__cached__))";
    let asked = Command::new(&python.path).args(["-I", "-c", SCRIPT]).output().unwrap();
    // Before that, ensurepip's setuptools has commands of its own.
    python.release >= (3, 8, 0) && asked.status.success()
}

#[test]
fn what_was_changed_beside_the_interpreter_gets_into_no_environment() {
    let (Some(world), Some(python)) = (light("project"), interpreter(3, 11)) else { return };
    let site = ensured(&world);
    let real = Made::by_python(&world, python);
    let said = init(&world);
    assert!(!said.contains(USUAL), "{said}");
    Made::at(&world.project().join(".venv"), python).assert_equals(&real, python);
    let code = site.join("pip/__main__.py");
    let (text, time) = (std::fs::read_to_string(&code).unwrap(), code.metadata().unwrap().modified().unwrap());
    let compiled = std::fs::read_dir(site.join("pip/__pycache__")).unwrap().flatten().map(|entry| entry.path());
    let compiled = compiled.into_iter().find(|path| path.to_str().unwrap().contains("/__main__.")).unwrap();
    let bytes = std::fs::read(&compiled).unwrap();
    let mut outdated = bytes.clone();
    outdated[11] ^= 1;
    let faults: [(&str, &dyn Fn()); 4] = [
        ("another source", &|| std::fs::write(&code, format!("{text}\nprint('mine')\n")).unwrap()),
        ("outdated", &|| std::fs::write(&compiled, &outdated).unwrap()),
        ("not compiled", &|| std::fs::remove_file(&compiled).unwrap()),
        ("no pip", &|| std::fs::remove_dir_all(site.join("pip")).unwrap()),
    ];
    for (fault, make) in faults {
        std::fs::write(&code, &text).unwrap();
        std::fs::write(&compiled, &bytes).unwrap();
        make();
        // A compiled file names its source by its time, which is no fault here.
        let source = std::fs::File::options().write(true).open(&code);
        let _ = source.map(|source| source.set_modified(time).unwrap());
        forget(&world);
        std::fs::remove_dir_all(cache(&world)).unwrap();
        let said = init(&world);
        assert!(said.contains(USUAL), "{fault}: {said}");
        Made::at(&world.project().join(".venv"), python).assert_equals(&real, python);
    }
}

/// Gives the world's interpreter the pip that its ensurepip has; the folder of its packages.
fn ensured(world: &World) -> PathBuf {
    let python = |arguments: &[&str]| world.command("python3").arg("-I").args(arguments).run().success().stdout;
    python(&["-m", "ensurepip"]);
    let folder = python(&["-c", "import sysconfig; print(sysconfig.get_path('purelib'), end='')"]);
    PathBuf::from(String::from_utf8(folder).unwrap())
}

#[test]
fn a_damaged_tree_is_noticed_and_made_again() {
    let (Some(world), Some(python)) = (light("project"), interpreter(3, 11)) else { return };
    let whole = initialised(&world, python);
    let tree = prepared(&world);
    let pip = tree.join("bin/pip");
    let damages: [&dyn Fn(); 5] = [
        &|| std::fs::write(&pip, "#!/bin/sh\necho another\n").unwrap(),
        &|| std::fs::remove_file(&pip).unwrap(),
        &|| std::fs::remove_dir_all(tree.join("lib")).unwrap(),
        &|| std::fs::write(tree.with_file_name(".venv.inventory.json"), "{\"schema\":1,\"path\":\"/\",").unwrap(),
        &|| std::fs::remove_file(tree.with_file_name(".venv.inventory.json")).unwrap(),
    ];
    for damage in damages {
        forget(&world);
        damage();
        initialised(&world, python).assert_equals(&whole, python);
    }
    assert_eq!(prepared(&world), tree);
}

#[test]
fn an_environment_that_is_changed_leaves_the_next_one_whole() {
    let (Some(world), Some(python)) = (light("project"), interpreter(3, 11)) else { return };
    let whole = initialised(&world, python);
    // Written in place, as an editor may.
    let module = whole.files.keys().find(|path| path.ends_with("pip/__init__.py")).unwrap();
    std::fs::write(world.project().join(".venv").join(module), "raise SystemExit('broken')\n").unwrap();
    forget(&world);
    initialised(&world, python).assert_equals(&whole, python);
}

#[test]
fn a_tree_whose_maker_was_killed_is_made_again() {
    let Some(python) = interpreter(3, 8) else { return };
    let world = World::new().python(python);
    let real = Made::by_python(&world, python);
    let mut killed = world.pyve().args(["init", "--yes", "--no-direnv"]).into_command();
    let mut child = killed.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let half_made = || {
        let keys = std::fs::read_dir(cache(&world)).into_iter().flatten().flatten();
        keys.map(|key| key.path().join(".venv/pyvenv.cfg")).any(|file| file.exists())
    };
    while !half_made() {
        assert!(begun.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    // SIGKILL: nothing can be tidied up, and Python goes on making the tree.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!world.project().join(".venv").exists());
    initialised(&world, python).assert_equals(&real, python);
}

#[test]
fn two_at_once_make_one_tree() {
    let Some(python) = interpreter(3, 8) else { return };
    let world = World::new().python(python);
    let other = world.root().join("other");
    std::fs::create_dir(&other).unwrap();
    let mut started: Vec<_> = [world.project(), &other]
        .iter()
        .map(|project| {
            let pyve = world.pyve().args(["init", "--yes", "--no-direnv"]).current_dir(project);
            pyve.into_command().stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in &mut started {
        assert!(child.wait().unwrap().success());
    }
    prepared(&world);
    for project in [world.project(), &other] {
        let said = Command::new(project.join(".venv/bin/pip")).arg("--version").output().unwrap();
        assert!(String::from_utf8_lossy(&said.stdout).contains(&*project.to_string_lossy()), "{said:?}");
    }
}

#[test]
fn without_a_place_for_trees_python_makes_the_environment_itself() {
    use std::os::unix::fs::PermissionsExt;
    let (Some(world), Some(python)) = (light("project"), interpreter(3, 11)) else { return };
    let real = Made::by_python(&world, python);
    let home = world.home().join(".pyve");
    std::fs::create_dir(&home).unwrap();
    let cache = home.join("cache");

    // A file is in the way; root may write everywhere, so a mode alone would test nothing.
    std::fs::write(&cache, "").unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o555)).unwrap();
    let said = init(&world);
    assert!(said.contains("/.venv is made in its place: `"), "{said}");
    Made::at(&world.project().join(".venv"), python).assert_equals(&real, python);
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o755)).unwrap();

    // What a link leads to may be anybody's.
    std::fs::remove_file(&cache).unwrap();
    let elsewhere = world.root().join("elsewhere");
    std::fs::create_dir_all(elsewhere.join("venv")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &cache).unwrap();
    forget(&world);
    initialised(&world, python).assert_equals(&real, python);
    assert_eq!(std::fs::read_dir(elsewhere.join("venv")).unwrap().count(), 0);
}

#[test]
fn a_path_that_shells_would_quote_is_left_to_python() {
    for name in ["it's a $HOME", "p~1"] {
        let (Some(world), Some(python)) = (light(name), interpreter(3, 11)) else { return };
        let real = Made::by_python(&world, python);
        initialised(&world, python).assert_equals(&real, python);
        assert!(!cache(&world).exists(), "{name}");
    }
}
