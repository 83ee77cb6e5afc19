//! Worlds in which `pyve init` has what it needs.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pyve_testkit::{Interpreter, Outcome, World, interpreter};

/// What `pyve_testkit::contents` sees.
pub type Contents = BTreeMap<PathBuf, Vec<u8>>;

/// A Python that leaves pip out of what it makes, which takes a tenth of the time.
const WITHOUT_PIP: &str = r#"#!/bin/sh
case "$*" in
"-I -c "*ensurepip*) exit 1 ;;
"-I -m venv "*) shift 3; exec "${0%/*}/../base/python3" -I -m venv --without-pip "$@" ;;
*) exec "${0%/*}/../base/python3" "$@" ;;
esac
"#;

/// A world with a real Python that makes whole environments; `None` where the machine has none.
#[track_caller]
pub fn whole(project: impl AsRef<OsStr>) -> Option<World> {
    let world = World::named(project).python(interpreter(3, 10)?);
    world.filter("/cache/venv/[0-9a-f]{16}/", "/cache/venv/[KEY]/");
    // Only looked for: pyve never starts it.
    world.stand_in("direnv", "#!/bin/sh\nexit 1\n");
    Some(world)
}

/// A world with a Python whose environments have no pip, for tests to which that makes no difference.
#[track_caller]
pub fn quick(project: impl AsRef<OsStr>) -> Option<World> {
    // Since 3.11 `pyvenv.cfg` says that pip was left out.
    let python = interpreter(3, 11)?;
    let world = whole(project)?;
    without_pip(&world, python);
    Some(world)
}

/// Gives the world a Python whose environments have no pip.
pub fn without_pip(world: &World, python: &Interpreter) {
    // Behind a link: a script that starts what lies in a version manager's folder is taken for a shim.
    link(&world.root().join("base/python3"), &python.path);
    world.stand_in("python3", WITHOUT_PIP);
}

/// An ensurepip that installs a pip of a few files.
const SMALL_PIP: &str = include_str!("small_ensurepip.py");

const SMALL_PIP_MAIN: &str = "import ensurepip, sys\nensurepip._bootstrap(default_pip='--default-pip' in sys.argv)\n";

/// A world with an interpreter of its own whose pip is small: what it makes is cloned, as usual, in no time.
///
/// `None` where the machine has no interpreter, or one that works only where it was installed.
#[track_caller]
pub fn light(project: impl AsRef<OsStr>) -> Option<World> {
    let python = interpreter(3, 11)?;
    let world = whole(project)?;
    let program = std::fs::canonicalize(&python.path).unwrap();
    let name = format!("python{}", python.minor());
    let (old, new) = (program.parent().unwrap().parent().unwrap(), world.root().join("light"));
    let library = Path::new("lib").join(&name);
    let ensurepip = new.join(&library).join("ensurepip");
    std::fs::create_dir_all(&ensurepip).unwrap();
    std::fs::create_dir_all(new.join("bin")).unwrap();
    std::fs::copy(&program, new.join("bin").join(&name)).unwrap();
    for entry in std::fs::read_dir(old.join(&library)).unwrap().flatten() {
        if entry.file_name() != "site-packages" && entry.file_name() != "ensurepip" {
            link(&new.join(&library).join(entry.file_name()), &entry.path());
        }
    }
    std::fs::write(ensurepip.join("__init__.py"), SMALL_PIP).unwrap();
    std::fs::write(ensurepip.join("__main__.py"), SMALL_PIP_MAIN).unwrap();
    // Not by a link: an environment would look for the library beside that.
    std::fs::hard_link(new.join("bin").join(&name), new.join("bin/python3")).unwrap();
    world.unlink("python3");
    world.append_path(new.join("bin"));
    let works = world.command("python3").args(["-I", "-c", "import ensurepip; ensurepip.build()"]).run();
    if works.code != Some(0) {
        pyve_testkit::left_out("the interpreter of this machine works only where it was installed");
        return None;
    }
    Some(world)
}

/// A Python of another minor version than the world's own of [`quick`], which leaves pip out, too.
#[track_caller]
pub fn another() -> Option<&'static Interpreter> {
    let first = interpreter(3, 11)?;
    pyve_testkit::interpreter_besides(first, 3, 11)
}

/// The prompt that the activation of an environment `.venv` sets which this world's `python3 -m venv` itself makes.
pub fn prompt_by_python(world: &World) -> String {
    let prefix = world.root().join("by-python/.venv");
    let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip"]).arg(&prefix).run().success();
    let script = ". \"$0/bin/activate\"; printf '%s' \"$VIRTUAL_ENV_PROMPT\"";
    world.command("sh").args(["-c", script]).arg(&prefix).run().success().out()
}

/// How many packages the Python of the project's `.venv` sees in it.
pub fn packages_by_python(world: &World) -> usize {
    let asked = "import importlib.metadata as m; print(len(list(m.distributions())))";
    let python = world.project().join(".venv/bin/python");
    world.command(python).args(["-I", "-c", asked]).run().success().out().trim().parse().unwrap()
}

/// Installs it in the world as pyenv would.
pub fn install(world: &World, python: &Interpreter) {
    let base = world.root().join(format!("base-{}/python3", python.version));
    std::fs::create_dir_all(base.parent().unwrap()).unwrap();
    python.link(&base);
    let program = world.home().join(".pyenv/versions").join(&python.version).join("bin/python3");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    let base = format!("'{}'", base.display());
    std::fs::write(&program, WITHOUT_PIP.replace("\"${0%/*}/../base/python3\"", &base)).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

/// A new link, with the folder that it is in.
pub fn link(link: &Path, target: &Path) {
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, link).unwrap();
}

/// Says the line to pyve, in the project.
pub fn pyve(world: &World, line: &str) -> Outcome {
    world.pyve().args(line.split_whitespace()).run()
}

/// Says the line to pyve, which must succeed.
#[track_caller]
pub fn done(world: &World, line: &str) -> Outcome {
    pyve(world, line).success()
}

/// Says the line to pyve, and shows what came of it.
pub fn told(world: &World, line: &str) -> String {
    pyve(world, line).to_string()
}

/// Two looks at a folder must have seen the same files with the same bytes.
#[track_caller]
pub fn changed_nothing(before: &Contents, after: &Contents) {
    let text = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    for path in before.keys().chain(after.keys()) {
        assert_eq!(text(before.get(path)), text(after.get(path)), "{}", path.display());
    }
}

/// pyve in a process group of its own, as a shell starts it, at the moment when the world's Python, a
/// stand-in that says so by the file `hanging`, is making the environment.
pub fn making(world: &World, line: &str) -> Child {
    let hanging = world.root().join("hanging");
    if hanging.exists() {
        std::fs::remove_file(&hanging).unwrap();
    }
    let mut command = world.pyve().args(line.split(' ')).into_command();
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    until(&hanging, command.spawn().unwrap())
}

/// Waits until the file is there, which a program that pyve starts writes. `child` leads a process group of its own.
///
/// # Panics
/// Where pyve ended without it, or it takes a minute: with what pyve said.
pub fn until(file: &Path, mut child: Child) -> Child {
    let start = Instant::now();
    loop {
        // In this order: it may have been written just before the end.
        let ended = child.try_wait().unwrap().is_some();
        if file.exists() {
            return child;
        }
        if ended || start.elapsed() > Duration::from_secs(60) {
            let (code, said) = signal(child, "KILL");
            panic!("{} does not exist after {:?}; {code:?}, {said}", file.display(), start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Signals pyve and what it started, as a terminal does; its exit code, and what it said.
pub fn signal(child: Child, signal: &str) -> (Option<i32>, String) {
    let script = format!("kill -s {signal} -- -{}", child.id());
    // Where the whole group has ended, it tells of none.
    let _ = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).status().unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
