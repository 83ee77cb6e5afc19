//! The command that makes a lock again: for all that it is made from and for, so that no platform is lost by it.

use std::path::{Component, Path};

use pyve_formats::conda_lock::CondaLock;
use pyve_plugin_api::Command;

/// What a lock is made from and for, so that it can be made again for all of that.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relock {
    /// The files, relative to the lock.
    sources: Vec<String>,
    /// The platforms, this machine's among them.
    platforms: Vec<String>,
}

impl Relock {
    /// Of a lock that is not there, or says nothing: from one file, for this machine.
    pub fn of(spec: &str, platform: &str) -> Self {
        Self { sources: vec![spec.to_owned()], platforms: vec![platform.to_owned()] }
    }

    /// Of a lock: from the files that it says it is made from, where all of them are files beside it or below, else from
    /// `spec`; for the platforms that it has, and this one.
    pub fn like(lock: &CondaLock, spec: &str, platform: &str) -> Self {
        let mut again = Self::of(spec, platform);
        if !lock.sources.is_empty() && lock.sources.iter().all(is_below) {
            again.sources.clone_from(&lock.sources);
        }
        let mut platforms = platforms(lock);
        platforms.retain(|name| is_platform(name));
        if !platforms.contains(&platform) {
            platforms.push(platform);
        }
        again.platforms = platforms.into_iter().map(str::to_owned).collect();
        again
    }

    /// The command that is typed.
    pub fn command(&self) -> Command {
        let files = self.sources.iter().flat_map(|file| ["-f", file]);
        Command::new("conda-lock").args(files).args(self.platforms.iter().flat_map(|platform| ["-p", platform]))
    }
}

/// Whether it is a file beside the lock or below.
pub fn is_below(file: &String) -> bool {
    let mut parts = Path::new(file).components();
    !file.starts_with('-') && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The platforms that the head of the lock names, and those of its packages.
pub fn platforms(lock: &CondaLock) -> Vec<&str> {
    let of_packages = lock.packages.iter().flatten().filter_map(|item| item.platform.as_ref());
    let mut names: Vec<&str> = Vec::new();
    for name in lock.platforms.iter().chain(of_packages).map(String::as_str) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `linux-64`: not `noarch`, and nothing that a command takes for something else.
pub fn is_platform(name: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.split_once('-').is_some_and(|(system, machine)| is_word(system) && is_word(machine))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(head: &str, packages: &str) -> String {
        let text = format!("version: 1\nmetadata: {head}\npackage: {packages}\n");
        let root = crate::yaml::parse(&text, "conda-lock.yml").unwrap().unwrap();
        Relock::like(&CondaLock::read(&root), "environment.yaml", "linux-64").command().to_string()
    }

    #[test]
    fn every_file_that_a_lock_is_made_from_is_named() {
        let both = "conda-lock -f environment.yml -f deps/dev.yml -p linux-64";
        assert_eq!(command("{sources: [environment.yml, deps/dev.yml]}", "[]"), both);
        for other in ["[]", "[/etc/environment.yml]", "[../environment.yml]", "[a.yml, --help]"] {
            let named = command(&format!("{{sources: {other}}}"), "[]");
            assert_eq!(named, "conda-lock -f environment.yaml -p linux-64", "{other}");
        }
    }

    #[test]
    fn every_platform_that_a_lock_has_is_named_and_this_one() {
        for (platforms, packages, all) in [
            ("[osx-arm64, linux-64, win-64]", "[]", "-p osx-arm64 -p linux-64 -p win-64"),
            ("[osx-arm64]", "[{platform: win-64}, {platform: osx-arm64}]", "-p osx-arm64 -p win-64 -p linux-64"),
            ("[]", "[{platform: noarch}, {platform: linux-aarch64}]", "-p linux-aarch64 -p linux-64"),
            ("[--help, -rm, a-b-c, 'x-;y', '']", "[]", "-p linux-64"),
        ] {
            let named = command(&format!("{{platforms: {platforms}}}"), packages);
            assert_eq!(named, format!("conda-lock -f environment.yaml {all}"), "{platforms}");
        }
    }
}
