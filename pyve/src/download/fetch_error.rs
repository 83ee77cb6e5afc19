//! What can go wrong with an address, what is tried next, and what the user is told.

use std::path::Path;

use super::sources::{Source, Sources};
use crate::failure::{self, Failure};

pub const NETWORK: &str = "check the network and the proxy variables, then run the same command again";
pub const ADDRESS: &str = "check the address";

/// What may help after a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// The same address again.
    SameAddress,
    /// The next address.
    NextAddress,
    /// Nothing: the plan, the file or this computer is wrong.
    Never,
}

/// Why an address did not give the file.
#[derive(Debug)]
pub struct FetchError {
    pub reason: String,
    pub retry: Retry,
    details: Vec<String>,
    remedy: String,
    /// The sentence is about this computer, not about the address.
    local: bool,
    tries: usize,
}

impl FetchError {
    pub fn new(retry: Retry, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry, details: Vec::new(), remedy: remedy.into(), local: false, tries: 1 }
    }

    /// The network failed; it may be better in a moment.
    pub fn passing(reason: impl Into<String>) -> Self {
        Self::new(Retry::SameAddress, reason, NETWORK)
    }

    /// This computer refused `action` on `path`.
    pub fn local(action: &str, path: &Path, error: &std::io::Error) -> Self {
        let reason = format!("could not {action} `{}`: {}", path.display(), failure::reason(error));
        Self::new(Retry::Never, reason, local_remedy(error, path)).about_this_computer()
    }

    /// The system starts no further thread.
    pub fn no_thread(error: &std::io::Error) -> Self {
        let failure = Failure::no_thread(error);
        Self::new(Retry::Never, failure.message, failure.remedy.to_string()).about_this_computer()
    }

    /// The user pressed Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new(Retry::Never, "interrupted", "")
    }

    pub fn detail(mut self, line: String) -> Self {
        self.details.push(line);
        self
    }

    /// The reason is a sentence that needs no address.
    pub fn about_this_computer(mut self) -> Self {
        self.local = true;
        self
    }

    pub fn tried(mut self, tries: usize) -> Self {
        self.tries = tries;
        self
    }
}

impl FetchError {
    /// How often it was tried, if more than once.
    fn counted(&self) -> Option<String> {
        (self.tries > 1).then(|| format!("tried {} times", self.tries))
    }

    fn line(&self, source: &Source) -> String {
        let counted = self.counted().map(|counted| format!(" ({counted})")).unwrap_or_default();
        format!("{source}: {}{counted}", self.reason)
    }
}

fn local_remedy(error: &std::io::Error, path: &Path) -> String {
    use std::io::ErrorKind;
    let folder = path.parent().unwrap_or(path).display();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("free some space on the disk of {folder}, then run the same command again")
        }
        ErrorKind::FileTooLarge => "allow larger files (ulimit -f), then run the same command again".to_owned(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => format!("make {folder} writable for you"),
        _ => format!("check {folder}, then run the same command again"),
    }
}

/// The failure of a local action.
pub fn local_failure(action: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(action, path, error).remedy(local_remedy(error, path))
}

/// The failure after every address was tried that could be.
pub fn failure(errors: &[(&Source, FetchError)], sources: &Sources) -> Failure {
    let Some((source, last)) = errors.last() else { return Failure::new("no address was tried") };
    let alone = errors.len() == 1 || last.retry == Retry::Never;
    let mut failure = match (last.local, alone) {
        (true, _) => Failure::new(last.reason.as_str()),
        (false, true) => Failure::new(format!("could not download `{source}`: {}", last.reason)),
        (false, false) => Failure::new(format!("could not download from any of {} addresses", errors.len())),
    };
    failure.details = match alone {
        true => last.details.iter().cloned().chain(last.counted()).collect(),
        false => errors.iter().map(|(source, error)| error.line(source)).collect(),
    };
    let remedy = match (last.local, &sources.mirror) {
        (false, Some(mirror)) => mirror.remedy(&last.remedy),
        _ => last.remedy.clone(),
    };
    failure.remedy(remedy)
}

/// The failure of the one address of a hash.
pub fn of_hash(source: &Source, error: FetchError) -> Failure {
    let mut failure = Failure::new(format!("could not get the SHA-256 from `{source}`: {}", error.reason));
    failure.details.extend(error.counted());
    failure.remedy(error.remedy)
}
