//! Links GCC's unwinder into the program, where there is one to link: each start opens one library less.
//!
//! Rust asks for it as a shared library, `libgcc_s`. Named here before that as a static one, it is found first, and the
//! shared one is not needed any more. A plugin keeps to its own; no panic crosses from one to the other.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    // Elsewhere it may need more than itself, and nobody has tried.
    if (target("OS"), target("ENV"), target("ARCH")) != ("linux".into(), "gnu".into(), "x86_64".into()) {
        return;
    }
    if let Some(folder) = unwinder().and_then(|library| library.parent()?.to_str().map(str::to_owned)) {
        println!("cargo::rustc-link-search=native={folder}");
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
        // What libraries opened later find under these names stays the shared one's.
        println!("cargo::rustc-link-arg-bins=-Wl,--exclude-libs,libgcc_eh.a");
    }
}

/// Where the compiler that links has it; a compiler answers with the bare name if it has none.
fn unwinder() -> Option<PathBuf> {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let told = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim_end());
    path.is_absolute().then_some(path).filter(|path| path.is_file())
}
