//! What is installed, as the files of an environment tell.

use std::fs;

use crate::world::World;
use insta::assert_snapshot;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::{Backend, ErrorKind, Package, Request};
use pyve_standin_micromamba::sample;

fn told(world: &World, request: &Request) -> String {
    let packages = MicromambaBackend.packages(request, &world.host).unwrap();
    let line = |it: &Package| {
        world.tidy(&format!("{} {} {} {} {}", it.ecosystem, it.name, it.version, it.build, it.installer))
    };
    // Its version is that of the machine's Python.
    packages.iter().filter(|it| it.name != "pip").map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn packages_are_those_of_conda_and_what_pip_put_beside_them() {
    let world = World::new();
    world.environment(&["python", "hello", "purelib"]);
    let made = world.make(world.request());
    let python = sample::Python::find().unwrap();
    let site = world.prefix().join(format!("lib/python{}/site-packages", python.series()));
    for (description, installer) in [("six-1.16.0", "pip"), ("hello-2.0", "uv"), ("purelib-1.0", "conda")] {
        let description = site.join(format!("{description}.dist-info"));
        fs::create_dir_all(&description).unwrap();
        fs::write(description.join("INSTALLER"), installer).unwrap();
    }
    assert_snapshot!(told(&world, &made), @"
    conda hello 2.0 0 conda
    pypi hello 2.0  uv
    conda purelib 1.0 0 conda
    conda python [PYTHON] 0 conda
    pypi six 1.16.0  pip
    ");
    assert!(world.host.captured().is_empty(), "{:?}", world.host.captured());
}

#[test]
fn nothing_is_installed_in_no_environment() {
    let world = World::new();
    let error = MicromambaBackend.packages(&world.request(), &world.host).unwrap_err();
    assert!(error.is(ErrorKind::NO_ENVIRONMENT));
    assert_snapshot!(world.shown(&error), @"
    there is no environment for [PROJECT] yet
    => run `pyve init`
    ");
}
