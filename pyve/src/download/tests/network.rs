//! The way to a server: proxies, certificates, names and passwords, hosts that cannot be reached.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::server::{Server, file, proxy, redirect, reply, socks_proxy};
use super::stage::{BODY, Stage, deserted_port, plan};
use crate::download::timeouts::Timeouts;

#[test]
fn nobody_listens() {
    let stage = Stage::new();
    let url = format!("http://127.0.0.1:{}/tool", deserted_port());
    assert_eq!(
        stage.fetch(&plan(&url).mirror_variable("PYVE_TOOL_URL")).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: could not reach 127.0.0.1:PORT: connection refused
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again, or set PYVE_TOOL_URL to a mirror's URL or to the path of a local copy"
    );
    stage.assert_nothing();
}

#[test]
fn a_host_that_nobody_knows() {
    let stage = Stage::new();
    assert_eq!(
        stage.fetch(&plan("http://nowhere.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not download `http://nowhere.invalid/tool`: no address is known for the host nowhere.invalid
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
fn a_proxy_is_asked_for_the_host() {
    let server = Server::of_file(BODY);
    for variable in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        let proxy = proxy();
        let stage = Stage::new().set(variable, format!("http://me:p%40ss@127.0.0.1:{}", proxy.port));
        let stage = stage.set("HTTPS_PROXY", "http://127.0.0.1:1");
        stage.fetch(&plan(&server.url("/tool"))).unwrap();
        let head = &proxy.asked()[0];
        assert!(head.starts_with(&format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n", server.port)), "{head}");
        assert!(head.contains("Proxy-Authorization: Basic bWU6cEBzcw==\r\n"), "{head}");
        stage.assert_right();
    }
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn an_encrypted_line_passes_through_a_proxy() {
    let stage = Stage::new();
    let certificate = stage.path("ca.pem");
    let server = Server::encrypted(&certificate, |_, line| file(line, BODY));
    let proxy = proxy();
    let stage = stage.set("PYVE_CA_FILE", certificate.display().to_string());
    let stage =
        stage.set("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port)).set("HTTP_PROXY", "http://127.0.0.1:1");
    stage.fetch(&plan(&server.https("/tool"))).unwrap();
    assert!(proxy.asked()[0].starts_with(&format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n", server.port)));
    assert_eq!((proxy.asked().len(), server.paths()), (1, vec!["/tool".to_owned()]));
    stage.assert_right();
}

#[test]
fn a_socks_proxy_serves_as_well() {
    let server = Server::of_file(BODY);
    let (port, tunnels) = socks_proxy();
    let stage = Stage::new().set("ALL_PROXY", format!("socks5://127.0.0.1:{port}"));
    stage.fetch(&plan(&server.url("/tool"))).unwrap();
    assert_eq!((tunnels.load(Ordering::SeqCst), server.asked().len()), (1, 1));
    stage.assert_right();
}

#[test]
fn hosts_of_no_proxy_are_asked_directly() {
    let (server, proxy) = (Server::of_file(BODY), proxy());
    let stage = Stage::new().set("ALL_PROXY", format!("127.0.0.1:{}", proxy.port));
    let stage = stage.set("NO_PROXY", "example.org,127.0.0.0/8");
    stage.fetch(&plan(&server.url("/tool"))).unwrap();
    stage.assert_right();
    assert_eq!((server.asked().len(), proxy.asked().len()), (1, 0));
}

#[test]
fn a_proxy_that_refuses() {
    let proxy = Server::new(|_, line| reply(line, "407 Proxy Authentication Required", "", b""));
    let stage = Stage::new().set("HTTPS_PROXY", format!("http://me:secret@127.0.0.1:{}", proxy.port));
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not download `https://example.invalid/tool`: the proxy 127.0.0.1:PORT answered 407 Proxy Authentication Required
  T/bin/tool was not created
hint: check the proxy variables and the name and password in them"
    );
    assert_eq!(proxy.asked().len(), 1);

    let proxy = Server::new(|_, line| reply(line, "502 Bad Gateway", "", b""));
    let stage = Stage::new().set("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port));
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not download `https://example.invalid/tool`: the proxy 127.0.0.1:PORT answered 502 Bad Gateway
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    assert_eq!(proxy.asked().len(), 3);
}

#[test]
fn a_proxy_that_is_not_there() {
    let stage = Stage::new().set("ALL_PROXY", format!("http://127.0.0.1:{}", deserted_port()));
    assert_eq!(
        stage.fetch(&plan("http://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not download `http://example.invalid/tool`: could not reach the proxy 127.0.0.1:PORT: connection refused
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
fn a_proxy_that_hangs_up() {
    let proxy = Server::new(|_, _| {});
    let stage = Stage::new().set("ALL_PROXY", format!("http://127.0.0.1:{}", proxy.port));
    assert_eq!(
        stage.fetch(&plan("http://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not download `http://example.invalid/tool`: the proxy 127.0.0.1:PORT did not answer
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    assert_eq!(proxy.asked().len(), 3);
}

#[test]
fn a_connection_that_never_stands() {
    let mut stage = Stage::new();
    stage.timeouts.connect = Duration::from_millis(200);
    // It takes the connection and the first words of the encryption, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    assert_eq!(
        stage.fetch(&plan(&format!("https://127.0.0.1:{port}/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `https://127.0.0.1:PORT/tool`: no connection to 127.0.0.1:PORT within 0.2 seconds
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again; PYVE_HTTP_TIMEOUT=120 allows more seconds"
    );
    let mut stage = Stage::new().set("HTTP_PROXY", format!("127.0.0.1:{port}"));
    stage.timeouts.connect = Duration::from_millis(200);
    assert_eq!(
        stage.fetch(&plan("http://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not download `http://example.invalid/tool`: no connection to the proxy 127.0.0.1:PORT within 0.2 seconds
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again; PYVE_HTTP_TIMEOUT=120 allows more seconds"
    );
    stage.assert_nothing();
}

#[test]
fn a_proxy_variable_that_makes_no_sense() {
    let stage = Stage::new().set("HTTPS_PROXY", "gopher://me:secret@proxy.example.org");
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: HTTPS_PROXY does not hold the URL of a proxy
  T/bin/tool was not created
hint: correct or unset it, for example HTTPS_PROXY=http://proxy.example.org:3128"
    );
    stage.assert_nothing();
}

#[test]
fn a_named_authority_is_trusted() {
    for variable in ["PYVE_CA_FILE", "SSL_CERT_FILE"] {
        let stage = Stage::new();
        let certificate = stage.path("ca.pem");
        let server = Server::encrypted(&certificate, |_, line| file(line, BODY));
        let stage = stage.set(variable, certificate.display().to_string());
        stage.fetch(&plan(&server.https("/tool"))).unwrap();
        assert_eq!(server.paths(), ["/tool"]);
        stage.assert_right();
    }
}

#[test]
fn an_unknown_authority_is_not() {
    let stage = Stage::new();
    let server = Server::encrypted(&stage.path("ca.pem"), |_, line| file(line, BODY));
    assert_eq!(
        stage.fetch(&plan(&server.https("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `https://127.0.0.1:PORT/tool`: no trusted connection to 127.0.0.1:PORT: invalid peer certificate: UnknownIssuer
  T/bin/tool was not created
hint: where the network has its own certificate authority, set PYVE_CA_FILE to its PEM file"
    );
    assert_eq!(server.asked().len(), 0);
    stage.assert_nothing();
}

#[test]
fn a_server_that_does_not_encrypt() {
    let stage = Stage::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    assert_eq!(
        stage.fetch(&plan(&format!("https://127.0.0.1:{port}/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `https://127.0.0.1:PORT/tool`: no encrypted connection to 127.0.0.1:PORT: received corrupt message of type InvalidContentType
  T/bin/tool was not created
hint: check the address"
    );
    stage.assert_nothing();
}

#[test]
fn certificates_that_cannot_be_read() {
    let stage = Stage::new().set("PYVE_CA_FILE", "/nowhere/ca.pem");
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not read the certificates that PYVE_CA_FILE names, /nowhere/ca.pem: no such file or directory
  T/bin/tool was not created
hint: correct or unset PYVE_CA_FILE"
    );
    let stage = Stage::new();
    fs::write(stage.path("empty.pem"), "nothing\n").unwrap();
    let empty = stage.path("empty.pem").display().to_string();
    let stage = stage.set("SSL_CERT_FILE", empty);
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not read the certificates that SSL_CERT_FILE names, T/empty.pem: it holds no certificate in PEM form
  T/bin/tool was not created
hint: correct or unset SSL_CERT_FILE"
    );
    let stage = Stage::new().set("SSL_CERT_DIR", "/nowhere");
    assert_eq!(
        stage.fetch(&plan("https://example.invalid/tool")).unwrap_err(),
        "\
ERROR 1: could not read the certificates that SSL_CERT_DIR names, /nowhere: it holds no certificate
  T/bin/tool was not created
hint: correct or unset SSL_CERT_DIR"
    );
}

#[test]
fn a_redirect_does_not_leave_the_encrypted_line() {
    let stage = Stage::new();
    let open = Server::of_file(BODY);
    let to = open.url("/tool?token=secret");
    let certificate = stage.path("ca.pem");
    let server = Server::encrypted(&certificate, move |_, line| redirect(line, &to));
    let stage = stage.set("PYVE_CA_FILE", certificate.display().to_string());
    assert_eq!(
        stage.fetch(&plan(&server.https("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `https://127.0.0.1:PORT/tool`: it redirects to http://127.0.0.1:PORT/tool, which is not encrypted
  T/bin/tool was not created
hint: check the address"
    );
    assert_eq!(open.asked().len(), 0);
    stage.assert_nothing();
}

#[test]
fn an_encrypted_line_cut_in_the_middle_is_noticed() {
    let stage = Stage::new();
    let certificate = stage.path("ca.pem");
    let server = Server::encrypted(&certificate, |_, line| {
        reply(line, "200 OK", &format!("Content-Length: {}\r\n", BODY.len()), &BODY[..9]);
    });
    let stage = stage.set("PYVE_CA_FILE", certificate.display().to_string());
    assert_eq!(
        stage.fetch(&plan(&server.https("/tool"))).unwrap_err(),
        "\
ERROR 1: could not download `https://127.0.0.1:PORT/tool`: the connection ended after 9 of 30 bytes
  tried 3 times
  T/bin/tool was not created
hint: check the network and the proxy variables, then run the same command again"
    );
    stage.assert_nothing();
}

#[test]
fn a_name_and_password_go_to_their_host_alone_and_are_not_shown() {
    let stage = Stage::new();
    let other = Server::new(|_, line| reply(line, "403 Forbidden", "Content-Length: 0\r\n", b""));
    let to = other.url("/far");
    let server = Server::new(move |head, line| match head.contains(" /tool ") {
        true => redirect(line, "/near"),
        false => redirect(line, &to),
    });
    let url = format!("http://me:p%40ss@127.0.0.1:{}/tool", server.port);
    assert_eq!(
        stage.fetch(&plan(&url)).unwrap_err(),
        "\
ERROR 1: could not download `http://127.0.0.1:PORT/tool`: the server answered 403 Forbidden
  T/bin/tool was not created
hint: check the address"
    );
    assert_eq!(server.asked().len(), 2);
    for head in server.asked() {
        assert!(head.contains("authorization: Basic bWU6cEBzcw==\r\n"), "{head}");
    }
    assert!(!other.asked()[0].to_lowercase().contains("authorization"));
}

#[test]
fn the_variable_for_more_time() {
    let of = |value: &str| Timeouts::from_variables(&Stage::new().set("PYVE_HTTP_TIMEOUT", value).caller());
    assert_eq!(of("").unwrap().stall, Duration::from_secs(30));
    let longer = of("120").unwrap();
    assert_eq!((longer.connect, longer.stall), (Duration::from_secs(120), Duration::from_secs(120)));
    for value in ["soon", "0", "-1", "inf", "NaN"] {
        let Err(failure) = of(value) else { panic!("{value} was taken") };
        assert_eq!(
            Stage::new().told(&failure),
            format!(
                "\
ERROR 2: PYVE_HTTP_TIMEOUT is no number of seconds: {value}
hint: set it to seconds, for example PYVE_HTTP_TIMEOUT=60, or unset it"
            )
        );
    }
}
