//! What is told of one environment: read from its record and its own files, without starting anything.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{
    DeclaredEnvironment, ExistingEnvironment, LockRequest, LockState, OsText, PrefixState, Question, Recorded, Request,
    Spec,
};
use serde::Serialize;

use crate::config::{CommandLine, Config};
use crate::context::{Asked, Backends, ProjectContext, Session, Wanted};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::{Current, Found, Record, Status, lock};

/// What is said of an environment without a lock file.
pub const NO_LOCK: &str = "none";

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
    /// `fresh`, `stale`, `unknown`, `conflict` or `none`.
    pub lock: &'static str,
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
    pub backends: &'a Arc<Backends>,
    pub session: &'a Session,
}

impl Place<'_> {
    /// The environments that files of the backend's own declare, each with the place where.
    pub fn declared(&self) -> BTreeMap<EnvironmentName, String> {
        if !self.backends.descriptions().iter().any(|description| description.can(Question::Environments)) {
            return BTreeMap::new();
        }
        let choice = self.choice(&EnvironmentName::default(), None);
        let declared = choice.and_then(|choice| choice.declared(self.session)).unwrap_or_else(|failure| {
            self.session.console.warning(&failure.message);
            Vec::new()
        });
        let place = |environment: &DeclaredEnvironment| match environment.line {
            0 => environment.file.display(),
            line => format!("{}:{line}", environment.file.display()),
        };
        let named = |environment: &DeclaredEnvironment| Some((environment.name.parse().ok()?, place(environment)));
        declared.iter().filter_map(named).collect()
    }

    /// One row; `declared` is the place where the backend's own files name it.
    pub fn row(&self, name: &EnvironmentName, declared: Option<&String>) -> Row {
        let current = Current::load(self.layout, name).ok().and_then(Found::mine);
        let asked = self.config.backend_of(name).map(|said| said.value);
        let mut backend = current.map(|current| current.backend).or(asked);
        let record = backend.as_ref().and_then(|id| Record::load(self.layout, name, id).ok()?.mine());
        let locks = |id: &String| self.backends.describe(id).is_ok_and(|backend| backend.can(Question::Lock));
        let asks = record.is_none() || backend.as_ref().is_some_and(locks);
        let choice = asks.then(|| self.choice(name, backend.as_deref()).ok()).flatten();
        let standing = choice.as_ref().filter(|_| record.is_none());
        let standing = standing.and_then(|choice| choice.standing(self.session).ok()?);
        let status = match (&record, &standing) {
            (Some(record), _) => self.status(record),
            (None, Some(standing)) if standing.state == PrefixState::USABLE && standing.moved_from.is_empty() => {
                "ready"
            }
            (None, Some(_)) => "broken",
            (None, None) if self.layout.environments().join(&**name).symlink_metadata().is_ok() => "foreign",
            (None, None) => "missing",
        };
        if let Some(choice) = choice.as_ref().filter(|_| standing.is_some() || declared.is_some()) {
            backend = Some(choice.description.id.to_string());
        }
        let recorded = record.as_ref().map(|record| record.recorded.clone());
        let recorded = recorded.or_else(|| standing.as_ref().map(as_recorded).map(Box::new));
        let usable = ["ready", "outdated"].contains(&status);
        let inside = recorded.as_ref().filter(|_| usable);
        let inside = inside.and_then(|recorded| self.inside(name, backend.as_deref()?, recorded));
        let of_config = self.config.environments().get(name).map(|declared| &declared.origin);
        Row {
            name: name.to_string(),
            is_default: name == self.meant,
            declared: of_config.or(declared).cloned(),
            python: inside.as_ref().and_then(|inside| inside.python.clone()),
            packages: inside.map(|inside| inside.packages),
            status,
            lock: choice.and_then(|choice| self.lock(&choice, recorded.clone())).unwrap_or(NO_LOCK),
            prefix: recorded.map(|recorded| recorded.prefix).filter(|prefix| !prefix.is_empty()),
            size: None,
            last_used: record.filter(|_| usable).and_then(|_| seconds(&self.layout.current(name))),
            backend,
        }
    }

    /// The environment with its settings and its backend.
    fn choice(&self, name: &EnvironmentName, backend: Option<&str>) -> Result<ProjectContext, Failure> {
        let session = &Session { console: self.session.console.hushed(), ..self.session.clone() };
        let wanted = Wanted { backend, environment: Some(name), recreate: false };
        let backends = Arc::clone(self.backends);
        ProjectContext::with(session, backends, self.layout.clone(), wanted, Some(self.config.clone()))
    }

    /// How the lock file is; `None` where there is none, or the backend has none.
    fn lock(&self, choice: &ProjectContext, recorded: Option<Box<Recorded>>) -> Option<&'static str> {
        if !choice.description.can(Question::Lock) {
            return None;
        }
        let asked = Asked { line: &CommandLine::default(), python: None, recorded, strict: false };
        let lock = choice
            .request(self.session, asked)
            .ok()
            .map(|request| choice.backend.lock(&request, &LockRequest::check(), &self.session.hosting(self.layout)));
        Some(match lock?.map(|lock| lock.state) {
            Ok(LockState::MISSING) => return None,
            Ok(LockState::FRESH) => "fresh",
            Ok(LockState::STALE) => "stale",
            Ok(LockState::CONFLICT) => "conflict",
            Ok(_) | Err(_) => "unknown",
        })
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
        if spec.of_part {
            return true;
        }
        let path = self.layout.root().join(spec.file.path());
        match read::bytes(path, Limit::PROJECT) {
            Ok(Some(bytes)) => sha256::of(bytes) == spec.sha256.as_str(),
            Ok(None) => spec.sha256.is_empty(),
            Err(_) => true,
        }
    }

    fn inside(&self, name: &EnvironmentName, backend: &str, recorded: &Recorded) -> Option<Inside> {
        let home = self.session.caller.pyve_home().unwrap_or_default();
        let request = Request::new(self.layout.root(), home).with_environment(name);
        let request = Request { recorded: Some(recorded.clone()).into(), ..request };
        let packages = self.backends.open(backend).ok()?.packages(&request, &self.session.hosting(self.layout)).ok()?;
        let python = packages.iter().find(|package| package.name == "python").map(|python| python.version.to_string());
        // Where Python is no package, it is the tool that the environment was made with.
        let is_python = self.backends.describe(backend).is_ok_and(|backend| backend.tool == "Python");
        let tool = Some(recorded.tool.version.to_string()).filter(|version| is_python && !version.is_empty());
        Some(Inside { python: python.or(tool), packages: packages.len() })
    }
}

/// What stands without a record, as if it had one.
fn as_recorded(standing: &ExistingEnvironment) -> Recorded {
    Recorded {
        prefix: standing.prefix.clone(),
        name: standing.name.clone(),
        interpreter: standing.interpreter.clone(),
        extension: standing.extension.clone(),
        ready: true,
        ..Recorded::default()
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
