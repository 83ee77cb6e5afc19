//! A file fetched, verified, and only then given its name.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use pyve_plugin_api::{Download, Step};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::executor::{Executor, make_folder};
use crate::failure::{Failure, reason};

const CONNECT_LIMIT: Duration = Duration::from_secs(20);
/// How long a server may be silent.
const SILENCE_LIMIT: Duration = Duration::from_secs(60);
/// The most bytes of a file that holds nothing but a hash.
const HASH_LIMIT: u64 = 64 * 1024;

pub fn download(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let target = executor.bounded(step)?;
    let Some(download) = step.download.as_ref().into_option() else {
        return Err(Failure::new(format!("cannot do the step `{}`: it names nothing to fetch", step.title))
            .remedy("report this to the author of the backend"));
    };
    let folder = target.parent().unwrap_or(executor.project.root());
    make_folder(folder)?;
    let wanted = wanted_hash(download)?;
    let mut failures = Vec::new();
    for url in urls(executor, download) {
        match attempt(&url, folder, download.size_limit, &wanted) {
            Ok(file) => return keep(file, &target, download.executable),
            Err(failure) => failures.push(failure),
        }
    }
    let mut failures = failures.into_iter();
    let first = failures.next().unwrap_or_else(|| Failure::new("cannot fetch anything: no address was given"));
    Err(failures.fold(first, |first, other| first.detail(other.message)))
}

fn urls(executor: &Executor<'_>, download: &Download) -> Vec<String> {
    let mirror = Some(download.mirror_variable.as_str()).filter(|name| !name.is_empty());
    match mirror.and_then(|name| executor.caller.nonempty(name)) {
        Some(url) => vec![url.to_string_lossy().into_owned()],
        None => download.urls.iter().map(ToString::to_string).collect(),
    }
}

fn wanted_hash(download: &Download) -> Result<String, Failure> {
    let mut hash = download.sha256.to_ascii_lowercase();
    if hash.is_empty() && !download.sha256_url.is_empty() {
        let mut text = Vec::new();
        fetch(&download.sha256_url, HASH_LIMIT, &mut text)?;
        hash = String::from_utf8_lossy(&text).split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    }
    if hash.len() == 64 && hash.chars().all(|letter| letter.is_ascii_hexdigit()) {
        return Ok(hash);
    }
    Err(Failure::new(format!("cannot verify what is to be fetched: {hash:?} is no SHA-256"))
        .remedy("report this to the author of the backend"))
}

fn attempt(url: &str, folder: &Path, limit: u64, wanted: &str) -> Result<NamedTempFile, Failure> {
    let file = tempfile::Builder::new().prefix(".pyve-").suffix(".part").tempfile_in(folder);
    let mut file = file.map_err(|error| Failure::io("write into", folder, &error))?;
    let found = fetch(url, limit, file.as_file_mut())?;
    if found == wanted {
        return Ok(file);
    }
    Err(Failure::new(format!("{url} is not what it should be: its SHA-256 is different"))
        .detail(format!("expected {wanted}"))
        .detail(format!("received {found}"))
        .remedy("nothing was kept; try again, and if it stays different do not trust that source"))
}

/// Writes what is at the URL to `sink` and returns its SHA-256.
fn fetch(url: &str, limit: u64, sink: &mut dyn Write) -> Result<String, Failure> {
    let cannot = |why: String| {
        Failure::new(format!("cannot fetch {url}: {why}")).remedy("look at your connection and proxy, then try again")
    };
    let mut source = open(url).map_err(cannot)?.take(limit.saturating_add(1));
    let (mut hash, mut total, mut buffer) = (Sha256::new(), 0_u64, vec![0; 64 * 1024]);
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(cannot(reason(&error))),
        };
        total += count as u64;
        if total > limit {
            return Err(cannot(format!("it is larger than {limit} bytes")));
        }
        hash.update(&buffer[..count]);
        sink.write_all(&buffer[..count]).map_err(|error| cannot(reason(&error)))?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn open(url: &str) -> Result<Box<dyn Read>, String> {
    if let Some(path) = url.strip_prefix("file://") {
        return File::open(path).map(|file| Box::new(file) as Box<dyn Read>).map_err(|error| reason(&error));
    }
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err("only https, http and file addresses are known".to_owned());
    }
    let config = ureq::Agent::config_builder()
        .timeout_connect(Some(CONNECT_LIMIT))
        .timeout_recv_response(Some(SILENCE_LIMIT))
        .user_agent(concat!("pyve/", env!("CARGO_PKG_VERSION")))
        .build();
    match ureq::Agent::new_with_config(config).get(url).call() {
        Ok(response) => Ok(Box::new(response.into_body().into_reader())),
        Err(ureq::Error::StatusCode(code)) => Err(format!("the server answered {code}")),
        Err(error) => Err(error.to_string()),
    }
}

fn keep(file: NamedTempFile, target: &Path, executable: bool) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::io("write", target, &error);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if executable { 0o755 } else { 0o644 };
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(cannot)?;
    }
    #[cfg(not(unix))]
    let _ = executable;
    file.as_file().sync_all().map_err(cannot)?;
    file.persist(target).map(drop).map_err(|error| cannot(error.error))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Place;
    use std::fs;
    use std::net::TcpListener;
    use std::os::unix::fs::PermissionsExt;

    /// Of `hello\n`.
    const HASH: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

    fn served(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/tool", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().take(1) {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        url
    }

    fn step(url: &str, hash: &str, limit: u64) -> Step {
        Step::download(
            "Fetch",
            Download::new(url, hash, limit).executable().mirror_variable("MIRROR"),
            ".pyve/bin/tool",
        )
    }

    fn left(place: &Place) -> usize {
        fs::read_dir(place.root().join(".pyve/bin")).unwrap().count()
    }

    #[test]
    fn a_verified_file_gets_its_name_and_its_bit() {
        let place = Place::new();
        let url = served("HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nhello\n");
        place.execute(&step(&url, HASH, 6)).unwrap();
        let file = place.root().join(".pyve/bin/tool");
        assert_eq!(fs::read(&file).unwrap(), b"hello\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(left(&place), 1);
    }

    #[test]
    fn another_hash_leaves_nothing_behind() {
        let place = Place::new();
        let file = place.root().join("local");
        fs::write(&file, "hello\n").unwrap();
        let url = format!("file://{}", file.display());
        let zeros = "0".repeat(64);
        let failure = place.execute(&step(&url, &zeros, 100)).unwrap_err();
        assert_eq!(failure.message, format!("{url} is not what it should be: its SHA-256 is different"));
        assert_eq!(failure.details, [format!("expected {zeros}"), format!("received {HASH}")]);
        assert_eq!(left(&place), 0);
    }

    #[test]
    fn too_much_and_too_little_are_failures() {
        let place = Place::new();
        let url = served("HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nhello\n");
        let failure = place.execute(&step(&url, HASH, 5)).unwrap_err();
        assert_eq!(failure.message, format!("cannot fetch {url}: it is larger than 5 bytes"));
        let url = served("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let failure = place.execute(&step(&url, HASH, 5)).unwrap_err();
        assert_eq!(failure.message, format!("cannot fetch {url}: the server answered 404"));
        let message = |url: &str, hash: &str| place.execute(&step(url, hash, 5)).unwrap_err().message;
        assert_eq!(message("file:///no/such", HASH), "cannot fetch file:///no/such: no such file or directory");
        assert_eq!(message("ftp://x/y", HASH), "cannot fetch ftp://x/y: only https, http and file addresses are known");
        assert_eq!(message("file:///x", "abc"), "cannot verify what is to be fetched: \"abc\" is no SHA-256");
        assert_eq!(left(&place), 0);
    }

    #[test]
    fn a_mirror_takes_the_place_and_a_hash_may_be_fetched() {
        let file = tempfile::tempdir().unwrap();
        let mirror = format!("file://{}", file.path().join("tool").display());
        fs::write(file.path().join("tool"), "hello\n").unwrap();
        fs::write(file.path().join("hash"), format!("{HASH}  tool\n")).unwrap();
        let place = Place::with(&[("MIRROR", &mirror)]);
        let hash = format!("file://{}", file.path().join("hash").display());
        let download = Download::new("http://127.0.0.1:1/never", "", 6).mirror_variable("MIRROR").sha256_url(&hash);
        place.execute(&Step::download("Fetch", download, "tool")).unwrap();
        assert_eq!(fs::read(place.root().join("tool")).unwrap(), b"hello\n");
    }
}
