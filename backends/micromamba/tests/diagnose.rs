//! What doctor says of tools, environments and files, sound and broken.

use std::fs;

use crate::world::World;
use insta::assert_snapshot;
use pyve_plugin_api::PrefixState;

#[test]
fn a_sound_environment_is_all_right() {
    let world = World::new();
    world.environment(&["python", "hello"]);
    let made = world.make(world.request());
    assert_snapshot!(world.diagnosis(&made), @"
    ok micromamba.tool | Micromamba: [HOME]/bin/micromamba (v2.8.1, user)
    ok micromamba.environment | Environment: .pyve/envs/demo (3 packages)
    ok micromamba.python | Python: [PYTHON]
    ok micromamba.environment-file | Environment file: environment.yml
    info micromamba.lock-missing | Lock file: missing => pyve lock
    ");
    assert!(world.host.captured().is_empty(), "files tell all of it: {:?}", world.host.captured());
}

#[test]
fn what_was_solved_is_not_missing() {
    let world = World::new();
    let named = format!("'{}::purelib>=1=*'", World::channel().url());
    world.environment(&["python=3=*", "hello=1=*", &named, "__glibc>=2.17", "__unix"]);
    let made = world.make(world.request());
    let diagnosis = world.diagnosis(&made);
    assert!(!diagnosis.contains("error ") && !diagnosis.contains("warning "), "{diagnosis}");
}

#[test]
fn what_the_solver_chose_is_not_refused_for_another_reading() {
    let world = World::new();
    world.environment(&["hello=2.0"]);
    let made = world.make(world.request());
    // As it would be if the real program read this spec in another way than pyve.
    world.environment(&["hello=1.0"]);
    let read_otherwise = world.with_record(world.request(), &world.plan(&world.request()));
    assert_eq!(world.plan(&read_otherwise).state, PrefixState::USABLE);
    assert!(!world.diagnosis(&read_otherwise).contains("package-missing"));
    assert_eq!(world.plan(&made).state, PrefixState::OUTDATED, "the file asks for something else than then");
    let found = world.diagnosis(&world.request());
    assert!(found.contains("hello 2.0 is installed, but 'hello=1.0' is asked for"), "{found}");
}

#[test]
fn nothing_there_yet() {
    let world = World::without_tool();
    assert_snapshot!(world.diagnosis(&world.request()), @"
    error micromamba.tool | Micromamba: not installed => pyve init --auto-bootstrap
    error micromamba.environment-missing | Environment: .pyve/envs/demo does not exist => pyve init
    error micromamba.environment-file | Environment file: there is no environment.yml and no conda-lock.yml to make the environment from -> write environment.yml, then run: pyve init
    ");
}

#[test]
fn silent_failures_are_noticed() {
    let world = World::new();
    world.environment(&["hello=1.0", "purelib"]);
    let made = world.make(world.request());
    let meta = world.prefix().join("conda-meta");
    fs::remove_file(meta.join("purelib-1.0-0.json")).unwrap();
    fs::rename(meta.join("hello-1.0-0.json"), meta.join("hello-2.0-0.json")).unwrap();
    fs::remove_file(world.prefix().join("bin/python")).unwrap();
    assert_snapshot!(world.diagnosis(&made), @"
    ok micromamba.tool | Micromamba: [HOME]/bin/micromamba (v2.8.1, user)
    ok micromamba.environment | Environment: .pyve/envs/demo (2 packages)
    error micromamba.package-missing | Environment: hello 2.0 is installed, but 'hello=1.0' is asked for => pyve init --force
    error micromamba.package-missing | Environment: purelib is not installed, though 'purelib' is asked for => pyve init --force
    error micromamba.python | Python: [PROJECT]/.pyve/envs/demo/bin/python does not exist => pyve init --force
    ok micromamba.environment-file | Environment file: environment.yml
    info micromamba.lock-missing | Lock file: missing => pyve lock
    ");
    for entry in meta.read_dir().unwrap().flatten() {
        if entry.file_name() != "history" {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    assert!(
        world.diagnosis(&made).contains("error micromamba.half-made | Environment: .pyve/envs/demo holds no packages")
    );
    fs::remove_file(meta.join("history")).unwrap();
    assert_snapshot!(world.diagnosis(&made).lines().nth(1).unwrap_or_default(), @"error micromamba.half-made | Environment: .pyve/envs/demo: it has no conda-meta/history, so its creation did not end well => pyve init --force");
    fs::remove_dir_all(world.prefix()).unwrap();
    assert_snapshot!(world.diagnosis(&made).lines().nth(1).unwrap_or_default(), @"error micromamba.environment-missing | Environment: .pyve/envs/demo does not exist => pyve init");
}

#[test]
fn an_environment_made_from_other_words_is_outdated() {
    let world = World::new();
    world.environment(&["hello", "activated"]);
    let made = world.make(world.request());
    world.environment(&["hello"]);
    assert_snapshot!(world.diagnosis(&made).lines().nth(2).unwrap_or_default(), @"warning micromamba.environment-outdated | Environment: environment.yml has changed: activated removed from dependencies => pyve init --update");
    let empty = World::new();
    empty.write("environment.yml", "channels: [conda-forge]\ndependencies: []\n");
    let made = empty.make(empty.request());
    assert_snapshot!(empty.diagnosis(&made), @"
    ok micromamba.tool | Micromamba: [HOME]/bin/micromamba (v2.8.1, user)
    ok micromamba.environment | Environment: .pyve/envs/demo (0 packages)
    ok micromamba.environment-file | Environment file: environment.yml
    warning micromamba.environment-file | Environment file: environment.yml:2: 'dependencies' is an empty list, so the environment will be empty -> list the packages you need below 'dependencies:' in environment.yml
    info micromamba.lock-missing | Lock file: missing => pyve lock
    ");
}

#[test]
fn files_that_cannot_be_used_are_findings_not_failures() {
    let world = World::new();
    world.write("environment.yml", "dependencies: [a\n");
    assert_snapshot!(world.diagnosis(&world.request()), @"
    ok micromamba.tool | Micromamba: [HOME]/bin/micromamba (v2.8.1, user)
    error micromamba.environment-missing | Environment: .pyve/envs/demo does not exist => pyve init
    error micromamba.environment-file | Environment file: environment.yml:2:1 is not valid YAML: while parsing a flow sequence, expected ',' or ']' -> correct line 2 of environment.yml
    ");
    world.environment(&["hello"]);
    let channel = World::channel();
    let entry = channel.entry("hello", "1.0").unwrap();
    world.write("conda-lock.yml", &channel.lock(std::slice::from_ref(&entry), "plan9-64"));
    assert_snapshot!(world.diagnosis(&world.request()).lines().last().unwrap(), @"error micromamba.lock-other-platform | Lock file: conda-lock.yml locks nothing for [PLATFORM]; the platforms it is made for: plan9-64 => conda-lock -f environment.yml -p plan9-64 -p [PLATFORM]");
    world.environment(&["hello>=2"]);
    world.write("conda-lock.yml", &channel.lock(&[entry], &pyve_standin_micromamba::channel::platform()));
    assert_snapshot!(world.diagnosis(&world.request()).lines().last().unwrap(), @"warning micromamba.lock-stale | Lock file: conda-lock.yml (stale): environment.yml asks for 'hello>=2', but 1.0 is locked => conda-lock -f environment.yml -p [PLATFORM]");
    let named = world.request().with_setting("env_file", ["environment.yml"], "--env-file");
    assert_snapshot!(world.diagnosis(&named).lines().last().unwrap(), @"info micromamba.lock-unused | Lock file: conda-lock.yml is not used, as environment.yml was named");
}

#[test]
fn what_pip_put_in_is_told() {
    let world = World::new();
    world.environment(&["python", "hello"]);
    let made = world.make(world.request());
    let series = pyve_standin_micromamba::sample::Python::find().unwrap().series().to_owned();
    let site = world.prefix().join(format!("lib/python{series}/site-packages"));
    for (name, installer) in [("torch-2.1", "pip\n"), ("Some_Thing-1.0", "uv"), ("numpy-1.0", "conda\n")] {
        let folder = site.join(format!("{name}.dist-info"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("INSTALLER"), installer).unwrap();
    }
    let line = |request: &pyve_plugin_api::Request| {
        world.diagnosis(request).lines().find(|line| line.contains("pip-packages")).unwrap_or_default().to_owned()
    };
    assert_snapshot!(line(&made), @"warning micromamba.pip-packages | pip packages: installed by pip in a conda environment, though no file lists them: some-thing, torch => pyve init --force");
    assert_snapshot!(line(&made.clone().with_setting("allow_pip", ["true"], ".pyve/config:2")), @"info micromamba.pip-packages | pip packages: 2 installed by pip");
}

#[test]
fn whether_python_can_be_started_is_told_by_its_file() {
    let world = World::new();
    world.environment(&["python"]);
    let made = world.make(world.request());
    let python = world.prefix().join("bin/python");
    let line = || {
        let said = world.diagnosis(&made);
        let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("error")).collect();
        lines.join("\n").replace("[PROJECT]/.pyve/envs/demo/bin/python ", "")
    };
    fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/no/such/python", &python).unwrap();
    assert_snapshot!(line(), @"error micromamba.python | Python: leads to /no/such/python, which does not exist => pyve init --force");
    fs::remove_file(&python).unwrap();
    fs::write(&python, "").unwrap();
    assert_snapshot!(line(), @"error micromamba.python | Python: is empty => pyve init --force");
    fs::write(&python, "x").unwrap();
    assert_snapshot!(line(), @"error micromamba.python | Python: is not executable => pyve init --force");
    fs::remove_file(&python).unwrap();
    fs::create_dir(&python).unwrap();
    assert_snapshot!(line(), @"error micromamba.python | Python: is not a file => pyve init --force");
    fs::remove_dir(&python).unwrap();
    std::os::unix::fs::symlink("/bin/sh", &python).unwrap();
    assert_eq!(line(), "");
    let meta = world.prefix().join("conda-meta");
    let described = meta.read_dir().unwrap().flatten().map(|entry| entry.path());
    let described = described.into_iter().find(|path| path.to_string_lossy().contains("/python-")).unwrap();
    let text = fs::read_to_string(&described).unwrap();
    let here = format!("\"subdir\": \"{}\"", pyve_standin_micromamba::channel::platform());
    assert!(text.contains(&here), "{text}");
    fs::write(&described, text.replace(&here, "\"subdir\": \"plan9-64\"")).unwrap();
    assert_snapshot!(line(), @"error micromamba.python | Python: is for plan9-64, and this machine is [PLATFORM] => pyve init --force");
}
