//! What is told of one environment: read from its record and its own files, without starting anything.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{OsText, Request, Spec};
use serde::Serialize;

use crate::config::Config;
use crate::context::{Backends, Session};
use crate::project::{EnvironmentName, Layout};
use crate::records::{Current, Found, Record, Status, lock};

/// One environment.
#[derive(Serialize)]
pub struct Row {
    pub name: String,
    /// Whether it is the one that is meant where none is named.
    pub is_default: bool,
    /// Where the config names it.
    pub declared: Option<String>,
    pub backend: Option<String>,
    /// The version of Python in it.
    pub python: Option<String>,
    /// How many packages are installed; none where that cannot be told.
    pub packages: Option<usize>,
    /// `ready`, `creating`, `removing`, `outdated`, `missing`, `broken` or `foreign`.
    pub status: &'static str,
    pub prefix: Option<OsText>,
    /// In bytes, where it was asked for.
    pub size: Option<u64>,
    /// When a command last ran in it, in seconds since 1970, as far as the file system notes it.
    pub last_used: Option<u64>,
}

/// What all rows are made from.
pub struct Place<'a> {
    pub layout: &'a Layout,
    pub config: &'a Config,
    pub meant: &'a EnvironmentName,
    pub backends: &'a Backends,
    pub session: &'a Session,
}

impl Place<'_> {
    pub fn row(&self, name: &EnvironmentName) -> Row {
        let current = Current::load(self.layout, name).ok().and_then(Found::mine);
        let asked = self.config.backend_of(name).map(|said| said.value);
        let backend = current.map(|current| current.backend).or(asked);
        let record = backend.as_ref().and_then(|id| Record::load(self.layout, name, id).ok()?.mine());
        let status = match &record {
            Some(record) => self.status(record),
            None if self.layout.environments().join(&**name).symlink_metadata().is_ok() => "foreign",
            None => "missing",
        };
        let stands = record.as_ref().filter(|_| ["ready", "outdated"].contains(&status));
        let inside = stands.and_then(|record| self.inside(name, record));
        Row {
            name: name.to_string(),
            is_default: name == self.meant,
            declared: self.config.environments().get(name).map(|declared| declared.origin.clone()),
            backend,
            python: inside.as_ref().and_then(|inside| inside.python.clone()),
            packages: inside.map(|inside| inside.packages),
            status,
            prefix: record.as_ref().map(|record| record.recorded.prefix.clone()).filter(|prefix| !prefix.is_empty()),
            size: None,
            last_used: stands.and_then(|_| seconds(&self.layout.current(name))),
        }
    }

    fn status(&self, record: &Record) -> &'static str {
        let busy = || lock::holder(self.layout).is_some();
        match record.status {
            Status::Creating if busy() => "creating",
            Status::Removing if busy() => "removing",
            Status::Creating | Status::Removing => "broken",
            Status::Ready if record.moved_from(self.layout).is_some() => "broken",
            Status::Ready if !record.recorded.prefix.path().is_dir() => "missing",
            Status::Ready if !record.recorded.specs.iter().all(|spec| self.is_as_recorded(spec)) => "outdated",
            Status::Ready => "ready",
        }
    }

    /// Whether a file that the environment was made from says what it said then. Where only a part of it counts, that is for
    /// the backend to say, which `doctor` asks.
    fn is_as_recorded(&self, spec: &Spec) -> bool {
        if spec.is_of_part() {
            return true;
        }
        let path = self.layout.root().join(spec.file.path());
        match read::bytes(path, Limit::PROJECT) {
            Ok(Some(bytes)) => sha256::of(bytes) == spec.sha256.as_str(),
            Ok(None) => spec.sha256.is_empty(),
            Err(_) => true,
        }
    }

    fn inside(&self, name: &EnvironmentName, record: &Record) -> Option<Inside> {
        let home = self.session.caller.pyve_home().unwrap_or_default();
        let request = Request::new(self.layout.root(), home).with_environment(name);
        let request = Request { recorded: Some(record.recorded.clone()).into(), ..request };
        let backend = self.backends.open(&record.backend).ok()?;
        let packages = backend.packages(&request, &self.session.hosting(self.layout)).ok()?;
        let python = packages.iter().find(|package| package.name == "python").map(|python| python.version.to_string());
        // Where Python is no package, it is the tool that the environment was made with.
        let tool = &record.recorded.tool;
        let is_python = self.backends.describe(&record.backend).is_ok_and(|backend| backend.tool == "Python");
        let python = python.or_else(|| is_python.then(|| tool.version.to_string()));
        Some(Inside { python, packages: packages.len() })
    }
}

struct Inside {
    python: Option<String>,
    packages: usize,
}

/// The time of the last reading.
fn seconds(path: &Path) -> Option<u64> {
    let accessed: SystemTime = path.metadata().ok()?.accessed().ok()?;
    Some(accessed.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
