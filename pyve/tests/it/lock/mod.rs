//! `pyve lock`, with real uv and real pip, on folders of wheels that the tests make.

pub mod conflicts;
mod foreign;
mod installed;
mod refused;
mod updates;
mod written;

use std::path::PathBuf;

use pyve_testkit::{World, interpreter, prerequisite};

use crate::ready::{done, told, whole};

/// A small tree: `top` 2 needs a newer `mid` than `top` 1, and one package more on Windows.
const TREE: &str = "leaf 1.0\nleaf 1.1\nleaf 2.0\nmid 1.0 leaf<2\nmid 2.0 leaf>=1.1\ntop 1.0 mid<2\n\
    top 2.0 mid>=2 & win; sys_platform == 'win32'\nwin 1.0\nother 1.0\nother 1.5\n";

/// A world in which these packages can be had, and uv is on PATH.
#[track_caller]
pub fn with_uv(packages: &str) -> Option<World> {
    let uv = prerequisite("uv")?;
    Some(with_pip(packages)?.link(&uv))
}

/// The same without uv.
#[track_caller]
pub fn with_pip(packages: &str) -> Option<World> {
    let world = whole("project")?;
    let folder = wheels(&world, packages);
    world.filter(r"pyve-lock-\w+", "pyve-lock-[KEY]");
    // A machine's own settings of pip may name certificates.
    world.filter(r"SSL_CERT_FILE=\S+ ", "");
    Some(world.packages(&folder))
}

/// Adds packages to those that can be had.
pub fn wheels(world: &World, packages: &str) -> PathBuf {
    let folder = world.root().join("wheels");
    std::fs::create_dir_all(&folder).unwrap();
    let python = &interpreter(3, 10).unwrap().path;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/lock/wheels.py");
    world.command(python).arg(script).arg(&folder).stdin(packages).run().success();
    folder
}

/// Each locked package with its version.
pub fn locked(world: &World, file: &str) -> Vec<String> {
    let text = world.read(file);
    let value = |line: &str| line.split('"').nth(1).unwrap_or_default().to_owned();
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0].starts_with("name = ") && pair[1].starts_with("version = "));
    pairs.map(|pair| format!("{} {}", value(pair[0]), value(pair[1]))).collect()
}

#[test]
fn a_lock_of_400_packages_is_checked_without_a_process() {
    let Some(world) = whole("project") else { return };
    let names: Vec<String> = (0..400).map(|number| format!("package-{number:03}")).collect();
    let one = |name: &String| {
        let wheel = |number: usize| {
            let hash = format!("{number:064}");
            format!(
                "    {{ url = \"https://h/{name}-1.0-cp3{number}-any.whl\", hashes = {{ sha256 = \"{hash}\" }} }},\n"
            )
        };
        let wheels: String = (0..12).map(wheel).collect();
        format!("[[packages]]\nname = \"{name}\"\nversion = \"1.0\"\nwheels = [\n{wheels}]\n\n")
    };
    let packages: String = names.iter().map(one).collect();
    let inputs: String = names.iter().map(|name| format!("    \"{name}>=1\",\n")).collect();
    let head = "lock-version = \"1.0\"\ncreated-by = \"uv\"\n\n";
    world.write("pylock.toml", format!("{head}{packages}[tool.pyve]\ninputs = [\n{inputs}]\n"));
    world.write("requirements.txt", names.iter().map(|name| format!("{name} >= 1\n")).collect::<String>());
    // Any program that were started would fail.
    let checked = world.pyve().args(["lock", "--check"]).env("PATH", "/nonexistent").run();
    assert_eq!(checked.success().out(), "pylock.toml: fresh\n");
    let fastest = (0..5).map(|_| {
        let begun = std::time::Instant::now();
        world.pyve().args(["lock", "--check"]).run().success();
        begun.elapsed()
    });
    let fastest = fastest.min().unwrap();
    // The limit is that of a release build; one for tests takes ten times as long.
    let limit = if cfg!(debug_assertions) { 200 } else { 15 };
    assert!(fastest.as_millis() < limit, "{fastest:?}");
}
