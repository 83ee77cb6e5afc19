//! The test command brings what is missing, leaves nothing out in silence, and says what to do.

#![cfg(unix)]

use pyve_testkit::{Outcome, World, clean_copy, interpreter, prerequisite};

/// Lets one test be left out, and shows how it was called.
const CARGO: &str = "#!/bin/sh
case $1 in --version) exit 0 ;; esac
echo \"cargo $*\"
printf 'a_test (a/file.rs:1)\\tno luck\\n' >>\"$CARGO_TARGET_DIR/tests-left-out\"
";

const APT: &str = "#!/bin/sh
for last; do :; done
case \" $* \" in
    *\" update \"*) echo update ;;
    *\" install \"*) echo \"$*\" | sed 's/.* --no-install-recommends/install/' ;;
esac >>\"$HOME/apt-calls\"
# Alone, packages are known; together, they are not.
case \"$*\" in *' direnv '*) exit 100 ;; *) exit 0 ;; esac
";

/// A clean copy on a machine without any of the programs that tests want, but Python and Rust.
fn machine() -> Option<World> {
    let (git, python) = (prerequisite("git")?, interpreter(3, 10)?);
    let world = World::new().python(python);
    clean_copy(&git, world.project());
    world.stand_in("cargo", CARGO);
    world.stand_in("rustc", "#!/bin/sh\n");
    world.stand_in("id", "#!/bin/sh\necho 1000\n");
    // As if the tools had been made before; no test of these uses the network.
    world.set("PYVE_TEST_TOOLS", world.root().join("tools"));
    Some(world)
}

fn run(world: &World, variables: &[(&str, &str)], arguments: &[&str]) -> Outcome {
    let command = world.command(world.project().join("pyve/tests/run"));
    variables.iter().fold(command, |command, (name, value)| command.env(name, value)).args(arguments).run()
}

#[test]
fn what_is_missing_and_what_is_left_out_is_said() {
    let Some(world) = machine() else { return };
    insta::assert_snapshot!(run(&world, &[], &["some_test"]), @r"
    exit code: 0
    ----- stdout -----
    == System packages: bash direnv fish git zsh
       install them with your system's package manager, as root: apt-get install bash direnv fish git zsh
    == Tests
    cargo test --workspace --locked some_test
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    ----- stderr -----
    ");
}

#[test]
fn in_ci_a_test_left_out_is_a_failure() {
    let Some(world) = machine() else { return };
    insta::assert_snapshot!(run(&world, &[("CI", "true")], &["-p", "pyve"]), @r"
    exit code: 1
    ----- stdout -----
    == System packages: bash direnv fish git zsh
       install them with your system's package manager, as root: apt-get install bash direnv fish git zsh
    == Tests
    cargo test --locked --no-fail-fast -p pyve
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    ----- stderr -----
    ERROR: in CI no test may be left out
    ");
}

#[test]
fn root_on_debian_installs_what_is_missing_one_by_one_if_it_must() {
    let Some(world) = machine() else { return };
    world.stand_in("id", "#!/bin/sh\necho 0\n");
    world.stand_in("apt-get", APT);
    insta::assert_snapshot!(run(&world, &[], &[]), @r"
    exit code: 0
    ----- stdout -----
    == System packages: bash direnv fish git zsh
    == Tests
    cargo test --workspace --locked
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    ----- stderr -----
    ");
    insta::assert_snapshot!(fs_err::read_to_string(world.home().join("apt-calls")).unwrap(), @r"
    install bash direnv fish git zsh
    update
    install bash
    install direnv
    install fish
    install git
    install zsh
    ");
}

#[test]
fn without_rust_it_says_where_to_get_it() {
    let Some(world) = machine() else { return };
    world.unlink("cargo");
    insta::assert_snapshot!(run(&world, &[], &[]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    ERROR: cargo and rustc are not on PATH; install Rust 1.89 or newer from https://rustup.rs
    ");
}

#[test]
fn a_cargo_that_does_not_run_is_named() {
    let Some(world) = machine() else { return };
    world.stand_in("cargo", "#!/bin/sh\necho 'error: no toolchain' >&2; exit 1\n");
    insta::assert_snapshot!(run(&world, &[], &[]), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no toolchain
    ERROR: [BIN]/cargo does not run, for the reason above
    ");
}

#[test]
fn what_pip_cannot_bring_is_said_and_the_tests_still_run() {
    let Some(world) = machine() else { return };
    let offline = [("PYVE_TEST_TOOLS", ""), ("PIP_NO_INDEX", "1")];
    insta::assert_snapshot!(run(&world, &offline, &[]), @r"
    exit code: 0
    ----- stdout -----
    == System packages: bash direnv fish git zsh
       install them with your system's package manager, as root: apt-get install bash direnv fish git zsh
    == Python packages into [PROJECT]/target/test-tools
       pip could not install the tools of pyve/tests/tools/programs.txt; see [PROJECT]/target/test-logs/pip.log
    == Tests
    cargo test --workspace --locked
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    ----- stderr -----
    ");
}
