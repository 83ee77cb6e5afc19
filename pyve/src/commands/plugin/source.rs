//! Where a plugin is added from: a file, a folder that holds one, or a URL.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pyve_formats::sha256;
use pyve_plugin_api::{Download, Remedy};

use crate::context::Session;
use crate::download::{self, Terms};
use crate::failure::Failure;
use crate::plugins::{self, SIZE_LIMIT};
use crate::ui::Reply;

/// The name of a downloaded library until it has its own.
const LIBRARY: &str = "plugin";

/// A library that is on this machine now.
pub struct Fetched {
    path: PathBuf,
    /// What the user typed.
    source: String,
    /// Whether it came from elsewhere with nothing to verify it by.
    unverified: bool,
    /// Keeps what was downloaded until it is copied.
    download: Option<tempfile::TempDir>,
}

impl Fetched {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A failure as the user can understand it: what was downloaded goes by its URL.
    pub fn named(&self, failure: Failure) -> Failure {
        let Some(folder) = &self.download else { return failure };
        let real = std::fs::canonicalize(folder.path()).unwrap_or_else(|_| folder.path().to_owned());
        let names = [real, folder.path().to_owned()].map(|folder| folder.join(LIBRARY).display().to_string());
        let plain = |text: String| names.iter().fold(text, |text, name| text.replace(name, &self.source));
        Failure {
            message: plain(failure.message),
            details: failure.details.into_iter().map(plain).collect(),
            remedy: Remedy { text: plain(failure.remedy.text.to_string()).into(), ..*failure.remedy }.into(),
            ..failure
        }
    }

    /// Asks. `--yes` stands for a yes, but never for what was not verified.
    pub fn agreed(&self, session: &Session, yes: bool, question: &str) -> Reply {
        session.ask(yes && !self.unverified).confirm(question, false, false)
    }

    /// What to type where nobody can be asked.
    pub fn add_again<'a>(&'a self, sha256: &'a str) -> Vec<&'a str> {
        let hash: &[&str] = if self.unverified { &["--sha256", sha256] } else { &[] };
        [&["pyve", "plugin", "add", "--yes"], hash, &[self.source.as_str()]].concat()
    }
}

/// A SHA-256 in lower-case hex.
pub fn checked_hash(text: &str) -> Result<String, Failure> {
    let is_none = || Failure::usage(format!("invalid SHA-256 `{text}`: use 64 hexadecimal digits"));
    sha256::parse(text.trim()).ok_or_else(is_none)
}

/// Finds the library that `source` means, or downloads it.
pub fn fetch(source: &OsStr, sha256: Option<&str>, session: &Session) -> Result<Fetched, Failure> {
    let text = source.to_string_lossy().into_owned();
    if text.starts_with("http://") || text.starts_with("https://") {
        return download(&text, sha256, session);
    }
    let path = session.caller.folder().join(source);
    let path = if path.is_dir() { in_folder(&path)? } else { path };
    Ok(Fetched { path, source: text, unverified: false, download: None })
}

/// Downloads a library to a folder of its own. Without a hash it is taken as it comes, and `--yes` does not stand for it.
fn download(url: &str, sha256: Option<&str>, session: &Session) -> Result<Fetched, Failure> {
    let folder =
        tempfile::tempdir().map_err(|error| Failure::io("create a directory in", &std::env::temp_dir(), &error))?;
    let path = folder.path().join(LIBRARY);
    let terms = Terms { caller: &session.caller, console: &session.console, offline: session.offline };
    match sha256 {
        Some(sha256) => download::fetch(&Download::new(url, sha256, SIZE_LIMIT), &path, &terms)?,
        None => download::fetch_unverified(url, SIZE_LIMIT, &path, &terms)?,
    }
    Ok(Fetched { path, source: url.to_owned(), unverified: sha256.is_none(), download: Some(folder) })
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
            Err(Failure::new(format!("no library found in `{}`", folder.join("target/release").display()))
                .remedy("run `cargo build --release`"))
        }
        [] => Err(Failure::new(format!(
            "no library (`*{}`) found in `{}`",
            std::env::consts::DLL_SUFFIX,
            folder.display()
        ))
        .remedy("pass the path of a plugin's library")),
        several => {
            let failure = Failure::new(format!("{} libraries found in `{}`", several.len(), folder.display()));
            let failure =
                several.iter().fold(failure, |failure, library| failure.detail(library.display().to_string()));
            Err(failure.command_on(&["pyve", "plugin", "add"], &several[0]))
        }
    }
}
