//! What an examination costs where conda has installed many packages.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{healthy, put, site_packages, sound};
use crate::conda::place::channel;

/// As many files does a package of conda-forge have on average, and each is named twice in its description.
const FILES: usize = 200;

#[test]
fn five_hundred_packages_cost_next_to_nothing() {
    let Some(place) = healthy(&["python", "llvm-openmp"]) else { return };
    let mut history = fs::read_to_string(place.prefix().join("conda-meta/history")).unwrap();
    for number in 0..500 {
        let files: Vec<String> = (0..FILES).map(|file| format!("lib/p{number}/module_{file}.py")).collect();
        let paths: Vec<_> = files.iter().map(|file| json!({"_path": file, "sha256": "0".repeat(64)})).collect();
        let described = json!({"name": format!("p{number}"), "version": "1.0", "files": files, "paths_data": paths});
        put(&place, &format!("conda-meta/p{number}-1.0-0.json"), &described.to_string());
        put(&place, &format!("bin/p{number}"), &format!("#!{}/bin/python\n", place.prefix().display()));
        let site = site_packages(&place);
        fs::create_dir_all(site.join(format!("p{number}"))).unwrap();
        fs::create_dir_all(site.join(format!("p{number}-1.0.dist-info"))).unwrap();
        fs::write(site.join(format!("p{number}-1.0.dist-info/INSTALLER")), "conda\n").unwrap();
        history.push_str(&format!("+{}::p{number}-1.0-0\n", channel().url()));
    }
    fs::write(place.prefix().join("conda-meta/history"), history).unwrap();
    sound(&place);
    let best = (0..5).map(|_| {
        let begun = Instant::now();
        assert_eq!(place.world.pyve().args(["doctor"]).run().code, Some(0));
        begun.elapsed()
    });
    let best = best.min().unwrap();
    // The figure of 50 ms is an optimised build's on a machine with nothing else to do.
    assert!(best < Duration::from_millis(250), "{best:?}");
}
