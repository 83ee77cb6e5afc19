//! `conda-lock.yml`, version 1, as conda-lock writes it and micromamba reads it: as it is written, not yet judged.

mod asked;
mod channel;
mod conda_spec;
mod dependency;
mod head;
mod json;
mod marker;
mod pip_spec;
pub mod selector;
mod virtual_packages;
mod writer;

pub use asked::{Asked, AskingFile, Unread, platforms};
pub use channel::Channel;
pub use dependency::{Dependency, Manager, Wanted};
pub use head::LockHead;
pub use virtual_packages::{FILES as VIRTUAL_PACKAGES_FILES, VirtualPackage, VirtualPackages};
pub use writer::NewLock;

use std::collections::BTreeMap;

use crate::Written;
use crate::conda_package::PackageFile;
use crate::yaml::Node;

/// The category of what is installed by default.
pub const MAIN: &str = "main";

/// What a lock file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CondaLock {
    /// `1`, in what is read here.
    pub version: Option<Written>,
    /// As written: addresses or names.
    pub channels: Vec<String>,
    /// The platforms that it is made for, as its head says.
    pub platforms: Vec<String>,
    /// The files that it is made from, as its head says: relative to it.
    pub sources: Vec<String>,
    /// The packages of all platforms and categories; `None` where there is no such list.
    pub packages: Option<Vec<LockedPackage>>,
}

/// An entry of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedPackage {
    /// From 1.
    pub line: usize,
    /// As it is written.
    pub name: Option<String>,
    /// Exact.
    pub version: Option<String>,
    /// `linux-64`, `noarch`.
    pub platform: Option<String>,
    /// `conda`, `pip`.
    pub manager: Option<String>,
    /// `main`, where none is said.
    pub category: Option<String>,
    /// Where the file comes from.
    pub url: Option<String>,
    /// The hash of the file, in hex.
    pub sha256: Option<String>,
    /// The older hash of the file, in hex.
    pub md5: Option<String>,
    /// The packages that it requires, each with the versions that fit.
    pub dependencies: BTreeMap<String, String>,
    /// Where a package of pip's comes from that is no file of an index.
    pub source: Option<String>,
}

impl CondaLock {
    /// Reads the tree of a file.
    pub fn read(root: &Node) -> Self {
        let version = root.get("version");
        let metadata = root.get("metadata");
        let list = |key: &str| metadata.and_then(|metadata| metadata.get(key)).and_then(Node::list).unwrap_or_default();
        let packages = root.get("package").and_then(Node::list);
        Self {
            version: version.and_then(|node| Some(Written { text: node.text()?.to_owned(), line: node.position.line })),
            channels: list("channels").iter().filter_map(head::channel).collect(),
            platforms: list("platforms").iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
            sources: list("sources").iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
            packages: packages.map(|items| items.iter().map(LockedPackage::read).collect()),
        }
    }

    /// Whether a file's content is a lock's, whatever the file is called.
    pub fn is_like(root: &Node) -> bool {
        let has = |key| root.get_written(key).is_some();
        has("package") && (has("version") || has("metadata"))
    }
}

impl LockedPackage {
    fn read(item: &Node) -> Self {
        let hash = |kind: &str, length: usize| {
            let text = item.get("hash")?.get(kind)?.text()?;
            let is_hash = text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hash.then(|| text.to_owned())
        };
        Self {
            line: item.position.line,
            name: word(item, "name"),
            version: word(item, "version"),
            platform: word(item, "platform"),
            manager: word(item, "manager"),
            category: word(item, "category"),
            url: word(item, "url"),
            sha256: hash("sha256", 64),
            md5: hash("md5", 32),
            dependencies: dependencies(item),
            source: item.get("source").and_then(|source| word(source, "url")),
        }
    }

    /// Whether it can be installed on a platform.
    pub fn is_for(&self, platform: &str) -> bool {
        self.platform.as_ref().is_some_and(|name| name == platform || name == "noarch")
    }

    /// Its category: what is installed by default is in [`MAIN`], and so is what names none.
    pub fn category(&self) -> &str {
        self.category.as_deref().unwrap_or(MAIN)
    }

    /// Whether pip installs it.
    pub fn is_by_pip(&self) -> bool {
        self.manager.as_ref().is_some_and(|manager| manager == "pip")
    }

    /// The build of a package of conda's, from its address; empty if it does not say.
    pub fn build(&self) -> String {
        let url = self.url.as_deref().filter(|_| !self.is_by_pip());
        url.and_then(PackageFile::of_archive).map(|file| file.build).unwrap_or_default()
    }
}

fn dependencies(item: &Node) -> BTreeMap<String, String> {
    let entries = item.get("dependencies").and_then(Node::map).unwrap_or_default();
    let pair = |(name, versions): &(Node, Node)| {
        Some((name.text()?.to_owned(), versions.text().unwrap_or_default().to_owned()))
    };
    entries.iter().filter_map(pair).collect()
}

fn word(item: &Node, key: &str) -> Option<String> {
    item.get(key)?.text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    const SHA: &str = "366cd9cd8be14df1ab8ed50352a82111082a36686b2d389fdb79a92c3fafb3e3";

    #[test]
    fn everything_is_read_as_it_is_written() {
        let text = format!(
            "version: 1\nmetadata:\n  channels:\n    - url: conda-forge\n    - other\n  platforms: [linux-64, osx-64]\n  sources: [environment.yml, dev.yml]\npackage:\n  \
             - {{name: Hello, version: '1.0', manager: conda, platform: linux-64, url: https://h/hello-1.0-py3_0.conda, hash: {{sha256: {SHA}, md5: short}}}}\n  \
             - {{name: req, manager: pip, platform: noarch, category: dev, url: u-1-2}}\n"
        );
        let root = yaml::parse(&text).unwrap().root.unwrap();
        let lock = CondaLock::read(&root);
        assert!(CondaLock::is_like(&root));
        assert_eq!(lock.version, Some(Written { text: "1".into(), line: 1 }));
        assert_eq!(
            (lock.channels, lock.platforms),
            (vec!["conda-forge".to_owned(), "other".to_owned()], vec!["linux-64".to_owned(), "osx-64".to_owned()])
        );
        assert_eq!(lock.sources, ["environment.yml", "dev.yml"]);
        let packages = lock.packages.unwrap();
        let hello = &packages[0];
        assert_eq!((hello.line, hello.name.as_deref(), hello.build()), (9, Some("Hello"), "py3_0".to_owned()));
        assert_eq!((hello.sha256.as_deref(), hello.md5.as_deref()), (Some(SHA), None));
        assert!(hello.is_for("linux-64") && !hello.is_for("osx-64") && !hello.is_by_pip());
        assert_eq!(hello.category(), MAIN);
        let pip = &packages[1];
        assert!(pip.is_by_pip() && pip.is_for("linux-64") && pip.category() == "dev");
        assert_eq!((pip.build(), pip.version.as_deref()), (String::new(), None));
    }

    #[test]
    fn another_file_is_none() {
        let root = yaml::parse("dependencies: [a]\n").unwrap().root.unwrap();
        assert_eq!((CondaLock::is_like(&root), CondaLock::read(&root)), (false, CondaLock::default()));
    }
}
