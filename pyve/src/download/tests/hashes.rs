//! The hash: pinned, different, or given by the server.

use std::fs;

use pyve_plugin_api::Download;

use super::server::{Server, file, reply};
use super::stage::{BODY, Stage, plan, sha256};

#[test]
fn a_different_hash_is_shown_beside_the_expected_one() {
    let stage = Stage::new();
    let server = Server::of_file(b"something else");
    let wrong = plan(&server.url("/tool")).executable().mirror_variable("PYVE_TOOL_URL");
    let text = format!(
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it is not the file that was expected
  expected SHA-256 {}
  received SHA-256 {}
  T/bin/tool was not created
hint: do not use that file; run the same command again on another network, or set PYVE_TOOL_URL to a mirror's URL or to the path of a local copy",
        sha256(BODY),
        sha256(b"something else")
    );
    assert_eq!(stage.fetch(&wrong).unwrap_err(), text);
    assert_eq!(server.asked().len(), 1, "a wrong file is not asked for again");
    stage.assert_nothing();

    fs::write(stage.target(), "old").unwrap();
    assert_eq!(stage.fetch(&wrong).unwrap_err(), text.replace("tool was not created", "tool was left as it was"));
    assert_eq!(fs::read(stage.target()).unwrap(), b"old");
    assert_eq!(stage.files().len(), 1);
}

#[test]
fn a_different_hash_is_not_hidden_by_a_second_address() {
    let stage = Stage::new();
    let (wrong, right) = (Server::of_file(b"something else"), Server::of_file(BODY));
    let mut plan = plan(&wrong.url("/tool"));
    plan.urls.push(right.url("/tool").into());
    assert!(stage.fetch(&plan).unwrap_err().starts_with(
        "ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it is not the file that was expected\n  expected"
    ));
    assert_eq!(right.asked().len(), 0);
    stage.assert_nothing();
}

#[test]
fn a_hash_in_capitals_is_the_same() {
    let stage = Stage::new();
    let server = Server::of_file(BODY);
    stage.fetch(&Download::new(&server.url("/tool"), &sha256(BODY).to_uppercase(), 1000)).unwrap();
    stage.assert_right();
}

#[test]
fn a_plan_without_a_hash_is_refused() {
    let stage = Stage::new();
    let server = Server::of_file(BODY);
    for (hash, why) in [("", "no SHA-256 is given"), ("abc", "`abc` is no SHA-256")] {
        assert_eq!(
            stage.fetch(&Download::new(&server.url("/tool"), hash, 1000)).unwrap_err(),
            format!(
                "\
ERROR 1: could not verify the download: {why}
  T/bin/tool was not created
hint: report this to the author of the backend: a download needs `sha256` or `sha256_url`"
            )
        );
    }
    assert_eq!(server.asked().len(), 0);
}

/// A server with the file and, under `/tool.sha256`, this.
fn server_with_hash(hash: String) -> Server {
    Server::new(move |head, line| match head.contains(" /tool.sha256 ") {
        true => file(line, hash.as_bytes()),
        false => file(line, BODY),
    })
}

fn by_server(server: &Server) -> Download {
    Download::new(&server.url("/tool"), "", 1000).sha256_url(&server.url("/tool.sha256"))
}

#[test]
fn the_hash_of_the_server_will_do_where_none_is_pinned() {
    for hash in [sha256(BODY), format!("{}  tool\n", sha256(BODY))] {
        let stage = Stage::new();
        let server = server_with_hash(hash);
        stage.fetch(&by_server(&server)).unwrap();
        assert_eq!(server.paths(), ["/tool.sha256", "/tool"]);
        stage.assert_right();
    }
}

#[test]
fn the_hash_of_the_server_is_checked() {
    let stage = Stage::new();
    let server = server_with_hash(sha256(b"x"));
    assert_eq!(
        stage.fetch(&by_server(&server)).unwrap_err(),
        format!(
            "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it is not the file that was expected
  expected SHA-256 {}
  received SHA-256 {}
  T/bin/tool was not created
hint: do not use that file; run the same command again on another network",
            sha256(b"x"),
            sha256(BODY)
        )
    );
    stage.assert_nothing();
}

#[test]
fn what_is_no_hash_is_refused() {
    let stage = Stage::new();
    let server = server_with_hash("<html>log in</html>".to_owned());
    assert_eq!(
        stage.fetch(&by_server(&server)).unwrap_err(),
        "\
ERROR 1: http://127.0.0.1:PORT/tool.sha256 does not begin with a SHA-256
  T/bin/tool was not created
hint: run the same command again later, or on another network"
    );
    assert_eq!(server.paths(), ["/tool.sha256"]);
    stage.assert_nothing();
}

#[test]
fn a_hash_that_cannot_be_had_ends_it() {
    let stage = Stage::new();
    let server = Server::new(|_, line| reply(line, "503 Service Unavailable", "", b""));
    assert_eq!(
        stage.fetch(&by_server(&server)).unwrap_err(),
        "\
ERROR 1: could not get the SHA-256 from `http://127.0.0.1:PORT/tool.sha256`: the server answered 503 Service Unavailable
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
fn a_hash_from_an_open_line_is_not_trusted() {
    let stage = Stage::new();
    let server = Server::of_file(BODY);
    let plan = Download::new(&server.url("/tool"), "", 1000).sha256_url("http://example.invalid/tool.sha256");
    assert_eq!(
        stage.fetch(&plan).unwrap_err(),
        "\
ERROR 1: could not trust a SHA-256 from `http://example.invalid/tool.sha256`: the connection is not encrypted
  T/bin/tool was not created
hint: give an https URL for the hash, or pin it"
    );
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_mirror_may_have_another_version_if_the_user_vouches_for_it() {
    let other = b"another version";
    let server = Server::of_file(other);
    let plan = plan("http://127.0.0.1:1/tool").mirror_variable("PYVE_TOOL_URL");
    let with = |hash: &str| Stage::new().set("PYVE_TOOL_URL", server.url("/tool")).set("PYVE_TOOL_SHA256", hash);
    let stage = with(&sha256(other).to_uppercase());
    stage.fetch(&plan).unwrap();
    assert_eq!(fs::read(stage.target()).unwrap(), other);
    let stage = with(&sha256(BODY));
    assert!(stage.fetch(&plan).unwrap_err().contains(&format!("received SHA-256 {}", sha256(other))));
    stage.assert_nothing();
    let stage = with("0123\n");
    assert_eq!(
        stage.fetch(&plan).unwrap_err(),
        "\
ERROR 2: PYVE_TOOL_SHA256 is no SHA-256: 0123\\n
  T/bin/tool was not created
hint: set PYVE_TOOL_SHA256 to the 64 hexadecimal digits that `sha256sum FILE` prints"
    );
    let stage = Stage::new().set("PYVE_TOOL_SHA256", sha256(other));
    assert_eq!(
        stage.fetch(&plan).unwrap_err(),
        "\
ERROR 2: PYVE_TOOL_SHA256 is set, but PYVE_TOOL_URL is not
  a hash of your own counts for an address of your own only
  T/bin/tool was not created
hint: set PYVE_TOOL_URL as well, or unset PYVE_TOOL_SHA256"
    );
}
