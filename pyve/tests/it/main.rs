//! The binary as a user meets it, each test in a home of its own.
#![cfg(unix)]

mod completions;
mod home;
mod self_install;
mod shell_hook;
