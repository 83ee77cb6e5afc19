//! Answers that are no file, in words: refusals of a server, and errors on the way to it.

use std::io::{self, ErrorKind};

use ureq::http::StatusCode;
use ureq::{Error, Proxy, Timeout};
use url::Url;

use super::deadlines::{Deadlines, words};
use super::trouble::{ADDRESS, NETWORK, Next, Trouble};
use crate::failure;

const AUTHORITY: &str = "where the network has its own certificate authority, set PYVE_CA_FILE to its PEM file";

/// Whom a request went to.
pub struct Peer {
    host: String,
    proxy: Option<String>,
    deadlines: Deadlines,
}

impl Peer {
    pub fn new(url: &Url, proxy: Option<&Proxy>, deadlines: Deadlines) -> Self {
        let mut host = url.host_str().unwrap_or_default().to_owned();
        if let Some(port) = url.port() {
            host = format!("{host}:{port}");
        }
        let proxy = proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        Self { host, proxy, deadlines }
    }

    /// A status other than 200.
    pub fn refusal(&self, status: StatusCode) -> Trouble {
        let reason = format!("the server answered {}", named(status));
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Trouble::passing(reason),
            status if status.is_server_error() => Trouble::passing(reason),
            _ => Trouble::new(Next::Elsewhere, reason, ADDRESS),
        }
    }

    /// An error before or during the answer.
    pub fn explain(&self, error: Error) -> Trouble {
        let host = &self.host;
        match error {
            Error::Timeout(limit) => self.too_slow(limit),
            Error::Io(error) => self.broken(&error),
            Error::HostNotFound => self.unknown(),
            Error::ConnectProxyFailed(why) => self.proxy_refused(&why),
            Error::Rustls(error) => untrusted(host, &error.to_string()),
            Error::Tls(why) => untrusted(host, why),
            Error::Protocol(error) => {
                Trouble::new(Next::Elsewhere, format!("{host} does not speak HTTP: {error}"), ADDRESS)
            }
            Error::LargeResponseHeader(..) => {
                Trouble::new(Next::Elsewhere, "the server's headers are too long", ADDRESS)
            }
            other => Trouble::new(Next::Elsewhere, format!("{host}: {other}"), NETWORK),
        }
    }

    /// Whom the computer itself speaks to.
    fn nearest(&self) -> String {
        self.proxy.as_ref().map_or_else(|| self.host.clone(), |proxy| format!("the proxy {proxy}"))
    }

    fn too_slow(&self, limit: Timeout) -> Trouble {
        let Deadlines { connect, stall, whole, .. } = self.deadlines;
        let remedy = format!("{NETWORK}; PYVE_HTTP_TIMEOUT=120 allows more seconds");
        let reason = match limit {
            Timeout::Resolve | Timeout::Connect => {
                format!("no connection to {} within {}", self.nearest(), words(connect))
            }
            Timeout::Global | Timeout::PerCall => {
                return Trouble::new(Next::Elsewhere, format!("it was not there after {}", words(whole)), NETWORK);
            }
            _ => format!("nothing came from {} for {}", self.host, words(stall)),
        };
        Trouble::new(Next::Again, reason, remedy)
    }

    fn unknown(&self) -> Trouble {
        let host = self.proxy.as_ref().unwrap_or(&self.host);
        Trouble::passing(format!("no address is known for the host {host}"))
    }

    fn broken(&self, error: &io::Error) -> Trouble {
        if is_lookup(error) {
            return self.unknown();
        }
        match error.kind() {
            ErrorKind::UnexpectedEof => {
                Trouble::passing(format!("{} ended the connection without an answer", self.nearest()))
            }
            // What the TLS library refuses comes as this.
            ErrorKind::InvalidData => untrusted(&self.host, &error.to_string()),
            _ => Trouble::passing(format!("cannot reach {}: {}", self.nearest(), failure::reason(error))),
        }
    }

    /// The library's words are `proxy server responded 403/403`.
    fn proxy_refused(&self, why: &str) -> Trouble {
        let status = why.rsplit('/').next().and_then(|code| code.parse::<StatusCode>().ok());
        let nearest = self.nearest();
        match status {
            Some(status) if status.is_server_error() => {
                Trouble::passing(format!("{nearest} answered {}", named(status)))
            }
            Some(status) => Trouble::new(
                Next::Elsewhere,
                format!("{nearest} answered {}", named(status)),
                "check the proxy variables and the name and password in them",
            ),
            None => Trouble::passing(format!("{nearest} did not answer")),
        }
    }
}

/// The standard library has no kind for a name that could not be looked up.
fn is_lookup(error: &io::Error) -> bool {
    const WINDOWS_SOCKETS: std::ops::RangeInclusive<i32> = 11_001..=11_004;
    error.to_string().starts_with("failed to lookup address")
        || cfg!(windows) && error.raw_os_error().is_some_and(|code| WINDOWS_SOCKETS.contains(&code))
}

fn named(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default()).trim_end().to_owned()
}

fn untrusted(host: &str, why: &str) -> Trouble {
    match why.contains("certificate") {
        true => Trouble::new(Next::Elsewhere, format!("no trusted connection to {host}: {why}"), AUTHORITY),
        false => Trouble::new(Next::Elsewhere, format!("no encrypted connection to {host}: {why}"), ADDRESS),
    }
}
