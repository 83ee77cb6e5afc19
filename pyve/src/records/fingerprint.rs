//! What a few `stat` calls tell of a path, to notice that it changed, appeared or went.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use crate::sys;

/// A file written again within this time may keep its times: the kernel's clock ticks coarsely.
const TICK: Duration = Duration::from_millis(20);

/// The state of a path. Two equal ones mean: not touched in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    kind: Kind,
    /// Of what is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traits: Option<Traits>,
    /// What a link leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<Box<Fingerprint>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// Nothing is there.
    Absent,
    File,
    Folder,
    Other,
    /// A symbolic link.
    Link,
    /// It cannot be told; never equal to what is there now.
    #[serde(other)]
    Unknown,
}

/// What is compared: the size, when the content and when the inode changed last (nanoseconds since 1970), and the inode.
/// Every `run` reads a few, so they are written without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Traits(u64, i64, i64, u64);

/// A path with its state at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub path: OsText,
    pub was: Fingerprint,
}

impl Stamp {
    /// The path as it is; take it before reading what the path holds.
    pub fn now(path: &Path) -> Self {
        Self { path: path.into(), was: Fingerprint::now(path) }
    }

    /// Whether the path is still as it was.
    pub fn holds(&self) -> bool {
        self.was.holds(&self.path.path())
    }
}

impl Fingerprint {
    /// Of a path where nothing is.
    pub const ABSENT: Self = Self::without_traits(Kind::Absent);

    const UNKNOWN: Self = Self::without_traits(Kind::Unknown);

    const fn without_traits(kind: Kind) -> Self {
        Self { kind, traits: None, target: None }
    }

    /// The state to keep: unknown where the path changed so recently that a further change could
    /// leave no trace.
    pub fn now(path: &Path) -> Self {
        let found = Self::look(path);
        if found.is_settled(SystemTime::now()) { found } else { Self::UNKNOWN }
    }

    /// Whether the path is still in this state.
    pub fn holds(&self, path: &Path) -> bool {
        self.kind != Kind::Unknown && *self == Self::look(path)
    }

    fn look(path: &Path) -> Self {
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => {
                let target =
                    path.metadata().map_or_else(|error| Self::missing(error.kind()), |target| Self::plain(&target));
                Self { kind: Kind::Link, traits: Some(Traits::from(&metadata)), target: Some(Box::new(target)) }
            }
            Ok(metadata) => Self::plain(&metadata),
            Err(error) => Self::missing(error.kind()),
        }
    }

    fn plain(metadata: &Metadata) -> Self {
        let kind = match metadata {
            file if file.is_file() => Kind::File,
            folder if folder.is_dir() => Kind::Folder,
            _ => Kind::Other,
        };
        Self { kind, traits: Some(Traits::from(metadata)), target: None }
    }

    fn missing(kind: ErrorKind) -> Self {
        if matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory) { Self::ABSENT } else { Self::UNKNOWN }
    }

    fn is_settled(&self, now: SystemTime) -> bool {
        self.traits.is_none_or(|traits| traits.is_settled(now))
            && self.target.as_ref().is_none_or(|target| target.is_settled(now))
    }
}

impl From<&Metadata> for Traits {
    fn from(metadata: &Metadata) -> Self {
        let sys::Stat { size, modified, changed, inode, .. } = sys::stat(metadata);
        Self(size, modified, changed, inode)
    }
}

impl Traits {
    fn is_settled(self, now: SystemTime) -> bool {
        let Self(_, modified, changed, _) = self;
        let limit = nanoseconds(now).saturating_sub(TICK.as_nanos() as i64);
        modified.max(changed) < limit
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn settled(path: &Path) -> Fingerprint {
        std::thread::sleep(TICK + TICK);
        Fingerprint::now(path)
    }

    #[test]
    fn every_change_of_a_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let absent = Fingerprint::now(&path);
        assert_eq!(absent, Fingerprint::ABSENT);
        fs::write(&path, "one").unwrap();
        assert!(!absent.holds(&path));
        let first = settled(&path);
        assert!(first.holds(&path));
        fs::write(&path, "two").unwrap();
        assert!(!first.holds(&path), "same size, other content");
        let second = settled(&path);
        fs::rename(&path, folder.path().join("old")).unwrap();
        fs::write(&path, "two").unwrap();
        assert!(!second.holds(&path), "another file of that name");
        fs::remove_file(&path).unwrap();
        assert!(!second.holds(&path));
        assert!(absent.holds(&path));
    }

    #[test]
    fn a_file_that_has_just_changed_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "one").unwrap();
        let fresh = Fingerprint::now(&path);
        assert_eq!(fresh, Fingerprint::UNKNOWN);
        assert!(!fresh.holds(&path));
    }

    #[test]
    fn a_folder_changes_with_its_entries() {
        let folder = tempfile::tempdir().unwrap();
        let before = settled(folder.path());
        assert!(before.holds(folder.path()));
        fs::write(folder.path().join("new.sh"), "").unwrap();
        assert!(!before.holds(folder.path()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_looked_at_itself() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        symlink(&target, &link).unwrap();
        let dangling = settled(&link);
        fs::write(&target, "here").unwrap();
        assert!(!dangling.holds(&link), "the target appeared");
        let whole = settled(&link);
        assert!(whole.holds(&link));
        fs::write(&target, "other").unwrap();
        assert!(!whole.holds(&link), "the target changed");
    }

    #[test]
    fn it_survives_json_and_what_a_newer_pyve_wrote_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let print = settled(folder.path());
        let json = serde_json::to_string(&print).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), print);
        for other in [r#"{"kind":"digest"}"#, r#"{"kind":"digest","digest":"0f"}"#, r#"{"kind":"folder","size":1}"#] {
            assert!(!serde_json::from_str::<Fingerprint>(other).unwrap().holds(folder.path()), "{other}");
        }
    }
}
