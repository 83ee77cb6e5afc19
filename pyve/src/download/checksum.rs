//! The hash that a file must have: pinned in the plan, or else given by the server.

use pyve_formats::sha256;
use pyve_plugin_api::Download;
use url::{Host, Url};

use super::fetch_error::{self, FetchError, Retry};
use super::sources::{Source, shown};
use crate::failure::Failure;

/// The most bytes of a file that begins with a hash.
const LIMIT: u64 = 64 * 1024;

/// A SHA-256 in lower-case hex, and who vouches for it.
#[derive(Debug, PartialEq, Eq)]
pub enum Checksum {
    Pinned(String),
    OfServer {
        sha256: String,
        url: String,
    },
    /// Nobody: the user looks at the hash of what came.
    Unknown,
}

impl Checksum {
    /// Reads the hash, with `get` where it has to be fetched.
    pub fn expected(
        download: &Download,
        get: impl FnOnce(&Source, u64) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Self, Failure> {
        let pinned = download.sha256.as_str();
        if !pinned.is_empty() {
            return sha256::parse(pinned).map(Self::Pinned).ok_or_else(|| plan(format!("`{pinned}` is no SHA-256")));
        }
        if download.sha256_url.is_empty() {
            return Err(plan("no SHA-256 is given".to_owned()));
        }
        let source = Source::parse(&download.sha256_url)?;
        if let Source::Web(url) = &source {
            private(url)?;
        }
        let text = get(&source, LIMIT).map_err(|error| fetch_error::of_hash(&source, error))?;
        let text = String::from_utf8_lossy(&text);
        match text.split_whitespace().next().and_then(sha256::parse) {
            Some(sha256) => Ok(Self::OfServer { sha256, url: source.to_string() }),
            None => Err(Failure::new(format!("{source} does not begin with a SHA-256"))
                .remedy("run the same command again later, or on another network")),
        }
    }

    /// Takes whatever is at `url`, if nobody on the way can change it.
    pub fn unknown(url: &str) -> Result<Self, Failure> {
        match Source::parse(url)? {
            Source::Web(url) if !is_private(&url) => {
                Err(Failure::new(format!("could not trust `{}`: the connection is not encrypted", shown(&url)))
                    .remedy("give an https URL, or the SHA-256 that the file must have"))
            }
            _ => Ok(Self::Unknown),
        }
    }

    pub fn sha256(&self) -> &str {
        match self {
            Self::Unknown => "",
            Self::Pinned(sha256) | Self::OfServer { sha256, .. } => sha256,
        }
    }

    pub fn check(&self, received: &str) -> Result<(), FetchError> {
        if *self == Self::Unknown || received == self.sha256() {
            return Ok(());
        }
        let remedy = "do not use that file; run the same command again on another network";
        Err(FetchError::new(Retry::Never, "it is not the file that was expected", remedy)
            .detail(format!("expected SHA-256 {}", self.sha256()))
            .detail(format!("received SHA-256 {received}")))
    }
}

fn plan(what: String) -> Failure {
    Failure::new(format!("could not verify the download: {what}"))
        .remedy("report this to the author of the backend: a download needs `sha256` or `sha256_url`")
}

fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || loopback
}

/// A hash that anybody on the way can change proves nothing.
fn private(url: &Url) -> Result<(), Failure> {
    if is_private(url) {
        return Ok(());
    }
    Err(Failure::new(format!("could not trust a SHA-256 from `{}`: the connection is not encrypted", shown(url)))
        .remedy("give an https URL for the hash, or pin it"))
}
