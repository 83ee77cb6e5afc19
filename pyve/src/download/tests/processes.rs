//! Processes of their own: two at once, one that is killed, one that has no space.

use std::process::{Command, Output, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anstream::ColorChoice;
use pyve_plugin_api::Download;

use super::server::{Server, file, never, reply};
use super::stage::{BODY, Stage, plan};
use crate::download::{Terms, fetch};
use crate::ui::{Console, Volume};

const JOB: &str = "PYVE_TEST_DOWNLOAD";

/// What a process of a test does: the test's own binary, started again for that one test.
pub fn job(test: &str, download: &Download, stage: &Stage, volume: Volume) -> Command {
    let job = serde_json::json!({ "download": download, "target": stage.target(), "volume": volume as u8 });
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env_clear().env(JOB, job.to_string()).stdin(Stdio::null());
    command
}

/// In such a process: does the job, and is true.
pub fn in_job() -> bool {
    let Ok(job) = std::env::var(JOB) else { return false };
    let job: serde_json::Value = serde_json::from_str(&job).unwrap();
    let volume = [Volume::Quiet, Volume::Normal, Volume::Verbose][job["volume"].as_u64().unwrap() as usize];
    let download: Download = serde_json::from_value(job["download"].clone()).unwrap();
    let console = Console::new(volume, ColorChoice::Never, true);
    let caller = crate::caller::Caller::now(&[]).unwrap();
    let terms = Terms { caller: &caller, console: &console, offline: false };
    if let Err(failure) = fetch(&download, job["target"].as_str().unwrap().as_ref(), &terms) {
        console.failure(&failure);
        panic!("not fetched");
    }
    true
}

/// Its standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn two_at_once_both_succeed() {
    if in_job() {
        return;
    }
    let stage = Stage::new();
    let both = Barrier::new(2);
    let server = Server::new(move |_, line| {
        let (first, second) = BODY.split_at(10);
        reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), first);
        let _ = line.flush();
        // Neither ends before the other has begun.
        both.wait();
        let _ = line.write_all(second);
    });
    let plan = plan(&server.url("/tool")).executable();
    let command = || job("download::tests::processes::two_at_once_both_succeed", &plan, &stage, Volume::Normal);
    let children = [0, 1].map(|_| command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(server.asked().len(), 2);
    stage.assert_right();
}

#[test]
fn what_a_killed_one_leaves_is_cleaned_by_the_next() {
    if in_job() {
        return;
    }
    let stage = Stage::new();
    let asked = AtomicUsize::new(0);
    let server = Server::new(move |_, line| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => {
            reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..10]);
            let _ = line.flush();
            never();
        }
        _ => file(line, BODY),
    });
    let plan = plan(&server.url("/tool"));
    let test = "download::tests::processes::what_a_killed_one_leaves_is_cleaned_by_the_next";
    let mut child = job(test, &plan, &stage, Volume::Quiet).stdout(Stdio::null()).spawn().unwrap();
    let part = wait_for_part(&stage);
    assert!(part.starts_with(".tool.") && part.ends_with(".pyve-part"), "{part}");
    assert_private(&stage, &part);

    // While the first is at work, another one leaves its file alone.
    stage.fetch(&plan).unwrap();
    assert_eq!(stage.files().into_iter().collect::<Vec<_>>(), [part.as_str(), "tool"]);
    std::fs::remove_file(stage.target()).unwrap();

    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(stage.files().into_iter().collect::<Vec<_>>(), [part.as_str()]);
    if cfg!(unix) {
        stage.fetch(&plan).unwrap();
        stage.assert_right();
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_at_once_and_leaves_nothing() {
    if in_job() {
        return;
    }
    let test = "download::tests::processes::ctrl_c_ends_it_at_once_and_leaves_nothing";
    // Once in the middle of the body, once before the server has said a word.
    for begun in [true, false] {
        let stage = Stage::new();
        let server = Server::new(move |_, line| {
            if begun {
                reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..10]);
                let _ = line.flush();
            }
            never();
        });
        let mut command = job(test, &plan(&server.url("/tool")), &stage, Volume::Quiet);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        if begun {
            wait_for_part(&stage);
        }
        while server.asked().is_empty() {
            thread::sleep(Duration::from_millis(10));
        }
        let start = std::time::Instant::now();
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        let told = said(&output).replace(&stage.path("bin").display().to_string(), "BIN");
        assert_eq!(told.split("\n\nthread").next().unwrap(), "error: interrupted\n  BIN/tool was not created");
        stage.assert_nothing();
    }
}

/// The name of the temporary file, once the first bytes are in it.
fn wait_for_part(stage: &Stage) -> String {
    for _ in 0..2000 {
        let part = stage.files().into_iter().find(|name| name != "tool");
        if let Some(part) = part.filter(|name| stage.path(&format!("bin/{name}")).metadata().unwrap().len() == 10) {
            return part;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no bytes came: {:?}", stage.files());
}

#[cfg(unix)]
fn assert_private(stage: &Stage, part: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = stage.path(&format!("bin/{part}")).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600, "{mode:o}");
}

#[cfg(not(unix))]
fn assert_private(_: &Stage, _: &str) {}

#[test]
#[cfg(unix)]
fn a_file_that_may_not_grow_leaves_nothing() {
    if in_job() {
        return;
    }
    const LARGE: &[u8] = &[b'x'; 9000];
    let stage = Stage::new();
    let server = Server::of_file(LARGE);
    let plan = Download::new(&server.url("/tool"), &super::stage::sha256(LARGE), 10_000);
    let test = job("download::tests::processes::a_file_that_may_not_grow_leaves_nothing", &plan, &stage, Volume::Quiet);
    // Without the trap the process would be ended by a signal; with it, writing fails as on a full disk.
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""]).arg(test.get_program()).args(test.get_args());
    limited.env_clear().envs(test.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    let folder = stage.path("bin").display().to_string();
    let told = said(&output);
    let told = told.split("\n\nthread").next().unwrap().replace(&folder, "BIN");
    assert_eq!(
        told.trim(),
        "\
error: could not write `BIN/tool`: file too large
  BIN/tool was not created
hint: allow larger files (ulimit -f), then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_to_be_one() {
    use crate::download::body::{Body, receive};
    use crate::download::fetch_error::{FetchError, failure};
    use crate::download::progress::Progress;
    use crate::download::sources::{Source, Sources};
    use crate::download::target::Writer;

    let stage = Stage::new();
    let mut full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let explain = Box::new(|error: std::io::Error| FetchError::passing(error.to_string()));
    let guard = crate::process::guard();
    let mut body = Body { length: None, reader: Box::new(BODY), explain, interrupt: &guard };
    let source = Source::File(stage.path("copy"));
    let console = Console::new(Volume::Quiet, ColorChoice::Never, true);
    let target = stage.target();
    let progress = Progress::start(&console, &target, &source);
    let writer = Writer { file: &mut full, target: &target };
    let error = receive(&mut body, 1000, writer, &progress).unwrap_err();
    let sources = Sources { list: vec![source.clone()], mirror: None };
    assert_eq!(
        stage.told(&failure(&[(&source, error)], &sources)),
        "\
ERROR 1: could not write `T/bin/tool`: no space left on device
hint: free some space on the disk of T/bin, then run the same command again"
    );
}
