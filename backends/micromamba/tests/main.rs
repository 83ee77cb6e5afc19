//! The micromamba backend against a micromamba: what it plans is run, what stands is read, what it locks is installed.

#![cfg(unix)]

mod create;
mod diagnose;
mod ensure_tool;
mod launch;
mod locking;
mod locks;
mod packages;
mod round_trips;
mod trip;
mod universe;
mod uv_round_trips;
mod world;
