//! What pip did, or cannot do, in a conda environment.

use std::fs;

use super::{Place, check, fixed, healthy, pip_install, report, set_up, site_packages, wheel};

#[test]
fn packages_that_no_file_lists() {
    let Some(place) = healthy(&["python", "pip"]) else { return };
    pip_install(&place, &wheel(&place, "tiny", "1.0", &[]));
    fixed(&place.world, "micromamba.pip-packages");
    assert!(!site_packages(&place).join("tiny").exists());
}

#[test]
fn packages_that_the_file_lists() {
    let place = Place::new();
    let list = format!("pip: [./{}]", wheel(&place, "tiny", "1.0", &[]));
    place.environment(&["python", "pip", &list]);
    let Some(place) = set_up(place) else { return };
    let listed = check(&report(&place.world, ""), "micromamba.pip-packages");
    assert_eq!((&listed["status"], &listed["detail"]), (&"info".into(), &"1 installed by pip".into()));
    fs::remove_dir_all(site_packages(&place).join("tiny-1.0.dist-info")).unwrap();
    let missing = check(&report(&place.world, ""), "micromamba.package-missing");
    assert_eq!(missing["detail"], "tiny is not installed, though the 'pip:' list of environment.yml names it");
    fixed(&place.world, "micromamba.package-missing");
    assert_eq!(place.run(&["python", "-m", "pip", "show", "-q", "tiny"]), "");
}

#[test]
fn a_pip_that_cannot_be_used() {
    let place = Place::new();
    let list = format!("pip: [./{}]", wheel(&place, "tiny", "1.0", &[]));
    place.environment(&["python", "pip", &list]);
    let Some(place) = set_up(place) else { return };
    let pip = place.prefix().join("bin/pip");
    fs::remove_file(&pip).unwrap();
    fixed(&place.world, "micromamba.pip-missing");
    assert!(pip.is_file());
    // As after an installation of pip that was broken off.
    fs::create_dir_all(site_packages(&place).join("pip-99.0.dist-info")).unwrap();
    let seen = report(&place.world, "");
    assert_eq!(check(&seen, "micromamba.pip-missing")["detail"], "damaged, though environment.yml has a 'pip:' list");
}
