//! Where a plugin is taken from: a file, a folder that holds one, a URL, or a file of a project that asks for it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::read::Limit;
use pyve_plugin_api::{Download, OsText, Remedy};
use tempfile::TempDir;

use super::inspect::{SIZE_LIMIT, inspect};
use super::{libraries, own_file};
use crate::download::{self, Terms};
use crate::failure::Failure;
use crate::files::ownership;

/// The name of a library that was downloaded or copied until it has its own.
const LIBRARY: &str = "plugin";

/// What everybody is told who adds one.
pub const PERMISSIONS: &str = "A plugin runs with all your permissions, as any program that you start.";

/// A library that is on this machine now.
pub struct Fetched {
    path: PathBuf,
    /// What the user typed, or the settings say.
    pub source: OsText,
    /// Whether it came from elsewhere with nothing to verify it by.
    pub unverified: bool,
    /// Keeps what was downloaded or copied until it has its place.
    own: Option<TempDir>,
}

impl Fetched {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it came from, as it is recorded: an absolute path, or a URL without what may be secret in it.
    pub fn origin(&self) -> OsText {
        match self.source.os_str().to_str().filter(|source| is_url(source)) {
            Some(url) => download::without_secrets(url).into(),
            None if self.own.is_some() => self.source.clone(),
            None => fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone()).into(),
        }
    }

    /// A failure as the user can understand it: what was downloaded or copied goes by where it came from.
    pub fn named(&self, failure: Failure) -> Failure {
        let Some(folder) = &self.own else { return failure };
        let real = fs::canonicalize(folder.path()).unwrap_or_else(|_| folder.path().to_owned());
        let names = [real, folder.path().to_owned()].map(|folder| folder.join(LIBRARY).display().to_string());
        let source = self.source.display();
        let plain = |text: String| names.iter().fold(text, |text, name| text.replace(name, &source));
        Failure {
            message: plain(failure.message),
            details: failure.details.into_iter().map(plain).collect(),
            remedy: Remedy { text: plain(failure.remedy.text.to_string()).into(), ..*failure.remedy }.into(),
            ..failure
        }
    }

    /// A copy of its own, so that nobody changes it between the look at it and its trial; what was downloaded is one.
    pub fn copied(self) -> Result<Self, Failure> {
        if self.own.is_some() {
            return Ok(self);
        }
        let real = inspect(&self.path)?.path;
        copy(&real, real.as_path().into())
    }
}

pub use crate::download::is_url;

/// Finds the library that `source` means, or downloads it.
pub fn fetch(source: &OsStr, sha256: Option<&str>, terms: &Terms) -> Result<Fetched, Failure> {
    if let Some(url) = source.to_str().filter(|source| is_url(source)) {
        return download(url, sha256, terms);
    }
    let path = terms.caller.folder().join(source);
    let path = if path.is_dir() { in_folder(&path)? } else { path };
    Ok(Fetched { path, source: source.into(), unverified: false, own: None })
}

/// A copy of a file below `root` whose settings ask for it. What a link makes of it is not followed out of there.
pub fn of_project(root: &Path, path: &Path) -> Result<Fetched, Failure> {
    let real = |path: &Path| fs::canonicalize(path).map_err(|error| Failure::io("read", path, &error));
    let wrong = |failure: Failure| failure.remedy("correct its `source` in `.pyve/config`, or put the file there");
    let (root, file) = (real(root)?, real(path).map_err(wrong)?);
    if !file.starts_with(&root) {
        let why = format!("`{}` is not used: it links to `{}`, outside of the project", path.display(), file.display());
        return Err(Failure::new(why).remedy("replace it with the file itself"));
    }
    copy(&file, path.into())
}

fn copy(real: &Path, source: OsText) -> Result<Fetched, Failure> {
    ownership::check(real, "opened")?;
    let bytes = own_file::read(real, Limit::of_bytes(SIZE_LIMIT))?.map(|file| file.bytes).unwrap_or_default();
    let own = folder()?;
    let path = own.path().join(LIBRARY);
    fs::write(&path, bytes).map_err(|error| Failure::io("write", &path, &error))?;
    Ok(Fetched { path, source, unverified: false, own: Some(own) })
}

/// A folder that only this user can look into.
fn folder() -> Result<TempDir, Failure> {
    tempfile::tempdir().map_err(|error| Failure::io("create a directory in", &std::env::temp_dir(), &error))
}

/// Downloads a library to a folder of its own. Without a hash it is taken as it comes, and `--yes` does not stand for it.
fn download(url: &str, sha256: Option<&str>, terms: &Terms) -> Result<Fetched, Failure> {
    let own = folder()?;
    let path = own.path().join(LIBRARY);
    match sha256 {
        Some(sha256) => download::fetch(&Download::new(url, sha256, SIZE_LIMIT), &path, terms)?,
        None => download::fetch_unverified(url, SIZE_LIMIT, &path, terms)?,
    }
    Ok(Fetched { path, source: url.into(), unverified: sha256.is_none(), own: Some(own) })
}

/// The one library of a folder, or of a crate's release build.
fn in_folder(folder: &Path) -> Result<PathBuf, Failure> {
    let mut found = libraries(folder);
    let is_crate = folder.join("Cargo.toml").is_file();
    if found.is_empty() && is_crate {
        found = libraries(&folder.join("target/release"));
    }
    match found.as_slice() {
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
