//! A folder, a caller and a quiet console of a test's own, and what a failure looks like in full.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::ColorChoice;
use pyve_plugin_api::Download;

use crate::caller::Caller;
use crate::download::timeouts::Timeouts;
use crate::download::{Terms, fetch_within};
use crate::failure::Failure;
use crate::ui::{Console, Volume};

/// The file that is fetched in these tests.
pub const BODY: &[u8] = b"#!/bin/sh\necho the right file\n";

/// Where a test takes place.
pub struct Stage {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    pub offline: bool,
    pub timeouts: Timeouts,
}

impl Stage {
    pub fn new() -> Self {
        let limit = Duration::from_secs(20);
        let timeouts = Timeouts { connect: limit, stall: limit, whole: limit, pause: Duration::from_millis(1) };
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new(), offline: false, timeouts }
    }

    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn target(&self) -> PathBuf {
        self.path("bin/tool")
    }

    pub fn caller(&self) -> Caller {
        let variables = self.variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Caller::for_test(variables)
    }

    /// Fetches to the target; a failure comes as the user reads it, without what is by chance.
    pub fn fetch(&self, download: &Download) -> Result<(), String> {
        self.fetch_to(download, &self.target())
    }

    pub fn fetch_to(&self, download: &Download, target: &Path) -> Result<(), String> {
        let console = Console::new(Volume::Quiet, ColorChoice::Never, true);
        let terms = Terms { caller: &self.caller(), console: &console, offline: self.offline };
        fetch_within(download, target, &terms, self.timeouts).map_err(|failure| self.told(&failure))
    }

    /// The whole of a failure, the folder of the test as `T` and every port as `PORT`.
    pub fn told(&self, failure: &Failure) -> String {
        let mut lines = vec![format!("ERROR {}: {}", failure.code, failure.message)];
        lines.extend(failure.details.iter().map(|line| format!("  {line}")));
        lines.extend((!failure.remedy.is_none()).then(|| format!("hint: {}", failure.remedy)));
        let text = lines.join("\n").replace(&self.folder.path().display().to_string(), "T");
        without_ports(&text)
    }

    /// The files below the folder of the target.
    pub fn files(&self) -> BTreeSet<String> {
        let Ok(entries) = fs::read_dir(self.path("bin")) else { return BTreeSet::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The right file is there, and nothing else.
    #[track_caller]
    pub fn assert_right(&self) {
        assert_eq!(fs::read(self.target()).unwrap(), BODY);
        assert_eq!(self.files(), BTreeSet::from(["tool".to_owned()]));
    }

    /// Nothing is there.
    #[track_caller]
    pub fn assert_nothing(&self) {
        assert_eq!(self.files(), BTreeSet::new());
    }
}

/// The plan to fetch [`BODY`].
pub fn plan(url: &str) -> Download {
    Download::new(url, &sha256(BODY), 1000)
}

pub fn sha256(bytes: &[u8]) -> String {
    pyve_formats::sha256::of(bytes)
}

/// A port where nobody listens.
pub fn deserted_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str("127.0.0.1:PORT");
        clean.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    clean
}
