//! Why a file was not read, in words that fit a message as they are.

use std::fmt;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use super::limit::{Limit, size};

/// What stands where a regular file should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A directory.
    Directory,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device of characters or blocks.
    Device,
    /// Something that this system does not name.
    Other,
}

impl FileKind {
    /// What a type of the file system stands for; `None` for a regular file and for a link.
    pub(super) fn of(kind: FileType) -> Option<Self> {
        if kind.is_file() || kind.is_symlink() {
            return None;
        }
        if kind.is_dir() {
            return Some(Self::Directory);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            if kind.is_fifo() {
                return Some(Self::Pipe);
            }
            if kind.is_socket() {
                return Some(Self::Socket);
            }
            if kind.is_char_device() || kind.is_block_device() {
                return Some(Self::Device);
            }
        }
        Some(Self::Other)
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "a directory",
            Self::Pipe => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::Other => "a special file",
        })
    }
}

/// What is wrong with a file.
#[derive(Debug)]
pub enum Problem {
    /// It is no regular file.
    NotRegular(FileKind),
    /// It has more bytes than are read; how many is not known of one that grows while it is read.
    TooLarge {
        /// Its size, where it has one.
        size: Option<u64>,
        /// What would have been read.
        limit: Limit,
    },
    /// It is a link, and links are not followed there.
    Link,
    /// It is not UTF-8 from this line on.
    NotUtf8 {
        /// The line, counted from 1.
        line: usize,
    },
    /// The system refused.
    Io(io::Error),
}

/// A file that was not read. Shown, it is ``could not read `.env`: it is a named pipe, not a regular file``.
#[derive(Debug)]
pub struct ReadError {
    path: PathBuf,
    problem: Problem,
}

impl ReadError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_owned(), problem }
    }

    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::new(path, Problem::Io(error))
    }

    /// The file, as the caller named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Why, without the path: `it is a named pipe, not a regular file`.
    pub fn reason(&self) -> String {
        match &self.problem {
            Problem::NotRegular(kind) => format!("it is {kind}, not a regular file"),
            Problem::TooLarge { size: Some(bytes), limit } if size(*bytes) != limit.to_string() => {
                format!("it is {}; at most {limit} is read", size(*bytes))
            }
            Problem::TooLarge { limit, .. } => format!("it is larger than {limit}"),
            Problem::Link => "it is a symbolic link, and links are not followed there".to_owned(),
            Problem::NotUtf8 { line } => format!("line {line} is not valid UTF-8"),
            Problem::Io(error) => match self.in_the_way(error) {
                Some(file) => format!("`{}` is not a directory", file.display()),
                None => words(error),
            },
        }
    }

    /// What stands where a directory above the file should.
    fn in_the_way(&self, error: &io::Error) -> Option<&Path> {
        let above = || self.path.ancestors().skip(1).find(|above| above.symlink_metadata().is_ok());
        (error.kind() == io::ErrorKind::NotADirectory).then(above).flatten()
    }

    /// What the user can do about it.
    pub fn hint(&self) -> String {
        let path = self.path.display();
        match &self.problem {
            Problem::NotRegular(FileKind::Directory) => format!("rename or move `{path}`"),
            Problem::NotRegular(_) | Problem::Link => format!("replace `{path}` with a regular file, or remove it"),
            Problem::TooLarge { limit, .. } => format!("reduce `{path}` to at most {limit}, or remove it"),
            Problem::NotUtf8 { .. } => format!("save `{path}` as UTF-8"),
            Problem::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                format!("check the permissions of `{path}` and of the directories above it")
            }
            Problem::Io(error) => match self.in_the_way(error) {
                Some(file) => format!("rename or move `{}`", file.display()),
                None => format!("check `{path}`"),
            },
        }
    }

    /// Whether there is no such file, nor anything else of that name.
    pub(super) fn is_absent(&self) -> bool {
        matches!(&self.problem, Problem::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// Whether the file is there and readable, but no file of its kind: a pipe, a device, a directory, far too large.
    pub fn is_special(&self) -> bool {
        matches!(self.problem, Problem::NotRegular(_) | Problem::TooLarge { .. } | Problem::Link)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not read `{}`: {}", self.path.display(), self.reason())
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// For those who hand errors of the system on: the kind is kept, and so are the words.
impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error.problem {
            Problem::Io(error) => error,
            Problem::TooLarge { .. } => Self::new(io::ErrorKind::FileTooLarge, error),
            Problem::NotUtf8 { .. } => Self::new(io::ErrorKind::InvalidData, error),
            Problem::NotRegular(FileKind::Directory) => Self::new(io::ErrorKind::IsADirectory, error),
            Problem::NotRegular(_) | Problem::Link => Self::new(io::ErrorKind::InvalidInput, error),
        }
    }
}

/// An error of the system as part of a sentence, without its number.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.rfind(" (os error ").map_or(text.as_str(), |end| &text[..end]);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
