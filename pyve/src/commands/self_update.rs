//! `pyve self update`: a newer release in the place of this program, where pyve's own installer put it there.
//!
//! One file of a release, `SHA256SUMS`, says which version it is and what its archives must be. The new program is unpacked
//! beside the old one, has to say that version, and takes its place by one rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use anyhow::Result;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use clap::{ArgMatches, Command};
use flate2::read::MultiGzDecoder;
use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::Download;

use super::entry::switch;
use super::package_manager;
use crate::caller::Caller;
use crate::context::Session;
use crate::download::{self, Terms};
use crate::failure::{Failure, exit};
use crate::files::archive::{Problem, Unpacking};
use crate::files::{atomic, ownership};
use crate::process::interrupt;
use crate::sys;

const RELEASES: &str = "https://github.com/pointmatic/pyve/releases";

/// A mirror of the releases.
const VARIABLE: &str = "PYVE_RELEASES";

/// Which program the installer put where: its path, in a line.
const RECEIPT: &str = "installed";

/// How the directory begins, beside the program, in which the new one is unpacked.
const UNFINISHED: &str = ".pyve-update-";

const VERSION: &str = env!("CARGO_PKG_VERSION");
const PROGRAM: &str = if cfg!(windows) { "pyve.exe" } else { "pyve" };
const SUMS_LIMIT: u64 = 64 * 1024;
const ARCHIVE_LIMIT: u64 = 64 << 20;
const UNPACKED_LIMIT: u64 = 256 << 20;

const AFTER_HELP: &str = "\
Only a pyve that its installer put there is updated; what a package manager manages is left to that.

Exit codes of --check: 0 if there is no newer release, 1 if there is one.

Examples:
  pyve self update           Install the newest release
  pyve self update --check   Print whether there is a newer one";

pub fn arguments() -> Command {
    let check = switch("check", "Print whether there is a newer release");
    Command::new("update").about("Update pyve to the newest release").after_help(AFTER_HELP).arg(check)
}

pub fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let program = std::env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| Failure::io("find the running program", Path::new("pyve"), &error))?;
    package_manager::refuse(&program, &session.caller)?;
    let is_check = matches.get_flag("check");
    let _at_work = match is_check {
        false => at_work(&program, &installed_by_installer(&program, session)?),
        true => None,
    };
    let update = Update::new(&program, session);
    let newest = update.newest()?;
    if !is_newer(&newest.version, VERSION) {
        session.console.done(&format!("pyve {VERSION} is the newest release"));
        return Ok(exit::DONE);
    }
    if is_check {
        session.console.result(&format!("pyve {} is available; this is {VERSION}", newest.version));
        return Ok(exit::FAILED);
    }
    update.install(&newest)?;
    session.console.done(&format!("updated `{}`: {VERSION} → {}", program.display(), newest.version));
    Ok(exit::DONE)
}

/// Notes that pyve's own installer put the program there; without a home directory there is nobody to update it for.
pub fn note(program: &Path, caller: &Caller) -> Result<(), Failure> {
    let Some(home) = caller.pyve_home() else { return Ok(()) };
    ownership::make_folder(&home).map_err(|error| Failure::io("create the directory", &home, &error))?;
    let mut line = program.as_os_str().as_encoded_bytes().to_vec();
    line.push(b'\n');
    atomic::write(&home.join(RECEIPT), &line, None)
}

/// Takes the note back, and the directory with it where nothing else is in it, with what a killed update left.
pub fn forget(program: &Path, caller: &Caller) {
    if let Some(home) = caller.pyve_home() {
        let receipt = home.join(RECEIPT);
        drop(at_work(program, &receipt));
        // Either may not be there, or have other things in it.
        let _ = fs::remove_file(receipt);
        let _ = fs::remove_dir(home);
    }
}

/// The receipt, locked for as long as this pyve updates the program; whatever others left beside it that no pyve is at work on
/// goes before.
fn at_work(program: &Path, receipt: &Path) -> Option<File> {
    let receipt = File::open(receipt).ok()?;
    if receipt.try_lock().is_ok() {
        let entries = fs::read_dir(program.parent()?).ok()?.flatten();
        let left = entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()));
        left.for_each(|entry| drop(fs::remove_dir_all(entry.path())));
        receipt.unlock().ok()?;
    }
    receipt.lock_shared().ok()?;
    Some(receipt)
}

/// The receipt; fails where it names another program, or is not there.
fn installed_by_installer(program: &Path, session: &Session) -> Result<PathBuf, Failure> {
    let receipt = session.caller.needed_pyve_home()?.join(RECEIPT);
    let named = read::text(&receipt, Limit::SETTINGS)?.unwrap_or_default();
    let is_it = named.lines().any(|line| Path::new(line).canonicalize().is_ok_and(|path| path == program));
    if is_it {
        return Ok(receipt);
    }
    Err(Failure::new(format!("could not update `{}`: pyve's installer did not put it there", program.display()))
        .remedy("install the new version the way that you installed this one"))
}

/// The newest release, as far as this machine is concerned.
struct Release {
    version: String,
    archive: String,
    sha256: String,
}

struct Update<'a> {
    program: &'a Path,
    terms: Terms<'a>,
    releases: String,
}

impl<'a> Update<'a> {
    fn new(program: &'a Path, session: &'a Session) -> Self {
        let given = session.caller.nonempty(VARIABLE).map(|given| given.to_string_lossy().into_owned());
        let releases = given.as_deref().unwrap_or(RELEASES).trim_end_matches('/').to_owned();
        let terms = Terms { caller: &session.caller, console: &session.console, offline: session.offline };
        Self { program, terms, releases }
    }

    fn newest(&self) -> Result<Release, Failure> {
        let url = format!("{}/latest/download/SHA256SUMS", self.releases);
        let cannot = |error| Failure::io("create a directory in", &std::env::temp_dir(), &error);
        let folder = tempfile::tempdir().map_err(cannot)?;
        let file = folder.path().join("SHA256SUMS");
        download::fetch_unverified(&url, SUMS_LIMIT, &file, &self.terms)?;
        let sums = read::text(&file, Limit::SETTINGS)?.unwrap_or_default();
        release(&sums, env!("PYVE_TARGET")).ok_or_else(|| {
            Failure::new(format!("the newest release has no archive for {}", env!("PYVE_TARGET")))
                .detail(url)
                .remedy("build it: `cargo install --git https://github.com/pointmatic/pyve --locked pyve`")
        })
    }

    fn install(&self, release: &Release) -> Result<(), Failure> {
        // Beside the program, so that one rename puts the new one in its place.
        let beside = self.program.parent().unwrap_or(self.program);
        let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(beside).map_err(|error| {
            Failure::io("create a directory in", beside, &error).remedy("run it as a user who can write there")
        })?;
        let archive = folder.path().join("archive");
        let url = format!("{}/download/v{}/{}", self.releases, release.version, release.archive);
        download::fetch(&Download::new(&url, &release.sha256, ARCHIVE_LIMIT), &archive, &self.terms)?;
        let new = unpack(&archive, &folder.path().join("new"))?.join(PROGRAM);
        self.settle(&new).map_err(|error| Failure::io("unpack", &archive, &error))?;
        let said = Process::new(&new).arg("--version").stdin(Stdio::null()).output();
        let expected = format!("pyve {}", release.version);
        if !said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).trim() == expected) {
            return Err(Failure::new(format!("the program in `{}` does not run on this machine", release.archive))
                .detail(format!("{} was left as it was", self.program.display()))
                .remedy("build it: `cargo install --git https://github.com/pointmatic/pyve --locked pyve`"));
        }
        self.replace_by(&new)
    }

    /// Whoever could start the old program can start the new one, whatever the mask says, and after a power cut it is whole.
    fn settle(&self, new: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).open(new)?.sync_all()?;
        sys::set_mode(new, sys::mode(&fs::metadata(self.program)?) & 0o777)
    }

    /// Windows lets nobody write over a program that runs, but lets it be put aside.
    fn replace_by(&self, new: &Path) -> Result<(), Failure> {
        let cannot = |error| Failure::io("replace", self.program, &error);
        if cfg!(windows) {
            let aside = self.program.with_extension("old.exe");
            let _ = fs::remove_file(&aside);
            fs::rename(self.program, &aside).map_err(cannot)?;
            return fs::rename(new, self.program).map_err(|error| {
                let _ = fs::rename(&aside, self.program);
                cannot(error)
            });
        }
        fs::rename(new, self.program).map_err(cannot)
    }
}

fn unpack(archive: &Path, into: &Path) -> Result<PathBuf, Failure> {
    let cannot = |error| Failure::io("unpack", archive, &error);
    fs::create_dir(into).map_err(cannot)?;
    let folder = Dir::open_ambient_dir(into, ambient_authority()).map_err(cannot)?;
    let guard = interrupt::guard();
    let interrupted = || guard.requested();
    let unpacking =
        Unpacking { folder: &folder, size_limit: UNPACKED_LIMIT, strip: 0, closed: true, interrupted: &interrupted };
    let file = BufReader::new(File::open(archive).map_err(cannot)?);
    match unpacking.tar(MultiGzDecoder::new(file)) {
        Ok(()) => Ok(into.to_owned()),
        Err(Problem::Interrupted) => Err(interrupt::interrupted()),
        Err(Problem::Io(error)) => Err(cannot(error)),
        Err(_) => Err(Failure::new("could not unpack the release: it is not an archive of pyve")
            .remedy("report this to pyve's authors")),
    }
}

/// What `SHA256SUMS` says of the archive for a target: lines of a hash and `pyve-VERSION-TARGET.tar.gz`.
fn release(sums: &str, target: &str) -> Option<Release> {
    sums.lines().find_map(|line| {
        let (hash, archive) = line.split_once(char::is_whitespace)?;
        let archive = archive.trim_start_matches([' ', '*']);
        let version =
            archive.strip_prefix("pyve-")?.strip_suffix(".tar.gz")?.strip_suffix(target)?.strip_suffix('-')?;
        numbers(version)?;
        Some(Release { version: version.to_owned(), archive: archive.to_owned(), sha256: sha256::parse(hash)? })
    })
}

fn is_newer(version: &str, than: &str) -> bool {
    numbers(version) > numbers(than)
}

/// The three numbers of a release; a pre-release is never the newest one.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_this_machine_says_which_version_is_the_newest() {
        let hash = "a".repeat(64);
        let sums = format!(
            "{hash}  pyve-4.1.0-s390x-unknown-linux-gnu.tar.gz\n{hash} *pyve-4.10.2-x.tar.gz\nnone  pyve-5.0.0-y.tar.gz\n"
        );
        let found = release(&sums, "x").unwrap();
        assert_eq!((found.version.as_str(), found.archive.as_str()), ("4.10.2", "pyve-4.10.2-x.tar.gz"));
        assert_eq!(found.sha256, hash);
        assert!(release(&sums, "y").is_none(), "without a hash");
        assert!(release(&sums, "gnu").is_none(), "the whole name of the target");
        assert!(release(&format!("{hash}  pyve-../../4-x.tar.gz"), "x").is_none(), "no way out of the address");
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_newer("4.10.0", "4.9.9") && is_newer("5.0.0", "4.9.9"));
        assert!(!is_newer("4.0.0", "4.0.0") && !is_newer("3.9.9", "4.0.0"));
    }
}
