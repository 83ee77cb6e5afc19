//! The project's dependencies, really installed from a wheel and from the project itself.
#![cfg(unix)]

mod world;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use pyve_backend_venv::backend;
use pyve_formats::sha256;
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Backend, Creation, Description, Detection, Request, Strength};
use world::{World, newest, take, tool, write};

fn plan(world: &World) -> Creation {
    backend().create(&world.request(), &tool(newest()), &world.host()).unwrap()
}

/// The label, then each step as one would type it.
fn shown(world: &World) -> Vec<String> {
    let creation = plan(world);
    let Some(recipe) = creation.dependencies.as_ref().into_option() else { return Vec::new() };
    assert_eq!(recipe.id, "dependencies");
    let steps = recipe.steps.iter().map(|step| world.plain(&step.command.as_ref().unwrap().to_string()));
    std::iter::once(recipe.label.to_string()).chain(steps).collect()
}

const REQUIREMENTS: &str = "HOME/app/.venv/bin/python -I -m pip install -r requirements.txt";
const PROJECT: &str = "HOME/app/.venv/bin/python -I -m pip install -e .";

#[test]
fn each_kind_of_project_is_installed_as_its_files_say() {
    let world = World::new().in_project("requirements.txt", "six\n");
    assert_eq!(shown(&world), ["Install the dependencies of requirements.txt", REQUIREMENTS]);
    // A pyproject.toml that only configures tools is nothing to install.
    let world = world.in_project("pyproject.toml", "[tool.ruff]\nline-length = 100\n");
    assert_eq!(shown(&world), ["Install the dependencies of requirements.txt", REQUIREMENTS]);
    let world = world.in_project("pyproject.toml", "[project]\nname = \"app\"\n");
    let both = "Install the dependencies of requirements.txt and the project from pyproject.toml";
    assert_eq!(shown(&world), [both, REQUIREMENTS, PROJECT]);
    let world = World::new().in_project("pyproject.toml", "[build-system]\nrequires = []\n");
    assert_eq!(shown(&world), ["Install the project and its dependencies from pyproject.toml", PROJECT]);
    let world = World::new().in_project("setup.py", "");
    assert_eq!(shown(&world), ["Install the project and its dependencies from setup.py", PROJECT]);
    assert_eq!(shown(&World::new().in_project("Pipfile", "")), [""; 0]);
    // uv leaves pip out.
    let world = World::new().in_project("requirements.txt", "six\n");
    let prefix = world.bare_venv(newest(), ".venv");
    write(&prefix.join("pyvenv.cfg"), &format!("uv = 0.5.1\nversion_info = {}\n", newest().version));
    let ensure = "HOME/app/.venv/bin/python -I -m ensurepip --default-pip";
    assert_eq!(shown(&world), ["Install the dependencies of requirements.txt", ensure, REQUIREMENTS]);
}

#[test]
fn the_files_are_recorded_with_their_content() {
    let world = World::new().in_project("requirements.txt", "six\n").in_project("pyproject.toml", "[project]\n");
    let creation = plan(&world);
    let specs: Vec<_> = creation.specs.iter().map(|it| (it.file.display(), it.sha256.to_string())).collect();
    let expected = [("requirements.txt", "six\n"), ("pyproject.toml", "[project]\n")];
    assert_eq!(specs, expected.map(|(file, text)| (file.to_owned(), sha256::of(text))));
}

#[test]
fn every_marker_is_seen() {
    let world = World::new();
    assert_eq!(backend().detect(&world.project()).unwrap(), []);
    let markers = ["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "poetry.lock"];
    let world = markers.iter().fold(world, |world, file| world.in_project(file, ""));
    let detections = backend().detect(&world.project()).unwrap();
    assert_eq!(detections, markers.map(|file| Detection::new(file, Strength::GENERIC)));
    let described = backend().describe();
    assert_eq!(described.markers.iter().map(|it| it.file.as_str()).collect::<Vec<_>>(), markers);
    let through_abi = Description { capabilities: vec!["packages".into()].into(), ..described.clone() };
    assert_eq!(BackendObject::new(backend()).describe().unwrap(), through_abi);
    assert_eq!(described.ignores, ["/{directory}"]);
    let positional = described.positional().unwrap();
    assert_eq!((positional.key.as_str(), positional.default.as_str()), ("directory", ".venv"));
}

/// A wheel of one module, as small as a wheel can be.
fn wheel(python: &Path, file: &Path) {
    let script = "import sys, zipfile\n\
        wheel = zipfile.ZipFile(sys.argv[1], 'w')\n\
        info = 'sample-1.0.dist-info/'\n\
        wheel.writestr('sample.py', 'word = \"installed\"\\n')\n\
        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: sample\\nVersion: 1.0\\n')\n\
        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n\
        wheel.writestr(info + 'RECORD', '')\n\
        wheel.close()\n";
    assert!(Command::new(python).args(["-c", script]).arg(file).status().unwrap().success());
}

#[test]
fn pip_installs_into_the_environment_whatever_the_caller_has_set() {
    let real = newest();
    let world = World::new().in_project("requirements.txt", "./sample-1.0-py3-none-any.whl\n");
    let project = world.project();
    wheel(&real.python, &project.join("sample-1.0-py3-none-any.whl"));
    // A module of the project's own that would break pip.
    let world = world.in_project("random.py", "raise SystemExit('taken from the project')\n");
    let elsewhere = "[global]\nuser = true\nprefix = /nowhere/p\ndry-run = 1\nquiet = 3\n[install]\nroot = /nowhere/r\ntarget = /nowhere/t\n";
    let world = world.file(".config/pip/pip.conf", elsewhere).variable("XDG_CONFIG_DIRS", "/nowhere");
    let creation = plan(&world);
    assert!(take(&creation.steps[0], &project, &[]).status.success());
    let recipe = creation.dependencies.clone().into_option().unwrap();
    let home = world.home().display().to_string();
    let target = format!("{home}/target");
    let hostile = [
        ("HOME", home.as_str()),
        ("PIP_TARGET", &target),
        ("PIP_PREFIX", &target),
        ("PIP_ROOT", &target),
        ("PIP_USER", "1"),
        ("PYTHONHOME", "/nowhere"),
        ("PIP_NO_INDEX", "1"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ];
    let output = take(&recipe.steps[0], &project, &hostile);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let python = creation.interpreter.path().into_owned();
    let output = Command::new(python).args(["-I", "-c", "import sample; print(sample.word)"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "installed\n");

    // Offline nobody is asked, whatever addresses the user's settings and the files have.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = format!("http://{}", server.local_addr().unwrap());
    let url = format!("other @ {address}/other-1.0-py3-none-any.whl\n");
    let world = world.in_project("requirements.txt", &url);
    let request = Request { offline: true, ..world.request() };
    let creation = backend().create(&request, &tool(real), &world.host()).unwrap();
    let recipe = creation.dependencies.clone().into_option().unwrap();
    let settings = [("HOME", home.as_str()), ("PIP_FIND_LINKS", &address), ("PIP_INDEX_URL", &address)];
    let output = take(&recipe.steps[0], &project, &settings);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(server.accept().is_err(), "somebody was asked");
}
