//! The author's first steps: `pyve plugin new`, build, check, add.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use pyve_testkit::target;

use super::build::{as_in_pyve, repository};
use super::world::World;

/// The commands of the manual, a line each.
fn of_the_manual() -> Vec<String> {
    let page = fs::read_to_string(repository().join("docs/writing-plugins.md")).unwrap();
    let (_, block) = page.split_once("author.rs -->\n```console\n").expect("the commands");
    let (block, _) = block.split_once("```").expect("the end of the block");
    block.lines().map(|line| line.strip_prefix("$ ").expect("each line is a command").to_owned()).collect()
}

/// What an author types, in `folder`, with the packages that this machine has; a question is answered with yes.
fn typed(world: &World, folder: &Path, line: &str) -> String {
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let programs = [env!("CARGO_BIN_EXE_pyve"), env!("CARGO")].map(|program| Path::new(program).parent().unwrap());
    let path = programs.into_iter().chain([Path::new("/usr/bin"), Path::new("/bin")]);
    let answer = world.path("answer");
    fs::write(&answer, "y\n").unwrap();
    let output = Command::new("/bin/sh")
        .args(["-c", line])
        .current_dir(folder)
        .env_clear()
        .env("HOME", world.path("home"))
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("CARGO_HOME", cargo_home.unwrap_or_default())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env("LANG", "C.UTF-8")
        .stdin(fs::File::open(answer).unwrap())
        .output()
        .unwrap();
    let said = world.said(&output);
    assert_eq!(said.code, Some(0), "{line}:\n{}{}", said.stdout, said.stderr);
    said.stdout + &said.stderr
}

#[test]
fn the_commands_of_the_manual_lead_to_a_plugin_that_works() {
    let world = World::new();
    let (checkout, suffix) = (repository().display().to_string(), std::env::consts::DLL_SUFFIX);
    let mut folder = world.path("project");
    let mut said = Vec::new();
    for line in of_the_manual() {
        let line = line.replace("~/src/pyve", &checkout).replace(".so", suffix);
        if let Some(inner) = line.strip_prefix("cd ") {
            folder = folder.join(inner);
            // The versions of this repository are on this machine; the newest ones need not be.
            fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
            // So is what it depends on, compiled.
            symlink(target(), folder.join("target")).unwrap();
            let manifest = folder.join("Cargo.toml");
            let text = fs::read_to_string(&manifest).unwrap();
            let more = format!("[dependencies]\n{}", as_in_pyve());
            fs::write(manifest, text.replace("[dependencies]\n", &more)).unwrap();
            continue;
        }
        let told = typed(&world, &folder, &line);
        said.push((line, told));
    }
    let of =
        |start: &str| said.iter().find(|(line, _)| line.starts_with(start)).map(|(_, said)| said.as_str()).unwrap();
    let next = format!("next: `cd pyve-fern && cargo build && pyve plugin check target/debug/libpyve_fern{suffix}`\n");
    assert!(of("pyve plugin new").ends_with(&next), "{}", of("pyve plugin new"));
    assert!(of("cargo test").contains("test result: ok. 2 passed; 0 failed"), "{}", of("cargo test"));
    assert!(of("pyve plugin check").ends_with("\nall 69 checks passed\n"), "{}", of("pyve plugin check"));
    assert!(of("pyve plugin add").ends_with("✓ added plugin `fern` 0.1.0\n"), "{}", of("pyve plugin add"));
    it_works(&world);
}

/// The plugin makes an environment that commands run in, also without a record, but not at another place.
fn it_works(world: &World) {
    assert_eq!(world.pyve(&["plugin", "list"]).stdout, "fern  0.1.0     trusted      Environments without pip\n");
    fs::write(world.path("project/fern.txt"), "").unwrap();
    for more in [&[][..], &["--env", "test"]] {
        let made = world.pyve(&[&["init", "--no-direnv"], more].concat());
        assert_eq!(made.code, Some(0), "{}", made.stderr);
    }
    let run = ["run", "python", "-c", "import sys; print(sys.prefix)"];
    let other = world.pyve(&[&run[..1], &["--env", "test"], &run[1..]].concat());
    assert_eq!(other.stdout, "[ROOT]/project/.pyve/envs/test\n", "{}", other.stderr);
    fs::remove_dir_all(world.path("project/.pyve/state")).unwrap();
    let ran = world.pyve(&run);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("[ROOT]/project/.fern\n", ""), "without a record");
    fs::rename(world.path("project"), world.path("copy")).unwrap();
    let moved = world.said(&world.command(&run).current_dir(world.path("copy")).output().unwrap());
    assert_eq!(moved.code, Some(125));
    assert!(moved.stderr.contains("was moved or copied from `[ROOT]/project/.fern`"), "{}", moved.stderr);
}

#[test]
fn names_and_folders_that_cannot_be() {
    let world = World::new();
    let new = |name: &str| world.pyve(&["plugin", "new", name]);
    let said = new("My Plugin");
    assert_eq!(said.code, Some(2));
    assert_eq!(
        said.stderr,
        "error: invalid plugin ID `My Plugin`: use `[a-z][a-z0-9-]*`, at most 32 characters\nhint: run `pyve plugin new my-plugin`\n"
    );
    let said = new("venv");
    assert_eq!(
        said.stderr,
        "error: plugin ID `venv` is already taken by pyve's backend `venv`\nhint: run `pyve plugin new my-venv`\n"
    );
    assert_eq!(
        new("auto").stderr,
        "error: plugin ID `auto` is already taken by pyve itself\nhint: run `pyve plugin new my-auto`\n"
    );
    fs::create_dir(world.path("project/pyve-demo")).unwrap();
    let said = new("demo");
    assert_eq!(said.code, Some(1));
    assert_eq!(said.stderr, "error: `[ROOT]/project/pyve-demo` already exists\nhint: choose another name\n");
    let said = world.pyve(&["plugin", "new", "demo2", "--api-path", "nowhere"]);
    assert_eq!(
        said.stderr,
        "error: `[ROOT]/project/nowhere` is not the crate `pyve-plugin-api`\n\
         hint: pass the directory `plugin-api` of a checkout of https://github.com/pointmatic/pyve\n"
    );
    let checkout = repository().display().to_string();
    let said = world.pyve(&["plugin", "new", "demo2", "--api-path", &checkout]);
    assert_eq!(
        said.stderr,
        format!(
            "error: `{checkout}` is not the crate `pyve-plugin-api`\n\
             hint: did you mean `--api-path {checkout}/plugin-api`?\n"
        )
    );
    assert!(!world.path("project/pyve-demo2").exists());
}
