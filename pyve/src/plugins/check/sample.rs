//! The projects that a plugin is asked about: usual ones, broken ones, and ones at places that break careless code.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Description, Marker};

/// What must be seen in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Nothing,
    /// At least this marker, as strong as it was announced.
    Marker(Marker),
    /// Whatever; an error is an answer, too.
    Anything,
}

/// What the marker files of a project are like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Content {
    Usual,
    Garbage,
    Folders,
}

/// A project to ask about.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Where: `in an empty project`.
    pub name: String,
    pub expected: Expected,
    folder: OsString,
    markers: Vec<Marker>,
    content: Content,
    read_only: bool,
    /// Whether all is asked: about a second environment, and what a plugin need not answer.
    pub thorough: bool,
}

impl Sample {
    fn new(name: impl Into<String>, expected: Expected, markers: &[Marker]) -> Self {
        Self {
            name: name.into(),
            expected,
            folder: "project".into(),
            markers: markers.to_vec(),
            content: Content::Usual,
            read_only: false,
            thorough: false,
        }
    }
}

/// Every project for a plugin that describes itself so.
pub fn samples(description: &Description) -> Vec<Sample> {
    let markers = description.markers.as_slice();
    let first = markers.first().map_or(Expected::Nothing, |marker| Expected::Marker(marker.clone()));
    let first_marker = &markers[..markers.len().min(1)];
    let mut samples = vec![Sample::new("in an empty project", Expected::Nothing, &[])];
    for marker in markers {
        let name = match marker.table.as_str() {
            "" => format!("with {}", marker.file),
            table => format!("with [{table}] in {}", marker.file),
        };
        samples.push(Sample::new(name, Expected::Marker(marker.clone()), std::slice::from_ref(marker)));
    }
    // The first one with a marker; a backend without markers is asked for by name, also in an empty project.
    let usual = samples.len().min(2) - 1;
    samples[usual].thorough = true;
    let broken = Sample::new("with markers full of garbage", Expected::Anything, markers);
    samples.push(Sample { content: Content::Garbage, ..broken });
    let folders = Sample::new("with directories in place of markers", Expected::Anything, markers);
    samples.push(Sample { content: Content::Folders, ..folders });
    for (what, folder) in hostile_names() {
        let sample = Sample::new(format!("in a directory {what}"), first.clone(), first_marker);
        samples.push(Sample { folder, ..sample });
    }
    samples.push(Sample { read_only: true, ..Sample::new("in a read-only directory", first, first_marker) });
    samples
}

fn hostile_names() -> Vec<(&'static str, OsString)> {
    let mut names: Vec<(&str, OsString)> = vec![
        ("with blanks and quotes", "it's a \"project\"".into()),
        ("that looks like an option", "--help".into()),
        ("with accents", "projét-ñ-中".into()),
    ];
    if cfg!(unix) {
        names.push(("that is a shell command", "$(touch hit);`touch hit`&".into()));
        names.push(("with a line break", "two\nlines".into()));
    }
    // Other systems refuse names that are no Unicode.
    #[cfg(target_os = "linux")]
    names.push(("that is no UTF-8", std::os::unix::ffi::OsStringExt::from_vec(b"no\xff\xfetext".to_vec())));
    names
}

/// A folder with a project, a home and pyve's own folder, removed when it is dropped.
pub struct Sandbox {
    root: tempfile::TempDir,
    pub project: PathBuf,
    read_only: bool,
}

impl Sandbox {
    pub fn create(sample: &Sample) -> io::Result<Self> {
        let root = tempfile::Builder::new().prefix("pyve-check-").tempdir()?;
        // The system's own temporary folder may be a link (/tmp on macOS).
        let place = fs::canonicalize(root.path())?;
        let project = place.join("work").join(&sample.folder);
        for folder in [&project, &place.join("home"), &place.join("pyve"), &place.join("nothing"), &place.join("tmp")] {
            fs::create_dir_all(folder)?;
        }
        for marker in &sample.markers {
            write_marker(&project, marker, sample.content)?;
        }
        set_read_only(&project, sample.read_only)?;
        Ok(Self { root, project, read_only: sample.read_only })
    }

    /// A folder of the sandbox: `home`, `pyve` (pyve's own), `nothing` (an empty PATH), `tmp`, `work`.
    pub fn folder(&self, name: &str) -> PathBuf {
        let root = self.root.path();
        fs::canonicalize(root).unwrap_or_else(|_| root.to_owned()).join(name)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.read_only {
            let _ = set_read_only(&self.project, false);
        }
    }
}

fn write_marker(project: &Path, marker: &Marker, content: Content) -> io::Result<()> {
    let file = project.join(marker.file.as_str());
    match content {
        Content::Folders => fs::create_dir_all(file),
        Content::Garbage => fs::write(file, b"\xff\xfe\0{[<\"' : - !!python/object \n\t= = ="),
        Content::Usual => fs::write(file, usual(marker)),
    }
}

/// The least that such a file may say.
fn usual(marker: &Marker) -> String {
    let name = marker.file.as_str();
    if !marker.table.is_empty() {
        return format!("[{}]\n", marker.table);
    }
    match Path::new(name).extension().and_then(|suffix| suffix.to_str()) {
        Some("toml") => "[project]\nname = \"sample\"\nversion = \"0.1.0\"\n".to_owned(),
        Some("json") => "{}\n".to_owned(),
        Some("yml" | "yaml") => "name: sample\ndependencies: []\n".to_owned(),
        _ => String::new(),
    }
}

#[cfg(unix)]
fn set_read_only(folder: &Path, read_only: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(if read_only { 0o555 } else { 0o755 }))
}

#[cfg(not(unix))]
fn set_read_only(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}
