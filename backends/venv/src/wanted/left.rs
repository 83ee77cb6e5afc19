//! What names dependencies as well and is not read, so that nobody takes a part for the whole.

use std::path::Path;

use super::RequirementsFile;
use super::choice::listed;
use pyve_formats::dependencies::{Declared, PIPFILE};
use pyve_formats::foreign_lock;
use pyve_formats::pyproject::Pyproject;

/// What is read.
pub struct Read<'a> {
    pub project: &'a Path,
    pub files: &'a [RequirementsFile],
    pub declaring: Option<&'a str>,
    pub declared: &'a Declared,
    pub extras: &'a [String],
    pub groups: &'a [String],
    pub pyproject: Option<&'a Pyproject>,
}

/// What is not, each with how it would be.
pub fn over(read: &Read) -> Vec<String> {
    let mut left = Vec::new();
    let included: Vec<_> = read.files.iter().flat_map(|file| &file.content.files).collect();
    let included: Vec<_> = included.into_iter().filter_map(|file| file.canonicalize().ok()).collect();
    let is_left = |name: &String| read.project.join(name).canonicalize().is_ok_and(|file| !included.contains(&file));
    let files: Vec<String> = requirements(read.project).into_iter().filter(is_left).collect();
    let named = |names: &[String], flag: &str| format!("{} (`{flag}`)", listed(names));
    if !files.is_empty() {
        left.push(named(&files, "--requirements FILE"));
    }
    let others = |all: Vec<&String>, chosen: &[String]| -> Vec<String> {
        all.into_iter().filter(|name| !chosen.contains(name)).cloned().collect()
    };
    let extras = others(read.declared.extras.keys().collect(), read.extras);
    if !extras.is_empty() {
        let plural = if extras.len() == 1 { "" } else { "s" };
        left.push(format!("extra{plural} {}", named(&extras, "--extra NAME")));
    }
    let groups = others(read.declared.groups.keys().collect(), read.groups);
    if !groups.is_empty() {
        let plural = if groups.len() == 1 { "" } else { "s" };
        left.push(format!("group{plural} {}", named(&groups, "--group NAME")));
    }
    let is_there = |name: &&str| read.project.join(name).is_file();
    let pipfile = Some(PIPFILE).filter(|name| read.declaring != Some(PIPFILE) && is_there(name));
    let sources = read.pyproject.is_some_and(|file| file.line("tool.uv.sources").is_some());
    let unread: Vec<&str> = pipfile.into_iter().chain(sources.then_some("[tool.uv.sources]")).collect();
    if !unread.is_empty() {
        left.push(format!("{} (not read)", unread.join(", ")));
    }
    let locks = foreign_lock::in_project(read.project);
    left.extend(locks.iter().map(|lock| format!("{} (not read; `{}` installs it)", lock.file, lock.command)));
    left
}

/// The files of requirements that a project has, relative to it, in the order of their names.
pub fn requirements(project: &Path) -> Vec<String> {
    let names = |folder: &Path| {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.path().is_file());
        let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.retain(|name| name.ends_with(".txt"));
        names.sort();
        names
    };
    let beside = names(project).into_iter().filter(|name| name.contains("requirements"));
    let below = names(&project.join("requirements")).into_iter().map(|name| format!("requirements/{name}"));
    beside.chain(below).collect()
}
