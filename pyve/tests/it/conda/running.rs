//! Commands inside: what `micromamba run` gives them, without micromamba.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use pyve_testkit::{Invocation, contents};

use super::place::Place;

/// What a process cannot help to have, and `LC_ALL`, which pyve leaves as the user set it.
const APART: [&str; 5] = ["_", "SHLVL", "PWD", "OLDPWD", "LC_ALL"];

type Variables = BTreeMap<String, String>;

/// What the command `env -0` of this invocation says.
#[track_caller]
fn seen(invocation: Invocation<'_>, caller: &[(&str, &str)]) -> Variables {
    let invocation = caller.iter().fold(invocation, |invocation, (name, value)| invocation.env(name, value));
    let outcome = invocation.args(["env", "-0"]).run().success();
    let text = String::from_utf8(outcome.stdout).unwrap();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(name, _)| !APART.contains(name));
    // A folder that stands on PATH once more is searched once.
    pairs.map(|(name, value)| (name.to_owned(), if name == "PATH" { once(value) } else { value.to_owned() })).collect()
}

/// The folders, each where it stands first.
fn once(path: &str) -> String {
    let folders: Vec<&str> = path.split(':').collect();
    let first = folders.iter().enumerate().filter(|(index, folder)| !folders[..*index].contains(folder));
    first.map(|(_, folder)| *folder).collect::<Vec<_>>().join(":")
}

/// Both ways of starting a command, variable by variable.
#[track_caller]
fn assert_same(place: &Place, caller: &[(&str, &str)]) -> Variables {
    let by_pyve = seen(place.world.pyve().arg("run"), caller);
    let micromamba = place.world.command(place.sandbox()).args(["run", "-p"]).arg(place.prefix());
    let by_micromamba = seen(micromamba, caller);
    for name in by_pyve.keys().chain(by_micromamba.keys()) {
        assert_eq!(by_pyve.get(name), by_micromamba.get(name), "{name}, called with {caller:?}");
    }
    by_pyve
}

/// The same command from different callers: alone, in another environment, in two, in the very same one.
fn assert_same_for_all(place: &Place) {
    let path = |folders: &str| format!("{folders}{}", place.world.bin().display());
    let prefix = place.prefix().display().to_string();
    let alone = assert_same(place, &[("MAMBA_ROOT_PREFIX", "/opt/mamba"), ("OWN", "kept")]);
    assert_eq!((alone["CONDA_SHLVL"].as_str(), alone["OWN"].as_str()), ("1", "kept"));
    let outer = [
        ("MAMBA_ROOT_PREFIX", "/opt/mamba"),
        ("CONDA_PREFIX", "/outer"),
        ("CONDA_SHLVL", "1"),
        ("CONDA_DEFAULT_ENV", "outer"),
        ("PATH", &path("/outer/bin:/opt/mamba/condabin:/before:")),
    ];
    let nested = assert_same(place, &outer);
    assert_eq!((nested["CONDA_SHLVL"].as_str(), nested["CONDA_PREFIX_1"].as_str()), ("2", "/outer"));
    assert!(!nested["PATH"].contains("/outer/bin"), "{}", nested["PATH"]);
    let twice = [
        ("MAMBA_ROOT_PREFIX", "/opt/mamba"),
        ("CONDA_PREFIX", "/inner"),
        ("CONDA_PREFIX_1", "/outer"),
        ("CONDA_SHLVL", "2"),
        ("PATH", &path("/inner/bin:/opt/mamba/condabin:")),
    ];
    assert_eq!(assert_same(place, &twice)["CONDA_SHLVL"], "3");
    // From this one into another, and from there a command in this one.
    let back = [
        ("MAMBA_ROOT_PREFIX", "/opt/mamba"),
        ("CONDA_PREFIX", "/inner"),
        ("CONDA_PREFIX_1", prefix.as_str()),
        ("CONDA_SHLVL", "2"),
        ("PATH", &path("/inner/bin:/opt/mamba/condabin:")),
    ];
    let back = assert_same(place, &back);
    assert_eq!((back["CONDA_SHLVL"].as_str(), back.get("CONDA_PREFIX_1")), ("1", None));
    let inside: Vec<(&str, String)> = alone
        .iter()
        .filter(|(name, _)| name.starts_with("CONDA") || *name == "PATH" || name.starts_with("SAMPLE"))
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let mut inside: Vec<(&str, &str)> = inside.iter().map(|(name, value)| (*name, value.as_str())).collect();
    inside.push(("MAMBA_ROOT_PREFIX", "/opt/mamba"));
    let same = assert_same(place, &inside);
    assert_eq!((same["CONDA_SHLVL"].as_str(), same["CONDA_PREFIX"].as_str()), ("1", prefix.as_str()));
}

#[test]
fn variables_are_those_of_micromamba_run() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    assert_same_for_all(&place);
}

#[test]
fn variables_are_those_of_micromamba_run_with_activation_scripts() {
    let place = Place::new();
    place.environment(&["activated"]);
    place.done("init");
    assert_same_for_all(&place);
}

/// Writes an activation script into the environment.
fn script(place: &Place, text: &str) {
    fs::write(place.prefix().join("etc/conda/activate.d/own.sh"), text).unwrap();
    place.settle();
}

#[test]
fn activation_scripts_are_run_once_and_kept() {
    let place = Place::new();
    place.environment(&["activated"]);
    place.done("init");
    let text = "echo run >> \"$CONDA_PREFIX/runs\"\nexport OWN=\"$CONDA_PREFIX/own\"\n";
    script(&place, text);
    let runs = || fs::read_to_string(place.prefix().join("runs")).unwrap_or_default().lines().count();
    assert_eq!(place.run(&["printenv", "OWN"]), "[PROJECT]/.pyve/envs/demo/own\n");
    let first = runs();
    assert!(first > 0);
    let calls = place.calls(&[]);
    for _ in 0..5 {
        assert_eq!(place.run(&["printenv", "OWN"]), "[PROJECT]/.pyve/envs/demo/own\n");
    }
    assert_eq!((runs(), place.calls(&[])), (first, calls), "nothing was started but the command");
    script(&place, &text.replace("/own", "/other"));
    assert_eq!(place.run(&["printenv", "OWN"]), "[PROJECT]/.pyve/envs/demo/other\n");
    assert!(runs() > first);
    fs::remove_file(place.prefix().join("etc/conda/activate.d/own.sh")).unwrap();
    assert_eq!(place.world.pyve().args(["run", "printenv", "OWN"]).run().code, Some(1));
}

#[test]
fn doctor_says_what_activation_costs_and_keeps_nothing() {
    let place = Place::new();
    place.environment(&["activated"]);
    place.done("init");
    let told = || {
        let check = crate::doctor::check(&crate::doctor::report(&place.world, ""), "pyve.launch");
        (check["detail"].as_str().unwrap().to_owned(), check["processes"].as_u64().unwrap())
    };
    script(&place, "export OWN=\"$CONDA_PREFIX/own\"\n");
    let before = contents(&place.world.home());
    let record = place.world.read(".pyve/state/default/micromamba.json");
    let (detail, processes) = told();
    let start =
        "works, with what its 2 activation scripts set; the next `pyve run` finds it out again, once, which takes ";
    assert!(detail.starts_with(start) && detail.contains(" ms and ") && processes > 0, "{detail} {processes}");
    crate::ready::changed_nothing(&before, &contents(&place.world.home()));
    assert_eq!(place.world.read(".pyve/state/default/micromamba.json"), record);
    place.run(&["printenv", "OWN"]);
    let (detail, processes) = told();
    assert!(detail.starts_with("ready in ") && detail.ends_with(" ms, kept, with what its 2 activation scripts set"));
    assert_eq!(processes, 0, "{detail}");
    script(&place, "export GREETING=\"$WHO and $CONDA_SHLVL\"\n");
    place.run(&["printenv", "GREETING"]);
    let (detail, _) = told();
    let end = " ms, kept; its 2 activation scripts are sourced for each caller";
    assert!(detail.ends_with(end), "{detail}");
}

#[test]
fn where_scripts_depend_on_the_caller_its_values_count() {
    let place = Place::new();
    place.environment(&["activated"]);
    place.done("init");
    script(&place, "export GREETING=\"$WHO and $CONDA_SHLVL\"\n");
    let calls = place.calls(&["run"]);
    let said = place.world.pyve().env("WHO", "you").args(["run", "printenv", "GREETING"]).run().success();
    assert_eq!(said.out(), "you and 1\n");
    let said = place.world.pyve().env("WHO", "me").args(["run", "sh", "-c", "echo $GREETING; exit 7"]).run();
    assert_eq!((said.out().as_str(), said.code), ("me and 1\n", Some(7)));
    assert_eq!(place.calls(&["run"]), calls, "micromamba starts nothing");
}

/// As compilers, libxml2 and many others have it: what is set depends on what the caller has.
const OF_CALLER: &str =
    "export LIBRARIES=\"$CONDA_PREFIX/lib${LIBRARIES:+:$LIBRARIES}\"\necho run >> \"$CONDA_PREFIX/runs\"\n";

#[test]
fn scripts_that_depend_on_the_caller_are_kept_for_each_value() {
    let place = Place::named("it's $(a) demo");
    place.environment(&["python", "activated"]);
    place.done("init --env-name demo");
    script(&place, OF_CALLER);
    let runs = || fs::read_to_string(place.prefix().join("runs")).unwrap_or_default().lines().count();
    let run = |value: &str| {
        let invocation = place.world.pyve().args(["run", "printenv", "LIBRARIES"]);
        let invocation = if value.is_empty() { invocation } else { invocation.env("LIBRARIES", value) };
        let outcome = invocation.run().success();
        assert_eq!(outcome.err(), "");
        outcome.out()
    };
    assert_eq!(run(""), "[PROJECT]/.pyve/envs/demo/lib\n");
    assert_eq!(run("/mine"), "[PROJECT]/.pyve/envs/demo/lib:/mine\n");
    let first = runs();
    for _ in 0..3 {
        assert_eq!(run(""), "[PROJECT]/.pyve/envs/demo/lib\n");
        assert_eq!(run("/mine"), "[PROJECT]/.pyve/envs/demo/lib:/mine\n");
    }
    assert_eq!((runs(), place.calls(&["run"])), (first, 0), "no script was sourced again");
    assert_eq!(run("/other"), "[PROJECT]/.pyve/envs/demo/lib:/other\n");
    assert!(runs() > first);
    // Within another environment of conda's, which its own files undo first.
    let outer = place.world.root().join("outer");
    fs::create_dir_all(outer.join("etc/conda/deactivate.d")).unwrap();
    fs::create_dir_all(outer.join("conda-meta")).unwrap();
    fs::write(outer.join("etc/conda/deactivate.d/libs.sh"), "export LIBRARIES=/before; unset GDAL_DATA\n").unwrap();
    fs::write(outer.join("conda-meta/state"), r#"{"env_vars": {"JAVA_HOME": "/j"}}"#).unwrap();
    let inside = place.world.pyve().env("CONDA_PREFIX", &outer).env("CONDA_SHLVL", "1").env("LIBRARIES", "/outer/lib");
    let inside = inside.env("JAVA_HOME", "/j").env("GDAL_DATA", "/g");
    let words = "echo \"$LIBRARIES ${JAVA_HOME-none} ${GDAL_DATA-none} $CONDA_SHLVL $CONDA_PREFIX_1\"";
    let said = inside.args(["run", "sh", "-c", words]).run().success();
    assert_eq!(said.out(), "[PROJECT]/.pyve/envs/demo/lib:/before none none 2 [ROOT]/outer\n");
}

#[test]
fn where_scripts_are_sourced_each_time_the_command_is_still_pyve_itself() {
    let place = Place::new();
    place.environment(&["python", "activated"]);
    place.done("init");
    let bin = place.prefix().join("bin");
    let tools = "export STARTED=$$ PATH=\"$CONDA_PREFIX/more tools:$PATH\"; echo noise; exec 9>&1\n";
    script(&place, tools);
    let more = place.prefix().join("more tools");
    fs::create_dir_all(&more).unwrap();
    for (path, text) in [(more.join("own"), "#!/bin/sh\necho \"own $1\"\n"), (bin.join("dead"), "#!/no/such/python\n")]
    {
        fs::write(&path, text).unwrap();
        Command::new("chmod").arg("+x").arg(&path).status().unwrap();
    }
    // One process, its exit code and its signals, nothing of the scripts on its output, and nothing read from its input.
    let mut command = place.world.pyve().args(["run", "sh", "-c", "echo $$; cat; exit 7"]).into_command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"input\n").unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!((String::from_utf8(output.stdout).unwrap(), output.status.code()), (format!("{id}\ninput\n"), Some(7)));
    for signal in ["TERM", "HUP", "QUIT", "INT"] {
        let mut command =
            place.world.pyve().args(["run", "sh", "-c", "ulimit -c 0; echo on; exec sleep 30"]).into_command();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 3]).unwrap();
        Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status().unwrap();
        let number = child.wait().unwrap().signal();
        assert_eq!(
            number,
            Some(match signal {
                "TERM" => 15,
                "HUP" => 1,
                "QUIT" => 3,
                _ => 2,
            }),
            "{signal}"
        );
    }
    let run = |words: &[&str]| place.world.pyve().arg("run").args(words).run();
    assert_eq!(run(&["own", "it's"]).out(), "own it's\n");
    assert_eq!(run(&["nosuchcmd"]).code, Some(127));
    let dead = run(&["dead"]);
    assert_eq!(dead.code, Some(126), "{dead}");
    assert!(dead.err().contains("its first line names `/no/such/python`"), "{dead}");
    fs::remove_file(bin.join("python3")).unwrap();
    let missing = run(&["python3"]);
    assert_eq!(missing.code, Some(127), "{missing}");
    assert!(missing.err().contains("the environment at .pyve/envs/demo has no python3"), "{missing}");
    script(&place, "exit 3\n");
    insta::assert_snapshot!(run(&["own"]), @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: could not activate the environment: a script ended the shell with exit code 3
      sourced were `[PROJECT]/.pyve/envs/demo/etc/conda/activate.d/activated.sh`, `[PROJECT]/.pyve/envs/demo/etc/conda/activate.d/own.sh`
    hint: remove or fix the script that does, or recreate the environment: `pyve init --force`
    ");
}

#[test]
fn pyve_is_gone_and_so_is_micromamba() {
    let place = Place::new();
    place.environment(&["python", "activated"]);
    place.done("init");
    let mut command = place.world.pyve().args(["run", "python", "-c", "import os; print(os.getpid())"]).into_command();
    let child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{id}\n"));
    assert_eq!(place.calls(&["run"]), 0);
}

#[test]
fn from_any_folder_and_with_any_exit_code() {
    let place = Place::named("it's $HOME `x`");
    place.environment(&["hello"]);
    place.done("init");
    fs::create_dir_all(place.project().join("src/deep")).unwrap();
    let said = place.world.pyve().args(["run", "sh", "-c", "pwd; hello; exit 9"]).current_dir("src/deep").run();
    assert_eq!((said.out().as_str(), said.code), ("[PROJECT]/src/deep\nhello 2.0\n", Some(9)));
    let elsewhere = place.world.pyve().arg("-C").arg(place.project()).args(["run", "hello"]);
    assert_eq!(elsewhere.current_dir(Path::new("/")).run().success().out(), "hello 2.0\n");
    assert_eq!(place.world.pyve().args(["run", "nosuchcmd"]).run().code, Some(127));
}

/// conda's history does not quote the prefix, so that a part of its name looks like an option.
#[test]
fn a_project_whose_name_has_an_option_in_it() {
    let place = Place::named("a -f b");
    place.environment(&["hello"]);
    place.done("init --env-name demo");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
    let said = place.done("doctor");
    assert!(!said.out().contains("moved"), "{said}");
    place.done("init --env-name demo");
}

/// As the bash tool left it, or an image that somebody else built.
#[test]
fn an_environment_without_a_record_is_used() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init --env-name said-once");
    for rest in [".pyve/state", ".pyve/config"] {
        let rest = place.project().join(rest);
        fs::remove_dir_all(&rest).or_else(|_| fs::remove_file(&rest)).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(place.run(&["hello"]), "hello 2.0\n");
    }
    // Its scripts are its maker's: they are sourced only after a word.
    let script = place.project().join(".pyve/envs/said-once/etc/conda/activate.d/greet.sh");
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "export GREETED=yes\ntouch \"$CONDA_PREFIX/sourced\"\n").unwrap();
    let outcome = place.world.pyve().args(["run", "hello"]).run();
    insta::assert_snapshot!(outcome, @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.pyve/envs/said-once` is not trusted: a shell would source its activation script `.pyve/envs/said-once/etc/conda/activate.d/greet.sh`
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    assert!(!place.project().join(".pyve/envs/said-once/sourced").exists());
    place.done("allow");
    assert_eq!(place.run(&["printenv", "GREETED"]), "yes\n");
    // One that was moved is never used.
    let moved = place.project().join(".pyve/envs/said-twice");
    fs::rename(place.project().join(".pyve/envs/said-once"), &moved).unwrap();
    let outcome = place.world.pyve().args(["run", "hello"]).run();
    insta::assert_snapshot!(outcome, @r"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.pyve/envs/said-twice` was moved or copied from `[PROJECT]/.pyve/envs/said-once`
      the scripts in it name the old place
      project: [PROJECT]
    hint: recreate it here: `pyve init --force`
    ");
}

/// Who takes it over says whether its scripts may be sourced: `init` asks, and `--yes` is no answer to that.
#[test]
fn init_takes_over_scripts_only_after_a_word() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init --no-direnv");
    let script = place.prefix().join("etc/conda/activate.d/greet.sh");
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "export GREETED=yes\ntouch \"$CONDA_PREFIX/sourced\"\n").unwrap();
    let forget = || fs::remove_dir_all(place.project().join(".pyve/state")).unwrap();
    let init = || place.world.pyve().args(["init", "--no-direnv"]);
    forget();
    let refused = init().env("CI", "1").run();
    insta::assert_snapshot!(refused, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment at `.pyve/envs/demo` is not trusted: a shell would source its activation script `.pyve/envs/demo/etc/conda/activate.d/greet.sh`
      this user's pyve has no record of it
      project: [PROJECT]
    hint: look at it, then allow it: `pyve allow`
    ");
    for refused in [init().arg("--yes").run(), init().run()] {
        assert_eq!(refused.code, Some(1), "{refused}");
        assert!(refused.err().ends_with("hint: look at it, then allow it: `pyve allow`\n"), "{refused}");
    }
    let cancelled = init().stdin("n\n").run().success();
    assert!(cancelled.err().ends_with("cancelled: `.pyve/envs/demo` is not used\n"), "{cancelled}");
    init().arg("--dry-run").run().success();
    let examined = place.world.pyve().arg("doctor").run();
    assert!(examined.out().contains("is not trusted\n  a shell would source its activation script"), "{examined}");
    assert!(!place.prefix().join("sourced").exists() && !place.project().join(".pyve/state/default").exists());
    let adopted = init().stdin("y\n").run().success();
    assert!(adopted.err().contains("Use `.pyve/envs/demo` and source its activation script `"), "{adopted}");
    assert_eq!(place.run(&["printenv", "GREETED"]), "yes\n");
    forget();
    place.done("allow");
    init().env("CI", "1").run().success();
    assert_eq!(place.run(&["printenv", "GREETED"]), "yes\n");
}
