//! Downloads: a file that is whole, verified and in its place, or no file at all.

mod body;
mod ca_certs;
mod cancellable;
mod checksum;
mod fetch_error;
mod http_error;
mod progress;
mod proxy;
mod request;
mod resolver;
mod sources;
mod target;
mod terms;
#[cfg(test)]
mod tests;
mod timeouts;

use std::path::Path;

use pyve_plugin_api::Download;

use crate::failure::Failure;
use checksum::Checksum;
use fetch_error::{FetchError, Retry};
use progress::Progress;
pub use progress::size as size_in_words;
use request::Network;
use sources::{Source, Sources};
pub use sources::{is_url, without_secrets};
use target::Target;
pub use terms::Terms;
use timeouts::Timeouts;

/// How often an address is asked before it is given up.
const TRIES: usize = 3;

/// Whether the network must not be used, by a flag or a variable.
pub fn is_offline(terms: &Terms) -> bool {
    sources::offline(terms).is_some()
}

/// Fetches `download` to `target`. Afterwards the right file is there, executable if the plan says
/// so, or whatever was there before.
pub fn fetch(download: &Download, target: &Path, terms: &Terms) -> Result<(), Failure> {
    Timeouts::from_variables(terms.caller).and_then(|timeouts| fetch_within(download, target, terms, timeouts))
}

/// Fetches what is at `url`, whatever it is, for a caller who shows the user its hash before anything is done with it.
pub fn fetch_unverified(url: &str, size_limit: u64, target: &Path, terms: &Terms) -> Result<(), Failure> {
    let download = Download::new(url, "", size_limit);
    let network = Network::new(terms, Timeouts::from_variables(terms.caller)?);
    let work = Work { download: &download, target, terms, network: &network, unverified: true };
    let fetched = Sources::for_download(&download, terms).and_then(|sources| work.run(&sources));
    fetched.map_err(|failure| network.interrupt.check().err().unwrap_or(failure))
}

/// How many bytes there are to fetch, as server or file says before any of them is taken; `None` where that is not said soon.
///
/// # Errors
///
/// Where the user stopped it.
pub fn size_of(download: &Download, terms: &Terms) -> Result<Option<u64>, Failure> {
    let network = Network::new(terms, Timeouts::SOON);
    let sources = Sources::for_download(download, terms).map(|sources| sources.list).unwrap_or_default();
    let size = sources.iter().find_map(|source| network.open(source).ok()?.length);
    network.interrupt.check()?;
    Ok(size)
}

fn fetch_within(download: &Download, target: &Path, terms: &Terms, timeouts: Timeouts) -> Result<(), Failure> {
    let network = Network::new(terms, timeouts);
    let work = Work { download, target, terms, network: &network, unverified: false };
    let fetched = Sources::for_download(download, terms).and_then(|sources| work.run(&sources));
    fetched.map_err(|failure| network.interrupt.check().err().unwrap_or(failure).detail(what_is_left(target)))
}

fn what_is_left(target: &Path) -> String {
    match target.symlink_metadata() {
        Ok(_) => format!("{} was left as it was", target.display()),
        Err(_) => format!("{} was not created", target.display()),
    }
}

struct Work<'a> {
    download: &'a Download,
    target: &'a Path,
    terms: &'a Terms<'a>,
    network: &'a Network<'a>,
    unverified: bool,
}

impl Work<'_> {
    fn run(&self, sources: &Sources) -> Result<(), Failure> {
        let console = self.terms.console;
        let checksum = self.checksum()?;
        let target = Target::prepare(self.target)?;
        let mut errors = Vec::new();
        for source in &sources.list {
            match self.obtain(source, &checksum, &target) {
                Ok(size) => {
                    let target = self.target.display();
                    if checksum == Checksum::Unknown {
                        return Ok(());
                    }
                    console.done(&format!("{target}: {}, SHA-256 verified", progress::size(size)));
                    if let Checksum::OfServer { url, .. } = &checksum {
                        console.warning(&format!(
                            "no hash is pinned for {target}: it was verified only against the one that its server gives, {url}"
                        ));
                    }
                    return Ok(());
                }
                Err(error) => {
                    let stop = error.retry == Retry::Never;
                    errors.push((source, error));
                    if stop {
                        break;
                    }
                }
            }
        }
        Err(fetch_error::failure(&errors, sources))
    }

    fn checksum(&self) -> Result<Checksum, Failure> {
        if self.unverified {
            return Checksum::unknown(&self.download.urls[0]);
        }
        if let Some(sha256) = Sources::hash_of_user(self.download, self.terms)? {
            return Ok(Checksum::Pinned(sha256));
        }
        Checksum::expected(self.download, |source, limit| {
            self.tried(source, || {
                let mut text = Vec::new();
                let mut body = self.network.open(source)?;
                body::read_small(&mut body, limit, &mut text)?;
                Ok(text)
            })
        })
    }

    fn obtain(&self, source: &Source, checksum: &Checksum, target: &Target) -> Result<u64, FetchError> {
        let progress = Progress::start(self.terms.console, self.target, source);
        let once = || {
            let mut body = self.network.open(source)?;
            let mut file = target.temporary()?;
            progress.begin(body.length);
            let received = body::receive(&mut body, self.download.size_limit, file.writer(), &progress)?;
            checksum.check(&received.sha256)?;
            file.finish(self.download.executable)?;
            Ok(received.size)
        };
        let size = self.tried(source, || once().inspect_err(|_| progress.end()));
        progress.end();
        size
    }

    /// Does it again, after a pause, where that may help.
    fn tried<T>(&self, source: &Source, mut act: impl FnMut() -> Result<T, FetchError>) -> Result<T, FetchError> {
        let mut tries = 1;
        loop {
            let error = match act() {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            if error.retry != Retry::SameAddress || tries == TRIES {
                return Err(error.tried(tries));
            }
            let pause = self.network.pause(tries);
            self.terms.console.info(&format!("{source}: {}; trying again", error.reason));
            std::thread::sleep(pause);
            tries += 1;
        }
    }
}
