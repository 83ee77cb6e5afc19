//! Examines a library without opening it: opening runs its constructors, and a damaged file can end the process there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{
    Architecture, BinaryFormat, File, FileKind, NameOrOrdinal, Object, ObjectKind, ObjectSection, ObjectSegment,
    ObjectSymbol,
};
use pyve_formats::read::Limit;
use pyve_formats::sha256;
use pyve_plugin_api::abi::VERSION;
use pyve_plugin_api::abi_stable::library::ROOT_MODULE_LOADER_NAME as LOADER;

use super::fingerprint::Fingerprint;
use super::note::{self, Note};
use super::own_file;
use crate::failure::Failure;
use crate::files::ownership;

/// What helps where the file is something else altogether.
const ANOTHER_FILE: &str = "give the path of a plugin's library";

/// The most bytes that a plugin may have.
pub const SIZE_LIMIT: u64 = 256 << 20;

/// A library that may be opened, as far as can be told from outside.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// Where it really is: absolute, without links.
    pub path: PathBuf,
    pub sha256: String,
    pub fingerprint: Fingerprint,
    /// What it says of itself, if anything; nobody verified that.
    pub note: Option<Note>,
}

impl Inspected {
    /// Fails where it is not the one with this hash; `path` is for the message.
    pub fn verified(&self, path: &Path, sha256: &str) -> Result<(), Failure> {
        if self.sha256 == sha256 {
            return Ok(());
        }
        Err(Failure::new(format!("unexpected SHA-256 of `{}`", path.display()))
            .detail(format!("expected: {sha256}"))
            .detail(format!("found:    {}", self.sha256)))
    }
}

/// Examines the file at `path`.
pub fn inspect(path: &Path) -> Result<Inspected, Failure> {
    let path = regular_file(path)?;
    ownership::check(&path, "opened")?;
    let file = own_file::read(&path, Limit::of_bytes(SIZE_LIMIT))?.ok_or_else(|| nothing_at(&path))?;
    let note = library(&file.bytes).map_err(|flaw| flaw.into_failure(&path))?;
    let fingerprint = Fingerprint::from_metadata(&file.metadata);
    Ok(Inspected { sha256: sha256::of(&file.bytes), fingerprint, note, path })
}

/// The file's real place, if it is a regular file of a bearable size.
fn regular_file(path: &Path) -> Result<PathBuf, Failure> {
    let real = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(nothing_at(path)),
        Err(error) => return Err(Failure::io("read", path, &error)),
    };
    let metadata = fs::metadata(&real).map_err(|error| Failure::io("read", &real, &error))?;
    let refused =
        |why: String| Err(Failure::new(format!("`{}` is no plugin: {why}", path.display())).remedy(ANOTHER_FILE));
    match metadata.len() {
        _ if metadata.is_dir() => refused("it is a directory".to_owned()),
        _ if !metadata.is_file() => refused("it is not a regular file".to_owned()),
        0 => refused("it is empty".to_owned()),
        size if size > SIZE_LIMIT => {
            refused(format!("it has {} MiB, more than the {} allowed", size >> 20, SIZE_LIMIT >> 20))
        }
        _ => Ok(real),
    }
}

fn nothing_at(path: &Path) -> Failure {
    let failure = match fs::read_link(path) {
        Ok(target) => Failure::new(format!(
            "`{}` is no plugin: it links to `{}`, which does not exist",
            path.display(),
            target.display()
        )),
        Err(_) => Failure::new(format!("`{}` does not exist", path.display())),
    };
    failure.remedy(ANOTHER_FILE)
}

/// What speaks against a file, and what helps.
struct Flaw {
    why: String,
    remedy: String,
}

impl Flaw {
    fn into_failure(self, path: &Path) -> Failure {
        Failure::new(format!("`{}` is no plugin for this pyve: {}", path.display(), self.why)).remedy(self.remedy)
    }

    fn elsewhere(why: impl Into<String>) -> Self {
        let here = format!("get the one for {} on {}", std::env::consts::OS, std::env::consts::ARCH);
        Self { why: why.into(), remedy: here }
    }

    fn damaged(what: impl std::fmt::Display) -> Self {
        Self { why: format!("it is damaged or cut short: {what}"), remedy: "copy or download it again".to_owned() }
    }
}

impl<T: Into<String>> From<T> for Flaw {
    fn from(why: T) -> Self {
        Self { why: why.into(), remedy: ANOTHER_FILE.to_owned() }
    }
}

/// Everything that the file's own words must fulfil; the note that is in them.
fn library(bytes: &[u8]) -> Result<Option<Note>, Flaw> {
    if bytes.len() < 16 {
        return Err(format!("{} bytes are too few for a library", bytes.len()).into());
    }
    let kind = FileKind::parse(bytes).map_err(|_| format!("it is not a library ({} is expected)", native().1))?;
    let image = match kind {
        FileKind::MachOFat32 => slice(bytes, MachOFatFile32::parse(bytes).map_err(Flaw::damaged)?.arches())?,
        FileKind::MachOFat64 => slice(bytes, MachOFatFile64::parse(bytes).map_err(Flaw::damaged)?.arches())?,
        _ => bytes,
    };
    let file = File::parse(image).map_err(Flaw::damaged)?;
    right_kind(&file)?;
    whole(&file, image.len() as u64)?;
    exports_a_backend(&file)?;
    let note = note::find(image);
    note.as_ref().map_or(Ok(()), of_this_api)?;
    Ok(note)
}

/// The part of a universal binary that this machine would load.
fn slice<'a>(bytes: &'a [u8], arches: &[impl FatArch]) -> Result<&'a [u8], Flaw> {
    let ours = arches.iter().find(|arch| Some(arch.architecture()) == architecture());
    let ours = ours.ok_or_else(|| Flaw::elsewhere(format!("it has no part for {}", std::env::consts::ARCH)))?;
    ours.data(bytes).map_err(Flaw::damaged)
}

fn right_kind(file: &File<'_>) -> Result<(), Flaw> {
    let ((format, name), ours) = (native(), std::env::consts::ARCH);
    let bits = if file.is_64() { 64 } else { 32 };
    let wrong = if file.format() != format {
        Some(format!("it is built for another system ({:?}; {name} is expected)", file.format()))
    } else if bits != usize::BITS {
        Some(format!("it is a {bits}-bit library; {} bits are expected", usize::BITS))
    } else if file.is_little_endian() != cfg!(target_endian = "little") {
        Some("its byte order is not this machine's".to_owned())
    } else if architecture().is_some_and(|ours| ours != file.architecture()) {
        let theirs = format!("{:?}", file.architecture()).to_ascii_lowercase();
        Some(format!("it is built for the processor {theirs}; {ours} is expected"))
    } else {
        None
    };
    match (wrong, file.kind()) {
        (Some(why), _) => Err(Flaw::elsewhere(why)),
        (None, ObjectKind::Dynamic) => Ok(()),
        (None, other) => Err(format!("it is not a shared library but of the kind {other:?}").to_lowercase().into()),
    }
}

/// A library whose parts lie beyond the end of its file ends the process with SIGBUS when it is opened.
fn whole(file: &File<'_>, length: u64) -> Result<(), Flaw> {
    let inside = |start: u64, size: u64| start.checked_add(size).is_some_and(|end| end <= length);
    for segment in file.segments() {
        let (start, size) = segment.file_range();
        if !inside(start, size) {
            return Err(Flaw::damaged(format!(
                "a segment of {size} bytes at {start} ends behind the file's {length} bytes"
            )));
        }
    }
    for section in file.sections() {
        let Some((start, size)) = section.file_range() else { continue };
        if !inside(start, size) {
            let name = String::from_utf8_lossy(section.name_bytes().unwrap_or_default()).into_owned();
            return Err(Flaw::damaged(format!("section `{name}` ends behind the file's {length} bytes")));
        }
    }
    Ok(())
}

fn exports_a_backend(file: &File<'_>) -> Result<(), Flaw> {
    // Mach-O puts an underscore in front of every name; in ELF the table of exports holds sizes that are not needed.
    let is_loader = |name: &[u8]| name == LOADER.as_bytes() || name.strip_prefix(b"_") == Some(LOADER.as_bytes());
    let dynamic =
        file.dynamic_symbols().any(|symbol| symbol.is_definition() && symbol.name_bytes().is_ok_and(is_loader));
    let exported = || {
        let exports = file.exports().map_err(Flaw::damaged)?;
        Ok::<_, Flaw>(
            exports
                .filter_map(Result::ok)
                .any(|export| matches!(export.name(), NameOrOrdinal::Name(name) if is_loader(name))),
        )
    };
    if dynamic || exported()? {
        return Ok(());
    }
    Err(Flaw {
        why: format!("it exports no backend (the symbol `{LOADER}` is missing)"),
        remedy: "a plugin is made with `export_backend!` of the crate pyve-plugin-api; see `pyve plugin new --help`"
            .to_owned(),
    })
}

/// None that was built for another major version of the plugin API can be used, so it need not be opened to find out.
fn of_this_api(note: &Note) -> Result<(), Flaw> {
    let major = |version: &str| version.split('.').next().and_then(|number| number.parse::<u64>().ok());
    let (theirs, ours) = (major(&note.api_version), major(VERSION));
    if theirs.is_none() || theirs == ours {
        return Ok(());
    }
    let why =
        format!("it is built for version {} of the plugin API; this pyve has version {VERSION}", note.api_version);
    Err(Flaw {
        why,
        remedy: if theirs > ours { "upgrade pyve" } else { "get a newer version of the plugin" }.to_owned(),
    })
}

fn native() -> (BinaryFormat, &'static str) {
    if cfg!(target_vendor = "apple") {
        (BinaryFormat::MachO, "Mach-O")
    } else if cfg!(windows) {
        (BinaryFormat::Pe, "PE")
    } else {
        (BinaryFormat::Elf, "ELF")
    }
}

/// This machine's processor; `None` for one that the reader has no name for, which is then not compared.
fn architecture() -> Option<Architecture> {
    Some(match std::env::consts::ARCH {
        "x86_64" if cfg!(target_pointer_width = "32") => Architecture::X86_64_X32,
        "x86_64" => Architecture::X86_64,
        "x86" => Architecture::I386,
        "aarch64" => Architecture::Aarch64,
        "arm" => Architecture::Arm,
        "riscv64" => Architecture::Riscv64,
        "powerpc64" => Architecture::PowerPc64,
        "s390x" => Architecture::S390x,
        "loongarch64" => Architecture::LoongArch64,
        _ => return None,
    })
}
