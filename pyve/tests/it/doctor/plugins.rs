//! The state of plugins.

use super::{check, give_pyve, report, type_remedy, wrong};
use crate::ready::{done, quick};

#[test]
fn plugins_that_cannot_be_used() {
    let Some(world) = quick("project") else { return };
    give_pyve(&world);
    done(&world, "init --no-direnv");
    let before = wrong(&world);
    let folder = world.home().join(".pyve/plugins");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("stray{}", std::env::consts::DLL_SUFFIX)), "").unwrap();
    let seen = report(&world, "");
    assert_eq!(check(&seen, "pyve.plugin-not-added")["remedy"][2], "add");
    std::fs::write(folder.join("manifest.json"), "{").unwrap();
    assert_eq!(wrong(&world).difference(&before).count(), 1, "{:#}", report(&world, ""));
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(wrong(&world), before);
    let _ = type_remedy;
}
