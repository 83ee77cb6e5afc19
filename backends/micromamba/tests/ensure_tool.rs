//! Where micromamba is looked for, what is passed over, and what is offered where there is none.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::world::World;
use insta::assert_snapshot;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, Consent, ToolAnswer};

fn ask(world: &World, host: &FakeHost) -> ToolAnswer {
    MicromambaBackend.ensure_tool(&world.request(), host).unwrap()
}

fn put(path: &Path, script: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_project_comes_before_the_user_and_the_user_before_path() {
    let world = World::without_tool();
    let system = world.project().join("system");
    let host = FakeHost::new().path("/usr/bin").path("/bin").path(&system);
    let found = |host: &FakeHost| {
        let tool = ask(&world, host).found.unwrap();
        (tool.origin.to_string(), tool.version.to_string())
    };
    put(&system.join("micromamba"), "echo 1.0.0", 0o755);
    assert_eq!(found(&host), ("PATH".into(), "1.0.0".into()));
    put(&world.home().join("bin/micromamba"), "echo 2.0.5", 0o755);
    assert_eq!(found(&host), ("user".into(), "2.0.5".into()));
    put(&world.project().join(".pyve/bin/micromamba"), "echo 2.8.1", 0o755);
    assert_eq!(found(&host), ("project".into(), "2.8.1".into()));
}

#[test]
fn what_does_not_fit_is_passed_over_with_a_note() {
    let world = World::without_tool();
    let system = world.project().join("system");
    let host = FakeHost::new().path("/usr/bin").path("/bin").path(&system);
    let seen = || world.tidy(&ask(&world, &host).seen.join("\n"));
    put(&world.project().join(".pyve/bin/micromamba"), "echo 0.27.0", 0o755);
    put(&world.home().join("bin/micromamba"), "echo 2.8.1", 0o644);
    put(&system.join("micromamba"), "exit 3", 0o755);
    assert_snapshot!(seen(), @"
    [PROJECT]/.pyve/bin/micromamba (project): 0.27.0 is too old; pyve needs 1.0.0 or newer
    [HOME]/bin/micromamba (user): not executable
    [PROJECT]/system/micromamba (PATH): `micromamba --version` ended with 3
    ");
    put(&world.project().join(".pyve/bin/micromamba"), "echo hello world", 0o755);
    fs::remove_file(world.home().join("bin/micromamba")).unwrap();
    put(&world.home().join("bin/micromamba-linux-64"), "echo 2.8.1", 0o755);
    put(&system.join("micromamba"), "kill -SEGV $$", 0o755);
    assert_snapshot!(seen(), @r#"
    [PROJECT]/.pyve/bin/micromamba (project): `micromamba --version` said "hello world", which is no version
    [HOME]/bin/micromamba-[PLATFORM] (user): the file must be named micromamba
    [PROJECT]/system/micromamba (PATH): `micromamba --version` ended with -1
    "#);
    let dangling = world.home().join("bin/micromamba");
    std::os::unix::fs::symlink("/nowhere", dangling).unwrap();
    fs::remove_file(world.project().join(".pyve/bin/micromamba")).unwrap();
    fs::create_dir(world.project().join(".pyve/bin/micromamba")).unwrap();
    put(&system.join("micromamba"), "echo 2.8.1", 0o755);
    let answer = ask(&world, &host);
    assert_eq!(answer.found.unwrap().origin, "PATH");
    assert_snapshot!(world.tidy(&answer.seen.join("\n")), @"
    [PROJECT]/.pyve/bin/micromamba (project): not a file
    [HOME]/bin/micromamba (user): a link to nothing
    ");
}

#[test]
fn the_menu_is_word_for_word_and_its_downloads_are_pinned() {
    let world = World::without_tool();
    world.write("environment.yml", "dependencies: []\n");
    let answer = ask(&world, &FakeHost::new());
    assert_eq!(
        (answer.missing.as_str(), answer.required_by.as_str()),
        ("micromamba is not installed", "environment.yml")
    );
    let labels: Vec<&str> = answer.recipes.iter().map(|recipe| recipe.label.as_str()).collect();
    let menu = [
        "Install to project sandbox: .pyve/bin/micromamba",
        "Install to user sandbox: ~/.pyve/bin/micromamba",
        "Install via system package manager (brew/apt)",
        "Abort and install manually",
    ];
    if ["x86_64", "aarch64"].contains(&std::env::consts::ARCH) {
        assert_eq!(labels, menu);
        for (recipe, place) in answer.recipes.iter().zip([world.project().join(".pyve"), world.home()]) {
            let (step, download) = (&recipe.steps[0], recipe.steps[0].download.as_ref().unwrap());
            assert_eq!(recipe.consent, Consent::BOOTSTRAP);
            assert_eq!(step.path.path(), place.join("bin/micromamba"));
            assert_eq!((download.sha256.len(), download.executable, step.mode), (64, true, 0o755));
            assert_eq!(download.mirror_variable, "PYVE_MICROMAMBA_URL");
            assert_eq!(recipe.provides.as_ref().unwrap().path, step.path);
        }
    } else {
        assert!(labels.ends_with(&menu[2..]), "{labels:?}");
    }
    let manual = &answer.recipes[answer.recipes.len() - 2];
    assert_eq!(manual.consent, Consent::MANUAL);
    assert_snapshot!(manual.instruction, @"install micromamba with your package manager (with Homebrew: brew install micromamba), then run: pyve init");
    assert_snapshot!(world.tidy(&answer.recipes[answer.recipes.len() - 1].instruction), @"fetch the file for your platform ([PLATFORM]) from https://github.com/mamba-org/micromamba-releases/releases/tag/2.9.0-0, save it as [HOME]/bin/micromamba, make it executable, and run: pyve init");
}

#[test]
fn homebrew_installs_it_where_there_is_one() {
    let world = World::without_tool();
    let brew = world.project().join("brew/brew");
    put(&brew, "", 0o755);
    let answer = ask(&world, &FakeHost::new().path(brew.parent().unwrap()));
    let recipe = answer.recipes.iter().find(|recipe| recipe.id == "package-manager").unwrap();
    let command = recipe.steps[0].command.as_ref().unwrap();
    assert_eq!(world.tidy(&command.to_string()), "[PROJECT]/brew/brew install micromamba");
    assert_eq!(recipe.consent, Consent::BOOTSTRAP, "--yes alone does not install into the system");
}

#[test]
fn markers_are_found_without_looking_for_the_tool() {
    let world = World::without_tool();
    assert!(MicromambaBackend.detect(&world.project()).unwrap().is_empty());
    for file in ["environment.yaml", "conda-lock.yml", "environment.yml"] {
        world.write(file, "");
    }
    fs::create_dir(world.project().join("environment")).unwrap();
    let detections = MicromambaBackend.detect(&world.project()).unwrap();
    let seen: Vec<String> = detections.iter().map(|detection| detection.file.display()).collect();
    assert_eq!(seen, ["conda-lock.yml", "environment.yml", "environment.yaml"]);
}
