//! Where a project lies.

use super::{check, give_pyve, wrong};
use crate::ready::{done, quick};

#[test]
fn a_folder_that_a_service_copies() {
    let Some(world) = quick("Dropbox") else { return };
    let project = world.project().join("app");
    std::fs::create_dir(&project).unwrap();
    give_pyve(&world);
    let pyve = |folder: &std::path::Path, words: &[&str]| world.pyve().current_dir(folder).args(words).run();
    assert_eq!(pyve(&project, &["init", "--no-direnv"]).code, Some(0));
    let seen: serde_json::Value = serde_json::from_slice(&pyve(&project, &["doctor", "--json"]).stdout).unwrap();
    let synced = check(&seen, "pyve.synced-folder");
    let words: Vec<&str> = synced["remedy"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let _ = world.command(words[0]).args(&words[1..]).run().success();
    let moved = world.home().join("app");
    let seen: serde_json::Value = serde_json::from_slice(&pyve(&moved, &["doctor", "--json"]).stdout).unwrap();
    assert!(!super::problems(&seen).iter().any(|check| check["id"] == "pyve.synced-folder"), "{seen:#}");
}

#[test]
fn an_empty_folder_without_any_tool() {
    let world = pyve_testkit::World::new();
    assert!(wrong(&world).iter().eq(["venv.environment", "venv.tool"]));
}

#[test]
fn from_a_subfolder_it_is_the_same_project() {
    let Some(world) = quick("project") else { return };
    done(&world, "init --no-direnv");
    std::fs::create_dir_all(world.project().join("a/b")).unwrap();
    let outcome = world.pyve().current_dir("a/b").args(["doctor", "--json"]).run();
    let seen: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(seen["project"], world.project().to_str().unwrap());
    assert_eq!(check(&seen, "venv.environment")["status"], "ok");
}
