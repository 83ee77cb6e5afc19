//! Small real servers: HTTP, HTTPS, and a proxy, each on a port of its own, remembering what they were asked.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::CertifiedKey;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A connection, encrypted or not.
pub trait Line: Read + Write {
    /// The connection itself, if it is not encrypted.
    fn plain(&self) -> Option<TcpStream>;
}

impl Line for TcpStream {
    fn plain(&self) -> Option<TcpStream> {
        self.try_clone().ok()
    }
}

impl Line for StreamOwned<ServerConnection, TcpStream> {
    fn plain(&self) -> Option<TcpStream> {
        None
    }
}

type Answer = dyn Fn(&str, &mut dyn Line) + Send + Sync;

/// A server that answers until the test ends.
pub struct Server {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers every request, given by its head, with `answer`.
    pub fn new(answer: impl Fn(&str, &mut dyn Line) + Send + Sync + 'static) -> Self {
        Self::start(None, Arc::new(answer))
    }

    /// The same over TLS; the certificate for 127.0.0.1 is written to `certificate`.
    pub fn encrypted(certificate: &Path, answer: impl Fn(&str, &mut dyn Line) + Send + Sync + 'static) -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(certificate, cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap();
        Self::start(Some(Arc::new(config)), Arc::new(answer))
    }

    /// Gives every request the file.
    pub fn of_file(body: &'static [u8]) -> Self {
        Self::new(move |_, line| file(line, body))
    }

    fn start(tls: Option<Arc<ServerConfig>>, answer: Arc<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (tls, answer, remembered) = (tls.clone(), answer.clone(), remembered.clone());
                thread::spawn(move || match (stream, tls) {
                    (Ok(mut stream), None) => serve(&mut stream, &*answer, &remembered),
                    (Ok(stream), Some(tls)) => {
                        let mut line = StreamOwned::new(ServerConnection::new(tls).unwrap(), stream);
                        serve(&mut line, &*answer, &remembered);
                        line.conn.send_close_notify();
                        let _ = line.flush();
                    }
                    (Err(_), _) => {}
                });
            }
        });
        Self { port, asked }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn https(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// The heads of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The paths of the requests so far.
    pub fn paths(&self) -> Vec<String> {
        self.asked().iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }
}

fn serve(line: &mut dyn Line, answer: &Answer, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match line.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    asked.lock().unwrap().push(head.clone());
    answer(&head, line);
    let _ = line.flush();
}

/// An answer with a status, headers and a body.
pub fn reply(line: &mut dyn Line, status: &str, headers: &str, body: &[u8]) {
    let _ = write!(line, "HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n");
    let _ = line.write_all(body);
}

/// The answer that holds a file.
pub fn file(line: &mut dyn Line, body: &[u8]) {
    reply(line, "200 OK", &format!("Content-Length: {}\r\n", body.len()), body);
}

/// An answer that leads elsewhere.
pub fn redirect(line: &mut dyn Line, to: &str) {
    reply(line, "302 Found", &format!("Location: {to}\r\nContent-Length: 0\r\n"), b"");
}

/// Longer than any time limit of these tests.
pub fn never() {
    thread::sleep(Duration::from_secs(60));
}

/// A proxy that tunnels, as CONNECT asks it to.
pub fn proxy() -> Server {
    Server::new(|head, line| {
        let far = TcpStream::connect(head.split(' ').nth(1).unwrap()).unwrap();
        line.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        tunnel(line.plain().unwrap(), far);
    })
}

/// A SOCKS 5 proxy for IPv4 addresses: its port, and how many tunnels it has made.
pub fn socks_proxy() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counted = tunnels.clone();
    thread::spawn(move || {
        for mut near in listener.incoming().flatten() {
            let mut methods = [0; 2];
            near.read_exact(&mut methods).unwrap();
            near.read_exact(&mut vec![0; methods[1].into()]).unwrap();
            near.write_all(&[5, 0]).unwrap();
            let mut request = [0; 10];
            near.read_exact(&mut request).unwrap();
            assert_eq!(request[..4], [5, 1, 0, 1], "a connection to an IPv4 address");
            let address: [u8; 4] = request[4..8].try_into().unwrap();
            let far =
                TcpStream::connect((Ipv4Addr::from(address), u16::from_be_bytes([request[8], request[9]]))).unwrap();
            near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            tunnel(near, far);
        }
    });
    (port, tunnels)
}

/// Passes everything on, both ways, until the far side is done.
fn tunnel(near: TcpStream, far: TcpStream) {
    let (mut from_near, mut to_far) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from_near, &mut to_far));
    let (mut from_far, mut to_near) = (far, near);
    let _ = std::io::copy(&mut from_far, &mut to_near);
    let _ = to_near.shutdown(Shutdown::Both);
}
