//! What a release publishes: each package is made of the program that cargo built, put into an empty machine, and used there.

use std::path::{Path, PathBuf};

use fs_err as fs;
use pyve_testkit::{World, interpreter, prerequisite, workspace_root};

use crate::server::Server;

const CARGO: &str = include_str!("maturin_cargo.sh");

/// A machine that packs, and the program, without what only a debugger needs.
#[track_caller]
fn packer() -> Option<(World, PathBuf)> {
    let world = World::named("machine");
    for program in ["bash", "du", "gzip", "mktemp", "objdump", "tar"] {
        if program != "objdump" || cfg!(target_os = "linux") {
            world.link_as(program, &prerequisite(program)?);
        }
    }
    world.link_as("sha256sum", &prerequisite("sha256sum").or_else(|| prerequisite("shasum"))?);
    let program = world.root().join("pyve");
    fs::copy(env!("CARGO_BIN_EXE_pyve"), &program).unwrap();
    let _ = world.command(prerequisite("strip")?).arg(&program).run().success();
    Some((world, program))
}

fn pack(world: &World, script: &str, arguments: &[&str]) -> String {
    let script = workspace_root().join("pyve/packaging").join(script);
    let told = world.command(script).current_dir(world.root()).args(arguments).run().success().out();
    told.trim_end().to_owned()
}

/// A package has the program, compressed, and little beside it: less than half of the size of a program that is not optimised.
#[track_caller]
fn is_small(world: &World, folder: &str, program: &Path) {
    let limit = fs::metadata(program).unwrap().len() / 2;
    let told = pack(world, "sizes", &[folder, &limit.to_string()]);
    assert_eq!(told.lines().count(), 1, "{told}");
    let script = workspace_root().join("pyve/packaging/sizes");
    let doubled = world.command(script).current_dir(world.root()).args([folder, &(limit / 4).to_string()]).run();
    assert_eq!(doubled.code, Some(1), "{doubled}");
    assert!(doubled.err().starts_with(&format!("error: larger than {} bytes: pyve", limit / 4)), "{doubled}");
}

/// The name that Rust has for this machine, as the installer finds it.
fn target() -> String {
    let system = if cfg!(target_os = "macos") { "apple-darwin" } else { "unknown-linux-gnu" };
    format!("{}-{system}", std::env::consts::ARCH)
}

/// What a user does first with a program that was just installed.
fn try_out(world: &World, program: &Path) {
    let version = world.command(program).arg("--version").run().success().out();
    assert_eq!(version, concat!("pyve ", env!("CARGO_PKG_VERSION"), "\n"));
    world.write("requirements.txt", "");
    let explained = world.command(program).args(["init", "--explain"]).run().success().out();
    assert!(explained.contains("Backend: venv"), "{explained}");
}

#[test]
fn the_published_installer_installs_the_archive_of_its_release() {
    let Some((world, program)) = packer() else { return };
    let Some(curl) = prerequisite("curl") else { return };
    let _ = pack(&world, "archive", &[program.to_str().unwrap(), &target(), "packages"]);
    is_small(&world, "packages", &program);
    let name = format!("pyve-{}-{}.tar.gz", env!("CARGO_PKG_VERSION"), target());
    let archive = world.root().join("packages").join(name);
    let sums = world.root().join("packages/SHA256SUMS");
    let mut all = fs::read_to_string(&sums).unwrap();
    for system in
        ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-apple-darwin", "aarch64-apple-darwin"]
    {
        if system != target() {
            all.push_str(&format!("{}  pyve-{}-{system}.tar.gz\n", "0".repeat(64), env!("CARGO_PKG_VERSION")));
        }
    }
    fs::write(&sums, all).unwrap();
    let _ = pack(&world, "publish", &[sums.to_str().unwrap(), "packages"]);
    let formula = fs::read_to_string(world.root().join("packages/pyve.rb")).unwrap();
    let hash = fs::read_to_string(&sums).unwrap().split(' ').next().unwrap().to_owned();
    assert!(formula.contains(&format!("-{}.tar.gz\"\n      sha256 \"{hash}\"", target())), "{formula}");

    let server = Server::of(fs::read(archive).unwrap());
    world.link_as("curl", &curl);
    world.set("PYVE_INSTALL_SERVER", server.url.trim_end_matches("/micromamba"));
    let installer = world.root().join("packages/install.sh");
    let told = world.command(installer).run().success();
    let installed = world.home().join(".local/bin/pyve");
    assert_eq!(told.out(), format!("pyve {} is installed: [HOME]/.local/bin/pyve\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(told.err(), "[HOME]/.local/bin is not on PATH: add it in the start-up file of your shell\n");
    assert_eq!(fs::read_dir(installed.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    try_out(&world, &installed);
}

#[cfg(target_os = "linux")]
#[test]
fn the_debian_package_has_the_program_its_completions_manual_and_licences() {
    let Some((world, program)) = packer() else { return };
    let Some(dpkg) = prerequisite("dpkg-deb") else { return };
    world.link_as("dpkg-deb", &dpkg);
    for program in ["rm", "tar"] {
        world.link_as(program, &prerequisite(program).unwrap());
    }
    let package = pack(&world, "deb", &[program.to_str().unwrap(), "amd64", "packages"]);
    assert_eq!(package, format!("packages/pyve_{}_amd64.deb", env!("CARGO_PKG_VERSION")));
    is_small(&world, "packages", &program);
    let root = world.root().join("installed");
    let _ = world.command("dpkg-deb").arg("-x").arg(world.root().join(package)).arg(&root).run().success();
    for file in [
        "usr/share/bash-completion/completions/pyve",
        "usr/share/zsh/vendor-completions/_pyve",
        "usr/share/fish/vendor_completions.d/pyve.fish",
        "usr/share/man/man1/pyve-run.1.gz",
        "usr/share/doc/pyve/copyright",
        "usr/share/doc/pyve/changelog.gz",
    ] {
        assert!(root.join(file).metadata().is_ok_and(|file| file.len() > 100), "{file}");
    }
    try_out(&world, &root.join("usr/bin/pyve"));
}

#[test]
fn the_wheel_puts_the_program_beside_python() {
    let Some((world, program)) = packer() else { return };
    let (Some(maturin), Some(python)) = (prerequisite("maturin"), interpreter(3, 10)) else { return };
    let world = world.python(python);
    let cargo = world.stand_in("cargo", CARGO);
    world.set("CARGO", cargo);
    world.set("PYVE_DOCS_CARGO", env!("CARGO"));
    // maturin reads about the dependencies that cargo has downloaded for this test.
    let downloaded = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    world.set("CARGO_HOME", downloaded.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).unwrap());
    world.link_as("rustc", &Path::new(env!("CARGO")).with_file_name("rustc"));
    world.set("PYVE_DOCS_PYVE", &program);
    let wheels = world.root().join("wheels");
    let built =
        world.command(maturin).args(["build", "--profile", "dev", "--offline", "--compatibility", "linux", "--out"]);
    let _ = built.arg(&wheels).arg("--manifest-path").arg(workspace_root().join("pyve/Cargo.toml")).run().success();
    let wheel = fs::read_dir(wheels).unwrap().next().unwrap().unwrap().path();

    is_small(&world, "wheels", &program);
    let environment = world.root().join("environment");
    let _ = world.command("python3").args(["-m", "venv"]).arg(&environment).run().success();
    let install = ["-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check"];
    let _ = world.command(environment.join("bin/python")).args(install).arg(wheel).run().success();
    try_out(&world, &environment.join("bin/pyve"));
}
