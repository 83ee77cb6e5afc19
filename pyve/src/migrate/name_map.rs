//! The table of package names that the user named: a file, or one that is downloaded and kept in pyve's own directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pyve_formats::name_map::NameMap;
use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Download, Requirements};
use serde_json::{Value, json};

use super::options;
use crate::config::printable;
use crate::context::Session;
use crate::download::{self, Terms};
use crate::failure::{Failure, from_error};
use crate::files::ownership;
use crate::ui::ago;

/// Below pyve's own directory: a file for each URL.
const FOLDERS: [&str; 2] = ["cache", "name-maps"];

/// The living tables have a megabyte.
const SIZE_LIMIT: u64 = 16 << 20;

/// A table, and what is told of it.
pub struct Table {
    map: NameMap,
    source: String,
    sha256: String,
    /// When a copy that is used instead of its URL was downloaded, in seconds since 1970.
    copied: Option<u64>,
}

impl Table {
    /// Reads the file, or downloads the URL; offline its last copy is used.
    pub fn load(wanted: &options::NameMap, session: &Session) -> Result<Self, Failure> {
        let said = wanted.source.to_string_lossy().into_owned();
        let (bytes, copied) = match download::is_url(&said) {
            true => of_url(&said, wanted.sha256.as_deref(), session)?,
            false => (of_file(&session.caller.folder().join(&wanted.source))?, None),
        };
        // A password that the user typed is told nowhere else.
        let source = download::without_secrets(&said);
        let found = sha256::of(&bytes);
        if let Some(wanted) = wanted.sha256.as_ref().filter(|wanted| **wanted != found) {
            return Err(Failure::new(format!("unexpected SHA-256 of the name map `{source}`"))
                .detail(format!("expected: {wanted}"))
                .detail(format!("found:    {found}"))
                .remedy("do not use that file, or correct `--name-map-sha256`"));
        }
        Ok(Self { map: parsed(&bytes, &source)?, source, sha256: found, copied })
    }

    /// Writes into each requirement what the table calls it elsewhere.
    pub fn name(&self, requirements: &mut Requirements) {
        for one in requirements.requirements.iter_mut() {
            if let Some(names) = self.map.counterparts(one.ecosystem.as_str(), &one.name) {
                *one = one.clone().counterparts(names);
            }
        }
    }

    /// What is used, in one line.
    pub fn told(&self) -> String {
        let of = self.copied.map(|then| format!(", a copy downloaded {}", ago::since(then))).unwrap_or_default();
        printable(&format!("Name map: {} (SHA-256 {}{of})", self.source, self.sha256))
    }

    pub fn json(&self) -> Value {
        json!({ "source": self.source, "sha256": self.sha256, "downloaded": self.copied })
    }
}

fn parsed(bytes: &[u8], source: &str) -> Result<NameMap, Failure> {
    NameMap::parse(bytes).map_err(|why| {
        Failure::new(printable(&format!("could not use the name map `{source}`: {why}")))
            .remedy("give a JSON object of package names, each with a list of names or `null`")
    })
}

fn of_file(path: &Path) -> Result<Vec<u8>, Failure> {
    read::bytes_no_follow(path, Limit::of_bytes(SIZE_LIMIT))?.ok_or_else(|| {
        Failure::new(format!("could not read the name map `{}`: it does not exist", path.display()))
            .remedy("correct the path behind `--name-map`")
    })
}

/// The content, and when it was downloaded if that is not now.
fn of_url(url: &str, sha256: Option<&str>, session: &Session) -> Result<(Vec<u8>, Option<u64>), Failure> {
    let home = session.pyve_home().map_err(|error| from_error(&error))?;
    let folder = FOLDERS.iter().fold(home, |folder, name| folder.join(name));
    let place = folder.join(format!("{}.json", sha256::of(url)));
    if session.is_offline() {
        let copy = read::bytes_no_follow(&place, Limit::of_bytes(SIZE_LIMIT))?;
        return copy.map(|bytes| (bytes, downloaded(&place))).ok_or_else(|| {
            let url = download::without_secrets(url);
            Failure::new(printable(&format!("no copy of the name map `{url}` is kept, and pyve is offline")))
                .remedy("run the same command once without `--offline`, or give the path of a file")
        });
    }
    let terms = Terms { caller: &session.caller, console: &session.console, offline: session.offline };
    match sha256 {
        Some(sha256) => {
            let copy = read::bytes_no_follow(&place, Limit::of_bytes(SIZE_LIMIT)).ok().flatten();
            if let Some(bytes) = copy.filter(|bytes| sha256::of(bytes) == sha256) {
                return Ok((bytes, downloaded(&place)));
            }
            download::fetch(&Download::new(url, sha256, SIZE_LIMIT), &place, &terms)?;
        }
        // What came takes the place of the last copy only once it can be used.
        None => return unverified(url, &folder, &place, &terms).map(|bytes| (bytes, None)),
    }
    Ok((of_file(&place)?, None))
}

fn unverified(url: &str, folder: &Path, place: &PathBuf, terms: &Terms) -> Result<Vec<u8>, Failure> {
    ownership::make_folder(folder).map_err(|error| Failure::io("create the directory", folder, &error))?;
    let cannot = |error: &std::io::Error| Failure::io("write", place, error);
    let new = tempfile::Builder::new().prefix(".tmp").tempdir_in(folder).map_err(|error| cannot(&error))?;
    let new = new.path().join("map");
    download::fetch_unverified(url, SIZE_LIMIT, &new, terms)?;
    let bytes = of_file(&new)?;
    parsed(&bytes, &download::without_secrets(url))?;
    fs::rename(&new, place).map_err(|error| cannot(&error))?;
    Ok(bytes)
}

fn downloaded(path: &Path) -> Option<u64> {
    let time = path.symlink_metadata().and_then(|metadata| metadata.modified()).ok()?;
    Some(time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
