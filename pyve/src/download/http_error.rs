//! Answers that are no file, in words: refusals of a server, and errors on the way to it.

use std::io::{self, ErrorKind};

use ureq::http::StatusCode;
use ureq::{Error, Proxy, Timeout};
use url::Url;

use super::fetch_error::{ADDRESS, FetchError, NETWORK, Retry};
use super::timeouts::Timeouts;
use crate::caller::seconds;
use crate::failure;

const AUTHORITY: &str = "where the network has its own certificate authority, set PYVE_CA_FILE to its PEM file";

/// Whom a request went to.
pub struct Endpoint {
    host: String,
    proxy: Option<String>,
    timeouts: Timeouts,
}

impl Endpoint {
    pub fn new(url: &Url, proxy: Option<&Proxy>, timeouts: Timeouts) -> Self {
        let mut host = url.host_str().unwrap_or_default().to_owned();
        if let Some(port) = url.port() {
            host = format!("{host}:{port}");
        }
        let proxy = proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        Self { host, proxy, timeouts }
    }

    /// A status other than 200.
    pub fn refusal(&self, status: StatusCode) -> FetchError {
        let reason = format!("the server answered {}", named(status));
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => FetchError::passing(reason),
            status if status.is_server_error() => FetchError::passing(reason),
            _ => FetchError::new(Retry::NextAddress, reason, ADDRESS),
        }
    }

    /// An error before or during the answer.
    pub fn explain(&self, error: Error) -> FetchError {
        let host = &self.host;
        match error {
            Error::Timeout(limit) => self.too_slow(limit),
            Error::Io(error) => self.broken(&error),
            Error::HostNotFound => self.unknown(),
            Error::ConnectProxyFailed(why) => self.proxy_refused(&why),
            Error::Rustls(error) => untrusted(host, &error.to_string()),
            Error::Tls(why) => untrusted(host, why),
            Error::Protocol(error) => {
                FetchError::new(Retry::NextAddress, format!("{host} does not speak HTTP: {error}"), ADDRESS)
            }
            Error::LargeResponseHeader(..) => {
                FetchError::new(Retry::NextAddress, "the server's headers are too long", ADDRESS)
            }
            other => FetchError::new(Retry::NextAddress, format!("{host}: {other}"), NETWORK),
        }
    }

    /// Whom the computer itself speaks to.
    fn nearest(&self) -> String {
        self.proxy.as_ref().map_or_else(|| self.host.clone(), |proxy| format!("the proxy {proxy}"))
    }

    fn too_slow(&self, limit: Timeout) -> FetchError {
        let Timeouts { connect, stall, whole, .. } = self.timeouts;
        let remedy = format!("{NETWORK}; PYVE_HTTP_TIMEOUT=120 allows more seconds");
        let reason = match limit {
            Timeout::Resolve | Timeout::Connect => {
                format!("no connection to {} within {}", self.nearest(), seconds(connect))
            }
            Timeout::Global | Timeout::PerCall => {
                return FetchError::new(
                    Retry::NextAddress,
                    format!("it was not complete after {}", seconds(whole)),
                    NETWORK,
                );
            }
            _ => format!("nothing came from {} for {}", self.host, seconds(stall)),
        };
        FetchError::new(Retry::SameAddress, reason, remedy)
    }

    fn unknown(&self) -> FetchError {
        let host = self.proxy.as_ref().unwrap_or(&self.host);
        FetchError::passing(format!("no address is known for the host {host}"))
    }

    fn broken(&self, error: &io::Error) -> FetchError {
        if is_lookup(error) {
            return self.unknown();
        }
        match error.kind() {
            ErrorKind::UnexpectedEof => {
                FetchError::passing(format!("{} ended the connection without an answer", self.nearest()))
            }
            // What the TLS library refuses comes as this.
            ErrorKind::InvalidData => untrusted(&self.host, &error.to_string()),
            _ => FetchError::passing(format!("could not reach {}: {}", self.nearest(), failure::reason(error))),
        }
    }

    /// The library's words are `proxy server responded 403/403`.
    fn proxy_refused(&self, why: &str) -> FetchError {
        let status = why.rsplit('/').next().and_then(|code| code.parse::<StatusCode>().ok());
        let nearest = self.nearest();
        match status {
            Some(status) if status.is_server_error() => {
                FetchError::passing(format!("{nearest} answered {}", named(status)))
            }
            Some(status) => FetchError::new(
                Retry::NextAddress,
                format!("{nearest} answered {}", named(status)),
                "check the proxy variables and the name and password in them",
            ),
            None => FetchError::passing(format!("{nearest} did not answer")),
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

fn untrusted(host: &str, why: &str) -> FetchError {
    match why.contains("certificate") {
        true => FetchError::new(Retry::NextAddress, format!("no trusted connection to {host}: {why}"), AUTHORITY),
        false => FetchError::new(Retry::NextAddress, format!("no encrypted connection to {host}: {why}"), ADDRESS),
    }
}
