//! Where a file is had from: several addresses, files on this computer, mirrors, no network.

use std::fs;
use std::io::ErrorKind;

use pyve_plugin_api::Download;

use super::server::{Server, file, reply};
use super::stage::{BODY, Stage, plan, sha256};
use crate::download::fetch_error::local_failure;
use crate::download::sources::{Source, without_secrets};

fn gone() -> Server {
    Server::new(|_, line| reply(line, "410 Gone", "Content-Length: 0\r\n", b""))
}

fn file_url(stage: &Stage, name: &str) -> String {
    url::Url::from_file_path(stage.path(name)).unwrap().into()
}

#[test]
fn the_second_address_serves_where_the_first_does_not() {
    let stage = Stage::new();
    let (first, second) = (gone(), Server::of_file(BODY));
    let mut plan = plan(&first.url("/a"));
    plan.urls.push(second.url("/b").into());
    stage.fetch(&plan).unwrap();
    assert_eq!((first.asked().len(), second.asked().len()), (1, 1));
    stage.assert_right();
}

#[test]
fn every_address_that_failed_is_told() {
    let stage = Stage::new();
    let (first, second) = (gone(), Server::new(|_, line| reply(line, "502 Bad Gateway", "", b"")));
    let mut plan = plan(&first.url("/a"));
    plan.urls.push(second.url("/b").into());
    assert_eq!(
        stage.fetch(&plan).unwrap_err(),
        "\
ERROR 1: could not download from any of 2 addresses
  http://127.0.0.1:PORT/a: the server answered 410 Gone
  http://127.0.0.1:PORT/b: the server answered 502 Bad Gateway (tried 3 times)
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
fn a_file_url_is_copied_and_verified() {
    let stage = Stage::new();
    fs::write(stage.path("a copy"), BODY).unwrap();
    stage.fetch(&plan(&file_url(&stage, "a copy"))).unwrap();
    stage.assert_right();

    let stage = Stage::new();
    fs::write(stage.path("copy"), "something else").unwrap();
    assert_eq!(
        stage.fetch(&plan(&file_url(&stage, "copy"))).unwrap_err(),
        format!(
            "\
ERROR 1: could not download `T/copy`: it is not the file that was expected
  expected SHA-256 {}
  received SHA-256 {}
  T/bin/tool was not created
hint: do not use that file; run the same command again on another network",
            sha256(BODY),
            sha256(b"something else")
        )
    );
    stage.assert_nothing();
}

#[test]
fn a_file_that_is_none() {
    let stage = Stage::new();
    assert_eq!(
        stage.fetch(&plan(&file_url(&stage, "missing"))).unwrap_err(),
        "\
ERROR 1: could not download `T/missing`: no such file or directory
  T/bin/tool was not created
hint: check the address"
    );
    fs::create_dir(stage.path("folder")).unwrap();
    assert_eq!(
        stage.fetch(&plan(&file_url(&stage, "folder"))).unwrap_err(),
        "\
ERROR 1: could not download `T/folder`: it is a directory, not a regular file
  T/bin/tool was not created
hint: check the address"
    );
    fs::write(stage.path("large"), vec![0; 1001]).unwrap();
    assert_eq!(
        stage.fetch(&plan(&file_url(&stage, "large"))).unwrap_err(),
        "\
ERROR 1: could not download `T/large`: it is larger than the limit of 1000 bytes
  T/bin/tool was not created
hint: check the address"
    );
    stage.assert_nothing();
}

#[test]
fn a_mirror_takes_the_place_of_the_addresses() {
    let (planned, mirror) = (gone(), Server::of_file(BODY));
    let plan = plan(&planned.url("/tool")).mirror_variable("PYVE_TOOL_URL");
    let stage = Stage::new().set("PYVE_TOOL_URL", mirror.url("/mirrored"));
    stage.fetch(&plan).unwrap();
    assert_eq!(mirror.paths(), ["/mirrored"]);
    stage.assert_right();

    let stage = Stage::new();
    fs::write(stage.path("copy"), BODY).unwrap();
    for value in [stage.path("copy").display().to_string(), file_url(&stage, "copy")] {
        let stage = Stage::new().set("PYVE_TOOL_URL", value);
        stage.fetch(&plan).unwrap();
        stage.assert_right();
    }
    assert_eq!(planned.asked().len(), 0);
}

#[test]
fn a_mirror_of_releases_has_them_by_release_or_all_together() {
    let planned = gone();
    let plan = plan(&planned.url("/owner/releases/download/20260814/tool%2B1.tgz")).mirror_variable("PYVE_TOOL_MIRROR");
    let together = Server::new(|head, line| match head.contains("/all/tool%2B1.tgz") {
        true => file(line, BODY),
        false => reply(line, "404 Not Found", "Content-Length: 0\r\n", b""),
    });
    let stage = Stage::new().set("PYVE_TOOL_MIRROR", together.url("/all/"));
    stage.fetch(&plan).unwrap();
    assert_eq!(together.paths(), ["/all/20260814/tool%2B1.tgz", "/all/tool%2B1.tgz"]);
    stage.assert_right();
    let copies = Stage::new();
    fs::create_dir(copies.path("20260814")).unwrap();
    fs::write(copies.path("20260814/tool+1.tgz"), BODY).unwrap();
    let stage = Stage::new().set("PYVE_TOOL_MIRROR", copies.path("").display().to_string());
    stage.fetch(&plan).unwrap();
    stage.assert_right();
    assert_eq!(planned.asked().len(), 0);
}

#[test]
fn a_mirror_with_another_file_is_named() {
    let mirror = Server::of_file(b"another file");
    let stage = Stage::new().set("PYVE_TOOL_URL", mirror.url("/tool"));
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool").mirror_variable("PYVE_TOOL_URL")).unwrap_err(),
        format!(
            "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: it is not the file that was expected
  expected SHA-256 {}
  received SHA-256 {}
  T/bin/tool was not created
hint: do not use that file; run the same command again on another network; the address is from PYVE_TOOL_URL: correct or unset it",
            sha256(BODY),
            sha256(b"another file")
        )
    );
    stage.assert_nothing();
}

#[test]
fn a_mirror_that_is_no_address() {
    for value in ["mirror/tool", "ftp://mirror.example.org/tool", "example.org"] {
        let stage = Stage::new().set("PYVE_TOOL_URL", value);
        assert_eq!(
            stage.fetch(&plan("https://example.invalid/tool").mirror_variable("PYVE_TOOL_URL")).unwrap_err(),
            format!(
                "\
ERROR 2: PYVE_TOOL_URL is neither a URL nor an absolute path: {value}
  T/bin/tool was not created
hint: set PYVE_TOOL_URL to an http, https or file URL, or to the absolute path of a local copy"
            )
        );
    }
}

#[test]
fn offline_nothing_is_asked() {
    let server = Server::of_file(BODY);
    let mut stage = Stage::new();
    stage.offline = true;
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: pyve is offline (--offline)
  T/bin/tool was not created
hint: run the same command without --offline"
    );
    let stage = Stage::new().set("PYVE_OFFLINE", "1");
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool")).mirror_variable("PYVE_TOOL_URL")).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: pyve is offline (PYVE_OFFLINE)
  T/bin/tool was not created
hint: unset PYVE_OFFLINE, or set PYVE_TOOL_URL to the path of a local copy"
    );
    let hash = Download { sha256: "".into(), ..plan(&server.url("/tool")) }.sha256_url(&server.url("/tool.sha256"));
    let mut stage = Stage::new();
    stage.offline = true;
    fs::write(stage.path("copy"), BODY).unwrap();
    let hash = hash.mirror_variable("PYVE_TOOL_URL");
    let copy = stage.path("copy").display().to_string();
    let stage = stage.set("PYVE_TOOL_URL", copy);
    assert_eq!(
        stage.fetch(&hash).unwrap_err(),
        "\
ERROR 1: could not get the SHA-256 from `http://127.0.0.1:PORT/tool.sha256`: pyve is offline (--offline)
  T/bin/tool was not created
hint: run the same command again with a network"
    );
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn offline_a_local_copy_serves() {
    let mut stage = Stage::new().set("PYVE_OFFLINE", "0");
    let server = Server::of_file(BODY);
    stage.fetch(&plan(&server.url("/tool"))).unwrap();
    stage.assert_right();

    fs::remove_file(stage.target()).unwrap();
    fs::write(stage.path("copy"), BODY).unwrap();
    stage.offline = true;
    let mut plan = plan(&server.url("/tool"));
    plan.urls.push(file_url(&stage, "copy").into());
    stage.fetch(&plan).unwrap();
    stage.assert_right();
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_plan_with_no_address_or_a_strange_one() {
    let stage = Stage::new();
    assert_eq!(
        stage.fetch(&Download { urls: Vec::new().into(), ..plan("") }).unwrap_err(),
        "\
ERROR 1: could not download: the plan names no address
  T/bin/tool was not created
hint: report this to the author of the backend: a download needs `urls`"
    );
    assert_eq!(
        stage.fetch(&plan("gopher://example.org/tool")).unwrap_err(),
        "\
ERROR 1: could not download `gopher://example.org/tool`: pyve does not know gopher URLs
  T/bin/tool was not created
hint: give an http, https or file URL instead"
    );
    assert_eq!(
        stage.fetch(&plan("tool")).unwrap_err(),
        "\
ERROR 1: could not download `tool`: relative URL without a base
  T/bin/tool was not created
hint: give an http, https or file URL instead"
    );
    assert_eq!(
        stage.fetch(&plan("file://elsewhere.example.org/tool")).unwrap_err(),
        "\
ERROR 1: could not download `file://elsewhere.example.org/tool`: the URL is no path on this computer
  T/bin/tool was not created
hint: give an http, https or file URL instead"
    );
}

#[test]
fn places_that_cannot_be_written() {
    let server = Server::of_file(BODY);
    let stage = Stage::new();
    fs::write(stage.path("bin"), "a file where a directory should be").unwrap();
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not create the directory `T/bin`: file exists
  T/bin/tool was not created
hint: check T, then run the same command again"
    );
    let deeper = stage.path("bin/deep/tool");
    assert_eq!(
        stage.fetch_to(&plan(&server.url("/tool")), &deeper).unwrap_err(),
        "\
ERROR 1: could not create the directory `T/bin/deep`: not a directory
  T/bin/deep/tool was not created
hint: check T/bin, then run the same command again"
    );
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn names_that_cannot_be_taken() {
    let server = Server::of_file(BODY);
    let stage = Stage::new();
    fs::create_dir_all(stage.target()).unwrap();
    assert_eq!(
        stage.fetch(&plan(&server.url("/tool"))).unwrap_err(),
        "\
ERROR 1: could not write `T/bin/tool`: it is a directory
  T/bin/tool was left as it was
hint: move that directory away, then run the same command again"
    );
    let stage = Stage::new();
    let long = stage.path(&format!("bin/{}", "x".repeat(240)));
    let told = stage.fetch_to(&plan(&server.url("/tool")), &long).unwrap_err();
    assert_eq!(
        told.replace(&"x".repeat(240), "LONG"),
        "\
ERROR 1: could not write `T/bin/LONG`: invalid filename
  T/bin/LONG was not created
hint: check T/bin, then run the same command again"
    );
}

#[test]
fn what_this_computer_refuses_has_its_own_remedy() {
    let target = std::path::Path::new("/p/bin/tool");
    let told = |kind: ErrorKind| Stage::new().told(&local_failure("write", target, &kind.into()));
    assert_eq!(
        told(ErrorKind::PermissionDenied),
        "ERROR 1: could not write `/p/bin/tool`: permission denied\nhint: make /p/bin writable for you"
    );
    assert_eq!(
        told(ErrorKind::ReadOnlyFilesystem),
        "ERROR 1: could not write `/p/bin/tool`: read-only filesystem or storage medium\nhint: make /p/bin writable for you"
    );
    assert_eq!(
        told(ErrorKind::QuotaExceeded),
        "ERROR 1: could not write `/p/bin/tool`: quota exceeded\nhint: free some space on the disk of /p/bin, then run the same command again"
    );
}

#[test]
fn a_password_is_told_nowhere() {
    for (said, told) in [
        ("https://me:pw@example.org/map?sig=1#x", "https://example.org/map"),
        ("https://me:pw@example.org:99999/map", "https://…"),
        ("https://[broken/map", "https://[broken/map"),
        ("tools/m@p.json", "tools/m@p.json"),
    ] {
        assert_eq!(without_secrets(said), told);
    }
    let failure = Source::parse("ftp://me:pw@example.org/map").unwrap_err();
    assert_eq!(failure.message, "could not download `ftp://example.org/map`: pyve does not know ftp URLs");
}
