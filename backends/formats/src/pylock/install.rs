//! What a lock file means for pip of any age: a file of requirements with hashes, and what has none.

use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{Package, Pylock, Source};

/// What the path of an address must not hold as it is.
const ESCAPED: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// What is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installation {
    /// The text of a file for `pip install --require-hashes --no-deps -r`; empty where nothing has hashes.
    pub requirements: String,
    /// What has no hash: folders and repositories, for `pip install --no-deps`.
    pub local: Vec<Local>,
}

/// A package without a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// A path, or an address with the name in front of it.
    pub text: String,
    /// Whether it is used as it stands.
    pub editable: bool,
}

/// What pip is told to install from the lock of the project at `project`. The project itself is left out.
pub fn installation(lock: &Pylock, project: &Path) -> Installation {
    let mut all = Installation::default();
    for package in &lock.packages {
        match &package.source {
            Source::Index { hashes } => {
                let version = package.version.as_deref().unwrap_or_default();
                all.add(package, &format!("{}=={version}", package.name), hashes);
            }
            Source::Archive { address, hashes } => {
                all.add(package, &format!("{} @ {}", package.name, absolute(address, project)), hashes);
            }
            Source::Directory { path, .. } if is_project(path) => {}
            Source::Directory { path, editable } => {
                let text = project.join(path).display().to_string();
                all.local.push(Local { text, editable: *editable });
            }
            Source::Vcs { address } => {
                let marker = package.marker.as_ref().map(|marker| format!(" ; {marker}")).unwrap_or_default();
                all.local.push(Local { text: format!("{} @ {address}{marker}", package.name), editable: false });
            }
        }
    }
    all
}

impl Installation {
    fn add(&mut self, package: &Package, what: &str, hashes: &[String]) {
        self.requirements.push_str(what);
        if let Some(marker) = &package.marker {
            self.requirements.push_str(&format!(" ; {marker}"));
        }
        for hash in hashes {
            self.requirements.push_str(&format!(" \\\n    --hash={hash}"));
        }
        self.requirements.push('\n');
    }
}

fn is_project(path: &str) -> bool {
    matches!(path.trim_end_matches('/'), "." | "")
}

/// A path as an address, which pip takes behind a name.
fn absolute(address: &str, project: &Path) -> String {
    if address.contains("://") {
        return address.to_owned();
    }
    let path = project.join(address).display().to_string().replace('\\', "/");
    let root = if path.starts_with('/') { "" } else { "/" };
    format!("file://{root}{}", utf8_percent_encode(&path, &ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, source: Source) -> Package {
        Package { name: name.into(), version: Some("1.0".into()), marker: None, source, line: 1 }
    }

    #[test]
    fn whatever_has_a_hash_is_held_to_it() {
        let hashes = vec!["sha256:00".to_owned(), "sha256:01".to_owned()];
        let marker = Some("sys_platform == 'win32'".to_owned());
        let lock = Pylock {
            packages: vec![
                package("six", Source::Index { hashes: hashes.clone() }),
                Package { marker, ..package("win", Source::Index { hashes: hashes[..1].to_vec() }) },
                package("arch", Source::Archive { address: "w/a b.whl".into(), hashes: hashes[..1].to_vec() }),
                package("loc", Source::Directory { path: "loc".into(), editable: true }),
                package("own", Source::Directory { path: ".".into(), editable: true }),
                package("rep", Source::Vcs { address: "git+https://h/r@abc".into() }),
            ],
            ..Pylock::default()
        };
        let told = installation(&lock, Path::new("/p"));
        assert_eq!(
            told.requirements,
            "six==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n\
             win==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n\
             arch @ file:///p/w/a%20b.whl \\\n    --hash=sha256:00\n"
        );
        let local = |text: &str, editable| Local { text: text.into(), editable };
        assert_eq!(told.local, [local("/p/loc", true), local("rep @ git+https://h/r@abc", false)]);
    }
}
