//! The programs of an environment by name, for whoever completes a command.

use std::path::PathBuf;

use crate::process::is_program;

/// The names of the programs in `folders`, in alphabetical order, each once.
pub fn programs(folders: &[PathBuf]) -> Vec<String> {
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let programs = entries.filter(|entry| is_program(&entry.path()));
    let mut names: Vec<String> = programs.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names.dedup();
    names
}
