//! Packages that are missing or there twice, and a Python that cannot be started.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{check, fixed, healthy, hinted, pip_install, put, report, site_packages, sound, type_after, wheel};
use crate::conda::place::environment;

#[test]
fn a_package_that_is_not_installed() {
    let Some(place) = healthy(&["python", "hello", "purelib"]) else { return };
    fs::remove_file(place.prefix().join("conda-meta/purelib-1.0-0.json")).unwrap();
    fixed(&place.world, "micromamba.package-missing");
    assert_eq!(place.run(&["purelib"]), "pure\n");
}

#[test]
fn a_python_that_cannot_be_started() {
    let Some(place) = healthy(&["python", "purelib"]) else { return };
    let python = place.prefix().join("bin/python");
    fs::remove_file(&python).unwrap();
    fixed(&place.world, "micromamba.python");
    fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/no/such/python3.99", &python).unwrap();
    fixed(&place.world, "micromamba.python");
    fs::remove_file(&python).unwrap();
    fs::write(&python, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o644)).unwrap();
    fixed(&place.world, "micromamba.python");
    assert_eq!(place.run(&["purelib"]), "pure\n");
}

#[test]
fn nothing_is_started_to_know_the_version() {
    let Some(place) = healthy(&["python"]) else { return };
    let python = place.prefix().join("bin/python");
    fs::remove_file(&python).unwrap();
    let mark = place.world.root().join("started");
    fs::write(&python, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let seen = report(&place.world, "");
    assert_eq!(check(&seen, "micromamba.python")["detail"], crate::conda::place::python().version.as_str());
    assert!(!mark.exists());
}

#[test]
fn scripts_whose_interpreter_is_gone() {
    let Some(place) = healthy(&["python", "purelib"]) else { return };
    put(&place, "bin/tool", "#!/old/place/bin/python\nprint()\n");
    // A system's program is the system's, and a link is no script.
    put(&place, "bin/other", "#!/usr/bin/python9\n");
    put(&place, "bin/another", "#!/sw/bin/perl\n");
    let seen = check(&report(&place.world, ""), "micromamba.dead-shebang");
    let folder = place.prefix().join("bin").display().to_string();
    assert_eq!(seen["detail"], format!("tool in {folder} run by /old/place/bin/python, which does not exist"));
    fixed(&place.world, "micromamba.dead-shebang");
    assert!(!place.prefix().join("bin/tool").exists());
    put(&place, "bin/long", "#!/bin/sh\n'''exec' \"/a folder/bin/python\" \"$0\" \"$@\" #'''\n");
    fixed(&place.world, "micromamba.dead-shebang");
}

#[test]
fn a_package_of_conda_that_pip_wrote_over() {
    let Some(place) = healthy(&["python", "pip", "purelib"]) else { return };
    pip_install(&place, &wheel(&place, "purelib", "2.0", &[]));
    let doubled = check(&report(&place.world, ""), "micromamba.package-doubled");
    assert_eq!(doubled["detail"], "installed more than once: purelib 1.0 of conda, and 2.0 of pip over it");
    fixed(&place.world, "micromamba.package-doubled");
    assert_eq!(place.run(&["purelib"]), "pure\n");
}

#[test]
fn a_package_that_is_described_twice() {
    let Some(place) = healthy(&["python"]) else { return };
    for described in ["Left_Over-1.0.dist-info", "left.over-1.1-py3.12.egg-info"] {
        fs::create_dir(site_packages(&place).join(described)).unwrap();
    }
    let doubled = check(&report(&place.world, ""), "micromamba.package-doubled");
    assert_eq!(doubled["detail"], "installed more than once: left-over 1.0 and 1.1");
    fixed(&place.world, "micromamba.package-doubled");
}

#[test]
fn a_package_that_the_file_asks_of_both() {
    let Some(place) = healthy(&["python", "pip", "purelib"]) else { return };
    let list = format!("pip: [./{}]", wheel(&place, "purelib", "2.0", &[]));
    place.world.write("environment.yml", environment(&["python", "pip", "purelib", &list]));
    crate::ready::done(&place.world, "init --update");
    super::allow(&place.world);
    let hint = hinted(&place, "micromamba.package-doubled");
    assert_eq!(
        hint,
        "let one of conda and pip install purelib: in environment.yml, move what needs it from '- pip:' to \
         'dependencies:', then run: pyve init --update"
    );
    place.world.write("environment.yml", environment(&["python", "pip", "purelib"]));
    type_after(&place, &hint);
    sound(&place);
}
