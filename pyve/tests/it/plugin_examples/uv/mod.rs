//! The uv example on the real uv.

mod changed;
mod conflicts;
mod locked;
mod workspace;

use pyve_testkit::{World, interpreter, offline_packages, tools_python};

use super::{runs_without_a_record, world_with};

pub const PROJECT: &str = "[project]\nname = \"demo\"\nversion = \"0.1.0\"\nrequires-python = \">=3.10\"\n\
                       dependencies = [\"pytest\"]\n\n\
                       # What pytest needs on Windows alone is not among the packages of the tests.\n\
                       [tool.uv]\nenvironments = [\"sys_platform != 'win32'\"]\n";

/// A project that uv knows, where uv needs no network; `None` where a part of it is missing.
pub fn world() -> Option<World> {
    prepared(world_with("pyve_uv"))
}

/// The world with a uv that needs no network, where the plugin was added.
pub fn prepared(world: World) -> Option<World> {
    let (python, wheels, tools) = (interpreter(3, 10)?, offline_packages()?, tools_python()?);
    let world = world.python(python);
    world.link_as("uv", &tools.with_file_name("uv"));
    for (name, value) in [("UV_OFFLINE", "1"), ("UV_NO_INDEX", "1"), ("UV_PYTHON_DOWNLOADS", "never")] {
        world.set(name, value);
    }
    world.set("UV_FIND_LINKS", wheels);
    world.set("UV_PYTHON", &python.path);
    Some(world)
}

#[test]
fn a_lock_file_chooses_it_and_says_what_is_installed() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", PROJECT);
    world.write("test_demo.py", "def test_demo():\n    assert True\n");
    world.command("uv").args(["lock", "--quiet"]).run().success();

    let explained = world.pyve().args(["init", "--explain"]).run().success();
    assert!(explained.out().starts_with("Backend: uv (found `uv.lock`)\n"), "{explained}");
    let shown = world.pyve().args(["init", "--dry-run"]).run().success();
    assert!(shown.out().contains("/uv sync --python "), "{shown}");
    world.pyve().arg("init").run().success();
    let tested = world.pyve().args(["run", "pytest", "-q"]).run().success();
    assert!(tested.out().contains("1 passed"), "{tested}");
    let examined = world.pyve().args(["doctor", "--backend", "uv"]).run().success();
    assert!(examined.out().contains("Lock file: uv.lock is fresh\n"), "{examined}");
    assert!(world.read(".gitignore").contains("/.venv/\n"), "{}", world.read(".gitignore"));

    // The project asks for more than the lock file has.
    world.write("pyproject.toml", PROJECT.replace("\"pytest\"", "\"pytest\", \"tabulate\""));
    let again = world.pyve().arg("init").run().success();
    let stale =
        "uv.lock: pyproject.toml:5 asks for `tabulate`, which is not locked; to bring it in line: pyve init --update";
    assert!(again.err().contains(stale), "{again}");
    // uv brings it in line in place: nothing else of it goes.
    world.write(".venv/mine", "");
    let updated = world.pyve().args(["init", "--update"]).run().success();
    assert!(updated.err().contains("Environment: .venv (updated)"), "{updated}");
    assert_eq!(world.read(".venv/mine"), "");
    world.pyve().args(["run", "python", "-c", "import tabulate"]).run().success();

    world.pyve().args(["purge", "--yes"]).run().success();
    assert!(!world.tree().contains(".venv"), "{}", world.tree());
}

#[test]
fn it_does_all_that_a_plugin_must() {
    let Some(world) = world() else { return };
    let checked = world.pyve().args(["plugin", "check"]).arg(pyve_testkit::plugin_library("pyve_uv")).run().success();
    assert!(checked.err().contains(" checks passed"), "{checked}");
}

#[test]
fn an_empty_folder_gets_one_when_it_is_named() {
    let Some(world) = world() else { return };
    world.pyve().args(["init", "--backend", "uv"]).run().success();
    let ran = world.pyve().args(["run", "python", "-c", "import sys; print(sys.prefix)"]).run().success();
    assert_eq!(ran.out(), "[PROJECT]/.venv\n");
    assert!(world.read(".pyve/config").ends_with("backend: uv\n"), "{}", world.read(".pyve/config"));
    let (ran, moved) = runs_without_a_record(&world, &["python", "-c", "import sys; print(sys.prefix)"]);
    assert_eq!((ran.out().as_str(), ran.err().as_str()), ("[PROJECT]/.venv\n", ""), "{ran}");
    assert_eq!(moved.code, Some(125), "{moved}");
    assert!(moved.err().contains("was moved or copied from `[PROJECT]/.venv`"), "{moved}");
}

/// The project's own build backend, which tells its dependencies, leaves a trace wherever it is started.
#[test]
fn doctor_starts_no_build_backend_to_judge_the_lock_file() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", BUILT_BY_ITSELF);
    world.write("trap.py", TRAP);
    world.command("uv").args(["lock", "--quiet"]).run().success();
    let sprung = world.project().join("sprung");
    fs_err::remove_file(&sprung).expect("uv itself asks the build backend");
    // Something changed, so that uv would have to ask again.
    world.write("pyproject.toml", BUILT_BY_ITSELF.replace("[\"dependencies\"]", "[\"dependencies\", \"scripts\"]"));
    for backend in [&["--backend", "uv"][..], &[]] {
        let examined = world.pyve().arg("doctor").args(backend).run();
        let dynamic =
            "uv.lock: pyproject.toml:4 leaves the dependencies to the project's build backend, which only uv asks";
        assert!(examined.out().contains(dynamic), "{examined}");
        assert!(!sprung.exists(), "{examined}");
    }
    let checked = world.command("uv").args(["lock", "--check"]).run();
    assert!(sprung.exists(), "the trap works: {checked}");
    world.write("uv.lock", "version = 1\n<<<<<<< ours\n");
    let examined = world.pyve().args(["doctor", "--backend", "uv"]).run();
    assert!(
        examined.out().contains("Lock file: uv.lock:2\n  merge conflict\n  → pyve lock --backend uv\n"),
        "{examined}"
    );
}

const BUILT_BY_ITSELF: &str = "[project]\nname = \"demo\"\nversion = \"0.1.0\"\ndynamic = [\"dependencies\"]\n\
                               requires-python = \">=3.10\"\n\n[build-system]\nrequires = []\n\
                               build-backend = \"trap\"\nbackend-path = [\".\"]\n";

const TRAP: &str = r#"import os
open("sprung", "w").close()
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    os.mkdir(os.path.join(folder, "demo-0.1.0.dist-info"))
    with open(os.path.join(folder, "demo-0.1.0.dist-info", "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.2\nName: demo\nVersion: 0.1.0\n")
    return "demo-0.1.0.dist-info"
prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
def build_wheel(*_): raise SystemExit("not needed")
build_sdist = build_editable = build_wheel
"#;

#[test]
fn without_uv_the_ways_to_it_are_named() {
    let Some(world) = world() else { return };
    world.unlink("uv");
    let refused = world.pyve().args(["init", "--backend", "uv"]).env("CI", "1").run();
    assert_eq!((refused.code, refused.out()), (Some(1), String::new()), "{refused}");
    assert_eq!(
        refused.err(),
        "error: Backend 'uv' required but not found\n  Required: uv\nhint: choose the place with \
         `--bootstrap-to project|user`, or let pyve choose: `pyve init --backend uv --auto-bootstrap`\n"
    );
}
