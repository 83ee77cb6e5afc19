//! A Python where there is none: a build that `pyve init` downloads, here one that is packed from a Python of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use pyve_formats::sha256;
use pyve_pythons::builds::{Platform, PythonBuild};
use pyve_testkit::{Interpreter, World, interpreter, prerequisite, python_build};

use crate::conda::server::Server;
use crate::ready::{done, told, whole};

/// A world without any Python, whose user names one archive of their own.
fn bare(python: &Interpreter) -> Option<World> {
    let world = whole("project")?;
    world.unlink("python3");
    let platform = Platform::here().unwrap();
    world.filter(&platform.to_string(), "[PLATFORM]");
    world.filter(platform.triple(), "[TRIPLE]");
    world.filter(&format!("/bin/python{}", regex(&python.minor()).trim_start_matches(r"\b")), "/bin/python[MINOR]");
    world.filter(&regex(&python.minor()), "[MINOR]");
    world.filter(r"127\.0\.0\.1:[0-9]+", "[SERVER]");
    world.filter(r"[0-9.]+ MB", "[SIZE]");
    // That a later release is pinned than this machine has.
    world.filter("warning: Python: [^\n]*\n", "");
    world.filter("SHA-256 [0-9a-f]{64}", "SHA-256 [HASH]");
    Some(world)
}

fn regex(minor: &str) -> String {
    format!(r"\b{}\b", minor.replace('.', r"\."))
}

/// Names the archive `bytes`, which `server` has, as a build of this Python.
fn offer(world: &World, python: &Interpreter, bytes: &[u8], server: &Server) {
    let triple = Platform::here().unwrap().triple();
    let file = format!("cpython-{}+20260814-{triple}-install_only_stripped.tar.gz", python.version);
    world.set("PYVE_PYTHON_URL", server.url.replace("micromamba", &file));
    world.set("PYVE_PYTHON_SHA256", sha256::of(bytes));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// What is left of it, but for the file that is locked meanwhile and the list of those who use it.
fn left(world: &World) -> Vec<String> {
    let home = world.home().join(".pyve");
    let mut left = [names(&home.join("pythons")), names(&home.join("cache/pythons"))].concat();
    left.retain(|name| !name.ends_with(".lock") && name != ".environments");
    left
}

const EXTENSION: &str = "\
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, \"answer\", 0, -1, 0};
PyMODINIT_FUNC PyInit_answer(void) {
    PyObject *made = PyModule_Create(&module);
    PyModule_AddIntConstant(made, \"answer\", 42);
    return made;
}
";

/// Compiles it as what the Python tells of itself says, and imports it.
const COMPILE: &str = "\
import shlex, subprocess, sys, sysconfig
told = sysconfig.get_config_var
words = shlex.split(told('LDSHARED')) + ['-fPIC', '-I' + sysconfig.get_path('include'), 'answer.c', '-o', 'answer' + told('EXT_SUFFIX')]
subprocess.check_call(words)
sys.path.insert(0, '.')
import answer
print(answer.answer, told('CC'), told('CXX'), told('AR'), told('LDSHARED').replace(sys.base_prefix, 'BASE'), told('prefix') == sys.base_prefix)
";

#[test]
fn one_command_leads_from_no_python_to_a_program_that_runs() {
    let Some(python) = interpreter(3, 11) else { return };
    let Some(world) = bare(python) else { return };
    let (bytes, version) = (fs::read(python_build(python)).unwrap(), python.minor());
    let server = Server::of(bytes.clone());
    offer(&world, python, &bytes, &server);
    let init = format!("init --python-version {version} --no-direnv");
    insta::assert_snapshot!(told(&world, &init), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [MINOR] is not installed
      asked for by `--python-version`
    hint: download CPython [VERSION]: `pyve init --auto-bootstrap --python-version [MINOR] --no-direnv`
    ");
    // A yes to what is safe is none to a download.
    assert_eq!(told(&world, &format!("{init} --yes")), told(&world, &init));
    insta::assert_snapshot!(told(&world, &format!("python-version {version}")), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [MINOR] is not installed
      asked for by `--python-version`
    hint: download CPython [VERSION]: `pyve python install [MINOR]`
    ");
    insta::assert_snapshot!(told(&world, &format!("--offline {init} --auto-bootstrap")), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [MINOR] is not installed
      asked for by `--python-version`
    hint: install Python [MINOR] (https://www.python.org/downloads/; the download of CPython [VERSION] needs the network), or name one that is found with `--python-version`
    ");
    assert_eq!(server.asked(), 0);
    insta::assert_snapshot!(world.pyve().args(init.split(' ')).env("CI", "").stdin("n\n").run(), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Python [MINOR] is not installed.
    Download CPython [VERSION], [SIZE]? [Y/n]: 
    cancelled: Python was not installed
    ");
    assert!((left(&world).is_empty(), world.tree().as_str()) == (true, ""));

    insta::assert_snapshot!(told(&world, &format!("{init} --auto-bootstrap")), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Download CPython [VERSION]
    Downloading cpython-[VERSION]-[PLATFORM].tar.gz from http://[SERVER]/cpython-[VERSION]+20260814-[TRIPLE]-install_only_stripped.tar.gz
    ✓ [HOME]/.pyve/cache/pythons/cpython-[VERSION]-[PLATFORM].tar.gz: [SIZE], SHA-256 verified
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (pyve, [HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]/bin/python[MINOR])
    ✓ Environment: .venv (created)
    Run commands in it with: pyve run CMD
    ");
    let name = format!("cpython-{}-{}", python.version, Platform::here().unwrap());
    assert_eq!(left(&world), [name.as_str()]);
    let ran = world.pyve().args(["run", "python", "-c", "import sys; print(sys.base_prefix)"]).run().success();
    assert_eq!(ran.out(), "[HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]\n");

    // The next environment is cloned from a prepared tree.
    let next = world.root().join("next");
    fs::create_dir(&next).unwrap();
    let _ = world.pyve().current_dir(&next).args(["init", "--no-direnv"]).run().success();
    assert_eq!(names(&world.home().join(".pyve/cache/venv")).len(), 1);
    let pip = world.pyve().current_dir(&next).args(["run", "pip", "--version"]).run().success();
    assert!(pip.out().starts_with("pip ") && pip.out().contains("/next/.venv/"), "{pip}");

    // Scripts of the build start it where it stands.
    let build = world.home().join(".pyve/pythons").join(&name);
    let script = world.command(build.join("bin/pip3")).run().success();
    assert_eq!(script.out(), "a script of [HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]\n");
    for file in [format!("bin/python{version}-config"), format!("lib/pkgconfig/python-{version}.pc")] {
        assert!(!fs::read_to_string(build.join(file)).unwrap().contains("/install"));
    }
    let makefile = fs::read_to_string(build.join(format!("lib/python{version}/config-here/Makefile"))).unwrap();
    assert_eq!(makefile, format!("prefix= {0}\nCC= cc -pthread\nBINDIR= {0}/bin\n", build.display()));

    let library = build.join(format!("lib/python{version}"));
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(library.join(name)).unwrap()).unwrap()
    };
    let (vars, details) = (json("_sysconfig_vars__here.json"), json("build-details.json"));
    assert_eq!(vars, serde_json::json!({"prefix": build, "AR": "ar", "CC": "cc -pthread"}));
    assert_eq!(details, serde_json::json!({"base_prefix": build}));

    // An extension module is compiled by this machine's compiler.
    for program in ["cc", "as", "ld"] {
        let Some(path) = prerequisite(program) else { return };
        world.link_as(program, &path);
    }
    world.write("answer.c", EXTENSION);
    world.write("compile.py", COMPILE);
    let compiled = done(&world, "run python compile.py");
    assert_eq!(compiled.out(), "42 cc -pthread c++ -pthread ar cc -pthread -shared -LBASE/lib True\n");

    done(&world, "purge --yes");
    assert_eq!(left(&world), [name], "purge removes no Python");
}

/// An archive whose Python never gets ready.
fn sleeping(python: &Interpreter) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let script = b"#!/bin/sh\ntouch started\nexec sleep 60\n";
    let mut header = tar::Header::new_gnu();
    header.set_size(script.len() as u64);
    header.set_mode(0o755);
    let name = format!("python/bin/python{}", python.minor());
    archive.append_data(&mut header, name, &script[..]).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}

#[track_caller]
fn until(what: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !what() {
        assert!(Instant::now() < end, "it never came so far");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn begun(world: &World, found: impl Fn(&Path) -> bool) -> bool {
    let home = world.home().join(".pyve");
    let inside = |folder: PathBuf| names(&folder).into_iter().map(move |name| folder.join(name));
    inside(home.join("pythons")).chain(inside(home.join("cache/pythons"))).any(|path| found(&path))
}

#[test]
fn an_interruption_leaves_nothing_and_a_killed_one_what_the_next_removes() {
    let Some(python) = interpreter(3, 11) else { return };
    let Some(world) = bare(python) else { return };
    let init = ["init", "--python-version", &python.minor(), "--auto-bootstrap"].map(str::to_owned);
    let start = || {
        let mut command = world.pyve().args(&init).into_command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let stop = |child: &mut std::process::Child, signal: &str| {
        let _ = world.command("kill").args([signal, &child.id().to_string()]).run().success();
        child.wait().unwrap()
    };
    let archive = sleeping(python);
    // While it is fetched, then while it is unpacked.
    let stalling = Server::stalling(archive.clone(), 40);
    let whole = Server::of(archive.clone());
    let fetching =
        |path: &Path| path.to_string_lossy().contains(".tar.gz.") && path.extension().is_none_or(|it| it != "lock");
    let settling = |path: &Path| path.join("started").is_file();
    for signal in ["-INT", "-KILL"] {
        offer(&world, python, &archive, &stalling);
        let mut child = start();
        until(|| stalling.asked() > 0 && begun(&world, fetching));
        let ended = stop(&mut child, signal);
        assert_eq!(ended.code(), (signal == "-INT").then_some(130));
        assert_eq!(left(&world).is_empty(), signal == "-INT", "{:?}", left(&world));
        offer(&world, python, &archive, &whole);
        let mut child = start();
        until(|| begun(&world, settling));
        let ended = stop(&mut child, signal);
        assert_eq!(ended.code(), (signal == "-INT").then_some(130));
        assert_eq!(left(&world).is_empty(), signal == "-INT", "{:?}", left(&world));
    }
    // What they left goes, and what could be used is: the archive was whole.
    let bytes = fs::read(python_build(python)).unwrap();
    let server = Server::of(bytes.clone());
    offer(&world, python, &bytes, &server);
    done(&world, &format!("python install {}", python.minor()));
    let name = format!("cpython-{}-{}", python.version, Platform::here().unwrap());
    assert_eq!(left(&world), [name.as_str()]);
    // One that was damaged since is replaced, whether it does not start or is not there at all.
    let program = world.home().join(".pyve/pythons").join(&name).join(format!("bin/python{}", python.minor()));
    fs::remove_file(&program).unwrap();
    let planned = done(&world, &format!("{} --dry-run", init.join(" ")));
    assert!(
        planned.out().contains("remove directory [HOME]/.pyve/pythons/cpython-[VERSION]-[PLATFORM]\n"),
        "{planned}"
    );
    fs::write(&program, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    done(&world, &format!("{} --no-direnv", init.join(" ")));
    assert!(fs::metadata(&program).unwrap().len() > 10_000);
    assert_eq!(left(&world), [name]);
}

#[test]
fn a_mirror_has_what_is_pinned_or_is_refused() {
    let Some(python) = interpreter(3, 11) else { return };
    let Some(world) = bare(python) else { return };
    let pinned = PythonBuild::pinned(Platform::here().unwrap()).remove(0);
    let url = pinned.url.replace("%2B", "+");
    let mut parts = url.rsplit('/');
    let (file, build) = (parts.next().unwrap(), parts.next().unwrap());
    let mirror = world.root().join("mirror");
    fs::create_dir_all(mirror.join(build)).unwrap();
    world.set("PYVE_PYTHON_MIRROR", &mirror);
    let refused = |world: &World| world.pyve().args(["--offline", "init", "--auto-bootstrap"]).run();
    world.filter(&regex(&pinned.version.to_string()), "[PINNED]");
    let file_there = mirror.join(build).join(file);
    fs::write(&file_there, "another").unwrap();
    insta::assert_snapshot!(refused(&world), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Download CPython [PINNED]
    Copying cpython-[PINNED]-[PLATFORM].tar.gz from [ROOT]/mirror/20260814/cpython-[PINNED]+20260814-[TRIPLE]-install_only_stripped.tar.gz
    error: could not download `[ROOT]/mirror/20260814/cpython-[PINNED]+20260814-[TRIPLE]-install_only_stripped.tar.gz`: it is not the file that was expected
      expected SHA-256 [HASH]
      received SHA-256 [HASH]
      [HOME]/.pyve/cache/pythons/cpython-[PINNED]-[PLATFORM].tar.gz was not created
    hint: do not use that file; run the same command again on another network; the address is from PYVE_PYTHON_MIRROR: correct or unset it
    ");
    fs::rename(&file_there, mirror.join(file)).unwrap();
    assert!(refused(&world).err().contains("could not download `[ROOT]/mirror/cpython-"));
    assert!(left(&world).is_empty());
    fs::remove_file(mirror.join(file)).unwrap();
    insta::assert_snapshot!(refused(&world), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Download CPython [PINNED]
    Copying cpython-[PINNED]-[PLATFORM].tar.gz from [ROOT]/mirror/20260814/cpython-[PINNED]+20260814-[TRIPLE]-install_only_stripped.tar.gz
    Copying cpython-[PINNED]-[PLATFORM].tar.gz from [ROOT]/mirror/cpython-[PINNED]+20260814-[TRIPLE]-install_only_stripped.tar.gz
    error: could not download from any of 2 addresses
      [ROOT]/mirror/20260814/cpython-[PINNED]+20260814-[TRIPLE]-install_only_stripped.tar.gz: no such file or directory
      [ROOT]/mirror/cpython-[PINNED]+20260814-[TRIPLE]-install_only_stripped.tar.gz: no such file or directory
      [HOME]/.pyve/cache/pythons/cpython-[PINNED]-[PLATFORM].tar.gz was not created
    hint: check the address; the address is from PYVE_PYTHON_MIRROR: correct or unset it
    ");
}

#[test]
fn a_disk_that_takes_no_more_leaves_nothing() {
    let Some(python) = interpreter(3, 11) else { return };
    let Some(world) = bare(python) else { return };
    // Little to fetch, and much to unpack.
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(4 << 20);
    header.set_mode(0o644);
    archive.append_data(&mut header, "python/lib/zeros", &vec![0; 4 << 20][..]).unwrap();
    let bytes = archive.into_inner().unwrap().finish().unwrap();
    let server = Server::of(bytes.clone());
    offer(&world, python, &bytes, &server);
    let init = format!("init --python-version {} --auto-bootstrap", python.minor());
    // With the trap, writing fails as on a full disk; without it the process would be ended by a signal.
    let limited = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\"";
    let pyve = world.pyve().into_command().get_program().to_owned();
    let ended = world.command("sh").args(["-c", limited]).arg(pyve).args(init.split(' ')).run();
    assert_eq!(ended.code, Some(1), "{ended}");
    let told = ended.err().split_once("error: ").map(|(_, told)| told.to_owned()).unwrap_or_default();
    insta::assert_snapshot!(told, @r"
    could not unpack `[HOME]/.pyve/cache/pythons/cpython-[VERSION]-[PLATFORM].tar.gz`: file too large
    hint: free some space, or check that you may write there
    ");
    assert!(left(&world).is_empty(), "{:?}", left(&world));
    assert_eq!(world.tree(), "");
}
