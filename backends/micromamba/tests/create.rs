//! Making environments with micromamba: what is planned, what stands afterwards, what its failures become.

use std::fs;
use std::path::PathBuf;

use crate::world::{Said, Variables, World, with_python};
use insta::assert_snapshot;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::{Backend, ErrorKind, Host, Level, PrefixState, Request, Step, StepKind};
use pyve_standin_micromamba::channel::{Channel, Package};

fn command(step: &Step) -> String {
    step.command.as_ref().map(|command| command.to_string()).unwrap_or_default()
}

#[test]
fn an_environment_file_becomes_an_environment() {
    let world = World::new();
    world.environment(&["python", "hello=1.0", "purelib"]);
    let creation = world.plan(&world.request());
    assert_eq!((creation.name.as_str(), creation.state), ("demo", PrefixState::ABSENT));
    assert_eq!(creation.prefix.path(), world.prefix());
    assert_eq!(creation.interpreter.path(), world.prefix().join("bin/python"));
    assert_eq!(creation.steps[0].title, "Create the environment 'demo' from environment.yml");
    assert_snapshot!(world.tidy(&command(&creation.steps[0])), @"[HOME]/bin/micromamba create -y -p [PROJECT]/.pyve/envs/demo -f [PROJECT]/environment.yml");
    let set = &creation.steps[0].command.as_ref().unwrap().env;
    let root = set.iter().find(|variable| variable.name == "MAMBA_ROOT_PREFIX").unwrap();
    assert_eq!(root.value.path(), world.home().join("cache/micromamba"));

    let made = world.make(world.request());
    let state = world.plan(&made);
    assert_eq!(state.state, PrefixState::USABLE);
    assert_snapshot!(world.tidy(&state.state_detail), @"Python [PYTHON], 4 packages");
    assert!(world.prefix().join("bin/purelib").is_file());
    assert!(
        !world.findings(&made).iter().any(|finding| finding.status.as_str() == "error"),
        "{}",
        world.diagnosis(&made)
    );
}

#[test]
fn a_lock_becomes_the_very_packages_it_names() {
    let world = World::new();
    world.environment(&["hello"]);
    let channel = World::channel();
    let entry = channel.entry("hello", "1.0").unwrap();
    world.write("conda-lock.yml", &channel.lock(&[entry], &pyve_standin_micromamba::channel::platform()));
    let creation = world.plan(&world.request());
    assert_eq!(creation.steps.len(), 1, "the lock is fresh, so nothing is asked");
    assert_eq!(
        creation.specs.iter().map(|spec| spec.file.display()).collect::<Vec<_>>(),
        ["conda-lock.yml", "environment.yml"]
    );
    let made = world.make(world.request());
    assert!(world.prefix().join("conda-meta/hello-1.0-0.json").is_file(), "2.0 exists, but is not locked");
    assert_eq!(world.plan(&made).state, PrefixState::USABLE);
    assert!(creation.interpreter.is_empty(), "nobody asked for a python");
}

#[test]
fn channels_and_a_python_join_the_command() {
    let world = World::new();
    world.write("environment.yml", "dependencies:\n  - hello\n");
    let python = pyve_standin_micromamba::sample::Python::find().unwrap();
    let request =
        with_python(world.request(), python.series()).with_setting("channels", [World::channel().url()], "--channel");
    let plan = world.plan(&request);
    let words: Vec<String> =
        plan.steps[0].command.as_ref().unwrap().args.iter().skip(6).map(|word| word.display()).collect();
    assert_eq!(words, ["-c".to_owned(), World::channel().url(), format!("python={}", python.series())]);
    let made = world.make(request);
    assert_eq!(world.plan(&made).state, PrefixState::USABLE);
    let bad = world.request().with_setting("channels", ["--override"], ".pyve/config:5");
    assert_snapshot!(world.refused(&bad), @"
    '--override' (.pyve/config:5) is not a channel
    => name a channel like conda-forge, or give its address
    ");
}

#[test]
fn a_python_that_contradicts_the_files_is_refused() {
    let world = World::new();
    world.environment(&["python=3.11"]);
    assert_snapshot!(world.refused(&with_python(world.request(), "3.12")), @"
    Python 3.12 was asked for (--python-version), but environment.yml says 'python=3.11'
    => ask for the same Python in environment.yml and --python-version, or in only one of them
    ");
    assert_snapshot!(world.refused(&with_python(world.request(), "three")), @"
    'three' (--python-version) is not a version of Python: no channel has a Python of that name
    => give it like 3.12, 3.12.4 or '>=3.11,<3.13'
    ");
    let channel = World::channel();
    let lock = channel.lock(&[channel.entry("hello", "1.0").unwrap()], &pyve_standin_micromamba::channel::platform());
    world.write("conda-lock.yml", &lock);
    assert_snapshot!(world.refused(&with_python(world.request(), "3.12")), @"
    Python 3.12 was asked for (--python-version), but conda-lock.yml locks no Python
    => ask for the same Python in conda-lock.yml and --python-version, or in only one of them
    ");
}

#[test]
fn what_stands_there_is_known_from_files() {
    let world = World::new();
    world.environment(&["hello=1.0"]);
    let seen = |request: &pyve_plugin_api::Request| {
        let plan = world.plan(request);
        world.tidy(&format!("{}: {}", plan.state, plan.state_detail))
    };
    let prefix = world.prefix();
    fs::create_dir_all(&prefix).unwrap();
    assert_snapshot!(seen(&world.request()), @"absent:");
    fs::write(prefix.join("stray"), "").unwrap();
    assert_snapshot!(seen(&world.request()), @"broken: it is not a conda environment");
    fs::create_dir_all(prefix.join("conda-meta")).unwrap();
    assert_snapshot!(seen(&world.request()), @"broken: it has no conda-meta/history, so its creation did not end well");
    fs::remove_dir_all(&prefix).unwrap();
    fs::write(&prefix, "").unwrap();
    assert_snapshot!(seen(&world.request()), @"foreign: is not a folder");
    fs::remove_file(&prefix).unwrap();

    let made = world.make(world.request());
    assert_snapshot!(seen(&made), @"usable: 1 package");
    world.write(
        "environment.yml",
        &format!("# a comment\ndependencies: [hello=1.0]\nchannels: ['{}']\n", World::channel().url()),
    );
    assert_snapshot!(seen(&made), @"usable: 1 package");
    world.environment(&["hello=2.0", "activated"]);
    assert_snapshot!(seen(&made), @"outdated: environment.yml has changed: hello=2.0 added to dependencies; activated added to dependencies; hello=1.0 removed from dependencies");
    world.environment(&["hello=1.0"]);
    fs::remove_file(prefix.join("conda-meta/hello-1.0-0.json")).unwrap();
    assert_snapshot!(seen(&made), @"broken: hello is not installed, though 'hello=1.0' is asked for");
    let mut half = made.clone();
    if let pyve_plugin_api::ROption::RSome(record) = &mut half.recorded {
        record.ready = false;
    }
    assert_snapshot!(seen(&half), @"broken: its creation was interrupted");
    let elsewhere = world.request().with_setting("prefix", ["theirs"], ".pyve/config:3");
    fs::create_dir_all(world.project().join("theirs/conda-meta")).unwrap();
    assert_snapshot!(seen(&elsewhere), @"foreign: is a conda environment that pyve did not make");
    fs::remove_dir(world.project().join("theirs/conda-meta")).unwrap();
    world.write("theirs/file", "");
    assert_snapshot!(seen(&elsewhere), @"foreign: is not a conda environment");
}

#[test]
fn an_environment_that_was_moved_is_not_taken_for_a_sound_one() {
    let world = World::new();
    world.environment(&["hello"]);
    world.make(world.request().with_setting("env_name", ["first"], "--env-name"));
    fs::rename(world.project().join(".pyve/envs/first"), world.prefix()).unwrap();
    let plan = world.plan(&world.request());
    assert_eq!(plan.state, PrefixState::BROKEN);
    assert_snapshot!(world.tidy(&plan.state_detail), @"it was made at [PROJECT]/.pyve/envs/first, and a conda environment cannot be moved");
    assert_snapshot!(world.diagnosis(&world.request()).lines().nth(1).unwrap_or_default(), @"error micromamba.environment-moved | Environment: .pyve/envs/demo: it was made at [PROJECT]/.pyve/envs/first, and a conda environment cannot be moved => pyve init --force");
}

#[test]
fn without_a_file_a_minimal_one_is_shown_and_offered() {
    let world = World::new();
    let error = MicromambaBackend.create(&world.request(), &world.tool(), &world.host).unwrap_err();
    assert_snapshot!(world.shown(&error), @"
    there is no environment.yml and no conda-lock.yml to make the environment from
      looked in [PROJECT]
      a minimal environment.yml:
        channels:
          - conda-forge
        dependencies:
          - python=3.12
    => write environment.yml, then run: pyve init
    ");
    let recipe = &error.recipes[0];
    assert_eq!((recipe.label.as_str(), recipe.steps[0].kind), ("Write this environment.yml", StepKind::WRITE_FILE));
    world.write("environment.yml", &recipe.steps[0].text());
    world.plan(&world.request());
    let absent = world.request().with_setting("env_file", ["envs/dev.yml"], "--env-file");
    let error = MicromambaBackend.create(&absent, &world.tool(), &world.host).unwrap_err();
    assert_snapshot!(world.shown(&error), @"
    the environment file 'envs/dev.yml' does not exist
      --env-file names it; it would be [PROJECT]/envs/dev.yml
    => correct --env-file, or write envs/dev.yml
    ");
    assert!(error.is(ErrorKind::USAGE), "the flag is wrong, not the world");
}

#[test]
fn a_lock_under_another_name_is_not_taken_for_an_environment() {
    let world = World::new();
    let channel = World::channel();
    let lock = channel.lock(&[channel.entry("hello", "1.0").unwrap()], &pyve_standin_micromamba::channel::platform());
    world.write("my.lock.yml", &lock);
    assert_snapshot!(world.refused(&world.request().with_setting("env_file", ["my.lock.yml"], "--env-file")), @"
    my.lock.yml is a lock file, but micromamba knows one only by a name that ends in -lock.yml
      under its own name it would be read as an environment file, and the environment would be empty
    => mv my.lock.yml my-lock.yml && pyve init --env-file my-lock.yml
    ");
    world.write("my-lock.yml", &lock);
    let made = world.make(world.request().with_setting("env_file", ["my-lock.yml"], "--env-file"));
    assert_eq!(world.plan(&made).state, PrefixState::USABLE);
}

#[test]
fn warnings_reach_the_user() {
    let world = World::new();
    world.write("environment.yml", "dependencies:\n  - hello # [win]\nchanels: []\n");
    world.plan(&world.request());
    let told: Vec<String> = world.host.messages().into_iter().map(|(level, text)| format!("{level}: {text}")).collect();
    assert_snapshot!(world.tidy(&told.join("\n")), @"
    warning: environment.yml:3: micromamba ignores the unknown key 'chanels'; did you mean 'channels'?
    warning: environment.yml:2: micromamba ignores the comment '# [win]' and takes 'hello' everywhere; write '- sel(win): hello'
    warning: environment.yml names no channels, so micromamba takes its own default; add 'channels:' with '  - conda-forge'
    info: no lock file; for the same packages everywhere run: pyve lock
    ");
    assert!(world.host.messages().iter().any(|(level, _)| *level == Level::WARNING));
}

/// What the host shows of a failed step, by the step's own filter.
fn filtered(world: &World, step: &Step) -> String {
    shown(world, step, &world.act(step))
}

/// What the host shows of a step that failed with this output.
fn shown(world: &World, step: &Step, said: &Said) -> String {
    assert_ne!(said.code, 0, "{}", said.out);
    let filter = step.output_filter.as_ref().unwrap();
    let all = format!("{}\n{}", said.out, said.err);
    let mut lines: Vec<String> = Vec::new();
    // What micromamba lists below an error is indented by four.
    for line in all.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)) {
        let kept = filter.keep.iter().any(|start| line.trim_start().starts_with(start.as_str()));
        let kept = kept && !filter.drop.iter().any(|text| line.contains(text.as_str()));
        let line = filter.strip.iter().find_map(|start| line.strip_prefix(start.as_str())).unwrap_or(line).to_owned();
        if kept && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.truncate(filter.max_lines as usize);
    let hint = filter.hints.iter().find(|hint| all.contains(hint.text.as_str()));
    lines.push(format!("=> {}", hint.map(|hint| hint.remedy.to_string()).unwrap_or_default()));
    world.tidy(&lines.join("\n"))
}

fn failure(world: &World) -> String {
    let plan = world.plan(&world.request());
    filtered(world, plan.steps.last().unwrap())
}

#[test]
fn failures_are_filtered_to_the_lines_that_matter() {
    let world = World::new();
    world.environment(&["nosuchpkg"]);
    assert_snapshot!(failure(&world), @"
    Could not solve for environment specs
    └─ nosuchpkg =* * does not exist (perhaps a typo or a missing channel).
    => correct the package's name in environment.yml, or add the channel that has it below 'channels:'
    ");
    assert!(!world.prefix().exists());
    for (spec, said) in [("ruamel-yaml", "=*"), ("torch=2.1", "=2.1"), ("opencv-python>=4", ">=4")] {
        world.environment(&[spec]);
        let told = failure(&world);
        let name = spec.split(['=', '>']).next().unwrap();
        assert!(told.contains(&format!("└─ {name} {said} * does not exist")), "{told}");
        let conda = [("ruamel-yaml", "ruamel.yaml"), ("torch", "pytorch"), ("opencv-python", "py-opencv")];
        let conda = conda.iter().find(|(pypi, _)| *pypi == name).unwrap().1;
        let hint = format!("\n=> write `{conda}` for `{name}` in environment.yml: conda-forge calls it so");
        assert!(told.ends_with(&hint), "{told}");
    }
    world.environment(&["hello=3.0"]);
    assert_snapshot!(failure(&world), @"
    Could not solve for environment specs
    └─ hello =3.0 * does not exist (perhaps a typo or a missing channel).
    => correct the package's version or name in environment.yml, or add the channel that has it below 'channels:'
    ");
    world.environment(&["python=3.99"]);
    assert_snapshot!(failure(&world), @"
    Could not solve for environment specs
    └─ python =3.99 * does not exist (perhaps a typo or a missing channel).
    => ask for another Python in environment.yml, or add the channel that has this one below 'channels:' in environment.yml
    ");
    world.environment(&["hello"]);
    let plan = world.plan(&with_python(world.request(), "3.99"));
    assert_snapshot!(filtered(&world, plan.steps.last().unwrap()), @"
    Could not solve for environment specs
    └─ python =3.99 * does not exist (perhaps a typo or a missing channel).
    => ask for another Python in --python-version, or add the channel that has this one below 'channels:' in environment.yml
    ");
    world.environment(&["hello=2.0", "clash"]);
    assert_snapshot!(failure(&world), @"
    Could not solve for environment specs
    ├─ clash =* * is installable and it requires
    │  └─ hello <2 *, which can be installed;
    └─ hello =2.0 * is not installable because it conflicts with any installable versions previously reported.
    => loosen the versions that exclude each other in environment.yml
    ");
    let folder = tempfile::tempdir().unwrap();
    let channel = Channel::make(folder.path(), &[Package::new("needy", "1.0").depends("nowhere >=2")]).unwrap();
    world.write("environment.yml", &format!("channels: ['{}']\ndependencies: [needy]\n", channel.url()));
    assert_snapshot!(failure(&world), @"
    Could not solve for environment specs
    └─ needy =* * is not installable because it requires
       └─ nowhere >=2 *, which does not exist (perhaps a missing channel).
    => add the channel that has it below 'channels:' in environment.yml
    ");
    world.write("environment.yml", "channels: ['file:///nowhere/at/all']\ndependencies: [hello]\n");
    let told = failure(&world);
    assert!(told.contains("Download error (37) Couldn't read a file:// file [file:///nowhere/at/all/"), "{told}");
    assert!(told.ends_with("\n=> correct the address of the channel in environment.yml"), "{told}");
    fs::create_dir_all(world.prefix()).unwrap();
    fs::write(world.prefix().join("stray"), "").unwrap();
    world.environment(&["hello"]);
    assert_snapshot!(failure(&world), @"
    Non-conda folder exists at prefix - aborting.
    => move what stands at the environment's place away, then run the same command again
    ");
    fs::remove_dir_all(world.prefix()).unwrap();
    fs::write(world.prefix(), "").unwrap();
    assert_snapshot!(failure(&world), @"
    Target prefix already exists and is not a folder - aborting.
    => move what stands at the environment's place away, then run the same command again
    ");
}

#[test]
fn a_wrong_hash_leaves_nothing_that_is_taken_for_an_environment() {
    let world = World::new();
    let channel = World::channel();
    let mut entry = channel.entry("hello", "1.0").unwrap();
    entry.sha256 = "0".repeat(64);
    world.write("conda-lock.yml", &channel.lock(&[entry], &pyve_standin_micromamba::channel::platform()));
    let told = failure(&world);
    let lines: Vec<&str> = told.lines().map(str::trim_start).collect();
    assert!(lines[0].starts_with("File not valid: SHA256 doesn't match expectation \"[HOME]/"), "{told}");
    assert!(lines[0].ends_with("/hello-1.0-0.tar.bz2\""), "{told}");
    assert_eq!(lines[1], format!("Expected: {}", "0".repeat(64)));
    assert!(lines[2].starts_with("Actual: ") && lines[3] == "Found incorrect downloads. Aborting", "{told}");
    assert!(told.ends_with("\n=> run `conda-lock -f environment.yml -p [PLATFORM]`"), "{told}");
    assert!(world.prefix().join("conda-meta").is_dir(), "micromamba leaves this behind");
    let plan = world.plan(&world.request());
    assert_eq!(plan.state, PrefixState::BROKEN);
    assert!(world.diagnosis(&world.request()).contains("error micromamba.half-made"));
}

/// On its way, or in the channel.
#[test]
fn a_package_that_is_not_what_the_index_lists_is_no_mistake_of_the_file() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let channel = Channel::make(folder.path(), &[Package::new("hello", "1.0").file("share/hello", "hello")]).unwrap();
    let platform = pyve_standin_micromamba::channel::platform();
    let archive = folder.path().join(&platform).join("hello-1.0-0.tar.bz2");
    let whole = fs::read(&archive).unwrap();
    world.write("environment.yml", &format!("channels: ['{}']\ndependencies: [hello]\n", channel.url()));
    let told = |bytes: &[u8]| {
        fs::remove_dir_all(world.prefix()).ok();
        fs::write(&archive, bytes).unwrap();
        failure(&world)
    };
    let again = "=> run `pyve init` once more, or ask for another version in environment.yml: the channel gives another file \
                 than its index lists";
    let cut_off = told(&whole[..100]);
    let lines: Vec<&str> = cut_off.lines().map(str::trim_start).collect();
    assert!(lines[0].starts_with("File not valid: file size doesn't match expectation \"[HOME]/"), "{cut_off}");
    let size = format!("Expected: {}", whole.len());
    assert_eq!(lines[1..], [&size, "Actual: 100", "Found incorrect downloads. Aborting", again], "{cut_off}");
    let mut other = whole.clone();
    *other.last_mut().unwrap() ^= 1;
    let other = told(&other);
    assert!(other.starts_with("File not valid: SHA256 doesn't match") && other.ends_with(again), "{other}");
}

/// As micromamba tells what a server answers.
#[test]
fn a_server_that_gives_no_package_or_no_channel_is_told_with_its_answer() {
    let world = World::new();
    world.environment(&["hello"]);
    let plan = world.plan(&world.request());
    let told = |errors: &str| {
        let said = Said { code: 1, out: String::new(), err: errors.to_owned() };
        shown(&world, plan.steps.last().unwrap(), &said)
    };
    let package = |status: &str| {
        let url = "https://host/ch/noarch/hello-2.0-0.conda";
        told(&format!(
            "error    libmamba Failed to download package from {url} (status {status})\n    If you see this message repeatedly, the \
             state of your installation might be corrupted,\n    in which case running `mamba clean --all` might fix it.\n    \n\
             critical libmamba Transfer finalized, status: {status} [{url}] 335 bytes\n"
        ))
    };
    assert_snapshot!(package("404"), @"
    Failed to download package from https://host/ch/noarch/hello-2.0-0.conda (status 404)
    Transfer finalized, status: 404 [https://host/ch/noarch/hello-2.0-0.conda] 335 bytes
    => ask for another version in environment.yml, or wait until the channel has what its index lists
    ");
    assert_snapshot!(package("403").lines().last().unwrap(), @"=> check the network and the channel's address, then run the same command again");
    let index = |status: &str| {
        let url = "https://host/ch/noarch";
        told(&format!(
            "critical libmamba Multiple errors occurred:\n    Transfer finalized, status: {status} [{url}/repodata.json] 335 bytes\n    \
             Subdir {url} not loaded!\n    If you run into this error repeatedly, your package cache may be corrupted.\n"
        ))
    };
    assert_snapshot!(index("404"), @"
    Multiple errors occurred:
    Transfer finalized, status: 404 [https://host/ch/noarch/repodata.json] 335 bytes
    => correct the name or address of the channel in environment.yml
    ");
    assert_snapshot!(index("503").lines().last().unwrap(), @"=> check the network and the channel's address, then run the same command again");
}

/// A file of settings in the home folder of the test.
fn settings(world: &World, file: &str, text: &str) {
    fs::write(world.home().parent().unwrap().join(file), text).unwrap();
}

#[test]
fn settings_that_mute_micromamba_do_not_hide_why_it_failed() {
    let world = World::new();
    world.environment(&["nosuchpkg"]);
    for text in ["quiet: true\n", "json: true\n", "quiet: true\njson: true\n"] {
        settings(&world, ".condarc", text);
        let told = failure(&world);
        assert!(told.contains("└─ nosuchpkg =* * does not exist") && told.contains("=> correct the"), "{text}{told}");
    }
}

#[test]
fn a_platform_that_settings_name_is_told_as_theirs() {
    let mut world = World::new();
    world.environment(&["hello"]);
    let foreign = if cfg!(target_os = "macos") { "linux-64" } else { "osx-64" };
    settings(&world, ".condarc", &format!("channels: []\nplatform: {foreign}\n"));
    let told = world.refused(&world.request()).replace(foreign, "[FOREIGN]");
    assert_snapshot!(told, @"
    packages would be for [FOREIGN] (~/.condarc:2), but this machine is [PLATFORM]
    => remove 'platform:' from line 2 of ~/.condarc
    ");
    let channel = World::channel();
    let platform = pyve_standin_micromamba::channel::platform();
    world.write("conda-lock.yml", &channel.lock(&[channel.entry("hello", "1.0").unwrap()], &platform));
    world.host = std::mem::take(&mut world.host).variable("CONDA_SUBDIR", "noarch");
    assert_snapshot!(world.refused(&world.request()), @"
    packages would be for noarch (CONDA_SUBDIR), but conda-lock.yml is used for [PLATFORM]
    => unset CONDA_SUBDIR
    ");
    fs::remove_file(world.project().join("conda-lock.yml")).unwrap();
    // What is for no platform in particular runs here; only there is not all of it.
    settings(&world, ".condarc", "platform: noarch\n");
    world.environment(&["clash"]);
    assert_snapshot!(failure(&world), @"
    Platform is ill-formed, expected <os>-<arch> in: 'noarch'
    Could not solve for environment specs
    └─ clash =* * is not installable because it requires
       └─ hello <2 *, which does not exist (perhaps a missing channel).
    => packages were looked for on noarch (CONDA_SUBDIR), and this machine is [PLATFORM]: unset CONDA_SUBDIR, then run the same command again
    ");
}

#[test]
fn a_path_as_a_name_is_refused_before_micromamba_does() {
    let world = World::new();
    world.write("environment.yml", "name: team//demo\nchannels: [conda-forge]\ndependencies: [hello]\n");
    assert_snapshot!(world.refused(&world.request().with_setting("env_name", ["demo"], "--env-name")), @"
    environment.yml:1: 'team//demo' cannot name an environment: micromamba takes no '/' in a name
    => write line 1 of environment.yml as 'name: team-demo'
    ");
}

#[test]
fn outer_environments_and_muting_wishes_do_not_reach_micromamba() {
    let mut world = World::new();
    world.host =
        std::mem::take(&mut world.host).variable("CONDA_SHLVL", "2").variable("MAMBA_ROOT_PREFIX", "/opt/mamba");
    world.environment(&["hello"]);
    let plan = world.plan(&world.request());
    let command = plan.steps[0].command.as_ref().unwrap();
    for name in ["CONDA_PREFIX", "CONDA_PREFIX_1", "CONDA_PREFIX_2", "CONDA_DEFAULT_ENV", "PYTHONHOME"] {
        assert!(command.env_remove.iter().any(|unset| unset == name), "{name}");
    }
    let set = command.env.iter().map(|it| format!("{}={}", it.name, it.value.display()));
    let (of_pip, set): (Vec<String>, Vec<String>) = set.partition(|set| set.starts_with("PIP_"));
    assert!(of_pip.contains(&"PIP_USER=0".to_owned()), "{of_pip:?}");
    let expected = ["MAMBA_QUIET=false", "MAMBA_JSON=false", "PYTHONNOUSERSITE=1"];
    assert_eq!(set, expected, "and the user's own package cache is used");
}

/// The smallest wheel there can be, made by the machine's python.
fn wheel(world: &World) {
    let code = "import zipfile\n\
        with zipfile.ZipFile('tiny-1.0-py3-none-any.whl', 'w') as wheel:\n\
        \x20   wheel.writestr('tiny.py', 'print(\"tiny\")\\n')\n\
        \x20   info = 'tiny-1.0.dist-info/'\n\
        \x20   wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')\n\
        \x20   wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n\
        \x20   wheel.writestr(info + 'RECORD', '')\n";
    let python = pyve_standin_micromamba::sample::Python::find().unwrap().path;
    let said = world.start(&python, &["-c", code], &Variables::new());
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn the_pip_list_is_installed_by_micromamba_itself() {
    let world = World::new();
    wheel(&world);
    world.environment(&["python", "pip: ['-r requirements.txt']"]);
    world.write("requirements.txt", "./tiny-1.0-py3-none-any.whl\n");
    let made = world.make(world.request());
    let said = world.start(&world.prefix().join("bin/python"), &["-m", "tiny"], &Variables::new());
    assert_eq!(said.out, "tiny\n", "{}", said.err);
    assert!(world.diagnosis(&made).contains("info micromamba.pip-packages | pip packages: 1 installed by pip"));
    let before = made.recorded().unwrap().specs[0].sha256.clone();
    world.write("requirements.txt", "./tiny-1.0-py3-none-any.whl\n# and more\n");
    assert_ne!(world.plan(&made).specs[0].sha256, before, "a named requirements file is part of the spec");
    let plan = world.plan(&made);
    assert_eq!(
        (plan.state, plan.state_detail.as_str()),
        (PrefixState::OUTDATED, "environment.yml has changed: a file that its 'pip:' list names reads otherwise")
    );

    world.write("requirements.txt", "./absent-1.0-py3-none-any.whl\n");
    let plan = world.plan(&world.request());
    // What pip itself says differs from version to version.
    let told = filtered(&world, plan.steps.last().unwrap());
    let last: Vec<&str> = told.lines().rev().take(2).collect();
    assert_eq!(last, ["=> correct the 'pip:' list in environment.yml", "pip failed to install packages"], "{told}");
}

#[test]
fn pip_installs_into_the_environment_whatever_its_settings_say() {
    let world = World::new();
    wheel(&world);
    world.environment(&["python", "pip: ['./tiny-1.0-py3-none-any.whl']"]);
    let settings = PathBuf::from(Host::variable(&world.host, "HOME").unwrap()).join(".pip/pip.conf");
    let say = |text: &str| {
        fs::create_dir_all(settings.parent().unwrap()).unwrap();
        fs::write(&settings, text).unwrap();
    };
    say("[global]\nuser = true\nrequire-virtualenv = true\nroot = /nowhere/r\n[install]\nprefix = /nowhere/p\n");
    let request = Request { offline: true, ..world.request() };
    let shown = command(&world.plan(&request).steps[0]);
    assert!(shown.ends_with(" --offline"), "{shown}");
    let _ = world.make(request);
    let said = world.start(&world.prefix().join("bin/python"), &["-m", "tiny"], &Variables::new());
    assert_eq!(said.out, "tiny\n", "{}", said.err);

    // No variable stands against this one.
    say("[install]\ntarget = /nowhere/t\n");
    fs::remove_dir_all(world.prefix()).unwrap();
    let refused = world.refused(&world.request()).replace(&settings.display().to_string(), "[CONF]");
    assert_snapshot!(refused, @r"
    pip would install the 'pip:' list of environment.yml into `/nowhere/t` (`[CONF]:2`)
    => remove `target` in `[CONF]:2`, or leave it out with `PIP_CONFIG_FILE=/dev/null`
    ");
    world.environment(&["python"]);
    let _ = world.plan(&world.request());
}

#[test]
fn what_the_user_put_into_an_environment_is_carried_over() {
    let world = World::new();
    let environment = |variables: &str, dependencies: &str| {
        let channel = World::channel().url();
        let text = format!("channels: ['{channel}']\ndependencies: {dependencies}\nvariables: {variables}\n");
        world.write("environment.yml", &text);
    };
    environment("{kept: a, changed: a, dropped: a, new: ''}", "[hello=1.0, activated]");
    let made = world.make(world.request());
    let put = |file: &str, text: &str| fs::write(world.prefix().join(file), text).unwrap();
    put("conda-meta/pinned", "# not the newest\nhello 1.*  # why\nabsent <2\n");
    put("etc/conda/activate.d/mine.sh", "export MINE=1\n");
    put("etc/conda/deactivate.d/mine.sh", "unset MINE\n");
    put(".condarc", "channel_priority: strict\n");
    std::os::unix::fs::symlink("/etc/profile", world.prefix().join("etc/conda/activate.d/link.sh")).unwrap();
    let state = r#"{"env_vars": {"KEPT": "mine", "CHANGED": "a", "DROPPED": "a", "NEW": "", "OWN": "x", "OFF": "***unset***"}}"#;
    put("conda-meta/state", state);
    assert_eq!(world.plan(&made).state, PrefixState::USABLE, "it is as it was made");

    environment("{kept: a, changed: b, new: ''}", "[hello, activated]");
    let plan = world.plan(&made);
    assert_eq!(plan.state, PrefixState::OUTDATED);
    let titles: Vec<&str> = plan.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "Create the environment 'demo' from environment.yml",
            "Carry over conda-meta/pinned",
            "Carry over .condarc",
            "Carry over etc/conda/activate.d/mine.sh",
            "Carry over etc/conda/deactivate.d/mine.sh",
            "Carry over KEPT, OFF, OWN of conda-meta/state",
        ]
    );
    assert!(command(&plan.steps[0]).ends_with("environment.yml 'hello 1.*'"), "{}", command(&plan.steps[0]));
    let told = world.host.messages().pop().unwrap();
    assert_eq!(told.0, Level::WARNING);
    assert!(told.1.starts_with("not carried over: ") && told.1.contains("activate.d/link.sh: "), "{}", told.1);

    let made = world.make(made);
    assert!(world.prefix().join("conda-meta/hello-1.0-0.json").is_file(), "the pin counts, though 2.0 is there");
    assert_eq!(fs::read_to_string(world.prefix().join("etc/conda/activate.d/mine.sh")).unwrap(), "export MINE=1\n");
    let state = fs::read_to_string(world.prefix().join("conda-meta/state")).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&state).unwrap()["env_vars"],
        serde_json::json!({"KEPT": "mine", "CHANGED": "b", "NEW": "", "OWN": "x", "OFF": "***unset***"})
    );
    world.environment(&["hello>=2"]);
    let plan = world.plan(&made);
    let failed = filtered(&world, plan.steps.iter().find(|step| step.kind == StepKind::RUN).unwrap());
    assert!(
        failed.ends_with(
            "=> loosen the versions that exclude each other in environment.yml and .pyve/envs/demo/conda-meta/pinned"
        ),
        "{failed}"
    );
}

#[test]
fn a_file_of_this_platform_or_of_the_environments_name_comes_first() {
    let world = World::new();
    let platform = pyve_standin_micromamba::channel::platform();
    let file = |name: &str, dependency: &str| {
        world.write(name, &format!("channels: ['{}']\ndependencies: [{dependency}]\n", World::channel().url()));
    };
    file("environment.yml", "hello=1.0");
    file(&format!("environment.{platform}.yml"), "hello=2.0");
    let made = world.make(world.request());
    assert!(world.prefix().join("conda-meta/hello-2.0-0.json").is_file());
    assert_eq!(world.plan(&made).state, PrefixState::USABLE);
    assert_eq!(world.plan(&made).specs[0].file.display(), format!("environment.{platform}.yml"));
    assert!(!world.host.messages().iter().any(|(level, _)| *level == Level::WARNING), "{:?}", world.host.messages());
    let mut dev = world.request();
    dev.environment = "dev".into();
    assert_eq!(
        world.plan(&dev).specs[0].file.display(),
        format!("environment.{platform}.yml"),
        "it has none of its own"
    );
    file("environment.dev.yml", "purelib");
    assert_eq!(world.plan(&dev).specs[0].file.display(), "environment.dev.yml");
    let channel = World::channel();
    let lock = channel.lock(&[channel.entry("purelib", "1.0").unwrap()], &platform);
    world.write("dev.conda-lock.yml", &lock);
    let specs = world.plan(&dev).specs;
    assert_eq!(
        specs.iter().map(|spec| spec.file.display()).collect::<Vec<_>>(),
        ["dev.conda-lock.yml", "environment.dev.yml"]
    );
    assert_eq!(world.plan(&made).state, PrefixState::USABLE, "it is not the default environment's");

    let elsewhere = World::new();
    elsewhere.write("environment.freebsd-64.yml", "");
    let foreign = if platform == "win-64" { "osx-64" } else { "win-64" };
    elsewhere.write(&format!("environment.{foreign}.yml"), "");
    let told = elsewhere.refused(&elsewhere.request());
    assert!(
        told.contains(&format!("\n  environment.{foreign}.yml is for another platform than [PLATFORM]\n")),
        "{told}"
    );
}
