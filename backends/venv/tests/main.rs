//! The venv backend against the Pythons of this machine: what it plans is run, and what stands is read.

#![cfg(unix)]

mod create;
mod dependencies;
mod diagnose;
mod ensure_tool;
mod install;
mod launch;
mod packages;
mod prepared;
mod real;
mod world;
