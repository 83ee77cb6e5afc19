//! The example plugins as their users meet them: added, chosen, made, run, purged.

mod loaded_venv;
mod minimal;
mod pixi;
pub mod uv;
pub mod uv_migration;

use pyve_testkit::{Outcome, World, plugin_library, prerequisite};

/// A world in which the plugin was added.
pub fn world_with(plugin: &str) -> World {
    let world = World::new();
    add(&world, plugin);
    world
}

/// Adds the plugin to a world, and what it starts.
pub fn add(world: &World, plugin: &str) {
    for program in ["sh", "env", "git"].into_iter().filter_map(prerequisite) {
        world.link_as(program.file_name().unwrap(), &program);
    }
    world.pyve().args(["plugin", "add", "--yes"]).arg(plugin_library(plugin)).run().success();
}

/// Runs in the environment after its record is gone, and then in a copy of the project that has none, either.
fn runs_without_a_record(world: &World, command: &[&str]) -> (Outcome, Outcome) {
    fs_err::remove_dir_all(world.project().join(".pyve/state")).unwrap();
    let ran = world.pyve().arg("run").args(command).run();
    let copy = world.root().join("copy");
    fs_err::rename(world.project(), &copy).unwrap();
    let moved = world.pyve().current_dir(&copy).arg("run").args(command).run();
    fs_err::rename(&copy, world.project()).unwrap();
    (ran, moved)
}
