//! What is left of a creation that failed or was killed: the old environment, or none.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use pyve_standin_micromamba::channel;

use super::place::Place;

/// What a pyve says that puts another environment in the place of the old one, and fails.
const BACK_IN_ITS_PLACE: &str = "\
no lock file; for the same packages everywhere run: pyve lock
Create the environment 'demo' from environment.yml
error: could not create the environment 'demo' from environment.yml: [HOME]/.pyve/bin/micromamba failed with exit code 1
  Could not solve for environment specs
  └─ nosuchpkg =* * does not exist (perhaps a typo or a missing channel).
  all it said is in [PROJECT]/.pyve/state/create.log
  the old .pyve/envs/demo is back in its place
hint: correct the package's name in environment.yml, or add the channel that has it below 'channels:'
";

#[test]
fn a_failure_brings_the_old_environment_back() {
    let place = Place::new();
    place.environment(&["hello=1.0"]);
    place.done("init");
    let record = place.world.read(".pyve/state/default/micromamba.json");
    place.environment(&["nosuchpkg"]);
    assert_eq!(place.refused("init --update"), format!("1\n{BACK_IN_ITS_PLACE}"));
    assert_eq!(place.world.read(".pyve/state/default/micromamba.json"), record);
    assert_eq!(place.run(&["hello"]), "hello 1.0\n");
}

#[test]
fn a_creation_that_was_killed_is_not_taken_for_an_environment() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    let half = |text: &str| text.replace("\"ready\"", "\"creating\"");
    place.world.state().edit("default/micromamba.json", half);
    fs::remove_file(place.prefix().join("conda-meta/history")).unwrap();
    let said = place.world.pyve().args(["run", "hello"]).run();
    assert_snapshot!(said, @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: creating the environment was interrupted
      project: [PROJECT]
    hint: recreate it: `pyve init`
    ");
    place.done("init");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

/// A project whose channel never answers: its index is a pipe into which nobody writes.
fn waiting() -> Place {
    let place = Place::new();
    pipe(&place);
    place
}

/// Lets the project's channel be one that never answers; the path of its index.
fn pipe(place: &Place) -> PathBuf {
    let index = place.world.root().join("slow").join(channel::platform()).join("repodata.json");
    fs::create_dir_all(index.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(&index).status().unwrap().success());
    let url = format!("file://{}", place.world.root().join("slow").display());
    place.world.write("environment.yml", format!("channels: ['{url}']\ndependencies: [hello]\n"));
    index
}

/// Waits until micromamba waits.
fn wait_for_create(place: &Place) {
    let (started, log) = (Instant::now(), place.project().join(".pyve/state/create.log"));
    while !log.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "micromamba was not started");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(500));
}

/// A pyve whose micromamba waits.
fn start(place: &Place, words: &str) -> Child {
    let mut command = place.pyve(words).into_command();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_create(place);
    child
}

/// The process of the micromamba that pyve waits for.
fn micromamba(place: &Place) -> String {
    let lock = fs::read_to_string(place.project().join(".pyve/state/lock")).unwrap();
    let (process, program) = lock.lines().nth(1).unwrap().split_once(' ').unwrap();
    assert!(program.ends_with("/micromamba"), "{lock}");
    process.to_owned()
}

fn runs(process: &str) -> bool {
    // One that nobody waits for is a zombie.
    let state = Command::new("ps").args(["-o", "stat=", "-p", process]).output().unwrap().stdout;
    !state.is_empty() && !state.starts_with(b"Z")
}

/// micromamba itself does not end by Ctrl-C while it downloads.
#[test]
fn ctrl_c_leaves_nothing_behind() {
    let place = waiting();
    let mut terminal = place.world.pyve().args(["init", "--no-direnv"]).terminal();
    terminal.expect("Create the environment 'demo' from environment.yml");
    wait_for_create(&place);
    let process = micromamba(&place);
    let pressed = Instant::now();
    terminal.control('c');
    let (code, screen) = terminal.end();
    assert!(pressed.elapsed() < Duration::from_secs(5) && !runs(&process), "{:?}", pressed.elapsed());
    assert_eq!(code, 130, "{screen}");
    assert!(screen.contains("interrupted\n  while this ran: [HOME]/.pyve/bin/micromamba create"), "{screen}");
    place.assert_no_environment();
}

#[test]
fn sigterm_is_as_ctrl_c() {
    let place = waiting();
    let child = start(&place, "init");
    let process = micromamba(&place);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("error: interrupted\n  while this ran: "), "{said}");
    assert!(!runs(&process));
    place.assert_no_environment();
}

#[test]
fn a_pyve_that_was_killed_is_followed_by_one_that_makes_it_whole() {
    let place = waiting();
    let mut child = start(&place, "init");
    child.kill().unwrap();
    child.wait().unwrap();
    // The micromamba that it left waits on: it reads an end of file, and fails.
    let index = place.world.root().join("slow").join(channel::platform()).join("repodata.json");
    drop(fs::OpenOptions::new().write(true).open(index).unwrap());
    let said = place.world.pyve().args(["run", "hello"]).run();
    assert!(said.err().contains("creating the environment was interrupted"), "{said}");
    fs::create_dir_all(place.prefix().join("conda-meta")).unwrap();
    place.environment(&["hello"]);
    place.done("init");
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");
}

#[test]
fn what_a_killed_recreation_put_aside_comes_back_before_anything_else() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    place.world.filter(r"\(process [0-9]+\)", "(process [PID])");
    let good = fs::read(place.prefix().join("conda-meta/history")).unwrap();
    pipe(&place);
    let mut child = start(&place, "init --force --yes");
    fs::create_dir_all(place.prefix().join("conda-meta")).unwrap();
    let orphan = micromamba(&place);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_snapshot!(place.world.pyve().args(["run", "hello"]).run(), @"
    exit code: 125
    ----- stdout -----
    ----- stderr -----
    error: creating the environment was interrupted
      project: [PROJECT]
      still at work on it is `[HOME]/.pyve/bin/micromamba` (process [PID]), which an interrupted pyve init (process [PID]) left running
    hint: end that and recreate the environment: `pyve init`
    ");
    assert!(runs(&orphan));
    let doctor = place.world.pyve().arg("doctor").run();
    assert!(!doctor.to_string().contains("rm -rf"), "{doctor}");
    place.environment(&["nosuchpkg"]);
    let waited = "waiting for `[HOME]/.pyve/bin/micromamba` (process [PID]), which an interrupted pyve init (process [PID]) left running …
recreating .pyve/envs/demo was interrupted; the old .pyve/envs/demo is back in its place";
    assert_eq!(place.refused("init --force --yes"), format!("1\n{waited}\n{BACK_IN_ITS_PLACE}"));
    assert!(!runs(&orphan), "nobody writes to the prefix any more");
    assert_eq!(fs::read(place.prefix().join("conda-meta/history")).unwrap(), good);
    let envs = fs::read_dir(place.project().join(".pyve/envs")).unwrap().flatten();
    assert_eq!(envs.map(|entry| entry.file_name()).collect::<Vec<_>>(), ["demo"]);
    assert_eq!(place.run(&["hello"]), "hello 2.0\n");

    // Whatever led to it: what was put aside is not called worthless while nothing whole stands in its place.
    let aside = place.prefix().with_file_name("demo.pyve-old-0");
    fs::rename(place.prefix(), &aside).unwrap();
    let doctor = || place.world.pyve().arg("doctor").run().to_string();
    let kept = "an old environment that an interrupted pyve put aside; no whole one stands in its place\n  → ";
    let told = doctor();
    assert!(
        told.contains(&format!("{kept}mv [PROJECT]/.pyve/envs/demo.pyve-old-0 [PROJECT]/.pyve/envs/demo\n")),
        "{told}"
    );
    fs::create_dir_all(place.prefix().join("conda-meta")).unwrap();
    let told = doctor();
    assert!(told.contains(&format!("{kept}keep it until")) && !told.contains("rm -rf"), "{told}");
    fs::remove_dir_all(place.prefix()).unwrap();
    fs::rename(&aside, place.prefix()).unwrap();
    fs::create_dir(&aside).unwrap();
    assert!(doctor().contains("rm -rf"));
}
