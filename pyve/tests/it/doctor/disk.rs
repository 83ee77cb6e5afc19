//! A disk that is full, or soon will be: a small one in memory, which only this test sees.
#![cfg(target_os = "linux")]

use std::fs;

use pyve_testkit::{World, mount_namespace, prerequisite};
use serde_json::Value;

use super::{equipped, ids};
use crate::ready::quick;

/// In a mount namespace of its own: a disk of `$2` with a file of `$3` bytes on it, examined before and after that is removed.
const SCRIPT: &str = r#"
mount -t tmpfs -o "size=$2" tmpfs "$1"
cd "$1"
head -c "$3" /dev/zero >not-needed
pyve doctor --json >../before.json || :
rm not-needed
pyve doctor --json >../after.json || :
"#;

const MIB: u64 = 1 << 20;

/// What is wrong before and after the file was removed.
#[track_caller]
fn wrong(world: &World, size: &str, file: u64) -> [Vec<String>; 2] {
    let line = ["--map-root-user", "--mount", "sh", "-ec", SCRIPT, "sh"];
    let project = world.project().to_str().unwrap();
    let _ = world.command("unshare").args(line).args([project, size, &file.to_string()]).run().success();
    ["before", "after"].map(|name| {
        let text = fs::read(world.root().join(name).with_extension("json")).unwrap();
        let report: Value = serde_json::from_slice(&text).unwrap();
        // There is no environment on the new disk.
        ids(&report).into_iter().filter(|id| id != "venv.environment").collect()
    })
}

#[test]
fn one_that_has_room_for_no_environment_and_one_that_soon_has_none() {
    let Some(world) = quick("project").and_then(equipped) else { return };
    let Some(unshare) = mount_namespace() else { return };
    world.link_as("unshare", &unshare);
    for program in ["mount", "head", "rm", "sh"] {
        let Some(path) = prerequisite(program) else { return };
        world.link_as(program, &path);
    }
    assert_eq!(wrong(&world, "250m", 100 * MIB), [vec!["pyve.disk-full"], vec!["pyve.disk-scarce"]]);
    assert_eq!(wrong(&world, "1100m", 200 * MIB), [vec!["pyve.disk-scarce"], vec![]]);
}
