//! pyve as its users meet it: started as a process, each test in a home of its own.
#![cfg(unix)]

mod activation;
mod amounts;
mod bash_project;
mod by_directory;
mod clones;
mod completions;
mod conda;
mod config;
mod doctor;
mod envs;
mod help;
mod home;
mod init_deps;
mod init_dry_run;
mod init_end;
mod init_failing;
mod init_flag_and_config;
mod init_hostile;
mod init_python;
mod init_rebuild;
mod init_together;
mod init_venv;
mod init_wiring;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod killed;
mod lock;
mod migrate;
mod nushell;
mod plugin_examples;
mod plugins;
mod prepared;
mod purge;
mod ready;
mod recreate;
mod refusals;
mod run;
mod run_after_config;
mod self_install;
mod shell_hook;
mod special_files;
mod temporary_files;
mod traps;
mod unwritable_output;
mod user_links;
mod which;
