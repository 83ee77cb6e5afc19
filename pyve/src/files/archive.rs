//! An archive unpacked into a folder that is open: nothing of it can get out, whatever its names and links say.
//!
//! A tar comes from the network. Its names may be absolute or hold `..`, its links may lead anywhere, a small one may hold
//! terabytes. A name has plain parts only and goes through no link of the archive; a link leads to what is below the folder; the
//! bytes that come out are counted. `cap-std` refuses by itself whatever would leave the folder nevertheless.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions};
use tar::{Archive, Entry, EntryType};

use super::ownership;

/// More files than this has no archive of a tool.
const MOST: usize = 500_000;

/// What a piece of a file is copied by.
const PIECE: usize = 64 * 1024;

/// Why an archive is not unpacked.
#[derive(Debug)]
pub enum Problem {
    /// What it holds at this name must not be: half a sentence.
    Entry(PathBuf, &'static str),
    /// It has more bytes than are allowed.
    TooLarge,
    /// It has more files than any.
    TooMany,
    /// It cannot be read or written.
    Io(io::Error),
    /// The user stopped it.
    Interrupted,
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// How an archive is unpacked.
pub struct Unpacking<'a> {
    pub folder: &'a Dir,
    /// The most bytes that its files may have together.
    pub size_limit: u64,
    /// How many leading parts of each name are left out.
    pub strip: usize,
    /// Whether nobody but the user may change what comes out, whatever the mask.
    pub closed: bool,
    /// Asked now and then; true ends it.
    pub interrupted: &'a dyn Fn() -> bool,
}

impl Unpacking<'_> {
    /// Unpacks a tar. The folder must be empty.
    pub fn tar(&self, reader: impl Read) -> Result<(), Problem> {
        let mut links = BTreeSet::new();
        let mut left = self.size_limit;
        for (index, entry) in Archive::new(reader).entries()?.enumerate() {
            if index == MOST {
                return Err(Problem::TooMany);
            }
            self.entry(&mut entry?, &mut links, &mut left)?;
        }
        Ok(())
    }

    fn entry(
        &self,
        entry: &mut Entry<'_, impl Read>,
        links: &mut BTreeSet<PathBuf>,
        left: &mut u64,
    ) -> Result<(), Problem> {
        let named = entry.path()?.into_owned();
        let refused = |why| Problem::Entry(named.clone(), why);
        let plain = plain(&named).ok_or_else(|| refused("its name leads out of the archive"))?;
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader) {
            return Ok(());
        }
        let name: PathBuf = plain.iter().skip(self.strip).collect();
        if name.as_os_str().is_empty() {
            return Ok(());
        }
        if name.ancestors().any(|above| links.contains(above)) {
            return Err(refused("its name goes through a link"));
        }
        if let Some(parent) = name.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            self.directory(parent)?;
        }
        match kind {
            EntryType::Directory => self.directory(&name)?,
            EntryType::Regular | EntryType::Continuous => self.file(entry, &name, left)?,
            EntryType::Link => {
                let target = entry.link_name()?.and_then(|target| self::plain(&target));
                let target = target.ok_or_else(|| refused("it is a link that leads out of the archive"))?;
                let target: PathBuf = target.iter().skip(self.strip).collect();
                if target.ancestors().any(|above| links.contains(above)) {
                    return Err(refused("it is a link to a link"));
                }
                self.folder.hard_link(&target, self.folder, &name)?;
            }
            EntryType::Symlink => {
                let target = entry.link_name()?.ok_or_else(|| refused("it is a link to nothing"))?.into_owned();
                if !stays(&name, &target) {
                    return Err(refused("it is a link that leads out of the archive"));
                }
                self.link(&target, &name)?;
                links.insert(name);
            }
            _ => return Err(refused("it is neither a file nor a directory nor a link")),
        }
        Ok(())
    }

    /// Creates a directory with those above it.
    fn directory(&self, name: &Path) -> io::Result<()> {
        if self.folder.is_dir(name) {
            return Ok(());
        }
        if let Some(parent) = name.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            self.directory(parent)?;
        }
        self.folder.create_dir_with(name, &ownership::builder(self.closed))
    }

    fn file(&self, entry: &mut Entry<'_, impl Read>, name: &Path, left: &mut u64) -> Result<(), Problem> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            // No bit that makes others of those who start it; the user's mask takes the rest.
            options.mode(entry.header().mode()? & if self.closed { 0o755 } else { 0o777 });
        }
        let mut file = self.folder.open_with(name, &options)?;
        let mut piece = vec![0; PIECE];
        loop {
            if (self.interrupted)() {
                return Err(Problem::Interrupted);
            }
            let length = entry.read(&mut piece)?;
            if length == 0 {
                break;
            }
            *left = left.checked_sub(length as u64).ok_or(Problem::TooLarge)?;
            file.write_all(&piece[..length])?;
        }
        // Python compares the time of a module with the one that its compiled file names.
        let time = std::time::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(entry.header().mtime()?));
        let time = time.ok_or_else(|| Problem::Entry(name.to_owned(), "its time is none"))?;
        file.into_std().set_modified(time)?;
        Ok(())
    }

    #[cfg(unix)]
    fn link(&self, target: &Path, name: &Path) -> io::Result<()> {
        self.folder.symlink(target, name)
    }

    #[cfg(not(unix))]
    fn link(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }
}

/// The name if it has plain parts only, without the dots that stand for where it is.
fn plain(name: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in name.components() {
        match part {
            Component::Normal(part) => plain.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

/// Whether a link of this name stays in the archive's folder: up only at its beginning, where the folders above the link are
/// real ones, and never further than they go.
fn stays(name: &Path, target: &Path) -> bool {
    let mut above = name.components().count() - 1;
    let mut down = false;
    for part in target.components() {
        match part {
            Component::ParentDir if down || above == 0 => return false,
            Component::ParentDir => above -= 1,
            Component::Normal(_) => down = true,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

/// Whether the system says that what is compressed is not whole, or is something else.
pub fn is_garbled(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::Other
    )
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use tar::{Builder, Header};

    struct Tar(Builder<Vec<u8>>);

    impl Tar {
        fn new() -> Self {
            Self(Builder::new(Vec::new()))
        }

        /// The name is written as it is, which the builder itself refuses for the odd ones.
        fn add(mut self, kind: EntryType, name: &str, mode: u32, link: &str, bytes: &[u8]) -> Self {
            let mut header = Header::new_gnu();
            header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
            header.as_gnu_mut().unwrap().linkname[..link.len()].copy_from_slice(link.as_bytes());
            header.set_entry_type(kind);
            header.set_mode(mode);
            header.set_mtime(1_000_000_000);
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            self.0.append(&header, bytes).unwrap();
            self
        }

        fn file(self, name: &str, bytes: &[u8]) -> Self {
            self.add(EntryType::Regular, name, 0o644, "", bytes)
        }

        fn link(self, name: &str, target: &str) -> Self {
            self.add(EntryType::Symlink, name, 0o777, target, b"")
        }

        fn unpacked(self) -> (tempfile::TempDir, Result<(), String>) {
            self.within(1000, 1)
        }

        fn within(self, size_limit: u64, strip: usize) -> (tempfile::TempDir, Result<(), String>) {
            let top = tempfile::tempdir().unwrap();
            fs::create_dir(top.path().join("in")).unwrap();
            let folder = Dir::open_ambient_dir(top.path().join("in"), cap_std::ambient_authority()).unwrap();
            let unpacking = Unpacking { folder: &folder, size_limit, strip, closed: true, interrupted: &|| false };
            let outcome = unpacking.tar(&*self.0.into_inner().unwrap()).map_err(|problem| match problem {
                Problem::Entry(name, why) => format!("{}: {why}", name.display()),
                other => format!("{other:?}"),
            });
            (top, outcome)
        }
    }

    #[test]
    fn files_folders_and_links_come_out_as_they_are() {
        let tar = Tar::new()
            .add(EntryType::Directory, "node/", 0o755, "", b"")
            .add(EntryType::Regular, "./node/bin/node", 0o6777, "", b"#!")
            .file("node/lib/a", b"a")
            .link("node/bin/npm", "../lib/a")
            .add(EntryType::Link, "node/lib/b", 0o644, "node/lib/a", b"");
        let (top, outcome) = tar.unpacked();
        outcome.unwrap();
        let at = |name: &str| top.path().join("in").join(name);
        let program = fs::metadata(at("bin/node")).unwrap();
        assert_eq!(program.permissions().mode() & 0o7777, 0o755);
        assert_eq!(program.modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(), 1_000_000_000);
        assert_eq!((fs::read(at("bin/npm")).unwrap(), fs::read(at("lib/b")).unwrap()), (b"a".to_vec(), b"a".to_vec()));
    }

    #[test]
    fn nothing_gets_out() {
        let refused = |tar: Tar| {
            let (top, outcome) = tar.within(1000, 0);
            let names: Vec<_> = fs::read_dir(top.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(names, ["in"]);
            outcome.unwrap_err()
        };
        let out = "its name leads out of the archive";
        assert_eq!(refused(Tar::new().file("../x", b"x")), format!("../x: {out}"));
        assert_eq!(refused(Tar::new().file("a/../../x", b"x")), format!("a/../../x: {out}"));
        assert_eq!(refused(Tar::new().file("/tmp/x", b"x")), format!("/tmp/x: {out}"));
        let out = "it is a link that leads out of the archive";
        for target in ["/etc/passwd", "../x", "a/../../x", "a/.."] {
            assert_eq!(refused(Tar::new().link("l", target)), format!("l: {out}"), "{target}");
        }
        let through = Tar::new().link("l", ".").file("l/x", b"x");
        assert_eq!(refused(through), "l/x: its name goes through a link");
        // Each link for itself stays within; together they would not.
        let chain = Tar::new().link("a/b/up", "../..").link("out", "a/b/up/../x");
        assert_eq!(refused(chain), format!("out: {out}"));
        let hard = Tar::new().add(EntryType::Link, "l", 0o644, "../../etc/passwd", b"");
        assert_eq!(refused(hard), format!("l: {out}"));
        let hard = Tar::new().link("l", "nowhere").add(EntryType::Link, "m", 0o644, "l", b"");
        assert_eq!(refused(hard), "m: it is a link to a link");
        let pipe = Tar::new().add(EntryType::Fifo, "p", 0o644, "", b"");
        assert_eq!(refused(pipe), "p: it is neither a file nor a directory nor a link");
    }

    #[test]
    fn bytes_are_counted_as_they_come() {
        let (_, outcome) = Tar::new().file("a", &[0; 600]).file("b", &[0; 401]).within(1000, 0);
        assert_eq!(outcome.unwrap_err(), "TooLarge");
        let (_, outcome) = Tar::new().file("a", &[0; 600]).file("b", &[0; 400]).within(1000, 0);
        outcome.unwrap();
    }

    #[test]
    fn a_time_that_no_clock_has_is_refused() {
        let mut header = Header::new_gnu();
        header.set_path("a").unwrap();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_mtime(u64::MAX);
        header.set_size(0);
        header.set_cksum();
        let mut tar = Tar::new();
        tar.0.append(&header, &b""[..]).unwrap();
        let (_, outcome) = tar.within(1000, 0);
        assert_eq!(outcome.unwrap_err(), "a: its time is none");
    }

    #[test]
    fn a_name_that_comes_twice_is_refused() {
        let (_, outcome) = Tar::new().file("a", b"1").file("a", b"2").within(1000, 0);
        assert!(outcome.unwrap_err().contains("AlreadyExists"));
    }
}
