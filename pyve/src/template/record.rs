//! The hashes in a `RECORD`: the list of an installed distribution's files (PEP 376, wheel format).

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use sha2::{Digest, Sha256};

/// The list with new hash and size for each file in `changed`, which holds the new contents by
/// path from the tree's root. `folder` is what the list's paths start from.
pub fn relocate(text: &str, folder: &Path, changed: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let (body, ending) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
        let (body, ending) = body.strip_suffix('\r').map_or((body, ending), |body| (body, "\r\n"));
        let mut fields = body.rsplitn(3, ',');
        let (size, hash, path) = (fields.next(), fields.next(), fields.next());
        match (path, hash, size) {
            (Some(path), Some(hash), Some(_)) if hash.starts_with("sha256=") => {
                match changed.get(&plain(&folder.join(path))) {
                    Some(content) => format!("{path},sha256={},{}{ending}", digest(content), content.len()),
                    None => line.to_owned(),
                }
            }
            _ => line.to_owned(),
        }
    });
    lines.collect()
}

/// The path without `..`, which lists of scripts use: `../../../bin/pip`.
fn plain(path: &Path) -> PathBuf {
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
    fn only_the_lines_of_changed_files_change() {
        let changed = BTreeMap::from([(PathBuf::from("bin/pip"), b"hello\n".to_vec())]);
        let text = "../../../bin/pip,sha256=old,3\npip/__init__.py,sha256=x,1\npip/__pycache__/a.pyc,,\n";
        assert_eq!(
            relocate(text, Path::new("lib/python3.11/site-packages"), &changed),
            "../../../bin/pip,sha256=WJG1tSLV3whtD_CxEPvZ0hu0_HFjrzTQgoai6Eb2vgM,6\n\
             pip/__init__.py,sha256=x,1\npip/__pycache__/a.pyc,,\n"
        );
    }
}
