//! Writing `conda-lock.yml`: sorted, without times, and in the layout of conda-lock, so that either tool changes few lines
//! of what the other wrote.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Channel, LockedPackage, MAIN};
use crate::yaml::scalar;

/// A lock file to be written.
#[derive(Clone, Debug, Default)]
pub struct NewLock {
    /// Lines before everything else, without `#`.
    pub heading: Vec<String>,
    /// By platform, in hex.
    pub content_hash: BTreeMap<String, String>,
    /// In the order in which they count.
    pub channels: Vec<Channel>,
    /// The files that it is made from, relative to it.
    pub sources: Vec<String>,
    /// Words of the writer's own.
    pub custom: BTreeMap<String, String>,
    /// In any order; of a package that is there twice for a platform, the one of the main category is written.
    pub packages: Vec<LockedPackage>,
}

impl NewLock {
    /// The file's text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for line in &self.heading {
            let _ = writeln!(out, "{}", format!("# {line}").trim_end());
        }
        out.push_str("version: 1\nmetadata:\n  content_hash:\n");
        map(&self.content_hash, 4, &mut out);
        out.push_str(if self.channels.is_empty() { "  channels: []\n" } else { "  channels:\n" });
        for channel in &self.channels {
            let _ = writeln!(out, "  - url: {}", scalar(&channel.url));
            list("    used_env_vars:", 4, &channel.used_env_vars, &mut out);
        }
        list("  platforms:", 2, &self.content_hash.keys().cloned().collect::<Vec<_>>(), &mut out);
        list("  sources:", 2, &self.sources, &mut out);
        if !self.custom.is_empty() {
            out.push_str("  custom_metadata:\n");
            map(&self.custom, 4, &mut out);
        }
        let packages = self.sorted();
        out.push_str(if packages.is_empty() { "package: []\n" } else { "package:\n" });
        packages.into_iter().for_each(|package| entry(package, &mut out));
        out
    }

    fn sorted(&self) -> Vec<&LockedPackage> {
        let key = |package: &LockedPackage| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            (package.is_by_pip(), text(&package.name), text(&package.platform))
        };
        let mut all: Vec<&LockedPackage> = self.packages.iter().collect();
        crate::sorted::by_key(&mut all, |package| {
            (key(package), package.category() != MAIN, package.category().to_owned())
        });
        all.dedup_by_key(|package| key(package));
        all
    }
}

fn entry(package: &LockedPackage, out: &mut String) {
    let text = |text: &Option<String>| scalar(text.as_deref().unwrap_or_default());
    let _ = writeln!(out, "- name: {}", text(&package.name));
    let _ = writeln!(out, "  version: {}", text(&package.version));
    let _ = writeln!(out, "  manager: {}", if package.is_by_pip() { "pip" } else { "conda" });
    let _ = writeln!(out, "  platform: {}", text(&package.platform));
    out.push_str(if package.dependencies.is_empty() { "  dependencies: {}\n" } else { "  dependencies:\n" });
    map(&package.dependencies, 4, out);
    let _ = writeln!(out, "  url: {}", text(&package.url));
    let hashes = [("md5", &package.md5), ("sha256", &package.sha256)];
    out.push_str(if hashes.iter().all(|(_, hash)| hash.is_none()) { "  hash: {}\n" } else { "  hash:\n" });
    for (kind, hash) in hashes.into_iter().filter_map(|(kind, hash)| Some((kind, hash.as_ref()?))) {
        let _ = writeln!(out, "    {kind}: {}", scalar(hash));
    }
    if let Some(source) = &package.source {
        let _ = writeln!(out, "  source:\n    type: url\n    url: {}", scalar(source));
    }
    let _ = writeln!(out, "  category: {}", scalar(package.category()));
    let _ = writeln!(out, "  optional: {}", package.category() != MAIN);
}

fn map(entries: &BTreeMap<String, String>, indent: usize, out: &mut String) {
    for (key, value) in entries {
        let _ = write!(out, "{:indent$}{}: ", "", scalar(key));
        if is_block(value) {
            out.push_str("|-\n");
            value.lines().for_each(|line| {
                let _ = writeln!(out, "{:1$}{line}", "", indent + 2);
            });
        } else {
            let _ = writeln!(out, "{}", scalar(value));
        }
    }
}

fn list(key: &str, indent: usize, items: &[String], out: &mut String) {
    if items.is_empty() {
        let _ = writeln!(out, "{key} []");
        return;
    }
    let _ = writeln!(out, "{key}");
    for item in items {
        let _ = writeln!(out, "{:indent$}- {}", "", scalar(item));
    }
}

/// Lines that stand as they are in a block: printable, none empty, none that begins or ends with a blank.
fn is_block(text: &str) -> bool {
    let is_plain = |line: &str| !line.is_empty() && line.trim() == line && line.chars().all(|c| matches!(c, ' '..='~'));
    text.contains('\n') && !text.ends_with('\n') && text.split('\n').all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conda_lock::{CondaLock, LockHead};
    use crate::yaml;

    const SHA256: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn package(name: &str, platform: &str, category: &str) -> LockedPackage {
        LockedPackage {
            name: Some(name.into()),
            version: Some("1.10".into()),
            platform: Some(platform.into()),
            manager: Some("conda".into()),
            category: Some(category.into()),
            url: Some(format!("https://${{H}}/ch/{name}-1.10-0.conda")),
            md5: Some("0123456789abcdef0123456789abcdef".into()),
            dependencies: [("zlib".to_owned(), ">=1.2,<2".to_owned()), ("y".to_owned(), String::new())].into(),
            ..LockedPackage::default()
        }
    }

    #[test]
    fn the_layout_is_conda_locks() {
        let hashes =
            [("osx-64", "cd"), ("linux-64", "0")].map(|(platform, hash)| (platform.to_owned(), hash.to_owned()));
        let pip = LockedPackage {
            manager: Some("pip".into()),
            sha256: Some(SHA256.into()),
            md5: None,
            dependencies: BTreeMap::new(),
            ..package("a", "linux-64", "main")
        };
        let lock = NewLock {
            heading: vec!["Written by X.".into(), String::new()],
            content_hash: hashes.into(),
            channels: vec![Channel::of("https://$U@h/ch"), Channel::of("conda-forge")],
            sources: vec!["environment.yml".into()],
            custom: [("linux-64".to_owned(), "b 1\n* x".to_owned()), ("note".to_owned(), "é\n".to_owned())].into(),
            packages: vec![
                pip,
                package("b", "osx-64", "dev"),
                package("b", "osx-64", "main"),
                package("b", "linux-64", "dev"),
            ],
        };
        let text = lock.text();
        assert_eq!(
            text.replace(SHA256, "[SHA256]"),
            "# Written by X.\n#\nversion: 1\nmetadata:\n  content_hash:\n    linux-64: '0'\n    osx-64: cd\n  channels:\n  \
             - url: 'https://${U}@h/ch'\n    used_env_vars:\n    - U\n  - url: conda-forge\n    used_env_vars: []\n  platforms:\n  \
             - linux-64\n  - osx-64\n  sources:\n  - environment.yml\n  custom_metadata:\n    linux-64: |-\n      b 1\n      * x\n    \
             note: \"\\U000000E9\\U0000000A\"\npackage:\n- name: b\n  version: '1.10'\n  manager: conda\n  platform: linux-64\n  \
             dependencies:\n    'y': ''\n    zlib: '>=1.2,<2'\n  url: 'https://${H}/ch/b-1.10-0.conda'\n  hash:\n    \
             md5: '0123456789abcdef0123456789abcdef'\n  category: dev\n  optional: true\n- name: b\n  version: '1.10'\n  \
             manager: conda\n  platform: osx-64\n  dependencies:\n    'y': ''\n    zlib: '>=1.2,<2'\n  \
             url: 'https://${H}/ch/b-1.10-0.conda'\n  hash:\n    md5: '0123456789abcdef0123456789abcdef'\n  category: main\n  \
             optional: false\n- name: a\n  version: '1.10'\n  manager: pip\n  platform: linux-64\n  dependencies: {}\n  \
             url: 'https://${H}/ch/a-1.10-0.conda'\n  hash:\n    sha256: '[SHA256]'\n  category: main\n  optional: false\n"
        );
        let read = CondaLock::read(&yaml::parse(&text).unwrap().root.unwrap()).packages.unwrap();
        let again = NewLock { packages: read, ..lock.clone() };
        assert_eq!(again.text(), text, "what is read is written in the same way");
        let head = LockHead::read(&text).unwrap();
        assert_eq!((head.custom, head.content_hash), (lock.custom, lock.content_hash));
        assert!(NewLock::default().text().ends_with("  channels: []\n  platforms: []\n  sources: []\npackage: []\n"));
    }
}
