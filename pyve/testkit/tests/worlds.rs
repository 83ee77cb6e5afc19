//! A world keeps the machine out, hostile names in, and shows what programs did.

use std::path::Path;
use std::time::Duration;

use pyve_testkit::{World, clean_copy, contents, interpreter, offline_packages, prerequisite};

#[test]
fn an_outcome_shows_code_stdout_and_stderr() {
    let world = World::new();
    let outcome = world.command("sh").args(["-c", "pwd; echo \"$HOME\" >&2; printf end; exit 3"]).run();
    insta::assert_snapshot!(outcome, @r"
    exit code: 3
    ----- stdout -----
    [PROJECT]
    end[no newline]
    ----- stderr -----
    [HOME]
    ");
}

#[test]
fn nothing_of_the_machine_is_in_the_environment() {
    let outcome = World::new().command("env").run().success();
    let mut names: Vec<_> = outcome.out().lines().filter_map(|line| Some(line.split_once('=')?.0.to_owned())).collect();
    names.sort();
    insta::assert_snapshot!(names.join(" "), @"HOME LC_ALL PATH TEMP TMP TMPDIR USERPROFILE XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME");
}

#[test]
fn a_variable_of_the_world_is_set_for_each_program_and_one_of_a_run_for_that_run() {
    let world = World::new();
    world.set("FOR_ALL", "1");
    let ask = || world.command("sh").args(["-c", "echo \"$FOR_ALL-$FOR_ONE\""]);
    assert_eq!(ask().env("FOR_ONE", "2").run().out(), "1-2\n");
    assert_eq!(ask().env_remove("FOR_ALL").run().out(), "-\n");
}

#[test]
fn only_linked_programs_are_found() {
    let Some(git) = prerequisite("git") else { return };
    let world = World::new();
    let found = |world: &World| world.command("sh").args(["-c", "command -v git"]).run();
    assert_ne!(found(&world).code, Some(0));
    let world = world.link(&git);
    assert_eq!(found(&world).out(), "[BIN]/git\n");
    world.unlink("git");
    assert_ne!(found(&world).code, Some(0));
}

#[test]
#[should_panic(expected = "`git` is not on this world's PATH: link it")]
fn a_program_that_was_not_linked_is_named() {
    let _ = World::new().command("git");
}

#[test]
fn a_hostile_project_name_is_only_a_name() {
    for name in ["a b", "$(id)", "it's \"quoted\"", "new\nline", "-rf", "*", "ünï"] {
        let world = World::named(name);
        let outcome = world.command("pwd").run().success();
        assert_eq!(outcome.out(), "[PROJECT]\n", "{name:?}: {outcome}");
        world.write("sub/file", "text");
        assert_eq!(world.read("sub/file"), "text");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_project_name_need_not_be_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::named(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    assert_eq!(world.command("pwd").run().out(), "[PROJECT]\n");
}

#[test]
fn input_is_fed_whole_and_ends() {
    let much = vec![b'x'; 1 << 20];
    let counted = World::new().command("wc").arg("-c").stdin(&much).run().success();
    assert_eq!(counted.out().trim(), "1048576");
    let nothing = World::new().command("cat").run().success();
    assert_eq!(nothing.stdout, b"");
    // One that never reads is not waited for.
    assert_eq!(World::new().command("pwd").stdin(&much).run().code, Some(0));
}

#[test]
#[should_panic(expected = "was not done after 500ms and was killed; it had said:\nin [PROJECT]\n")]
fn a_program_that_hangs_is_killed_and_what_it_said_is_shown() {
    let _ =
        World::new().command("sh").args(["-c", "echo in $PWD; exec sleep 60"]).limit(Duration::from_millis(500)).run();
}

#[cfg(unix)]
#[test]
fn a_signal_is_told_from_an_exit() {
    let outcome = World::new().command("sh").args(["-c", "kill -9 $$"]).run();
    assert_eq!((outcome.code, outcome.signal), (None, Some(9)));
    assert!(outcome.to_string().starts_with("signal: 9\n"), "{outcome}");
}

#[cfg(unix)]
#[test]
fn a_listing_has_modes_links_and_closed_folders() {
    let world = World::new();
    world.write("b/deep/file", "");
    world.write("a", "1");
    let script = "chmod 600 a; chmod 755 b b/deep; chmod 644 b/deep/file; ln -s ../a b/link";
    let _ = world.command("sh").args(["-c", script]).run().success();
    insta::assert_snapshot!(world.tree(), @r"
    0600 a
    0755 b/
    0755 b/deep/
    0644 b/deep/file
    link b/link -> ../a
    ");
    assert_eq!(pyve_testkit::tree(world.project(), &["b"]), "0600 a\n0755 b/\n");
}

#[test]
fn contents_tell_whether_anything_changed() {
    let world = World::new();
    world.write("folder/file", "before");
    let before = contents(world.project());
    assert_eq!(before[Path::new("folder/file")], b"before");
    world.write("folder/file", "after");
    assert_ne!(before, contents(world.project()));
}

#[test]
fn a_linked_interpreter_makes_an_environment_and_is_hidden_in_snapshots() {
    let Some(python) = interpreter(3, 8) else { return };
    let world = World::new().python(python);
    let _ = world.command("python3").args(["-m", "venv", "--without-pip", ".venv"]).run().success();
    let asked = "import sys, platform; print(platform.python_version(), sys.prefix)";
    let inside = world.project().join(".venv/bin/python");
    assert_eq!(world.command(inside).args(["-c", asked]).run().success().out(), "[VERSION] [PROJECT]/.venv\n");
}

#[test]
fn the_example_projects_install_without_a_network_and_pass_their_tests() {
    let (Some(wheels), Some(python), Some(git)) = (offline_packages(), interpreter(3, 10), prerequisite("git")) else {
        return;
    };
    let world = World::named("a clone").python(python).packages(&wheels);
    clean_copy(&git, world.project());
    for (example, install) in
        [("greeter-requirements", &["-r", "requirements.txt"][..]), ("weather-pyproject", &["-e", ".[test]"])]
    {
        let folder = world.project().join("examples/projects").join(example);
        let run = |program: &Path| world.command(program).current_dir(&folder);
        let _ = run(&world.bin().join("python3")).args(["-m", "venv", ".venv"]).run().success();
        let inside = folder.join(".venv/bin/python");
        let _ = run(&inside).args(["-m", "pip", "install", "--quiet"]).args(install).run().success();
        let tests = run(&inside).args(["-m", "pytest", "-q"]).run().success();
        assert!(tests.out().contains(" passed"), "{tests}");
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_prompts_and_takes_an_answer() {
    let world = World::new();
    let script = "test -t 0 && test -t 2 && printf 'Name? ' >&2; read -r name; echo \"Hello $name in $PWD\"; exit 4";
    let mut terminal = world.command("sh").args(["-c", script]).terminal();
    terminal.expect("Name? ").type_line("you").expect("Hello you");
    let (code, screen) = terminal.end();
    assert_eq!((code, screen.as_str()), (4, "Name? Hello you in [PROJECT]\n"));
}

#[cfg(unix)]
#[test]
fn a_terminal_interrupts() {
    let world = World::new();
    let mut terminal = world.command("sh").args(["-c", "echo ready; sleep 60"]).terminal();
    terminal.expect("ready").control('c');
    assert_eq!(terminal.end().0, 130);
}

#[test]
fn a_stand_in_takes_the_place_of_a_program() {
    let world = World::new();
    world.stand_in("ls", "#!/bin/sh\necho \"called with $*\"\n");
    assert_eq!(world.command("ls").arg("-l").run().success().out(), "called with -l\n");
}

#[cfg(target_os = "linux")]
#[test]
fn programs_die_of_signals_that_whoever_started_the_tests_ignores() {
    if std::env::var_os("PYVE_TEST_IGNORES").is_none() {
        let name = "programs_die_of_signals_that_whoever_started_the_tests_ignores";
        let script = "trap '' HUP INT QUIT TERM; exec \"$0\" --exact \"$1\"";
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script]).arg(std::env::current_exe().unwrap()).arg(name).env("PYVE_TEST_IGNORES", "1");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let world = World::new();
    for signal in ["HUP", "INT", "QUIT", "TERM"] {
        let outcome = world.command("sh").args(["-c", "kill -s \"$0\" $$; echo survived", signal]).run();
        assert_eq!((outcome.code, outcome.out()), (None, String::new()), "{signal}");
    }
}
