//! A lock that is stale, missing, broken, or of another platform.

use pyve_standin_micromamba::channel;

use super::{Place, check, fixed, healthy, hinted, only, report, set_up, sound, type_remedy};
use crate::conda::place::{lock, python};
use crate::ready::done;

/// conda-lock, as far as pyve names it: what micromamba solves, written as a lock.
const CONDA_LOCK: &str = r#"
import json, os, subprocess, sys
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
file, platform = given["-f"], given["-p"]
solve = [os.path.expanduser("~/.pyve/bin/micromamba"), "create", "--dry-run", "--json", "--platform", platform,
         "-p", os.path.abspath("no-such-prefix"), "-f", os.path.abspath(file)]
links = json.loads(subprocess.run(solve, stdout=subprocess.PIPE, check=True).stdout)["actions"]["LINK"]
packages = [{"name": link["name"], "version": link["version"], "manager": "conda", "platform": platform,
             "dependencies": {}, "url": link["url"], "hash": {"sha256": link["sha256"]}, "category": "main",
             "optional": False} for link in links]
channels = sorted({link["url"].rsplit("/", 2)[0] for link in links})
with open("conda-lock.yml", "w") as lock:
    json.dump({"version": 1, "metadata": {
        "content_hash": {platform: "0"}, "channels": [{"url": url, "used_env_vars": []} for url in channels],
        "platforms": [platform], "sources": [file]}, "package": packages}, lock, indent=1)
"#;

fn with_conda_lock(place: Place) -> Place {
    place.world.stand_in("conda-lock", &format!("#!{}{CONDA_LOCK}", python().path.display()));
    place
}

/// A project whose environment is made from a lock of hello 1.0.
fn locked(dependencies: &[&str]) -> Option<Place> {
    let place = with_conda_lock(Place::new());
    place.environment(dependencies);
    place.lock(&[("hello", "1.0")]);
    set_up(place)
}

/// The remedy makes another lock, and with it the environment is outdated.
#[track_caller]
fn locked_anew(place: &Place, id: &str) {
    let found = only(&report(&place.world, ""), id);
    type_remedy(&place.world, &found);
    fixed(&place.world, "micromamba.environment-outdated");
}

#[test]
fn one_that_is_stale() {
    let Some(place) = locked(&["hello"]) else { return };
    place.environment(&["hello>=2"]);
    locked_anew(&place, "micromamba.lock-stale");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn one_that_is_asked_for_and_missing() {
    let Some(place) = healthy(&["hello"]) else { return };
    let place = with_conda_lock(place);
    assert_eq!(check(&report(&place.world, ""), "micromamba.lock-missing")["status"], "info");
    let missing = only(&report(&place.world, "--strict"), "micromamba.lock-missing");
    assert_eq!(missing["status"], "error");
    type_remedy(&place.world, &missing);
    fixed(&place.world, "micromamba.environment-outdated");
    assert!(super::problems(&report(&place.world, "--strict")).is_empty());
}

#[test]
fn one_that_is_broken() {
    let Some(place) = locked(&["hello"]) else { return };
    let before = place.world.read("conda-lock.yml");
    place.world.write("conda-lock.yml", before.replace("version: 1\n", "version: 9\n"));
    locked_anew(&place, "micromamba.lock");
    let better = place.world.read("conda-lock.yml");
    place.world.write("conda-lock.yml", &better[..better.len() / 2]);
    std::fs::remove_file(place.project().join("environment.yml")).unwrap();
    let hint = hinted(&place, "micromamba.lock");
    assert!(hint.contains("take an older conda-lock.yml, or write environment.yml and run: conda-lock -f"), "{hint}");
    place.world.write("conda-lock.yml", better);
    place.environment(&["hello"]);
    sound(&place);
}

#[test]
fn one_of_another_platform() {
    let Some(place) = locked(&["hello"]) else { return };
    let other = if channel::platform() == "linux-64" { "osx-64" } else { "linux-64" };
    place.world.write("conda-lock.yml", lock(&[("hello", "1.0")], other));
    locked_anew(&place, "micromamba.lock-other-platform");
    done(&place.world, "init --strict");
}

#[test]
fn one_with_packages_in_another_category() {
    let place = Place::new();
    place.environment(&["hello", "clash"]);
    let both = lock(&[("hello", "1.0"), ("clash", "1.0")], &channel::platform());
    let (main, last) = both.rsplit_once("category: main").unwrap();
    place.world.write("conda-lock.yml", format!("{main}category: dev{last}"));
    place.world.write(".pyve/config", "backend: micromamba\nmicromamba:\n  categories: [main, dev]\n");
    let Some(place) = set_up(place) else { return };
    place.world.write(".pyve/config", "backend: micromamba\n");
    done(&place.world, "init --update --category main");
    let found = only(&report(&place.world, ""), "micromamba.lock-category");
    type_remedy(&place.world, &found);
    sound(&place);
    assert!(place.prefix().join("share/clash.txt").is_file());
}
