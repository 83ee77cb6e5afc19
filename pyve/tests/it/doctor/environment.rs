//! Faults of the environment itself, as its backend finds them.

use std::fs;
use std::os::unix::fs::symlink;

use super::{check, fixed, healthy, problems, report};

#[test]
fn an_interpreter_that_is_gone() {
    let Some(world) = healthy() else { return };
    let python = world.project().join(".venv/bin/python");
    fs::remove_file(&python).unwrap();
    symlink("/no/such/python3.99", &python).unwrap();
    fixed(&world, "venv.interpreter-missing");
    // `python3` would be another Python from now on.
    fs::remove_file(python.with_file_name("python3")).unwrap();
    fixed(&world, "venv.interpreter-missing");
}

#[test]
fn an_environment_that_is_gone() {
    let Some(world) = healthy() else { return };
    fs::remove_dir_all(world.project().join(".venv")).unwrap();
    fixed(&world, "venv.environment");
}

#[test]
fn dead_scripts_and_a_missing_pip() {
    let Some(world) = super::healthy_with_pip() else { return };
    let script = world.project().join(".venv/bin/tool");
    fs::write(&script, "#!/old/app/.venv/bin/python\n").unwrap();
    fixed(&world, "venv.dead-shebang");
    let lib = fs::read_dir(world.project().join(".venv/lib")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(lib.join("site-packages/pip")).unwrap();
    fixed(&world, "venv.pip-missing");
}

#[test]
fn a_pip_that_is_not_whole() {
    let Some(world) = super::healthy_with_whole_pip() else { return };
    let lib = fs::read_dir(world.project().join(".venv/lib")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(lib.join("site-packages/pip/_internal/cli")).unwrap();
    assert_ne!(crate::ready::pyve(&world, "run pip --version").code, Some(0));
    let told = crate::ready::pyve(&world, "init").err();
    assert!(told.contains("the environment does not work") && told.contains("hint: run `pyve init --force`"), "{told}");
    let elsewhere = world.pyve().current_dir(world.root()).args(["-C", "project", "init"]).run().err();
    assert!(elsewhere.contains("hint: run `pyve -C project init --force`\n"), "{elsewhere}");
    fixed(&world, "venv.pip-broken");
    crate::ready::done(&world, "run pip --version");
}

#[test]
fn a_pin_that_asks_for_another_version() {
    let Some(world) = healthy() else { return };
    world.write(".python-version", "3.99\n");
    let report = report(&world, "");
    assert_eq!(problems(&report).len(), 1, "{report:#}");
    assert_eq!(check(&report, "venv.pin-mismatch")["remedy"], serde_json::json!(["pyve", "init", "--force"]));
    // What asks for it can be had nowhere here, so the edit is the pin's.
    fs::remove_file(world.project().join(".python-version")).unwrap();
    assert!(super::wrong(&world).is_empty());
}

#[test]
fn an_environment_of_another_name_is_fixed_under_its_name() {
    let Some(world) = healthy() else { return };
    crate::ready::done(&world, "init --env dev --yes");
    super::allow(&world);
    fs::remove_dir_all(world.project().join(".pyve/envs/dev")).unwrap();
    let report = report(&world, "--env dev");
    let gone = check(&report, "venv.environment");
    assert_eq!(gone["remedy"], serde_json::json!(["pyve", "init", "--env", "dev"]), "{report:#}");
    crate::ready::done(&world, "init --env dev");
    super::allow(&world);
    assert!(problems(&super::report(&world, "--env dev")).is_empty());
}

#[test]
fn an_environment_in_a_folder_of_its_own_is_fixed_there() {
    let Some(world) = super::healthy() else { return };
    crate::ready::done(&world, "init mine --yes");
    super::allow(&world);
    fs::remove_file(world.project().join("mine/pyvenv.cfg")).unwrap();
    let report = report(&world, "");
    let words = check(&report, "venv.half-made");
    assert_eq!(words["remedy"], serde_json::json!(["pyve", "init", "--force", "mine"]), "{report:#}");
    fixed(&world, "venv.half-made");
}

#[test]
fn packages_that_are_missing_or_contradict_what_is_required() {
    let Some(wheels) = pyve_testkit::offline_packages() else { return };
    let Some(world) = super::healthy_with_whole_pip() else { return };
    world.set("PIP_NO_INDEX", "1");
    world.set("PIP_FIND_LINKS", wheels);
    world.write("requirements.txt", "tabulate>=0.9\n");
    fixed(&world, "venv.package-missing");
    let lib = fs::read_dir(world.project().join(".venv/lib")).unwrap().next().unwrap().unwrap().path();
    let site = lib.join("site-packages");
    let name = fs::read_dir(&site).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    let described = name.into_iter().find(|name| name.starts_with("tabulate-")).unwrap();
    fs::rename(site.join(&described), site.join("tabulate-0.1.dist-info")).unwrap();
    let metadata = site.join("tabulate-0.1.dist-info/METADATA");
    let text = fs::read_to_string(&metadata).unwrap();
    let version = described.trim_start_matches("tabulate-").trim_end_matches(".dist-info");
    fs::write(&metadata, text.replace(&format!("\nVersion: {version}\n"), "\nVersion: 0.1\n")).unwrap();
    // As an older version would be described: pip takes away what RECORD lists.
    let list = site.join("tabulate-0.1.dist-info/RECORD");
    fs::write(&list, fs::read_to_string(&list).unwrap().replace(&described, "tabulate-0.1.dist-info")).unwrap();
    fixed(&world, "venv.package-conflict");
    fs::create_dir(site.join("tabulate-0.2.dist-info")).unwrap();
    fixed_by_two(&world);
}

/// A new environment has no packages at all, so that the remedy of what is then missing follows.
#[track_caller]
fn fixed_by_two(world: &pyve_testkit::World) {
    let doubled = check(&report(world, ""), "venv.package-doubled");
    super::type_remedy(world, &doubled);
    super::allow(world);
    fixed(world, "venv.package-missing");
}

#[cfg(target_os = "linux")]
#[test]
fn an_interpreter_of_another_machine() {
    let Some(world) = healthy() else { return };
    let python = world.project().join(".venv/bin/python");
    // The head of a program for macOS.
    let head = b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    fs::remove_file(&python).unwrap();
    fs::write(&python, head).unwrap();
    let foreign = check(&report(&world, ""), "pyve.other-machine");
    assert_eq!(foreign["detail"], "`.venv/bin/python` is built for macOS", "{foreign}");
    fixed(&world, "pyve.other-machine");
}
