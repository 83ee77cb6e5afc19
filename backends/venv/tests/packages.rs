//! What is installed, as the files of an environment tell.

use crate::world::{World, newest, write};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, ErrorKind};

#[test]
fn packages_are_told_by_the_folders_that_describe_them() {
    let (world, real) = (World::new(), newest());
    let prefix = world.venv(real, ".venv");
    let site = prefix.join(format!("lib/python{}/site-packages", real.minor));
    write(&site.join("zope.interface-6.1.dist-info/INSTALLER"), "uv\n");
    write(&site.join("six-1.16.0.dist-info/METADATA"), "");
    let told = || {
        let host = world.host();
        let packages = backend().packages(&world.request(), &host).unwrap();
        assert!(host.captured().is_empty());
        let line =
            |it: &pyve_plugin_api::Package| format!("{} {} {} {}", it.ecosystem, it.name, it.version, it.installer);
        packages.iter().map(line).collect::<Vec<_>>()
    };
    let expected = ["pypi pip 24.0 ", "pypi six 1.16.0 ", "pypi zope-interface 6.1 uv"];
    assert_eq!(told(), expected);
    // Whether it can be used is another question.
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    assert_eq!(told(), expected);
}

#[test]
fn nothing_is_installed_in_no_environment() {
    let world = World::new();
    let error = backend().packages(&world.request(), &world.host()).unwrap_err();
    assert!(error.is(ErrorKind::NO_ENVIRONMENT));
    assert_eq!(world.plain(&error.message), "there is no virtual environment at HOME/app/.venv");
    let real = newest();
    std::fs::remove_dir_all(world.venv(real, ".venv").join("lib")).unwrap();
    let error = backend().packages(&world.request(), &world.host()).unwrap_err();
    let told = format!("{} -> {}", world.plain(&error.message), error.remedy);
    let expected =
        "the packages of the virtual environment at HOME/app/.venv cannot be read -> run `pyve init --force`";
    assert_eq!(told, expected);
}
