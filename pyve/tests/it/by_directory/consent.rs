//! Only what the user allowed is entered, and only as it was then.

use std::fs;

use pyve_testkit::prerequisite;

use super::scene::{SHELLS, project, variables};

/// The lines that the user is told, one for each time.
fn told(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.starts_with("note: ")).collect()
}

/// Some shells compare times by the second, so that the edit is given one far ahead.
const DAY: &str = r"env -0 >../before
at unasked
cd sub
at below
pyve -q allow
at allowed
cd ../../beside
at beside
env -0 >../after
cd ../project
at again
pyve deactivate
at by-hand
cd sub
at still
cd ../../beside
at beside
cd ../project
at back
echo SECRET=two >.env
touch -t 203001010000 .env
at changed
at quiet
pyve -q allow
at new
pyve -q deny
at denied
pyve -q allow
at allowed
pyve activate
cd ../beside
at kept
";

/// What is said at each of them; `in` is the environment.
const PROMPTS: [&str; 15] = [
    "unasked: outside ",
    "below: outside ",
    "allowed: [PROJECT]/.venv one",
    "beside: outside ",
    "again: [PROJECT]/.venv one",
    "by-hand: outside ",
    "still: outside ",
    "beside: outside ",
    "back: [PROJECT]/.venv one",
    "changed: [PROJECT]/.venv one",
    "quiet: [PROJECT]/.venv one",
    "new: [PROJECT]/.venv two",
    "denied: outside ",
    "allowed: [PROJECT]/.venv two",
    "kept: [PROJECT]/.venv two",
];

const NOTES: [&str; 2] = [
    "note: `[PROJECT]` is not entered: not allowed; look at `.pyve/config`, `.env`, then run `pyve allow`",
    "note: `[PROJECT]` stays as it was entered: `.env` changed since it was allowed; look at it, then run `pyve allow`",
];

#[test]
fn a_day_with_a_project() {
    let Some(world) = project() else { return };
    for shell in &SHELLS {
        world.write(".env", "SECRET=one\n");
        let _ = fs::remove_dir_all(world.home().join(".pyve/trust"));
        let day = shell.run(&world, DAY);
        assert_eq!(day.out().lines().collect::<Vec<_>>(), PROMPTS, "{}: {day}", shell.name);
        assert_eq!(told(&day.err()), NOTES, "{}", shell.name);
        assert_eq!(variables(&world, "before"), variables(&world, "after"), "{}", shell.name);
    }
}

#[test]
fn nothing_of_a_project_that_was_not_allowed_is_evaluated() {
    let Some(world) = project() else { return };
    let trace = world.root().join("trace");
    let trap = format!("$(touch {0})`touch {0}`", trace.display());
    let config = fs::read_to_string(world.project().join(".pyve/config")).unwrap();
    let steps = [
        // What is no file, what cannot be read, and what no config may say.
        ("mkdir .pyve/config", "`.pyve/config` changed"),
        ("printf 'prompt: {format: \"%s\"}' \"$TRAP\" >.pyve/config", "`.pyve/config` changed"),
        ("rm .env; mkfifo .env", "`.env` changed"),
        ("rm .env; ln -s /dev/zero .env", "`.env` changed"),
        ("rm .env; printf 'X=\"%s\"\\n' \"$TRAP\" >.env", "`.env` changed"),
    ];
    world.link_as("mkfifo", &prerequisite("mkfifo").expect("every system has it"));
    for (step, why) in steps {
        fs::remove_file(world.project().join(".env")).unwrap();
        fs::write(world.project().join(".env"), "SECRET=one\n").unwrap();
        let _ = fs::remove_dir(world.project().join(".pyve/config"));
        fs::write(world.project().join(".pyve/config"), &config).unwrap();
        let _ = world.pyve().arg("allow").run().success();
        let step = if step.starts_with("mkdir") { format!("rm .pyve/config; {step}") } else { step.to_owned() };
        let outcome = world.command("sh").args(["-c", &step]).env("TRAP", &trap).run();
        assert_eq!(outcome.code, Some(0), "{outcome}");
        let came = SHELLS[0].run(&world, "at come");
        assert_eq!(came.out(), "come: outside \n", "{step}");
        let notes = came.err();
        assert!(told(&notes).len() == 1 && notes.contains(why), "{step}: {notes}");
        assert!(!trace.exists(), "{step}");
    }
}

#[test]
fn consent_is_the_users_own_and_for_this_very_folder() {
    let Some(world) = project() else { return };
    let came = |lines: &str| SHELLS[0].run(&world, lines).out();
    let _ = world.pyve().arg("allow").run().success();
    assert_eq!(came("at come"), "come: [PROJECT]/.venv one\n");
    // A checkout cannot bring it, and the variable for scripts and images is no look at the files.
    let trust = world.home().join(".pyve/trust");
    let consent = fs::read_dir(&trust).unwrap().next().unwrap().unwrap().path();
    let sealed = fs::read(&consent).unwrap();
    let forged = String::from_utf8(sealed.clone()).unwrap().replace("allowed", "allowed ");
    fs::write(&consent, forged).unwrap();
    assert_eq!(came("at come"), "come: outside \n");
    world.set("PYVE_TRUST", world.project());
    assert_eq!(came("at come"), "come: outside \n");
    fs::write(&consent, &sealed).unwrap();
    assert_eq!(came("at come"), "come: [PROJECT]/.venv one\n");
    // Another folder in the place of the first one.
    fs::rename(world.project(), world.root().join("old")).unwrap();
    let copied = world.command("cp").args(["-R", "old", "project"]).current_dir(world.root()).run();
    assert_eq!(copied.code, Some(0), "{copied}");
    assert_eq!(came("at come"), "come: outside \n");
}

#[test]
fn the_users_own_config_switches_it_on_and_a_projects_cannot() {
    let Some(world) = project() else { return };
    let hook = |line: &str| world.pyve().args(line.split(' ')).run();
    let has_it = |line: &str| hook(line).success().out().contains("_pyve_auto");
    assert!(!has_it("shell-hook bash") && has_it("shell-hook bash --auto"));
    let config = world.home().join(".pyve/config");
    fs::write(&config, "shell_hook: {auto: true}\n").unwrap();
    for shell in &SHELLS {
        assert!(has_it(&format!("shell-hook {}", shell.name)));
    }
    assert!(!has_it("shell-hook powershell"));
    // A shell must start.
    fs::write(&config, "shell_hook: {auto: yes}\n").unwrap();
    let wrong = hook("shell-hook bash").success();
    assert!(!wrong.out().contains("_pyve_auto") && wrong.out().contains("_pyve_prompt"));
    insta::assert_snapshot!(wrong.err(), @"warning: [HOME]/.pyve/config:1:20: invalid shell_hook.auto `yes`: must be `true` or `false`; did you mean `true`?");
    fs::remove_file(&config).unwrap();
    world.write(".pyve/config", "shell_hook: {auto: true}\n");
    insta::assert_snapshot!(hook("config"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: .pyve/config:1:1: `shell_hook` is a setting of the user, for all projects
    hint: move it to `~/.pyve/config`
    ");
    insta::assert_snapshot!(hook("shell-hook powershell --auto"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--auto` does not work in powershell
      it works in bash, zsh, fish
    hint: leave it out; `pyve activate` and `pyve deactivate` work
    ");
}

#[test]
fn the_environment_that_is_meant_is_entered() {
    let Some(world) = project() else { return };
    let config = world.read(".pyve/config");
    world.write(".pyve/config", format!("{config}default_env: dev\nenvs:\n  dev: {{}}\n"));
    let come = "at come\ncd sub\nat below\n";
    let _ = world.pyve().arg("allow").run().success();
    let none = SHELLS[0].run(&world, come);
    assert_eq!(none.out(), "come: outside \nbelow: outside \n");
    insta::assert_snapshot!(none.err(), @"note: `[PROJECT]` is not entered: this project has no environment called `dev` yet; create it: `pyve init --env dev`");
    let _ = world.pyve().args(["init", "--env", "dev", "--no-install-deps", "--no-direnv"]).run().success();
    let _ = world.pyve().args(["allow", "--env", "dev"]).run().success();
    let inside = "[PROJECT]/.pyve/envs/dev one";
    assert_eq!(SHELLS[0].run(&world, come).out(), format!("come: {inside}\nbelow: {inside}\n"));
    world.set("PYVE_ENV", "default");
    assert_eq!(SHELLS[0].run(&world, "at come").out(), "come: [PROJECT]/.venv one\n");
}
