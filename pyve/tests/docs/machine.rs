//! What the documents' readers have on their machine beside the usual: programs of this one, and what the tests make.

use fs_err as fs;
use pyve_testkit::{World, example_plugins, interpreter, offline_packages, prerequisite};

use crate::{conda_forge, releases};

/// Puts on a machine what a block of a page needs: `<!-- needs: uv, conda-forge -->`.
#[track_caller]
pub fn provide(world: &World, need: &str) -> Option<()> {
    match need {
        "conda-forge" => drop(conda_forge::provide(world)?),
        // What cargo builds of `examples/plugins` is there already.
        "example plugins" => world.set("PYVE_DOCS_EXAMPLES", example_plugins()),
        "lock with categories" => conda_forge::lock_with_categories(world)?,
        "newer release" => newer_release(world),
        // It starts, looks whether it is inside, and ends.
        "nvim" => drop(world.stand_in("nvim", "#!/bin/sh\n[ -n \"$VIRTUAL_ENV\" ]\n")),
        "pixi" => pixi(world)?,
        "uv" => uv(world)?,
        program => world.link_as(program, &prerequisite(program)?),
    }
    Some(())
}

/// The real one, with the packages of the tests.
fn uv(world: &World) -> Option<()> {
    world.link_as("uv", &prerequisite("uv")?);
    for (name, value) in [("UV_OFFLINE", "1"), ("UV_NO_INDEX", "1"), ("UV_PYTHON_DOWNLOADS", "never")] {
        world.set(name, value);
    }
    world.set("UV_FIND_LINKS", offline_packages()?);
    Some(())
}

/// A stand-in, whose Python is this machine's.
fn pixi(world: &World) -> Option<()> {
    world.link_as("bash", &prerequisite("bash")?);
    world.link_as("pixi", &pyve_testkit::pixi());
    world.set("PIXI_STANDIN_PYTHON", &interpreter(3, 10)?.path);
    Some(())
}

/// A pyve that its installer put in place, and a release that is newer.
fn newer_release(world: &World) {
    let folder = world.root().join("releases");
    world.set("PYVE_RELEASES", releases::serve(&folder));
    releases::publish(&folder, "4.1.0", "pyve 4.1.0");
    let installed = world.home().join(".local/bin/pyve");
    fs::create_dir_all(installed.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_pyve"), &installed).unwrap();
    fs::create_dir_all(world.home().join(".pyve")).unwrap();
    fs::write(world.home().join(".pyve/installed"), format!("{}\n", installed.display())).unwrap();
    world.unlink("pyve");
}
