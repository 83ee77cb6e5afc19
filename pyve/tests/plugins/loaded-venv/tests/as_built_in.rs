//! Every test of the built-in venv backend, on the same backend out of a library.
#![cfg(unix)]

#[path = "../../../../../backends/venv/tests/create.rs"]
mod create;
#[path = "../../../../../backends/venv/tests/dependencies.rs"]
mod dependencies;
#[path = "../../../../../backends/venv/tests/diagnose.rs"]
mod diagnose;
#[path = "../../../../../backends/venv/tests/ensure_tool.rs"]
mod ensure_tool;
#[path = "../../../../../backends/venv/tests/install.rs"]
mod install;
#[path = "../../../../../backends/venv/tests/launch.rs"]
mod launch;
#[path = "../../../../../backends/venv/tests/prepared.rs"]
mod prepared;
#[path = "../../../../../backends/venv/tests/world/mod.rs"]
mod world;
