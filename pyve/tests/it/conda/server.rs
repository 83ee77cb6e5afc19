//! A web server of this machine, with one file.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server of one file, on this machine.
pub struct Server {
    pub url: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    pub fn of(body: Vec<u8>) -> Self {
        Self::stalling(body, usize::MAX)
    }

    /// One that says nothing more after so many bytes of the file.
    pub fn stalling(body: Vec<u8>, after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/micromamba", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let body = body.clone();
                std::thread::spawn(move || answer(stream.unwrap(), &body, after));
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, body: &[u8], after: usize) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let length = body.len();
    // Whoever hangs up early is being tested.
    let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(&body[..after.min(length)]);
    if after < length {
        let _ = stream.flush().map(|()| stream.read(&mut byte));
    }
}
