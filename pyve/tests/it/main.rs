//! pyve as its users meet it: started as a process, each test in a home of its own.
#![cfg(unix)]

mod completions;
mod config;
mod home;
mod plugins;
mod init_deps;
mod init_dry_run;
mod init_failing;
mod init_flag_and_config;
mod init_hostile;
mod init_rebuild;
mod init_venv;
mod init_wiring;
mod ready;
mod prepared;
mod run;
mod self_install;
mod shell_hook;
