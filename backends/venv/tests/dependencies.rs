//! The project's dependencies, really installed from a wheel and from the project itself.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::world::{World, newest, take, tool, write};
use pyve_backend_venv::backend;
use pyve_formats::sha256;
use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Backend, Creation, Description, Detection, Request, Strength};

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
    assert_eq!(shown(&World::new().in_project("Pipfile", "")), ["no dependencies found to install"]);
    // uv leaves pip out.
    let world = World::new().in_project("requirements.txt", "six\n");
    let prefix = world.bare_venv(newest(), ".venv");
    write(&prefix.join("pyvenv.cfg"), &format!("uv = 0.5.1\nversion_info = {}\n", newest().version));
    let ensure = "HOME/app/.venv/bin/python -I -m ensurepip --default-pip";
    assert_eq!(shown(&world), ["Install the dependencies of requirements.txt", ensure, REQUIREMENTS]);
}

/// The label and commands, then what is left.
fn chosen(world: &World, settings: &[(&str, &[&str])]) -> String {
    chosen_for(world, world.request(), settings)
}

/// The same for the environment of `request`.
fn chosen_for(world: &World, request: Request, settings: &[(&str, &[&str])]) -> String {
    let request = settings.iter().fold(request, |request, (key, values)| {
        request.with_setting(key, values.iter(), &format!("--{}", key.trim_end_matches('s')))
    });
    let creation = match backend().create(&request, &tool(newest()), &world.host()) {
        Ok(creation) => creation,
        Err(error) => return world.plain(&format!("{}: {error}; {}", error.kind.as_str(), error.remedy)),
    };
    let recipe = creation.dependencies.into_option().unwrap();
    let steps = recipe.steps.iter().map(|step| world.plain(&step.command.as_ref().unwrap().to_string()));
    let of_named = "HOME/app/.pyve/envs/dev/bin/python";
    let short = |step: String| step.replace(of_named, "HOME/app/.venv/bin/python");
    let steps = steps.map(|step| short(step).replace("HOME/app/.venv/bin/python -I -m pip", "pip"));
    let label = recipe.label.to_string();
    let instruction = Some(recipe.instruction.to_string()).filter(|text| !text.is_empty());
    let left = recipe.leaves.iter().map(|left| format!("left: {left}"));
    let lines = std::iter::once(label).chain(instruction).chain(steps).chain(left);
    world.plain(&lines.collect::<Vec<_>>().join("\n"))
}

const DECLARES: &str = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['six>=1']\n\
    [project.optional-dependencies]\nDocs = ['sphinx']\nall = ['app[docs]', 'rich']\n\
    [dependency-groups]\ntest = ['pytest; python_version > \"3\"']\ndev = ['ruff', {include-group = 'test'}]\n";

#[test]
fn extras_and_groups_are_installed_where_they_are_chosen() {
    let world = World::new().in_project("pyproject.toml", DECLARES);
    let left = "left: extras all, docs (`--extra NAME`)\nleft: groups dev, test (`--group NAME`)";
    let whole = "Install the project and its dependencies from pyproject.toml";
    assert_eq!(chosen(&world, &[]), format!("{whole}\npip install -e .\n{left}"));
    let some = chosen(&world, &[("extras", &["DOCS"]), ("groups", &["dev"])]);
    let expected = "pip install -e '.[docs]' ruff 'pytest; python_version > \"3\"'\n\
                    left: extra all (`--extra NAME`)\nleft: group test (`--group NAME`)";
    assert_eq!(some, format!("{whole} with extra docs and group dev\n{expected}"));
    // All of them, and a project that is no package: the same without itself.
    let world = world.in_project("pyproject.toml", &format!("{DECLARES}[tool.uv]\npackage = false\n"));
    let all = chosen(&world, &[("all_extras", &["true"]), ("groups", &["test", "Test"])]);
    let expected = "Install the dependencies of pyproject.toml with extras all, docs and group test\n\
                    pip install 'six>=1' sphinx rich 'pytest; python_version > \"3\"'\nleft: group dev (`--group NAME`)";
    assert_eq!(all, expected);
    // Only groups: nothing is installed of itself.
    let world = world.in_project("pyproject.toml", "[dependency-groups]\ndev = ['six']\n");
    assert_eq!(chosen(&world, &[]), "no dependencies found to install\nleft: group dev (`--group NAME`)");
    let expected = "Install the dependencies of pyproject.toml with group dev\npip install six";
    assert_eq!(chosen(&world, &[("groups", &["dev"])]), expected);
}

#[test]
fn an_environment_with_a_name_reads_what_bears_that_name() {
    let dev = |world: &World, settings: &[(&str, &[&str])]| {
        chosen_for(world, world.request().with_environment("dev"), settings)
    };
    let install = "Install the dependencies of";
    let world = World::new().in_project("requirements.txt", "six\n").in_project("requirements/dev.txt", "ruff\n");
    let left = "left: requirements.txt (`--requirements FILE`)";
    let below = format!("{install} requirements/dev.txt\npip install -r requirements/dev.txt\n{left}");
    assert_eq!(dev(&world, &[]), below);
    let world = world.in_project("requirements-dev.txt", "ruff\n");
    let left = "left: requirements.txt, requirements/dev.txt (`--requirements FILE`)";
    let beside = format!("{install} requirements-dev.txt\npip install -r requirements-dev.txt\n{left}");
    assert_eq!(dev(&world, &[]), beside);
    let request = world.request().with_environment("dev");
    let creation = backend().create(&request, &tool(newest()), &world.host()).unwrap();
    assert_eq!(creation.specs.iter().map(|spec| spec.file.display()).collect::<Vec<_>>(), ["requirements-dev.txt"]);
    // What is said comes first, and the default environment has no name.
    let left = "left: requirements-dev.txt, requirements/dev.txt (`--requirements FILE`)";
    let usual = format!("{install} requirements.txt\npip install -r requirements.txt\n{left}");
    assert_eq!(dev(&world, &[("requirements", &["requirements.txt"])]), usual);
    assert_eq!(chosen(&world, &[]), usual);
    let docs = chosen_for(&world, world.request().with_environment("docs"), &[]);
    assert!(docs.starts_with("Install the dependencies of requirements.txt\n"), "{docs}");
    // A group of that name comes besides; one that is said instead of it.
    let world = World::new().in_project("pyproject.toml", DECLARES);
    let whole = "Install the project and its dependencies from pyproject.toml with group";
    let grouped = dev(&world, &[]);
    assert!(grouped.starts_with(&format!("{whole} dev\npip install -e . ruff 'pytest; ")), "{grouped}");
    assert!(dev(&world, &[("groups", &["test"])]).starts_with(&format!("{whole} test\n")));
}

#[test]
fn names_that_the_file_does_not_know_are_refused_with_the_nearest() {
    let world = World::new().in_project("pyproject.toml", DECLARES);
    let refused = |key: &str, name: &str| chosen(&world, &[(key, &[name])]);
    let docs = "usage: `pyproject.toml` has no extra `dcos`; did you mean `docs`?; use one of all, docs";
    assert_eq!(refused("extras", "dcos"), docs);
    assert_eq!(refused("groups", "lint"), "usage: `pyproject.toml` has no group `lint`; use one of dev, test");
    let world = world.in_project("pyproject.toml", "[project]\nname = 'app'\n");
    let none = "usage: `pyproject.toml` has no extra `docs`; it has no extras at all; remove `--extra`";
    assert_eq!(chosen(&world, &[("extras", &["docs"])]), none);
    // Who builds the project may know more than the file says.
    for open in ["[project]\nname = 'app'\ndynamic = ['optional-dependencies']\n", "[build-system]\nrequires = []\n"] {
        let world = World::new().in_project("pyproject.toml", open);
        assert!(chosen(&world, &[("extras", &["docs"])]).contains("install -e '.[docs]'"), "{open}");
    }
    // What was chosen for an earlier `init` and is gone since is told, and no failure.
    let mut request = world.request().with_setting("groups", ["dev"], "--group");
    request.settings[0].remembered = true;
    let host = world.host();
    let plan = backend().create(&request, &tool(newest()), &host).unwrap();
    assert_eq!(plan.dependencies.as_ref().unwrap().steps.len(), 1);
    let gone = "`pyproject.toml` no longer has the group `dev`, which `--group` chose".to_owned();
    assert!(host.messages().contains(&(pyve_plugin_api::Level::WARNING, gone)), "{:?}", host.messages());
}

#[test]
fn files_of_requirements_are_those_that_are_named() {
    let world = World::new()
        .in_project("requirements.txt", "-r requirements/base.txt\nsix\n")
        .in_project("dev-requirements.txt", "ruff\n")
        .in_project("requirements-lock.txt", "idna==3 --hash=sha256:00\n")
        .in_project("requirements/base.txt", "")
        .in_project("requirements/test.txt", "pytest\n")
        .in_project("uv.lock", "");
    let label = "Install the dependencies of";
    let others = "dev-requirements.txt, requirements-lock.txt, requirements/test.txt (`--requirements FILE`)";
    let usual = format!(
        "{label} requirements.txt\npip install -r requirements.txt\nleft: {others}\nleft: uv.lock (not read; `uv sync` installs it)"
    );
    assert_eq!(chosen(&world, &[]), usual);
    // A file with hashes comes for itself, since pip would want a hash of everything beside it.
    let files = ["dev-requirements.txt", "requirements-lock.txt", "requirements/test.txt", "dev-requirements.txt"];
    let expected = format!(
        "{label} dev-requirements.txt, requirements-lock.txt, requirements/test.txt\n\
         pip install -r requirements-lock.txt\npip install -r dev-requirements.txt -r requirements/test.txt\n\
         left: requirements.txt, requirements/base.txt (`--requirements FILE`)\nleft: uv.lock (not read; `uv sync` installs it)"
    );
    assert_eq!(chosen(&world, &[("requirements", &files)]), expected);
    let near = "did you mean `dev-requirements.txt`?; use one of dev-requirements.txt, requirements-lock.txt, requirements.txt, \
                requirements/base.txt, requirements/test.txt";
    let missing = chosen(&world, &[("requirements", &["dev-requirement.txt"])]);
    assert_eq!(missing, format!("usage: `HOME/app/dev-requirement.txt` does not exist; {near}"));
    let missing = chosen(&World::new(), &[("requirements", &["x"])]);
    let hint = "name a file of requirements, relative to the project";
    assert_eq!(missing, format!("usage: `HOME/app/x` does not exist; {hint}"));
}

#[test]
fn what_poetry_and_pipenv_say_is_told_to_pip_or_their_own_tool_is_named() {
    let poetry = "[tool.poetry.dependencies]\npython = '^3.9'\nsix = '^1.2'\nlib = {path = 'lib', develop = true}\n\
        [tool.poetry.group.dev.dependencies]\nruff = '*'\n";
    let world = World::new().in_project("pyproject.toml", poetry).in_project("poetry.lock", "");
    let expected = "Install the dependencies of pyproject.toml\npip install 'six>=1.2,<2.0' -e HOME/app/lib\n\
                    left: group dev (`--group NAME`)\nleft: poetry.lock (not read; `poetry install` installs it)";
    assert_eq!(chosen(&world, &[]), expected);
    // Poetry's own builder makes a package of it.
    let package = world
        .in_project("pyproject.toml", &format!("{poetry}[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n"));
    assert!(chosen(&package, &[("groups", &["dev"])]).contains("\npip install -e . ruff\n"));
    let world = World::new().in_project(
        "pyproject.toml",
        "[tool.poetry.dependencies]\nsix = '^1 || ^2'\n[tool.poetry.extras]\nx = ['six']\n",
    );
    let expected = "pip cannot install the dependencies of `pyproject.toml`: pyproject.toml:2: pip has no alternatives such as \
                    `^1 || ^2`\ninstall them with Poetry: pyve run poetry install --extras x";
    assert_eq!(chosen(&world, &[("extras", &["x"])]), expected);
    // Beside a file of requirements they are only left.
    let world = world.in_project("requirements.txt", "six\n");
    let left = "left: extra x (`--extra NAME`)\nleft: pyproject.toml (pyproject.toml:2: pip has no alternatives such as `^1 || ^2`)";
    assert_eq!(
        chosen(&world, &[]),
        format!("Install the dependencies of requirements.txt\npip install -r requirements.txt\n{left}")
    );
    let world = World::new()
        .in_project("Pipfile", "[packages]\nsix = '*'\n[dev-packages]\nruff = '*'\n")
        .in_project("Pipfile.lock", "");
    let expected = "Install the dependencies of Pipfile with group dev\npip install six ruff\nleft: Pipfile.lock (not read; `pipenv sync` installs it)";
    assert_eq!(chosen(&world, &[("groups", &["dev"])]), expected);
    let world =
        world.in_project("Pipfile", "[packages]\nsix = {version = '*', hashes = []}\n[dev-packages]\nruff = '*'\n");
    let expected = "pip cannot install the dependencies of `Pipfile`: Pipfile:2: pip is not told of the `hashes` of `six`\n\
                    install them with Pipenv: pyve run pipenv install --dev";
    assert_eq!(chosen(&world, &[("groups", &["dev"])]), expected);
    let world =
        World::new().in_project("pyproject.toml", "[project]\ndependencies = ['oh no']\n[tool.uv]\npackage = false\n");
    let expected = "pip cannot install the dependencies of `pyproject.toml`: pyproject.toml:2: `oh no` is not a requirement by PEP 508\n\
                    correct line 2 of `pyproject.toml`";
    assert_eq!(chosen(&world, &[]), expected);
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
    let markers =
        ["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "poetry.lock", "pylock.toml"];
    let world = markers.iter().fold(world, |world, file| world.in_project(file, ""));
    let detections = backend().detect(&world.project()).unwrap();
    assert_eq!(detections, markers.map(|file| Detection::new(file, Strength::GENERIC)));
    let described = backend().describe();
    assert_eq!(described.markers.iter().map(|it| it.file.as_str()).collect::<Vec<_>>(), markers);
    let answered = ["lock", "requirements", "adopt", "packages"].map(Into::into);
    let through_abi = Description { capabilities: answered.to_vec().into(), ..described.clone() };
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
