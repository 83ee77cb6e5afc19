//! pyve as its users meet it: started as a process, in a place of its own.

mod run;
//! The binary as users meet it.
mod config;
//! The binary as a user meets it, each test in a home of its own.
#![cfg(unix)]
mod completions;
mod home;
mod self_install;
mod shell_hook;
