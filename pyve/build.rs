//! Tells the program which target it is built for. Links GCC's unwinder into it, where there is one to link: each start opens
//! one library less. Links functions of the same code only once, and the program to one address: nothing in it has to be
//! adjusted at each start.
//!
//! Rust asks for it as a shared library, `libgcc_s`. Named here before that as a static one, it is found first, and the
//! shared one is not needed any more. A plugin keeps to its own; no panic crosses from one to the other.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    println!("cargo::rustc-env=PYVE_TARGET={}", env::var("TARGET").unwrap_or_default());
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    // Elsewhere it may need more than itself, and nobody has tried.
    if (target("OS"), target("ENV"), target("ARCH")) != ("linux".into(), "gnu".into(), "x86_64".into()) {
        return;
    }
    if is_linked_by_rust() {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        // 8,700 addresses that the loader would write into 48 pages, a quarter of what `pyve run` costs; docs/security.md says
        // what it takes away.
        if !target("FEATURE").split(',').any(|feature| feature == "crt-static") {
            println!("cargo::rustc-link-arg-bins=-no-pie");
        }
    }
    if let Some(folder) = unwinder().and_then(|library| library.parent()?.to_str().map(str::to_owned)) {
        println!("cargo::rustc-link-search=native={folder}");
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
        // What libraries opened later find under these names stays the shared one's.
        println!("cargo::rustc-link-arg-bins=-Wl,--exclude-libs,libgcc_eh.a");
    }
}

/// Whether this is a release that the linker links which comes with Rust since 1.90, and nobody asked for another one or
/// for flags of his own.
fn is_linked_by_rust() -> bool {
    let asked = |argument: &str| {
        let said = Command::new(env::var_os("RUSTC")?).args(argument.split(' ')).output().ok()?;
        Some(String::from_utf8(said.stdout).ok()?.trim_end().to_owned())
    };
    let version = asked("--version").unwrap_or_default();
    let minor = version.strip_prefix("rustc 1.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    let linkers =
        asked("--print sysroot").map(|root| Path::new(&root).join("lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld"));
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_other =
        env::var_os("RUSTC_LINKER").is_some() || flags.contains("link") || flags.contains("relocation-model");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    is_release && !is_other && minor.is_some_and(|minor| minor >= 90) && linkers.is_some_and(|linkers| linkers.is_dir())
}

/// Where the compiler that links has it; a compiler answers with the bare name if it has none.
fn unwinder() -> Option<PathBuf> {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let told = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim_end());
    path.is_absolute().then_some(path).filter(|path| path.is_file())
}
