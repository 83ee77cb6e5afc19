//! What a lock file says of itself, without a look at its packages: of thousands of lines a few are read.

use std::collections::BTreeMap;

use super::{CondaLock, word};
use crate::Written;
use crate::yaml::{self, Node, YamlError};

/// The key of the list that is passed over.
const PACKAGES: &str = "package:";

/// The head of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockHead {
    /// `1`, in what is read here.
    pub version: Option<Written>,
    /// By platform, in hex.
    pub content_hash: BTreeMap<String, String>,
    /// As written: addresses or names.
    pub channels: Vec<String>,
    /// The platforms that it is made for.
    pub platforms: Vec<String>,
    /// The files that it is made from: relative to it.
    pub sources: Vec<String>,
    /// Words of whoever wrote it.
    pub custom: BTreeMap<String, String>,
    /// Whether there is a list of packages.
    pub has_packages: bool,
}

impl LockHead {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Where what is read of it is no YAML.
    pub fn read(text: &str) -> Result<Self, YamlError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut head = Self::default();
        let parts = parts(text);
        head.has_packages = parts.has_packages;
        for (lines_before, part) in parts.others {
            let read = yaml::parse(part).map_err(|mut error| {
                error.position.line += lines_before;
                error
            })?;
            if let Some(root) = &read.root {
                head.take(root, lines_before);
            }
        }
        Ok(head)
    }

    fn take(&mut self, root: &Node, lines_before: usize) {
        let read = CondaLock::read(root);
        self.has_packages |= read.packages.is_some();
        if let Some(version) = read.version {
            self.version = Some(Written { line: version.line + lines_before, ..version });
        }
        let Some(metadata) = root.get("metadata") else { return };
        (self.channels, self.platforms, self.sources) = (read.channels, read.platforms, read.sources);
        let texts = |key: &str| {
            let entries = metadata.get(key).and_then(Node::map).unwrap_or_default();
            let pair = |(key, value): &(Node, Node)| Some((key.text()?.to_owned(), value.text()?.to_owned()));
            entries.iter().filter_map(pair).collect()
        };
        (self.content_hash, self.custom) = (texts("content_hash"), texts("custom_metadata"));
    }
}

/// A text without the list of packages.
struct Parts<'a> {
    /// Each with the number of lines before it.
    others: Vec<(usize, &'a str)>,
    has_packages: bool,
}

fn parts(text: &str) -> Parts<'_> {
    let mut parts = Parts { others: Vec::new(), has_packages: false };
    let (mut begin, mut at, mut lines, mut lines_before) = (Some(0), 0, 0, 0);
    for line in text.split_inclusive('\n') {
        // A list may stand as far left as its key.
        let is_key = !line.starts_with([' ', '\t', '#', '-', '\r', '\n', ']', '}']);
        if is_key && line.trim_end() == PACKAGES {
            parts.has_packages = true;
            parts.others.extend(begin.take().map(|begin| (lines_before, &text[begin..at])));
        } else if is_key && begin.is_none() {
            (begin, lines_before) = (Some(at), lines);
        }
        at += line.len();
        lines += 1;
    }
    parts.others.extend(begin.map(|begin| (lines_before, &text[begin..])));
    parts
}

/// The channel's address or name, as a head has it.
pub(super) fn channel(item: &Node) -> Option<String> {
    item.text().map(str::to_owned).or_else(|| word(item, "url"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_are_passed_over_wherever_they_stand() {
        let text = "# written by X\nmetadata:\n  content_hash: {linux-64: ab, osx-64: cd}\n  channels:\n  - {url: conda-forge, used_env_vars: []}\n  \
                    platforms: [linux-64]\n  sources: [environment.yml]\n  custom_metadata:\n    a: |-\n      b\n\npackage:\n- name: [: not YAML\n  x\n\nversion: 1\n";
        for text in [text.to_owned(), text.replace('\n', "\r\n")] {
            let head = LockHead::read(&text).unwrap();
            assert_eq!(head.version, Some(Written { text: "1".into(), line: 16 }));
            assert_eq!((head.content_hash["osx-64"].as_str(), head.custom["a"].as_str()), ("cd", "b"));
            let lists = [&head.channels, &head.platforms, &head.sources].map(|list| list.join(" "));
            assert_eq!(
                (lists, head.has_packages),
                (["conda-forge", "linux-64", "environment.yml"].map(str::to_owned), true)
            );
        }
    }

    #[test]
    fn other_layouts_and_files_are_read_too() {
        let json = r#"{"version": 1, "metadata": {"platforms": ["linux-64"]}, "package": []}"#;
        let head = LockHead::read(json).unwrap();
        assert_eq!((head.platforms.len(), head.has_packages, head.version.unwrap().line), (1, true, 1));
        assert_eq!(LockHead::read("").unwrap(), LockHead::default());
        assert_eq!(LockHead::read("package:\n- a\nversion: 'x\n").unwrap_err().position.line, 3);
    }
}
