//! Where a plugin is added from: a file, a folder that holds one, or a URL.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::plugins;
use crate::session::Session;

/// A library that is on this machine now.
pub struct Fetched {
    path: PathBuf,
    /// What the user typed.
    source: String,
    /// Whether it came from elsewhere with nothing to verify it by.
    unverified: bool,
    /// Keeps what was downloaded until it is copied.
    _download: Option<tempfile::TempDir>,
}

impl Fetched {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks. `--yes` stands for a yes, but never for what was not verified.
    pub fn agreed(&self, session: &Session, yes: bool, question: &str) -> bool {
        session.ask(yes && !self.unverified).confirm(question, false, false)
    }

    /// What to type where nobody can be asked.
    pub fn remedy(&self) -> String {
        match self.unverified {
            true => format!("pyve plugin add --yes --sha256 HEX {}", self.source),
            false => format!("pyve plugin add --yes {}", self.source),
        }
    }
}

/// A SHA-256 in lower-case hex.
pub fn checked_hash(text: &str) -> Result<String, Failure> {
    let hash = text.trim().to_ascii_lowercase();
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hash);
    }
    Err(Failure::usage(format!("`{text}` is no SHA-256: 64 hexadecimal digits are expected")))
}

/// Finds the library that `source` means, or downloads it.
pub fn fetch(source: &OsStr, sha256: Option<&str>, session: &Session) -> Result<Fetched, Failure> {
    let text = source.to_string_lossy().into_owned();
    if text.starts_with("http://") || text.starts_with("https://") {
        return download(&text, sha256);
    }
    let path = session.caller.folder().join(source);
    let path = if path.is_dir() { in_folder(&path)? } else { path };
    Ok(Fetched { path, source: text, unverified: false, _download: None })
}

fn download(url: &str, _sha256: Option<&str>) -> Result<Fetched, Failure> {
    Err(Failure::new(format!("cannot add {url}: this build of pyve adds plugins from files only"))
        .remedy("download it, then: pyve plugin add FILE"))
}

/// The one library of a folder, or of a crate's release build.
fn in_folder(folder: &Path) -> Result<PathBuf, Failure> {
    let mut libraries = plugins::libraries(folder);
    let is_crate = folder.join("Cargo.toml").is_file();
    if libraries.is_empty() && is_crate {
        libraries = plugins::libraries(&folder.join("target/release"));
    }
    match libraries.as_slice() {
        [one] => Ok(one.clone()),
        [] if is_crate => {
            Err(Failure::new(format!("there is no library in {}", folder.join("target/release").display()))
                .remedy("cargo build --release"))
        }
        [] => Err(Failure::new(format!(
            "there is no library (*{}) in {}",
            std::env::consts::DLL_SUFFIX,
            folder.display()
        ))
        .remedy("give the path of a plugin's library")),
        several => {
            let failure = Failure::new(format!("there are {} libraries in {}", several.len(), folder.display()));
            let failure =
                several.iter().fold(failure, |failure, library| failure.detail(library.display().to_string()));
            Err(failure.remedy(format!("pyve plugin add {}", several[0].display())))
        }
    }
}
