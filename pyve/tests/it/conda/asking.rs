//! Questions about a project of conda's: a stale lock, and a file that is not there.

use insta::assert_snapshot;
use pyve_standin_micromamba::program;

use super::place::Place;

fn stale() -> Place {
    let place = Place::new();
    place.environment(&["hello>=2"]);
    place.lock(&[("hello", "1.0")]);
    place
}

/// What is said to whoever answers through a pipe.
fn answered(place: &Place, line: &str, input: &str) -> String {
    place.world.pyve().args(line.split_whitespace()).stdin(input).run().to_string()
}

#[test]
fn a_stale_lock_is_asked_about() {
    let place = stale();
    assert_snapshot!(answered(&place, "init --no-direnv", "n\n"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    WARNING: Lock file may be stale
      environment.yml asks for 'hello>=2', but 1.0 is locked

    Using conda-lock.yml for reproducibility.
    To update lock file:
      conda-lock -f environment.yml -p [PLATFORM]

    Continue anyway? [Y/n]: 
    cancelled: no environment was created
    ");
    place.assert_no_environment();
    assert!(!place.project().join(".pyve").exists());
    // Words that are no answer, and then none: somebody was there, and gave none.
    let unanswered = answered(&place, "init", "maybe\n");
    assert!(unanswered.starts_with("exit code: 1\n"), "the end of input is no yes");
    let told = "error: the environment was not created: nobody answered\nhint: run `pyve init --yes`\n";
    assert!(unanswered.ends_with(told), "{unanswered}");
    assert_snapshot!(answered(&place, "init --no-direnv", "\n"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    WARNING: Lock file may be stale
      environment.yml asks for 'hello>=2', but 1.0 is locked

    Using conda-lock.yml for reproducibility.
    To update lock file:
      conda-lock -f environment.yml -p [PLATFORM]

    Continue anyway? [Y/n]: 
    Create the environment 'demo' from conda-lock.yml
    ✓ Backend: micromamba (found `conda-lock.yml`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
    // Kept, it is told without a question.
    assert_snapshot!(answered(&place, "init --no-direnv", ""), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: micromamba (set in `.pyve/config:3`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (kept)
    warning: Lock file: conda-lock.yml (stale): environment.yml asks for 'hello>=2', but 1.0 is locked; run `conda-lock -f environment.yml -p [PLATFORM]`
    Run commands in it with: pyve run CMD
    ");
}

#[test]
fn a_no_leaves_the_old_environment_alone() {
    let place = Place::new();
    place.lock(&[("hello", "1.0")]);
    place.done("init");
    place.lock(&[("hello", "2.0")]);
    place.environment(&["hello<2"]);
    let said = answered(&place, "init --update", "n\n");
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    assert!(said.ends_with("cancelled: no environment was created\n"), "{said}");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
}

#[test]
fn in_ci_a_stale_lock_is_used_in_silence_and_strict_refuses_it() {
    let place = stale();
    assert_snapshot!(place.refused("init --strict"), @"
    1
    error: conda-lock.yml is stale, and --strict refuses it
      environment.yml asks for 'hello>=2', but 1.0 is locked
    hint: run `conda-lock -f environment.yml -p [PLATFORM]`
    ");
    place.assert_no_environment();
    assert_snapshot!(place.done("init --no-direnv").err(), @"
    Create the environment 'demo' from conda-lock.yml
    ✓ Backend: micromamba (found `conda-lock.yml`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (created)
    Run commands in it with: pyve run CMD
    ");
    assert_snapshot!(place.done("init --no-direnv").err(), @"
    ✓ Backend: micromamba (set in `.pyve/config:3`)
    ✓ micromamba: [MICROMAMBA] (user, [HOME]/.pyve/bin/micromamba)
    ✓ Environment: .pyve/envs/demo (kept)
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
}

#[test]
fn where_nobody_can_answer_a_stale_lock_is_used_in_silence() {
    let place = stale();
    // `docker build` gives `/dev/null`, and sets no `CI`.
    let built = |line: &str| {
        let mut command = place.world.pyve().args(line.split_whitespace()).into_command();
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = built("init --no-direnv --strict");
    assert!(code == Some(1) && said.contains("conda-lock.yml is stale, and --strict refuses it"), "{said}");
    let (code, said) = built("init --no-direnv --verbose");
    assert!(code == Some(0) && said.contains("WARNING: Lock file may be stale\n"), "{said}");
    place.done("purge --yes");
    let (code, said) = built("init --no-direnv");
    assert!(code == Some(0) && !said.contains("stale"), "{said}");
    let doctor = place.world.pyve().arg("doctor").run();
    assert!(doctor.out().contains("conda-lock.yml (stale)"), "{doctor}");
}

#[test]
fn strict_wants_a_lock() {
    let place = Place::new();
    place.environment(&["hello"]);
    assert_snapshot!(place.refused("init --strict"), @"
    1
    error: environment.yml has no lock file, and --strict asks for one
    hint: run `pyve lock`
    ");
}

#[test]
fn yes_answers() {
    let place = stale();
    place.world.pyve().args(["init", "--yes"]).run().success().err().lines().for_each(|line| {
        assert!(!line.contains("Continue anyway"), "{line}");
    });
}

#[test]
fn the_question_at_a_terminal() {
    let place = stale();
    let mut terminal = place.world.pyve().args(["init", "--no-direnv"]).terminal();
    terminal.expect("WARNING: Lock file may be stale").expect("Continue anyway? [Y/n]: ").type_line("maybe");
    terminal.expect("Please answer y or n.").expect("Continue anyway? [Y/n]: ").type_line("y");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
}

#[test]
fn a_minimal_file_is_offered_to_who_can_answer() {
    let place = Place::new();
    let unanswered = answered(&place, "init --backend micromamba", "");
    assert!(unanswered.starts_with("exit code: 1\n"), "{unanswered}");
    let told = "Write this environment.yml? [Y/n]: \nerror: no environment was created: nobody answered\n\
                hint: write environment.yml, then run: pyve init\n";
    assert!(unanswered.ends_with(told), "{unanswered}");
    for nobody in [
        place.world.pyve().args(["init", "--backend", "micromamba", "--yes"]),
        place.world.pyve().args(["init", "--backend", "micromamba"]).env("CI", "1"),
    ] {
        let said = nobody.run().to_string();
        assert!(said.starts_with("exit code: 1\n") && !said.contains("[Y/n]"), "{said}");
    }
    assert!(!place.project().join("environment.yml").exists());
    let by_pipe = Place::new();
    let piped = answered(&by_pipe, "init --backend micromamba", "y\n");
    assert!(by_pipe.project().join("environment.yml").is_file(), "{piped}");

    let mut terminal = place.world.pyve().args(["init", "--backend", "micromamba"]).terminal();
    terminal.expect("Write this environment.yml? [Y/n]: ").type_line("n");
    let (code, screen) = terminal.end();
    assert!(code == 0 && screen.ends_with("cancelled: no environment was created\n"), "{screen}");
    assert_eq!(pyve_testkit::tree(place.project(), &[]), "");

    let mut terminal = place.world.pyve().args(["init", "--backend", "micromamba"]).terminal();
    terminal.expect("Write this environment.yml? [Y/n]: ").type_line("");
    let (code, screen) = terminal.end();
    assert_eq!(place.world.read("environment.yml"), "channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n");
    // The stand-in has no network; how it ends with the real one depends on where the test runs.
    assert!(program::is_real() || code == 1 && screen.contains("Download error (6)"), "{screen}");
}
