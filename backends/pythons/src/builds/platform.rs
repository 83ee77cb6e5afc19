//! The platforms that there are builds for, and which of them this machine is.
//!
//! What pyve was compiled for says little: a pyve that is linked statically runs with any C library. So on Linux a program that
//! every machine has is looked at, which names the loader of its C library.

use std::env::consts::{ARCH, OS};
use std::fmt;
use std::path::Path;

use super::elf::Program;

/// The name of each in pyve's folders, as uv writes it (system, machine, C library), and in the files of a release.
pub const PLATFORMS: [(&str, &str); 6] = [
    ("linux-x86_64-gnu", "x86_64-unknown-linux-gnu"),
    ("linux-aarch64-gnu", "aarch64-unknown-linux-gnu"),
    ("linux-x86_64-musl", "x86_64-unknown-linux-musl"),
    ("macos-x86_64-none", "x86_64-apple-darwin"),
    ("macos-aarch64-none", "aarch64-apple-darwin"),
    ("windows-x86_64-none", "x86_64-pc-windows-msvc"),
];

/// The programs that tell, the first that is there; `/bin/sh` may be linked statically, or be a script on no machine.
const PROGRAMS: [&str; 3] = ["bin/sh", "usr/bin/env", "bin/ls"];

/// The loaders that tell where no program does.
const LOADERS: [(&str, &str); 4] = [
    ("lib64/ld-linux-x86-64.so.2", "x86_64-gnu"),
    ("lib/ld-linux-aarch64.so.1", "aarch64-gnu"),
    ("lib/ld-musl-x86_64.so.1", "x86_64-musl"),
    ("lib/ld-musl-aarch64.so.1", "aarch64-musl"),
];

/// One of the platforms that builds are pinned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform(pub(super) usize);

impl Platform {
    /// This machine's; on error in half a sentence why there is no build for it.
    pub fn here() -> Result<Self, String> {
        match OS {
            "linux" => Self::of_linux(Path::new("/")),
            os => Self::called(&format!("{os}-{ARCH}-none")),
        }
    }

    /// The one with this name in pyve's folders.
    pub fn named(name: &str) -> Option<Self> {
        PLATFORMS.iter().position(|(known, _)| *known == name).map(Self)
    }

    /// As files of a release name it: `x86_64-unknown-linux-gnu`.
    pub fn triple(self) -> &'static str {
        PLATFORMS[self.0].1
    }

    fn called(name: &str) -> Result<Self, String> {
        Self::named(name).ok_or_else(|| format!("there is no build for {}", name.trim_end_matches("-none")))
    }

    /// Of a Linux whose files are below `root`.
    fn of_linux(root: &Path) -> Result<Self, String> {
        let program = PROGRAMS.iter().find_map(|name| Program::read(&root.join(name))?.kind());
        let loader = || LOADERS.iter().find(|(file, _)| root.join(file).exists()).map(|(_, kind)| (*kind).to_owned());
        match program.or_else(loader) {
            Some(kind) => Self::called(&format!("linux-{kind}")),
            None => Err("the C library of this machine is neither glibc nor musl".to_owned()),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(PLATFORMS[self.0].0)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::elf::testing::program;
    use super::*;

    fn told(files: &[(&str, Vec<u8>)]) -> String {
        let root = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let file = root.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        Platform::of_linux(root.path()).map_or_else(|why| why, |platform| platform.to_string())
    }

    #[test]
    fn a_program_of_the_machine_tells_its_c_library() {
        let glibc = program(62, Some("/lib64/ld-linux-x86-64.so.2"));
        let musl = program(62, Some("/lib/ld-musl-x86_64.so.1"));
        let arm = program(183, Some("/lib/ld-linux-aarch64.so.1"));
        let nix = program(62, Some("/nix/store/abc-glibc-2.40/lib/ld-linux-x86-64.so.2"));
        assert_eq!(told(&[("bin/sh", glibc.clone())]), "linux-x86_64-gnu");
        assert_eq!(told(&[("bin/sh", musl)]), "linux-x86_64-musl");
        assert_eq!(told(&[("bin/sh", arm)]), "linux-aarch64-gnu");
        assert_eq!(told(&[("bin/sh", nix)]), "linux-x86_64-gnu");
        // A musl beside glibc, for cross compilers, says nothing; neither does a shell that is linked statically.
        assert_eq!(told(&[("bin/sh", glibc.clone()), ("lib/ld-musl-x86_64.so.1", vec![])]), "linux-x86_64-gnu");
        assert_eq!(told(&[("bin/sh", program(62, None)), ("usr/bin/env", glibc)]), "linux-x86_64-gnu");
    }

    #[test]
    fn loaders_tell_where_no_program_does() {
        let shell = ("bin/sh", program(62, None));
        assert_eq!(told(&[shell.clone(), ("lib/ld-musl-x86_64.so.1", vec![])]), "linux-x86_64-musl");
        assert_eq!(told(&[("lib/ld-linux-aarch64.so.1", vec![])]), "linux-aarch64-gnu");
        assert_eq!(told(&[shell]), "the C library of this machine is neither glibc nor musl");
        assert_eq!(
            told(&[("bin/sh", b"#!/bin/ash\n".to_vec())]),
            "the C library of this machine is neither glibc nor musl"
        );
    }

    #[test]
    fn a_machine_without_builds_is_named() {
        let arm = program(183, Some("/lib/ld-musl-aarch64.so.1"));
        assert_eq!(told(&[("bin/sh", arm)]), "there is no build for linux-aarch64-musl");
        let power = program(21, Some("/lib64/ld64.so.2"));
        assert_eq!(told(&[("bin/sh", power)]), "there is no build for linux-powerpc64-gnu");
        assert_eq!(Platform::called("freebsd-x86_64-none").unwrap_err(), "there is no build for freebsd-x86_64");
    }

    #[test]
    fn every_name_leads_back_to_its_platform() {
        for (index, (name, triple)) in PLATFORMS.iter().enumerate() {
            let platform = Platform::named(name).unwrap();
            assert_eq!((platform, platform.triple()), (Platform(index), *triple));
        }
    }

    #[cfg(any(all(target_os = "linux", target_arch = "x86_64"), target_os = "macos"))]
    #[test]
    fn this_machine_is_one_of_them() {
        assert!(Platform::here().unwrap().to_string().starts_with(OS));
    }
}
