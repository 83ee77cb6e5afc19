//! Releases of pyve, on a server of this machine.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Puts the newest release into a folder that is served; its program prints `says`.
pub fn publish(releases: &Path, version: &str, says: &str) {
    let name = format!("pyve-{version}-{}.tar.gz", env!("PYVE_TARGET"));
    let folder = releases.join(format!("download/v{version}"));
    fs::create_dir_all(&folder).unwrap();
    let archive = archive(&format!("#!/bin/sh\necho '{says}'\n"));
    let hash: String = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(folder.join(&name), archive).unwrap();
    fs::write(releases.join("latest/download/SHA256SUMS"), format!("{hash}  {name}\n")).unwrap();
}

fn archive(program: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(program.len() as u64);
    header.set_mode(0o700);
    tar.append_data(&mut header, "pyve", program.as_bytes()).unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

/// Serves the files of a folder for as long as the tests run; the address.
pub fn serve(folder: &Path) -> String {
    fs::create_dir_all(folder.join("latest/download")).unwrap();
    let folder = folder.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut request = BufReader::new(&stream).lines().map_while(Result::ok);
            let path = request.next().unwrap_or_default();
            while request.next().is_some_and(|line| !line.is_empty()) {}
            let path = path.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
            let (status, body) = match fs::read(folder.join(Path::new(&path))) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = (&stream).write_all(head.as_bytes()).and_then(|()| (&stream).write_all(&body));
        }
    });
    address
}
