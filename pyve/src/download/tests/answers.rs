//! What a server can answer: the file, parts of it, refusals, silence.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::server::{Server, file, never, redirect, reply};
use super::stage::{BODY, Stage, plan};

#[test]
fn the_right_file_gets_its_name_and_its_bits() {
    let stage = Stage::new();
    let server = Server::of_file(BODY);
    stage.fetch(&plan(&server.url("/tool")).executable()).unwrap();
    stage.assert_right();
    let head = &server.asked()[0];
    assert!(head.contains(&format!("user-agent: pyve/{}\r\n", env!("CARGO_PKG_VERSION"))), "{head}");
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
    assert_mode(&stage, 0o755);

    // A second one replaces it, bits and all.
    fs::write(stage.target(), "old").unwrap();
    stage.fetch(&plan(&server.url("/tool"))).unwrap();
    stage.assert_right();
    assert_mode(&stage, 0o644);
}

#[cfg(unix)]
fn assert_mode(stage: &Stage, wanted: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(stage.target()).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, wanted, "{mode:o}");
}

#[cfg(not(unix))]
fn assert_mode(_: &Stage, _: u32) {}

#[test]
fn a_body_in_chunks_is_put_together() {
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        let (first, second) = BODY.split_at(7);
        reply(line, "200 OK", "Transfer-Encoding: chunked\r\n", b"");
        for part in [first, second, b""] {
            let _ = write!(line, "{:x}\r\n{}\r\n", part.len(), String::from_utf8_lossy(part));
        }
    });
    stage.fetch(&plan(&server.url("/tool"))).unwrap();
    stage.assert_right();
}

#[test]
fn a_body_that_ends_early_is_tried_three_times() {
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..12]);
    });
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: the connection ended after 12 of 30 bytes
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    assert_eq!(server.asked().len(), 3);
    stage.assert_nothing();
}

#[test]
fn chunks_that_end_early_are_noticed() {
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        reply(line, "200 OK", "Transfer-Encoding: chunked\r\n", b"5\r\n#!/bi\r\n");
    });
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: the connection ended after 5 bytes, before the end
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
fn a_file_that_is_not_there_is_asked_for_once() {
    let stage = Stage::new();
    let server = Server::new(|_, line| reply(line, "404 Not Found", "Content-Length: 4\r\n", b"gone"));
    let plan = plan(&server.url("/tool")).mirror_variable("PYVE_TOOL_URL");
    assert_eq!(
        stage.fetch(&plan).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: the server answered 404 Not Found
  T/bin/tool was not created
hint: check the address, or set PYVE_TOOL_URL to a mirror's URL or to the path of a local copy"
    );
    assert_eq!(server.asked().len(), 1);
    stage.assert_nothing();
}

#[test]
fn a_server_in_trouble_is_asked_three_times() {
    let stage = Stage::new();
    let server = Server::new(|_, line| reply(line, "500 Internal Server Error", "Content-Length: 0\r\n", b""));
    fs::create_dir(stage.path("bin")).unwrap();
    fs::write(stage.target(), "old").unwrap();
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: the server answered 500 Internal Server Error
  tried 3 times
  T/bin/tool was left as it was
hint: check the network and the proxy variables, then run the same command again"
    );
    assert_eq!(server.asked().len(), 3);
    assert_eq!(fs::read(stage.target()).unwrap(), b"old");
    assert_eq!(stage.files().len(), 1);
}

#[test]
fn a_later_try_can_succeed() {
    for error in ["429 Too Many Requests", "503 Service Unavailable", "408 Request Timeout"] {
        let stage = Stage::new();
        let asked = AtomicUsize::new(0);
        let server = Server::new(move |_, line| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => reply(line, error, "Content-Length: 0\r\n", b""),
            1 => reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..3]),
            _ => file(line, BODY),
        });
        stage.fetch(&plan(&server.url("/tool"))).unwrap();
        assert_eq!(server.asked().len(), 3);
        stage.assert_right();
    }
}

#[test]
fn redirects_are_followed() {
    let stage = Stage::new();
    let other = Server::of_file(BODY);
    let far = other.url("/far?signature=secret");
    let server = Server::new(move |head, line| match head.split(' ').nth(1).unwrap() {
        "/a/tool" => redirect(line, "../b/tool"),
        "/b/tool" => redirect(line, "/c"),
        _ => redirect(line, &far),
    });
    stage.fetch(&plan(&server.url("/a/tool"))).unwrap();
    assert_eq!(server.paths(), ["/a/tool", "/b/tool", "/c"]);
    assert_eq!(other.paths(), ["/far?signature=secret"]);
    stage.assert_right();
}

#[test]
fn redirects_without_end_are_given_up() {
    let stage = Stage::new();
    let server = Server::new(|_, line| redirect(line, "/tool"));
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: more than 10 redirects, the last to http://127.0.0.1:PORT/tool
  T/bin/tool was not created
hint: check the address"
    );
    assert_eq!(server.asked().len(), 11);
    stage.assert_nothing();
}

#[test]
fn a_redirect_to_what_is_no_web_address_is_refused() {
    let stage = Stage::new();
    let server = Server::new(|_, line| redirect(line, "file:///etc/passwd"));
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it redirects to file:///etc/passwd, which is no web address
  T/bin/tool was not created
hint: check the address"
    );
    stage.assert_nothing();
}

#[test]
fn a_redirect_to_nowhere_is_refused() {
    let stage = Stage::new();
    let server = Server::new(|_, line| redirect(line, "http://[broken"));
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it redirects to http://[broken: invalid IPv6 address
  T/bin/tool was not created
hint: check the address"
    );
    let server = Server::new(|_, line| reply(line, "302 Found", "Content-Length: 0\r\n", b""));
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: the server answered 302 Found
  T/bin/tool was not created
hint: check the address"
    );
    stage.assert_nothing();
}

#[test]
fn headers_without_end_are_given_up() {
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        // So long that they are too many bytes before they are too many, however much is read at once.
        let header = format!("X: {}\r\n", "x".repeat(8000));
        let _ = line.write_all(b"HTTP/1.1 200 OK\r\n");
        while line.write_all(header.as_bytes()).is_ok() {}
    });
    let told = stage.fetch(&plan(&server.url("/tool"))).unwrap_err();
    assert_eq!(
        told.split_once("the server's headers").unwrap_or_else(|| panic!("{told}")),
        (
            "ERROR 1: could not download `http://127.0.0.1:PORT/tool`: ",
            " are too long\n  T/bin/tool was not created\nhint: check the address"
        )
    );
    stage.assert_nothing();
}

#[test]
fn a_body_that_stalls_is_given_up() {
    let mut stage = Stage::new();
    stage.timeouts.stall = Duration::from_millis(200);
    let server = Server::new(|_, line| {
        reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..12]);
        let _ = line.flush();
        never();
    });
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: nothing came from 127.0.0.1:PORT for 0.2 seconds
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again; PYVE_HTTP_TIMEOUT=120 allows more seconds"
    );
    assert_eq!(server.asked().len(), 3);
    stage.assert_nothing();
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let mut stage = Stage::new();
    stage.timeouts.stall = Duration::from_millis(200);
    let server = Server::new(|_, _| never());
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: nothing came from 127.0.0.1:PORT for 0.2 seconds
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again; PYVE_HTTP_TIMEOUT=120 allows more seconds"
    );
    stage.assert_nothing();
}

#[test]
fn a_body_that_trickles_for_ever_is_given_up() {
    let mut stage = Stage::new();
    stage.timeouts.whole = Duration::from_millis(500);
    let server = Server::new(|_, line| {
        reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), b"");
        for _ in 0..BODY.len() - 1 {
            let _ = line.write_all(b"x").and_then(|()| line.flush());
            thread::sleep(Duration::from_millis(100));
        }
        never();
    });
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it was not complete after 0.5 seconds
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    assert_eq!(server.asked().len(), 1);
    stage.assert_nothing();
}

#[test]
fn a_server_that_hangs_up_is_tried_again() {
    let stage = Stage::new();
    let server = Server::new(|_, _| {});
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: 127.0.0.1:PORT ended the connection without an answer
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    assert_eq!(server.asked().len(), 3);
    stage.assert_nothing();
}

#[test]
fn what_is_not_http_is_said_so() {
    let stage = Stage::new();
    let server = Server::new(|_, line| line.write_all(b"220 mail.example.org ESMTP\r\n\r\n").unwrap());
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: 127.0.0.1:PORT does not speak HTTP: http parse fail: invalid HTTP version
  T/bin/tool was not created
hint: check the address"
    );
    stage.assert_nothing();
}

#[test]
fn a_file_announced_as_too_large_is_not_fetched() {
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        reply(line, "200 OK", "Content-Length: 1001\r\n", b"");
        let _ = line.flush();
        never();
    });
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it is larger than the limit of 1000 bytes
  T/bin/tool was not created
hint: check the address"
    );
    stage.assert_nothing();
}

#[test]
fn a_file_that_turns_out_too_large_is_given_up_at_once() {
    let stage = Stage::new();
    let server = Server::new(|_, line| {
        reply(line, "200 OK", "Transfer-Encoding: chunked\r\n", b"");
        let chunk = format!("100\r\n{}\r\n", "x".repeat(256));
        while line.write_all(chunk.as_bytes()).is_ok() {}
    });
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it is larger than the limit of 1000 bytes
  T/bin/tool was not created
hint: check the address"
    );
    assert_eq!(server.asked().len(), 1);
    stage.assert_nothing();
}
