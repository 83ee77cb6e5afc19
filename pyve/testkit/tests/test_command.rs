//! The test command brings what is missing, leaves nothing out in silence, and says what to do.

use pyve_testkit::{Outcome, World, clean_copy, interpreter, prerequisite};

/// Lets one test be left out, and shows how it was called. nextest is not installed.
const CARGO: &str = "#!/bin/sh
case $1 in --version) exit 0 ;; nextest) exit 101 ;; esac
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
    world.stand_in("uname", "#!/bin/sh\necho Linux\n");
    // As if the tools had been made before; no test of these uses the network.
    world.set("PYVE_TEST_TOOLS", world.root().join("tools"));
    let seconds = "[N] for the tools, [N] to compile, [N] for the tests";
    world.filter(r"\d+ for the tools, \d+ to compile, \d+ for the tests", seconds);
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
    == System packages: bash curl direnv fish git strace zsh
       install them with your system's package manager, as root: apt-get install bash curl direnv fish git strace zsh
    == Compiling
    cargo test --workspace --locked --no-run some_test
    == Tests
    cargo test --workspace --locked some_test
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    == Seconds: [N] for the tools, [N] to compile, [N] for the tests
    ----- stderr -----
    ");
}

#[test]
fn nextest_runs_everything_where_it_is_installed() {
    let Some(world) = machine() else { return };
    world.stand_in("cargo", &CARGO.replace("nextest) exit 101", "nextest) [ \"$2\" = --version ] && exit 0"));
    insta::assert_snapshot!(run(&world, &[], &[]), @r"
    exit code: 0
    ----- stdout -----
    == System packages: bash curl direnv fish git strace zsh
       install them with your system's package manager, as root: apt-get install bash curl direnv fish git strace zsh
    == Compiling
    cargo test --workspace --locked --no-run
    == Tests
    cargo nextest run --workspace --locked
    cargo test --workspace --locked --doc
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    == Seconds: [N] for the tools, [N] to compile, [N] for the tests
    ----- stderr -----
    ");
    for (variables, arguments, runner) in [
        (&[("PYVE_TEST_RUNNER", "cargo")][..], &[][..], "cargo test --workspace --locked\n"),
        (&[], &["some_test"], "cargo test --workspace --locked some_test\n"),
        (&[], &["--", "--exact", "a::test"], "cargo test --workspace --locked -- --exact a::test\n"),
    ] {
        let said = run(&world, variables, arguments).success().out();
        assert!(said.contains(&format!("== Tests\n{runner}==")), "{said}");
    }
}

#[test]
fn what_fails_is_the_exit_code_of_cargo_test() {
    let Some(world) = machine() else { return };
    let fails = |words: &str| {
        let cargo = CARGO.replace(
            "nextest) exit 101",
            &format!("nextest) [ \"$2\" = run ] || exit 0 ;; esac\ncase \"$*\" in {words}) exit 100"),
        );
        world.stand_in("cargo", &cargo);
        let ran = run(&world, &[], &[]);
        (ran.code, ran.out().lines().filter(|line| line.starts_with("cargo ")).count())
    };
    assert_eq!(fails("'nextest run'*"), (Some(101), 1), "documentation tests wait for the others");
    assert_eq!(fails("*--doc*"), (Some(100), 2));
    assert_eq!(fails("*--no-run*"), (Some(100), 0), "nothing is run that was not compiled");
}

#[test]
fn in_ci_a_test_left_out_is_a_failure() {
    let Some(world) = machine() else { return };
    insta::assert_snapshot!(run(&world, &[("CI", "true")], &["-p", "pyve"]), @r"
    exit code: 1
    ----- stdout -----
    == System packages: bash curl direnv fish git strace zsh
       install them with your system's package manager, as root: apt-get install bash curl direnv fish git strace zsh
    == Compiling
    cargo test --locked --no-run -p pyve
    == Tests
    cargo test --locked --no-fail-fast -p pyve
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    == Seconds: [N] for the tools, [N] to compile, [N] for the tests
    ----- stderr -----
    error: in CI no test may be left out
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
    == System packages: bash curl direnv fish git strace zsh
    == Compiling
    cargo test --workspace --locked --no-run
    == Tests
    cargo test --workspace --locked
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    == Seconds: [N] for the tools, [N] to compile, [N] for the tests
    ----- stderr -----
    ");
    insta::assert_snapshot!(fs_err::read_to_string(world.home().join("apt-calls")).unwrap(), @r"
    install bash curl direnv fish git strace zsh
    update
    install bash
    install curl
    install direnv
    install fish
    install git
    install strace
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
    error: cargo and rustc are not on PATH; install Rust 1.89 or newer from https://rustup.rs
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
    error: [BIN]/cargo does not run, for the reason above
    ");
}

#[test]
fn what_pip_cannot_bring_is_said_and_the_tests_still_run() {
    let Some(world) = machine() else { return };
    let offline = [("PYVE_TEST_TOOLS", ""), ("PIP_NO_INDEX", "1")];
    insta::assert_snapshot!(run(&world, &offline, &[]), @r"
    exit code: 0
    ----- stdout -----
    == System packages: bash curl direnv fish git strace zsh
       install them with your system's package manager, as root: apt-get install bash curl direnv fish git strace zsh
    == Python packages into [PROJECT]/target/test-tools
       pip could not install the tools of pyve/tests/tools/programs.txt; see [PROJECT]/target/test-logs/pip.log
    == Compiling
    cargo test --workspace --locked --no-run
    == Tests
    cargo test --workspace --locked
    == Tests left out, and why
       a_test (a/file.rs:1): no luck
    == Seconds: [N] for the tools, [N] to compile, [N] for the tests
    ----- stderr -----
    ");
}

#[test]
fn a_python_that_only_a_version_manager_knows_is_the_last_choice() {
    let Some(world) = machine() else { return };
    let notes =
        |python: &str| format!("#!/bin/sh\ncase $* in '-m venv '*) echo '{python}' >\"$HOME/made-by\" ;; esac\n");
    let shim = world.root().join("shims/python3");
    fs_err::create_dir(world.root().join("shims")).unwrap();
    fs_err::copy(world.stand_in("shim", &notes("shim")), &shim).unwrap();
    world.stand_in("python3", &notes("real"));
    let path = format!("{}:{}", world.root().join("shims").display(), world.bin().display());
    let made_by = |tools: &str| {
        let _ = run(&world, &[("PYVE_TEST_TOOLS", ""), ("PATH", &path), ("CARGO_TARGET_DIR", tools)], &[]).success();
        fs_err::read_to_string(world.home().join("made-by")).unwrap()
    };
    assert_eq!(made_by("one"), "real\n");
    world.unlink("python3");
    assert_eq!(made_by("two"), "shim\n");
    // One that does not run here is none.
    world.stand_in("python3", &notes("real"));
    fs_err::write(&shim, "#!/bin/sh\nexit 127\n").unwrap();
    assert_eq!(made_by("three"), "real\n");
}

#[test]
fn ci_runs_it_with_an_empty_home_and_cargo_keeps_its_own() {
    let (Some(world), Some(bash)) = (machine(), prerequisite("bash")) else { return };
    let world = world.link(&bash).link(&prerequisite("mktemp").expect("every system has it"));
    for kept in [".cargo", ".rustup", ".pyenv/versions", ".config/pip"] {
        fs_err::create_dir_all(world.home().join(kept)).unwrap();
    }
    fs_err::write(world.home().join(".config/pip/pip.conf"), "").unwrap();
    let cargo = "#!/bin/sh\ncase $1 in nextest) exit 101 ;; test)\n\
                 echo \"home: [$(ls -A \"$HOME\")], $CARGO_HOME $RUSTUP_HOME $PIP_CONFIG_FILE [$PYENV_ROOT$XDG_CACHE_HOME]\"\n\
                 esac\n";
    world.stand_in("cargo", cargo);
    let ran = world.command(world.project().join(".ci/run")).env("PYENV_ROOT", world.home().join(".pyenv")).run();
    let seen = "\nhome: [], [HOME]/.cargo [HOME]/.rustup [HOME]/.config/pip/pip.conf []\n";
    assert!(ran.out().contains(seen), "{ran}");
}
