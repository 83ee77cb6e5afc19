//! What is said during a download: nothing, lines, or a bar.

use std::sync::atomic::{AtomicUsize, Ordering};

use pyve_plugin_api::Download;

use super::processes::{in_job, job, said};
use super::server::{Server, file, reply};
use super::stage::{BODY, Stage, plan};
use crate::ui::Volume;

/// Fails once, then serves.
fn server() -> Server {
    let asked = AtomicUsize::new(0);
    Server::new(move |_, line| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => reply(line, "503 Service Unavailable", "", b""),
        _ => file(line, BODY),
    })
}

fn words_of(test: &str, download: &Download, stage: &Stage, volume: Volume) -> String {
    let output = job(test, download, stage, volume).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    said(&output).replace(&stage.path("bin").display().to_string(), "BIN")
}

#[test]
fn quiet_says_nothing() {
    if in_job() {
        return;
    }
    let (stage, server) = (Stage::new(), server());
    let words =
        words_of("download::tests::words::quiet_says_nothing", &plan(&server.url("/tool")), &stage, Volume::Quiet);
    assert_eq!(words, "");
    stage.assert_right();
}

#[test]
fn without_a_terminal_there_are_lines() {
    if in_job() {
        return;
    }
    let (stage, server) = (Stage::new(), server());
    let url = server.url("/tool");
    let test = "download::tests::words::without_a_terminal_there_are_lines";
    assert_eq!(
        words_of(test, &plan(&url), &stage, Volume::Normal),
        format!(
            "\
Downloading tool from {url}
{url}: the server answered 503 Service Unavailable; trying again
✓ BIN/tool: 30 bytes, SHA-256 verified
"
        )
    );
    stage.assert_right();
}

#[test]
fn a_hash_of_the_server_is_said_to_be_one() {
    if in_job() {
        return;
    }
    let stage = Stage::new();
    let hash = super::stage::sha256(BODY);
    let server = Server::new(move |head, line| match head.contains(" /tool.sha256 ") {
        true => file(line, hash.as_bytes()),
        false => file(line, BODY),
    });
    let plan = Download::new(&server.url("/tool"), "", 1000).sha256_url(&server.url("/tool.sha256"));
    let test = "download::tests::words::a_hash_of_the_server_is_said_to_be_one";
    assert_eq!(
        words_of(test, &plan, &stage, Volume::Quiet),
        format!(
            "\
warning: no hash is pinned for BIN/tool: it was verified only against the one that its server gives, {}
",
            server.url("/tool.sha256")
        )
    );
    stage.assert_right();
}

#[test]
#[cfg(unix)]
fn on_a_terminal_there_is_a_bar() {
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::Duration;

    if in_job() {
        return;
    }
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..12]);
        let _ = line.flush();
        thread::sleep(Duration::from_millis(400));
        let _ = line.write_all(&BODY[12..]);
    });
    let plan = plan(&server.url("/tool"));
    let inner = job("download::tests::words::on_a_terminal_there_is_a_bar", &plan, &stage, Volume::Normal);
    let mut terminal = Command::new("python3");
    terminal.args(["-c", "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"]);
    terminal.arg(inner.get_program()).args(inner.get_args()).stdin(Stdio::null()).env("TERM", "xterm");
    terminal.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = terminal.output().unwrap();
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words}");
    assert!(words.contains("12 B/30 B"), "{words}");
    assert!(words.contains(&format!("Downloading tool from {}\r\n", server.url("/tool"))), "{words}");
    assert!(words.contains("tool: 30 bytes, SHA-256 verified\r\n"), "{words}");
    // Over the last bar there are spaces before anything else is said.
    let last = words.lines().find(|line| line.contains("SHA-256 verified")).unwrap_or_default().trim_end();
    let drawn: Vec<&str> = last.split('\r').collect();
    let [.., bar, blank, said] = drawn[..] else { panic!("{words:?}") };
    assert!(bar.contains(" B/30 B") && !said.contains("B/s") && blank.trim().is_empty(), "{words:?}");
    assert_eq!(blank.chars().count(), bar.chars().count(), "{words:?}");
    stage.assert_right();
}
