//! Making a conda channel in a folder: packages as `.tar.bz2`, with the index that solvers read.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A package to be put into a channel.
#[derive(Clone, Debug)]
pub struct Package {
    name: String,
    version: String,
    build: String,
    depends: Vec<String>,
    constrains: Vec<String>,
    noarch: Option<&'static str>,
    entry_points: Vec<String>,
    files: Vec<(String, Content)>,
}

#[derive(Clone, Debug)]
enum Content {
    File { bytes: Vec<u8>, mode: u32 },
    Link(PathBuf),
}

impl Package {
    /// A package without files, for this platform.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            build: "0".to_owned(),
            depends: Vec::new(),
            constrains: Vec::new(),
            noarch: None,
            entry_points: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Its build string.
    pub fn build(mut self, build: &str) -> Self {
        self.build = build.to_owned();
        self
    }

    /// Needs another package: `python >=3.8`.
    pub fn depends(mut self, spec: &str) -> Self {
        self.depends.push(spec.to_owned());
        self
    }

    /// Goes only with some versions of another package, without needing it: `numpy >=2`.
    pub fn constrains(mut self, spec: &str) -> Self {
        self.constrains.push(spec.to_owned());
        self
    }

    /// For every platform, its `site-packages/` linked to where the environment's python looks.
    pub fn noarch_python(mut self) -> Self {
        self.noarch = Some("python");
        self
    }

    /// For every platform.
    pub fn noarch_generic(mut self) -> Self {
        self.noarch = Some("generic");
        self
    }

    /// A console script of a noarch python package: `greet = greeting:main`.
    pub fn entry_point(mut self, text: &str) -> Self {
        self.entry_points.push(text.to_owned());
        self
    }

    /// A plain file below the prefix.
    pub fn file(mut self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let content = Content::File { bytes: contents.as_ref().to_vec(), mode: 0o644 };
        self.files.push((path.to_owned(), content));
        self
    }

    /// An executable file below the prefix.
    pub fn program(mut self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let content = Content::File { bytes: contents.as_ref().to_vec(), mode: 0o755 };
        self.files.push((path.to_owned(), content));
        self
    }

    /// A symbolic link below the prefix.
    pub fn link(mut self, path: &str, target: &Path) -> Self {
        self.files.push((path.to_owned(), Content::Link(target.to_owned())));
        self
    }

    fn file_name(&self) -> String {
        format!("{}-{}-{}.tar.bz2", self.name, self.version, self.build)
    }

    fn subdir(&self) -> String {
        if self.noarch.is_some() { "noarch".to_owned() } else { platform() }
    }

    fn index(&self) -> Map<String, Value> {
        let mut index = Map::new();
        index.insert("name".into(), json!(self.name));
        index.insert("version".into(), json!(self.version));
        index.insert("build".into(), json!(self.build));
        index.insert("build_number".into(), json!(0));
        index.insert("depends".into(), json!(self.depends));
        index.insert("constrains".into(), json!(self.constrains));
        index.insert("license".into(), json!("MIT"));
        index.insert("subdir".into(), json!(self.subdir()));
        index.insert("timestamp".into(), json!(1_700_000_000_000_u64));
        if let Some(kind) = self.noarch {
            index.insert("noarch".into(), json!(kind));
        }
        index
    }

    /// The archive's bytes.
    fn archive(&self) -> std::io::Result<Vec<u8>> {
        let encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        let mut archive = tar::Builder::new(encoder);
        let names: Vec<&str> = self.files.iter().map(|(path, _)| path.as_str()).collect();
        put(&mut archive, "info/index.json", &json!(self.index()).to_string().into_bytes(), 0o644)?;
        put(&mut archive, "info/files", names.join("\n").as_bytes(), 0o644)?;
        put(&mut archive, "info/paths.json", &self.paths().to_string().into_bytes(), 0o644)?;
        if self.noarch == Some("python") {
            let link = json!({ "noarch": { "type": "python", "entry_points": self.entry_points }, "package_metadata_version": 1 });
            put(&mut archive, "info/link.json", link.to_string().as_bytes(), 0o644)?;
        }
        for (path, content) in &self.files {
            match content {
                Content::File { bytes, mode } => put(&mut archive, path, bytes, *mode)?,
                Content::Link(target) => {
                    let mut header = tar::Header::new_gnu();
                    header.set_entry_type(tar::EntryType::Symlink);
                    header.set_size(0);
                    header.set_mode(0o777);
                    archive.append_link(&mut header, path, target)?;
                }
            }
        }
        archive.into_inner()?.finish()
    }

    fn paths(&self) -> Value {
        let path = |(path, content): &(String, Content)| match content {
            Content::File { bytes, .. } => {
                json!({ "_path": path, "path_type": "hardlink", "sha256": sha256(bytes), "size_in_bytes": bytes.len() })
            }
            Content::Link(_) => {
                json!({ "_path": path, "path_type": "softlink", "sha256": sha256(b""), "size_in_bytes": 0 })
            }
        };
        json!({ "paths_version": 1, "paths": self.files.iter().map(path).collect::<Vec<_>>() })
    }
}

fn put<W: Write>(archive: &mut tar::Builder<W>, path: &str, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(mode);
    header.set_mtime(1_700_000_000);
    archive.append_data(&mut header, path, bytes)
}

/// A channel that was made in a folder.
#[derive(Clone, Debug)]
pub struct Channel {
    folder: PathBuf,
}

/// A package of a channel, as a lock names it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub version: String,
    pub url: String,
    pub sha256: String,
}

impl Channel {
    /// Makes a channel of these packages in `folder`.
    pub fn make(folder: &Path, packages: &[Package]) -> std::io::Result<Self> {
        let channel = Self::at(folder);
        let mut subdirs = vec!["noarch".to_owned(), platform()];
        subdirs.dedup();
        for subdir in subdirs {
            let place = folder.join(&subdir);
            fs::create_dir_all(&place)?;
            let mut index = Map::new();
            for package in packages.iter().filter(|package| package.subdir() == subdir) {
                let bytes = package.archive()?;
                fs::write(place.join(package.file_name()), &bytes)?;
                index.insert(package.file_name(), Value::Object(with_hashes(package.index(), &bytes)));
            }
            write_index(&place, &subdir, index)?;
        }
        Ok(channel)
    }

    /// Makes a channel that can be solved from and not installed from: these packages are listed, each for the platforms
    /// beside it, and there are no files of them.
    pub fn list(folder: &Path, packages: &[(Package, &[&str])]) -> std::io::Result<Self> {
        let mut subdirs: Vec<&str> = packages.iter().flat_map(|(_, subdirs)| subdirs.iter().copied()).collect();
        subdirs.extend(["noarch"]);
        subdirs.sort_unstable();
        subdirs.dedup();
        for subdir in subdirs {
            let place = folder.join(subdir);
            fs::create_dir_all(&place)?;
            let mut index = Map::new();
            for (package, _) in packages.iter().filter(|(_, subdirs)| subdirs.contains(&subdir)) {
                let mut entry = package.index();
                entry.insert("subdir".into(), json!(subdir));
                let bytes = json!(entry).to_string().into_bytes();
                index.insert(package.file_name(), Value::Object(with_hashes(entry, &bytes)));
            }
            write_index(&place, subdir, index)?;
        }
        Ok(Self::at(folder))
    }

    /// One that was made before.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Its address: `file:///…`.
    pub fn url(&self) -> String {
        format!("file://{}", self.folder.display())
    }

    /// A package in it.
    pub fn entry(&self, name: &str, version: &str) -> Option<Entry> {
        let mut subdirs = vec!["noarch".to_owned(), platform()];
        subdirs.reverse();
        subdirs.into_iter().find_map(|subdir| {
            let text = fs::read_to_string(self.folder.join(&subdir).join("repodata.json")).ok()?;
            let repodata: Value = serde_json::from_str(&text).ok()?;
            let packages = repodata.get("packages")?.as_object()?.clone();
            let (file, found) =
                packages.into_iter().find(|(_, entry)| entry["name"] == name && entry["version"] == version)?;
            Some(Entry {
                name: name.to_owned(),
                version: version.to_owned(),
                url: format!("{}/{subdir}/{file}", self.url()),
                sha256: found["sha256"].as_str()?.to_owned(),
            })
        })
    }

    /// A `conda-lock.yml`, version 1, of these packages for `platform`.
    pub fn lock(&self, entries: &[Entry], platform: &str) -> String {
        let mut text = format!(
            "version: 1\nmetadata:\n  content_hash:\n    {platform}: {}\n  channels:\n    - url: {}\n      \
             used_env_vars: []\n  platforms:\n    - {platform}\n  sources:\n    - environment.yml\npackage:\n",
            sha256(b"spec"),
            self.url()
        );
        for entry in entries {
            text.push_str(&format!(
                "  - name: {}\n    version: '{}'\n    manager: conda\n    platform: {platform}\n    dependencies: {{}}\n    \
                 url: {}\n    hash:\n      sha256: {}\n    category: main\n    optional: false\n",
                entry.name, entry.version, entry.url, entry.sha256
            ));
        }
        text
    }
}

fn with_hashes(mut entry: Map<String, Value>, bytes: &[u8]) -> Map<String, Value> {
    let hash = sha256(bytes);
    // Beside a SHA-256 an MD5 is written down and never looked at.
    entry.insert("md5".into(), json!(hash[..32]));
    entry.insert("sha256".into(), json!(hash));
    entry.insert("size".into(), json!(bytes.len()));
    entry
}

fn write_index(place: &Path, subdir: &str, index: Map<String, Value>) -> std::io::Result<()> {
    let repodata = json!({
        "info": { "subdir": subdir }, "packages": index, "packages.conda": {}, "repodata_version": 1,
    });
    fs::write(place.join("repodata.json"), repodata.to_string())
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// This machine's platform as conda calls it.
pub fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "osx",
        "windows" => "win",
        other => other,
    };
    let machine = match (system, std::env::consts::ARCH) {
        (_, "x86_64") => "64",
        ("osx", "aarch64") => "arm64",
        ("linux", "powerpc64") => "ppc64le",
        (_, other) => other,
    };
    format!("{system}-{machine}")
}
