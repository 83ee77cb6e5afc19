//! pyve as its users meet it: started as a process, each test in a home of its own.
#![cfg(unix)]

mod completions;
mod config;
mod home;
mod prepared;
mod run;
mod self_install;
mod shell_hook;
