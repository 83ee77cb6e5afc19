//! Commands inside: the same variables as `micromamba run` gives, worked out without it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::world::{Variables, World, enter};
use insta::assert_snapshot;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, Launch, PrefixState, Request};

/// What a process of the environment cannot help to have, or what differs on purpose (`LC_ALL` is not forced).
const APART: [&str; 5] = ["_", "SHLVL", "PWD", "OLDPWD", "LC_ALL"];

fn seen_by(output: &str) -> BTreeMap<String, String> {
    let pairs = output.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| !APART.contains(name)).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

/// The variables that micromamba's own `run` gives to a command.
fn by_micromamba(world: &World, caller: &Variables) -> BTreeMap<String, String> {
    let prefix = world.prefix().display().to_string();
    let said = world.start(&world.tool().path.path(), &["run", "-p", &prefix, "/usr/bin/env", "-0"], caller);
    assert_eq!(said.code, 0, "{}", said.err);
    seen_by(&said.out)
}

fn by_launch(world: &World, launch: &Launch, caller: &Variables) -> BTreeMap<String, String> {
    assert!(launch.wrapper.is_empty(), "{:?}", launch.wrapper);
    seen_by(&world.start(Path::new("/usr/bin/env"), &["-0"], &enter(launch, caller)).out)
}

fn caller(world: &World) -> Variables {
    let text = |value: &str| OsString::from(value);
    BTreeMap::from([
        ("PATH".to_owned(), text("/usr/bin:/bin")),
        ("HOME".to_owned(), world.project().into_os_string()),
        ("MAMBA_ROOT_PREFIX".to_owned(), text("/opt/mamba")),
        ("KEPT".to_owned(), text("as it was")),
    ])
}

fn made(world: &World, dependencies: &[&str]) -> Request {
    world.environment(dependencies);
    world.make(world.request())
}

fn pairs(launch: &Launch, world: &World) -> Vec<String> {
    launch.env.iter().map(|v| world.tidy(&format!("{}={}", v.name, v.value.display()))).collect()
}

#[test]
fn every_variable_is_what_micromamba_run_makes_it() {
    let world = World::new();
    let request = made(&world, &["hello"]);
    let launch = world.launch(&request);
    assert_snapshot!(pairs(&launch, &world).join("\n"), @"
    CONDA_PREFIX=[PROJECT]/.pyve/envs/demo
    CONDA_SHLVL=1
    CONDA_DEFAULT_ENV=demo
    CONDA_PROMPT_MODIFIER=(demo) 
    MAMBA_EXE=[HOME]/bin/micromamba
    ");
    assert!(world.host.captured().is_empty(), "no program is asked: {:?}", world.host.captured());
    let caller = caller(&world);
    assert_eq!(by_launch(&world, &launch, &caller), by_micromamba(&world, &caller));
    let said = world.start(&world.prefix().join("bin/hello"), &["there"], &enter(&launch, &caller));
    assert_eq!(said.out, "hello 2.0 there\n");
}

#[test]
fn where_settings_change_the_prompt_micromamba_is_asked() {
    let world = World::new();
    let request = made(&world, &["hello"]);
    fs::write(world.home().parent().unwrap().join(".condarc"), "changeps1: false\n").unwrap();
    let launch = world.launch(&request);
    assert_eq!(world.host.captured().len(), 1);
    let mut caller = caller(&world);
    caller.insert("HOME".to_owned(), world.home().parent().unwrap().into());
    caller.insert("CONDA_PROMPT_MODIFIER".to_owned(), "(outer) ".into());
    let ours = by_launch(&world, &launch, &caller);
    assert!(!ours.contains_key("CONDA_PROMPT_MODIFIER"), "{ours:?}");
    assert_eq!(ours, by_micromamba(&world, &caller));
}

#[test]
fn inside_another_environment_the_outer_one_makes_place() {
    let world = World::new();
    let launch = world.launch(&made(&world, &["hello"]));
    let mut caller = caller(&world);
    caller.insert("PATH".to_owned(), "/outer/bin:/opt/mamba/condabin:/usr/bin:/bin".into());
    caller.insert("CONDA_PREFIX".to_owned(), "/outer".into());
    caller.insert("CONDA_SHLVL".to_owned(), "1".into());
    let expected = by_micromamba(&world, &caller);
    assert_eq!(expected["CONDA_SHLVL"], "2");
    let mut ours = by_launch(&world, &launch, &caller);
    // `condabin` stands once more, in front of where it was: the same folders are searched in the same order.
    let path = ours["PATH"].replacen("/opt/mamba/condabin:", "", 1);
    ours.insert("PATH".to_owned(), path);
    assert_eq!(ours, expected);
}

#[test]
fn activation_scripts_are_seen_once_and_kept() {
    let world = World::new();
    let launch = world.launch(&made(&world, &["hello", "activated"]));
    assert_snapshot!(pairs(&launch, &world).join("\n"), @"
    CONDA_PREFIX=[PROJECT]/.pyve/envs/demo
    CONDA_SHLVL=1
    CONDA_DEFAULT_ENV=demo
    CONDA_PROMPT_MODIFIER=(demo) 
    MAMBA_EXE=[HOME]/bin/micromamba
    SAMPLE_JSON=from json
    SAMPLE_HOME=[PROJECT]/.pyve/envs/demo/share/sample
    SAMPLE_TEXT=two words; $(not run)
    ");
    assert_eq!(launch.path[0].directory.path(), world.prefix().join("tools"));
    let script = world.prefix().join("etc/conda/activate.d/activated.sh");
    assert_eq!(
        launch.scripts.iter().map(|path| path.path().into_owned()).collect::<Vec<_>>(),
        std::slice::from_ref(&script)
    );
    assert!(launch.inputs.iter().any(|input| *input.path() == *script));
    let caller = caller(&world);
    assert_eq!(by_launch(&world, &launch, &caller), by_micromamba(&world, &caller));
}

#[test]
fn variables_of_the_file_and_of_packages_are_set() {
    let world = World::new();
    let channel = World::channel().url();
    let text = format!(
        "channels: ['{channel}']\ndependencies: [activated]\nvariables:\n  SAMPLE_JSON: from file\n  other: '1 2'\n"
    );
    world.write("environment.yml", &text);
    let launch = world.launch(&world.make(world.request()));
    let caller = caller(&world);
    let ours = by_launch(&world, &launch, &caller);
    assert_eq!((ours["SAMPLE_JSON"].as_str(), ours["OTHER"].as_str()), ("from file", "1 2"));
    assert_eq!(ours, by_micromamba(&world, &caller));
}

#[test]
fn variables_of_any_value_are_data_and_those_of_the_activation_win() {
    let world = World::new();
    let channel = World::channel().url();
    let text = format!(
        "channels: ['{channel}']\ndependencies: [activated]\nvariables:\n  QUOTED: \"it's $(id)\"\n  EMPTY: ''\n  \
         NOTHING:\n  PATH: /theirs\n  conda_prefix: /theirs\n  conda_shlvl: '7'\n"
    );
    world.write("environment.yml", &text);
    let request = world.make(world.request());
    let launch = world.launch(&request);
    let mut caller = caller(&world);
    let ours = by_launch(&world, &launch, &caller);
    let values = ["QUOTED", "EMPTY", "NOTHING", "CONDA_SHLVL"].map(|name| ours[name].as_str());
    assert_eq!(values, ["it's $(id)", "", "null", "1"]);
    assert_eq!(ours["CONDA_PREFIX"], world.prefix().display().to_string());
    assert!(!ours["PATH"].contains("/theirs"), "{}", ours["PATH"]);

    // What `conda env config vars unset` leaves: nothing sets it, the package `activated` neither.
    let state = world.prefix().join("conda-meta/state");
    fs::write(&state, r#"{"env_vars": {"GONE": "***unset***", "SAMPLE_JSON": "***unset***", "STAYS": "1"}}"#).unwrap();
    let launch = world.launch(&request);
    let ours = by_launch(&world, &launch, &caller);
    assert_eq!((ours.get("GONE"), ours.get("SAMPLE_JSON"), ours["STAYS"].as_str()), (None, None, "1"));
    caller.insert("GONE".to_owned(), "the caller's".into());
    assert_eq!(by_launch(&world, &launch, &caller)["GONE"], "the caller's");
}

#[test]
fn where_scripts_depend_on_the_caller_the_host_sources_them() {
    let world = World::new();
    let request = made(&world, &["hello", "activated"]);
    let script = world.prefix().join("etc/conda/activate.d/zz.sh");
    fs::write(&script, "export LD_LIBRARY_PATH=\"$CONDA_PREFIX/lib:$LD_LIBRARY_PATH\"\n").unwrap();
    let launch = world.launch(&request);
    let scripts: Vec<String> = launch.scripts.iter().map(|script| world.tidy(&script.display())).collect();
    assert_eq!(
        scripts,
        ["activated.sh", "zz.sh"].map(|name| format!("[PROJECT]/.pyve/envs/demo/etc/conda/activate.d/{name}"))
    );
    assert!(launch.source_scripts && launch.wrapper.is_empty() && launch.shell.is_none());
    assert!(!launch.env.iter().any(|variable| variable.name == "SAMPLE_HOME"), "what scripts set is not in it");
    let mut caller = caller(&world);
    caller.insert("LD_LIBRARY_PATH".to_owned(), "/mine".into());
    let words = "for script in \"$@\"; do . \"$script\"; done; exec env -0";
    let mut args = vec!["-c", words, "bash"];
    let scripts: Vec<String> = launch.scripts.iter().map(|script| script.display()).collect();
    args.extend(scripts.iter().map(String::as_str));
    let sourced = world.start(Path::new("/bin/bash"), &args, &enter(&launch, &caller));
    let sourced = seen_by(&sourced.out);
    assert_eq!(sourced["LD_LIBRARY_PATH"], format!("{}/lib:/mine", world.prefix().display()));
    assert_eq!(sourced, by_micromamba(&world, &caller));
}

#[test]
fn a_virtual_environment_outside_is_left() {
    let world = World::new();
    let launch = world.launch(&made(&world, &["hello"]));
    let mut caller = caller(&world);
    caller.insert("VIRTUAL_ENV".to_owned(), "/their/venv".into());
    caller.insert("PYTHONHOME".to_owned(), "/their/python".into());
    caller.insert("PATH".to_owned(), "/their/venv/bin:/usr/bin:/bin".into());
    let ours = by_launch(&world, &launch, &caller);
    assert!(!ours.contains_key("VIRTUAL_ENV") && !ours.contains_key("PYTHONHOME"));
    assert!(!ours["PATH"].contains("/their/venv"), "{}", ours["PATH"]);
}

#[test]
fn without_an_environment_the_error_says_what_makes_one() {
    let world = World::new();
    let refused = |request: &Request| world.shown(&MicromambaBackend.run(request, &world.host).unwrap_err());
    assert_snapshot!(refused(&world.request()), @"
    there is no environment for [PROJECT] yet
    => run `pyve init`
    ");
    let request = made(&world, &["hello"]);
    fs::remove_file(world.prefix().join("conda-meta/history")).unwrap();
    assert_snapshot!(refused(&request), @"
    the environment [PROJECT]/.pyve/envs/demo is not a whole conda environment
    => run `pyve init --force`
    ");
    fs::remove_dir_all(world.prefix()).unwrap();
    assert_snapshot!(refused(&request), @"
    the environment [PROJECT]/.pyve/envs/demo is gone
    => run `pyve init --force`
    ");
}

#[test]
fn scripts_need_no_micromamba() {
    let world = World::new();
    let request = made(&world, &["activated"]);
    fs::write(world.prefix().join("etc/conda/activate.d/activated.sh"), "export A=$$\n").unwrap();
    fs::remove_file(world.home().join("bin/micromamba")).unwrap();
    let launch = world.launch(&request);
    assert!(launch.source_scripts && launch.scripts.len() == 1, "{launch:?}");
}

#[test]
fn an_outer_environment_of_conda_s_is_left_as_conda_does() {
    let world = World::new();
    let launch = world.launch(&made(&world, &["hello"]));
    assert_eq!(launch.outer.to_vec(), [pyve_plugin_api::Outer::conda()]);
}

#[test]
fn pip_is_cautioned_against_unless_the_project_means_it() {
    let world = World::new();
    let request = made(&world, &["hello"]);
    let cautions = |request: &Request| -> Vec<String> {
        world.launch(request).cautions.iter().map(|caution| caution.command.join(" ")).collect()
    };
    assert!(cautions(&request).contains(&"pip install".to_owned()), "{:?}", cautions(&request));
    assert!(cautions(&request.clone().with_setting("allow_pip", ["true"], ".pyve/config:4")).is_empty());
    world.environment(&["hello", "pip: [requests]"]);
    assert!(cautions(&request).is_empty());
}

#[test]
fn what_stands_is_told_without_a_record() {
    let world = World::new();
    let request = made(&world, &["hello"]);
    let request = Request { recorded: Default::default(), ..request };
    let there = MicromambaBackend.inspect(&request, &FakeHost::new()).unwrap();
    let meant = there.requested().unwrap();
    assert_eq!((meant.prefix.path().into_owned(), meant.state), (world.prefix(), PrefixState::USABLE));
    assert_eq!((meant.detail.as_str(), meant.moved_from.is_empty()), ("1 package", true));
    // As the bash tool left it, with a name that was only said on its command line.
    let other = world.prefix().with_file_name("said");
    fs::rename(world.prefix(), &other).unwrap();
    let there = MicromambaBackend.inspect(&request, &FakeHost::new()).unwrap();
    let meant = there.requested().unwrap();
    assert_eq!((meant.prefix.path().into_owned(), meant.state), (other.clone(), PrefixState::BROKEN));
    assert_eq!(meant.moved_from.path(), world.prefix());
    assert_snapshot!(world.tidy(&meant.detail), @"it was made at [PROJECT]/.pyve/envs/demo, and a conda environment cannot be moved");
    // Who says a name means that one.
    let said = request.with_setting("env_name", ["mine"], "--env-name");
    let there = MicromambaBackend.inspect(&said, &FakeHost::new()).unwrap();
    assert_eq!((there.requested(), there.environments.len()), (None, 1));
}

#[test]
fn scripts_that_a_shell_would_source_are_named() {
    let world = World::new();
    let request = made(&world, &["hello"]);
    let script = world.prefix().join("etc/conda/activate.d/hello.sh");
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "touch ran\n").unwrap();
    let there = MicromambaBackend.inspect(&request, &FakeHost::new()).unwrap();
    assert_eq!(there.requested().unwrap().scripts, [pyve_plugin_api::OsText::from(script)]);
}
