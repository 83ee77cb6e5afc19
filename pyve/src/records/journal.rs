//! The journal of an environment that is being recreated: the old one until the new one takes its place.

use std::fs::Metadata;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::record::{Record, Status};
use crate::sys;

/// What a record that says *creating* knows of the environment that stood there before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The record of the old one, if there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Record>>,
    /// The folder of the old one, wherever it lies.
    pub old: Identity,
    /// The folder of the new one, where it is exchanged for the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Identity>,
    /// The old one is about to be moved away before there is a new one: no command may begin in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaving: bool,
}

/// A folder, however it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// What is at the path itself, a link not followed.
    pub fn at(path: &Path) -> Option<Self> {
        path.symlink_metadata().ok().map(|metadata| Self::from(&metadata))
    }

    /// Whether it is at this path. Devices may get other numbers when the machine starts, so the folder's own counts, too.
    pub fn is_at(self, path: &Path) -> bool {
        let Some(there) = Self::at(path).filter(|there| there.inode == self.inode) else { return false };
        let around = || path.parent().and_then(Self::at).map(|folder| folder.device);
        there.device == self.device || around() == Some(there.device)
    }

    fn from(metadata: &Metadata) -> Self {
        let sys::Stat { device, inode, .. } = sys::stat(metadata);
        Self { device, inode }
    }
}
impl Journal {
    /// The journal of replacing what is at `prefix`; `None` where nothing is.
    pub fn begin(prefix: &Path, before: Option<Record>) -> Option<Self> {
        let before = before.map(|record| Box::new(Record { journal: None, ..record }));
        Some(Self { before, old: Identity::at(prefix)?, new: None, leaving: false })
    }
}

impl Record {
    /// The record of what stands at the prefix: that of the old environment as long as this is the old one.
    pub fn of_what_stands(self) -> Self {
        let Some(journal) = self.journal.as_ref().filter(|_| self.status == Status::Creating) else { return self };
        let prefix = self.recorded.prefix.path();
        let is_usable = |before: &Record| before.status == Status::Ready && before.recorded.prefix.path() == prefix;
        match &journal.before {
            Some(before) if !journal.leaving && is_usable(before) && journal.old.is_at(&prefix) => (**before).clone(),
            _ => self,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::project::Layout;
    use pyve_plugin_api::Recorded;
    use std::fs;

    #[test]
    fn the_folder_at_the_prefix_decides_which_record_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (prefix, aside) = (folder.path().join(".e"), folder.path().join(".e.pyve-old-x"));
        fs::create_dir(&prefix).unwrap();
        let layout = Layout::new(folder.path(), &Default::default());
        let recorded = Recorded { prefix: prefix.as_path().into(), ..Recorded::default() };
        let old = Record::creating(&layout, &Default::default(), "b", recorded.clone()).ready();
        let mut new = Record::creating(&layout, &Default::default(), "b", recorded);
        new.journal = Journal::begin(&prefix, Some(old.clone()));
        let text = serde_json::to_string(&new).unwrap();
        let new: Record = serde_json::from_str(&text).unwrap();
        assert_eq!(new.clone().of_what_stands(), old);
        let mut leaving = new.clone();
        leaving.journal.as_mut().unwrap().leaving = true;
        assert_eq!(leaving.of_what_stands().status, Status::Creating, "nothing begins in it any more");
        fs::rename(&prefix, &aside).unwrap();
        assert_eq!(new.clone().of_what_stands().status, Status::Creating);
        fs::create_dir(&prefix).unwrap();
        assert_eq!(new.clone().of_what_stands().status, Status::Creating);
        assert!(new.journal.as_ref().unwrap().old.is_at(&aside));
        assert_eq!(new.ready().journal, None);
    }
}
