//! Files of requirements and all that they include, read as pip reads them.
//!
//! Followed are the rules of `pip._internal.req.req_file`; a test compares the two on generated files.

pub(crate) mod decode;
mod lines;
mod options;
mod parts;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lines::Line;
pub(crate) use lines::is_line_end;
use options::{Options, divided};
pub use parts::Parts;

use crate::comments::Comments;
use crate::read::{self, Limit, ReadError};
use crate::requirement::Requirement;

/// So many files a project may have; whoever includes more of them has a program write them.
const MOST_FILES: usize = 1000;

/// What a file and all that it includes ask for, in the order of the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// The lines that ask for a package, or say how one must be.
    pub entries: Vec<Entry>,
    /// Lines that ask for no package, such as options of pip's: `--index-url …`. What a line includes is in its place.
    pub others: Vec<OtherLine>,
    /// Lines at which pip would stop.
    pub faults: Vec<Fault>,
    /// The files that were read, each once, the first one first.
    pub files: Vec<PathBuf>,
}

/// A line, and the file that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// As it was reached: the folder of the including file, and what is written there.
    pub file: PathBuf,
    /// From 1; of several lines joined the first.
    pub line: usize,
}

/// A line that asks for a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The requirement, without the options behind it, for messages.
    pub written: String,
    /// The same with variables filled in, some of which may be secrets.
    pub text: String,
    /// Whether it is a project to be installed as it stands (`-e`).
    pub editable: bool,
    /// Whether it only says which version, not that the package is wanted (`-c`).
    pub constraint: bool,
    /// `sha256:…`, those that its files may have.
    pub hashes: Vec<String>,
    /// Where it stands.
    pub origin: Origin,
    /// What is said of it there.
    pub comments: Comments,
}

impl Entry {
    /// The package that is asked for, as far as the line names it; `None` for paths and addresses that do not.
    pub fn requirement(&self) -> Option<Requirement> {
        if self.editable { Requirement::of_address(&self.text) } else { Requirement::of_line(&self.text) }
    }
}

/// A line that asks for no package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherLine {
    /// As it is written.
    pub written: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A line at which pip would stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands.
    pub origin: Origin,
    /// Why.
    pub kind: FaultKind,
}

/// Why pip would stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Half a sentence about the options.
    Options(String),
    /// The file that is included is not there.
    Missing(PathBuf),
}

/// What one line includes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Include {
    name: String,
    constraint: bool,
}

/// Reads a file and all that it includes; `None` where there is none. `variable` is asked for what `${NAME}` stands for.
///
/// Each file is read once, and those on servers are not. An error is one of a file that is there and cannot be read.
pub fn read(file: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Requirements>, ReadError> {
    let Some(bytes) = read::bytes(file, Limit::PROJECT)? else { return Ok(None) };
    let mut reader = Reader::new(variable);
    reader.enter(file, false);
    reader.text(&decode::decode(&bytes), file, false)?;
    Ok(Some(reader.found))
}

/// Reads lines as if they stood in a file, such as those of the `pip:` list of an `environment.yml`.
pub fn of_text(text: &str, file: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Requirements, ReadError> {
    let mut reader = Reader::new(variable);
    reader.text(text, file, false)?;
    Ok(reader.found)
}

/// What became of a line.
enum Taken {
    Entry,
    Include(Include),
    Other,
}

struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    seen: BTreeSet<(PathBuf, bool)>,
    found: Requirements,
}

impl<'a> Reader<'a> {
    fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, seen: BTreeSet::new(), found: Requirements::default() }
    }

    /// Whether a file is to be read, as one of constraints or of requirements: not twice.
    fn enter(&mut self, file: &Path, constraint: bool) -> bool {
        let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let is_new = self.seen.len() < MOST_FILES && self.seen.insert((real.clone(), constraint));
        if is_new && !self.seen.contains(&(real, !constraint)) {
            self.found.files.push(file.to_owned());
        }
        is_new
    }

    fn text(&mut self, text: &str, file: &Path, constraint: bool) -> Result<(), ReadError> {
        let physical = lines::physical(text);
        for line in lines::lines(text, self.variable) {
            let origin = Origin { file: file.to_owned(), line: line.number };
            match self.line(&line, &origin, constraint) {
                Taken::Entry => {
                    if let Some(entry) = self.found.entries.last_mut() {
                        entry.comments = Comments::of(&physical, line.number);
                    }
                }
                Taken::Include(include) if self.include(&include, &origin)? => {}
                Taken::Include(_) | Taken::Other => self.other(&line, origin),
            }
        }
        Ok(())
    }

    fn other(&mut self, line: &Line, origin: Origin) {
        self.found.others.push(OtherLine { written: line.written.clone(), origin });
    }

    /// Takes a line; what it includes is left to the caller.
    fn line(&mut self, line: &Line, origin: &Origin, constraint: bool) -> Taken {
        let (text, options) = divided(&line.text);
        let options = Options::parse(&options).unwrap_or_else(|why| {
            self.found.faults.push(Fault { origin: origin.clone(), kind: FaultKind::Options(why) });
            Options::default()
        });
        let (text, editable) = match options.editable {
            Some(project) if text.is_empty() => (project, true),
            _ => (text, false),
        };
        if !text.is_empty() {
            // pip takes none for a project as it stands.
            let hashes = if editable { Vec::new() } else { options.hashes };
            let origin = origin.clone();
            let written = if editable { line.written.clone() } else { divided(&line.written).0 };
            let comments = Comments::default();
            self.found.entries.push(Entry { written, text, editable, constraint, hashes, origin, comments });
            return Taken::Entry;
        }
        let requirement = options.requirement.map(|name| Include { name, constraint: false });
        let include = requirement.or_else(|| Some(Include { name: options.constraint?, constraint: true }));
        include.map_or(Taken::Other, Taken::Include)
    }

    /// Reads the file in the place of the line, unless it lies on a server.
    fn include(&mut self, include: &Include, origin: &Origin) -> Result<bool, ReadError> {
        let Some(file) = beside(&origin.file, &include.name) else { return Ok(false) };
        if !self.enter(&file, include.constraint) {
            return Ok(true);
        }
        match read::bytes(&file, Limit::PROJECT)? {
            Some(bytes) => self.text(&decode::decode(&bytes), &file, include.constraint)?,
            None => {
                self.found.files.retain(|known| *known != file);
                self.found.faults.push(Fault { origin: origin.clone(), kind: FaultKind::Missing(file) });
            }
        }
        Ok(true)
    }
}

/// The file that is included under this name by `file`; `None` for an address.
fn beside(file: &Path, name: &str) -> Option<PathBuf> {
    let scheme = name.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") => None,
        Some("file") => Some(local(&name["file:".len()..])),
        _ => Some(file.parent().unwrap_or(Path::new("")).join(name)),
    }
}

/// The path in an address: `/a b` of `//localhost/a%20b`.
fn local(address: &str) -> PathBuf {
    let path = address.strip_prefix("//").map_or(address, |rest| &rest[rest.find('/').unwrap_or(rest.len())..]);
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_read_once_however_often_it_is_included() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        let line = "-r requirements.txt\n-r more.txt\n-r sub/../more.txt\n-c more.txt\n-r https://h/x.txt\n";
        std::fs::write(&file, line.repeat(1000)).unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        std::fs::write(folder.path().join("more.txt"), "-r requirements.txt\nsix\n-r gone.txt\n").unwrap();
        let found = read(&file, &|_| None).unwrap().unwrap();
        let constraints: Vec<bool> = found.entries.iter().map(|entry| entry.constraint).collect();
        assert_eq!(constraints, [false, true]);
        assert_eq!(found.files, [file, folder.path().join("more.txt")]);
        let missing = FaultKind::Missing(folder.path().join("gone.txt"));
        assert_eq!(found.faults[0].kind, missing);
        assert_eq!(read(&folder.path().join("none.txt"), &|_| None).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn one_that_never_ends_is_found_behind_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        std::fs::write(&file, "-r more.txt\n").unwrap();
        std::fs::write(folder.path().join("more.txt"), "six\n-c sub/zero\n").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("sub/zero")).unwrap();
        let error = read(&file, &|_| None).unwrap_err();
        assert_eq!(error.path(), folder.path().join("sub/zero"));
        assert_eq!(error.reason(), "it is a device, not a regular file");
    }

    #[test]
    fn lines_of_another_file_are_read_as_well() {
        let file = Path::new("/p/environment.yml");
        let found = of_text("six # why\n-e git+https://h/x#egg=tiny\n", file, &|_| None).unwrap();
        let named: Vec<Option<String>> = found.entries.iter().map(|it| Some(it.requirement()?.name)).collect();
        assert_eq!(named, [Some("six".to_owned()), Some("tiny".to_owned())]);
        assert_eq!(found.entries[1].origin, Origin { file: file.to_owned(), line: 2 });
    }

    #[test]
    fn lines_that_ask_for_no_package_are_kept() {
        let file = Path::new("/p/requirements.txt");
        let text = "# why\n\n-i https://h/simple\nsix\n--no-binary :all:\n-r https://h/x.txt\n-r gone.txt\n";
        let found = of_text(text, file, &|_| None).unwrap();
        let others: Vec<(&str, usize)> = found.others.iter().map(|it| (it.written.as_str(), it.origin.line)).collect();
        assert_eq!(others, [("-i https://h/simple", 3), ("--no-binary :all:", 5), ("-r https://h/x.txt", 6)]);
    }
}
