//! `RECORD`: the list of an installed distribution's files, each with its hash and size (PEP 376, PEP 427).

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest, Sha256};

/// A file of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As it is written, from the folder of packages: `pip/__init__.py`, `../../../bin/pip`.
    pub path: String,
    /// `sha256=…`; empty for the list itself and for what Python compiles.
    pub hash: String,
    /// In bytes, where it is told.
    pub size: Option<u64>,
}

/// The files of a list; a line that is none is passed over.
pub fn entries(text: &str) -> impl Iterator<Item = Entry> {
    text.lines().filter_map(entry)
}

fn entry(line: &str) -> Option<Entry> {
    let (path, rest) = field(line)?;
    let (hash, size) = rest.strip_prefix(',')?.split_once(',')?;
    Some(Entry { path, hash: hash.to_owned(), size: size.trim_end().parse().ok() })
}

/// The first field of a line of CSV, and what follows it.
fn field(line: &str) -> Option<(String, &str)> {
    let Some(mut rest) = line.strip_prefix('"') else {
        let end = line.find(',').unwrap_or(line.len());
        return Some((line[..end].to_owned(), &line[end..]));
    };
    let mut field = String::new();
    loop {
        let (text, after) = rest.split_once('"')?;
        field.push_str(text);
        // A quote is written twice.
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, after)),
        }
    }
}

/// The list with new hash and size for each file in `changed`, which holds the new contents by
/// path from the environment's root. `folder` is what the list's paths start from.
pub fn rehashed(text: &str, folder: &Path, changed: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let body = line.trim_end_matches(['\r', '\n']);
        let ending = &line[body.len()..];
        let known = entry(body).filter(|entry| entry.hash.starts_with("sha256="));
        let content = known.and_then(|entry| changed.get(&without_parents(&folder.join(entry.path))));
        match content.zip(field(body)) {
            Some((content, (_, rest))) => {
                let path = &body[..body.len() - rest.len()];
                format!("{path},sha256={},{}{ending}", digest(content), content.len())
            }
            None => line.to_owned(),
        }
    });
    lines.collect()
}

/// The path without `..`, which lists of scripts use: `../../../bin/pip`.
fn without_parents(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// SHA-256 in URL-safe base64 without padding, as the format wants it.
fn digest(content: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_file() {
        let text = "../../../bin/pip,sha256=a,20\r\npip/py.typed,,\n\"a,\"\"b\"\".py\",sha256=c,0\nnonsense\n\"open\n";
        let entry = |path: &str, hash: &str, size| Entry { path: path.into(), hash: hash.into(), size };
        let found: Vec<Entry> = entries(text).collect();
        let pip = entry("../../../bin/pip", "sha256=a", Some(20));
        assert_eq!(found, [pip, entry("pip/py.typed", "", None), entry("a,\"b\".py", "sha256=c", Some(0))]);
    }

    #[test]
    fn only_the_lines_of_changed_files_change() {
        let changed = BTreeMap::from([
            (PathBuf::from("bin/pip"), b"hello\n".to_vec()),
            (PathBuf::from("bin/a,b"), b"hello\n".to_vec()),
        ]);
        let text = "../../../bin/pip,sha256=old,3\r\n\"../../../bin/a,b\",sha256=old,3\npip/__init__.py,sha256=x,1\n\
                    pip/__pycache__/a.pyc,,\n";
        assert_eq!(
            rehashed(text, Path::new("lib/python3.11/site-packages"), &changed),
            "../../../bin/pip,sha256=WJG1tSLV3whtD_CxEPvZ0hu0_HFjrzTQgoai6Eb2vgM,6\r\n\
             \"../../../bin/a,b\",sha256=WJG1tSLV3whtD_CxEPvZ0hu0_HFjrzTQgoai6Eb2vgM,6\npip/__init__.py,sha256=x,1\n\
             pip/__pycache__/a.pyc,,\n"
        );
    }
}
