//! micromamba itself: gone, not executable, or another version.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sha2::{Digest, Sha256};

use super::{Place, check, fixed, healthy, report};
use crate::conda::server::Server;

/// A server that has the micromamba to test with.
fn mirror(place: &Place) -> Server {
    let body = fs::read(pyve_testkit::micromamba()).unwrap();
    let sha256: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let server = Server::of(body);
    place.world.set("PYVE_MICROMAMBA_SHA256", sha256);
    place.world.set("PYVE_MICROMAMBA_URL", &server.url);
    server
}

#[test]
fn its_version_and_origin_are_told_without_starting_it() {
    let Some(place) = healthy(&["hello"]) else { return };
    let asked = place.calls(&["--version"]);
    let told = check(&report(&place.world, ""), "micromamba.tool")["detail"].as_str().unwrap().to_owned();
    let (path, rest) = told.split_once(" (v").unwrap();
    assert_eq!(path, place.sandbox().to_str().unwrap());
    assert!(rest.ends_with(", user)") && rest.starts_with(|c: char| c.is_ascii_digit()), "{told}");
    assert_eq!(place.calls(&["--version"]), asked);
}

#[test]
fn one_that_came_with_the_project() {
    let Some(place) = healthy(&["hello"]) else { return };
    let asked = place.calls(&["--version"]);
    crate::conda::place::put_micromamba(&place.project().join(".pyve/bin/micromamba"));
    let told = check(&report(&place.world, ""), "micromamba.tool-unknown")["detail"].as_str().unwrap().to_owned();
    assert!(told.ends_with("not started: it came with the project, and is not one that pyve put there"), "{told}");
    assert_eq!(place.calls(&["--version"]), asked);
    fixed(&place.world, "micromamba.tool-unknown");
}

#[test]
fn one_that_is_gone() {
    let Some(place) = healthy(&["hello"]) else { return };
    let _server = mirror(&place);
    fs::remove_file(place.sandbox()).unwrap();
    fixed(&place.world, "micromamba.tool");
}

#[test]
fn one_that_is_not_executable() {
    let Some(place) = healthy(&["hello"]) else { return };
    // The file may be the very one that all tests use.
    let bytes = fs::read(place.sandbox()).unwrap();
    fs::remove_file(place.sandbox()).unwrap();
    fs::write(place.sandbox(), bytes).unwrap();
    fs::set_permissions(place.sandbox(), fs::Permissions::from_mode(0o644)).unwrap();
    fixed(&place.world, "micromamba.tool");
    assert_eq!(fs::metadata(place.sandbox()).unwrap().permissions().mode() & 0o111, 0o111);
}

#[test]
fn one_that_is_too_old_or_no_micromamba() {
    let Some(place) = healthy(&["hello"]) else { return };
    let _server = mirror(&place);
    for says in ["0.27.0", "no version at all"] {
        fs::remove_file(place.sandbox()).unwrap();
        fs::write(place.sandbox(), format!("#!/bin/sh\necho {says}\n")).unwrap();
        fs::set_permissions(place.sandbox(), fs::Permissions::from_mode(0o755)).unwrap();
        fixed(&place.world, "micromamba.tool");
    }
}

#[test]
fn one_that_others_could_change() {
    let Some(place) = healthy(&["hello"]) else { return };
    let folder = place.sandbox().parent().unwrap().to_owned();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    crate::doctor::fixed_by(&place.world, "pyve.tool-refused", |help| {
        assert_eq!(help, format!("chmod go-w {}", folder.display()));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    });
}

/// The bit would not help: what came with the project is not started, whatever it is.
#[test]
fn one_of_the_project_is_refused_for_what_it_is() {
    let Some(place) = healthy(&["hello"]) else { return };
    let unknown = place.world.write(".pyve/bin/micromamba", "#!/bin/sh\ntouch sprung\n");
    for mode in [0o644, 0o755] {
        fs::set_permissions(&unknown, fs::Permissions::from_mode(mode)).unwrap();
        let told = place.world.pyve().arg("doctor").run().success();
        assert!(told.out().contains("it came with the project, and is not one"), "{told}");
        assert!(told.out().contains("→ rm ") && !told.out().contains("chmod +x"), "{told}");
    }
    fs::remove_file(place.sandbox()).unwrap();
    fs::set_permissions(&unknown, fs::Permissions::from_mode(0o644)).unwrap();
    let told = place.world.pyve().arg("doctor").run();
    assert!(told.out().contains("it came with the project, and is not one"), "{told}");
    assert!(!told.out().contains("chmod +x") && !place.project().join("sprung").exists(), "{told}");
}
