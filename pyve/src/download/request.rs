//! One request: from an address, over redirects, to the body of the answer.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use percent_encoding::percent_decode_str;
use pyve_formats::read::{self, Limit, Links};
use ureq::http::header::{AUTHORIZATION, LOCATION};
use ureq::http::{Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy};
use url::Url;

use super::body::Body;
use super::cancellable::{self, Stream};
use super::fetch_error::{ADDRESS, FetchError, Retry};
use super::http_error::Endpoint;
use super::resolver::Resolver;
use super::sources::{Source, offline, shown};
use super::terms::Terms;
use super::timeouts::Timeouts;
use super::{ca_certs, proxy};
use crate::process::{InterruptGuard, guard};

const REDIRECTS: usize = 10;
const USER_AGENT: &str = concat!("pyve/", env!("CARGO_PKG_VERSION"));

/// The way to the addresses, as the caller's variables describe it.
pub struct Network<'a> {
    terms: &'a Terms<'a>,
    timeouts: Timeouts,
    roots: OnceCell<RootCerts>,
    /// While this lives, Ctrl-C ends a request, not pyve.
    pub interrupt: InterruptGuard,
}

impl<'a> Network<'a> {
    pub fn new(terms: &'a Terms<'a>, timeouts: Timeouts) -> Self {
        Self { terms, timeouts, roots: OnceCell::new(), interrupt: guard() }
    }

    /// How long to wait after so many tries.
    pub fn pause(&self, tries: usize) -> Duration {
        if tries > 1 { self.timeouts.pause * 3 } else { self.timeouts.pause }
    }

    /// The body at an address.
    pub fn open(&self, source: &Source) -> Result<Body<'_>, FetchError> {
        match (source, offline(self.terms)) {
            (Source::File(path), _) => self.open_file(path),
            (Source::Web(url), None) => self.open_web(url),
            (Source::Web(_), Some(why)) => {
                let reason = format!("pyve is offline ({why})");
                Err(FetchError::new(Retry::Never, reason, "run the same command again with a network"))
            }
        }
    }

    fn open_web(&self, first: &Url) -> Result<Body<'_>, FetchError> {
        let end = Instant::now() + self.timeouts.whole;
        let mut url = first.clone();
        for _ in 0..=REDIRECTS {
            let (response, endpoint) = self.ask(&url, first, end)?;
            match response.status() {
                StatusCode::OK => {
                    let body = response.into_body();
                    let explain = Box::new(move |error: io::Error| endpoint.explain(ureq::Error::from(error)));
                    let length = body.content_length();
                    let reader = Box::new(Stream::new(body.into_reader())?);
                    return Ok(Body { length, reader, explain, interrupt: &self.interrupt });
                }
                status if status.is_redirection() && response.headers().contains_key(LOCATION) => {
                    url = redirected(&url, response.headers()[LOCATION].as_bytes())?;
                }
                status => return Err(endpoint.refusal(status)),
            }
        }
        let reason = format!("more than {REDIRECTS} redirects, the last to {}", shown(&url));
        Err(FetchError::new(Retry::NextAddress, reason, ADDRESS))
    }

    fn open_file(&self, path: &Path) -> Result<Body<'_>, FetchError> {
        let cannot = |why: String| FetchError::new(Retry::NextAddress, why, ADDRESS);
        // How much is taken is for the download to say.
        let file = read::open(path, Limit::ANY_SIZE, Links::Follow).map_err(|error| cannot(error.reason()))?;
        let file = file.ok_or_else(|| cannot("no such file or directory".to_owned()))?;
        let length = file.metadata().map_err(|error| cannot(crate::failure::reason(&error)))?.len();
        let explain = Box::new(move |error: io::Error| cannot(crate::failure::reason(&error)));
        Ok(Body { length: Some(length), reader: Box::new(file), explain, interrupt: &self.interrupt })
    }

    fn ask(&self, url: &Url, first: &Url, end: Instant) -> Result<(Response<ureq::Body>, Endpoint), FetchError> {
        let proxy = proxy::for_url(url, self.terms.caller)?;
        let endpoint = Endpoint::new(url, proxy.as_ref(), self.timeouts);
        let agent = self.agent(url, proxy, end)?;
        let mut bare = url.clone();
        let _ = bare.set_username("");
        let _ = bare.set_password(None);
        bare.set_fragment(None);
        let mut request = agent.get(bare.as_str());
        // A name and a password are for the host that they were given for.
        if let Some(words) = basic(first).filter(|_| url.origin() == first.origin()) {
            request = request.header(AUTHORIZATION, words);
        }
        match cancellable::outcome(&self.interrupt, move || request.call())? {
            Ok(response) => Ok((response, endpoint)),
            Err(error) => Err(endpoint.explain(error)),
        }
    }

    fn agent(&self, url: &Url, proxy: Option<Proxy>, end: Instant) -> Result<Agent, FetchError> {
        let Timeouts { connect, stall, .. } = self.timeouts;
        let encrypted =
            url.scheme() == "https" || proxy.as_ref().is_some_and(|proxy| proxy.uri().scheme_str() == Some("https"));
        let tls = match encrypted {
            true => TlsConfig::builder().root_certs(self.roots()?).build(),
            false => TlsConfig::default(),
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(USER_AGENT)
            .accept_encoding("identity")
            .proxy(proxy)
            .tls_config(tls)
            .timeout_resolve(Some(connect))
            .timeout_connect(Some(connect))
            .timeout_recv_response(Some(stall))
            .timeout_per_read(Some(stall))
            .timeout_per_write(Some(stall))
            .timeout_global(Some(end.saturating_duration_since(Instant::now())))
            .build();
        Ok(Agent::with_parts(config, DefaultConnector::default(), Resolver))
    }

    /// Reading them takes a while, so it is done once, and only for an encrypted connection.
    fn roots(&self) -> Result<RootCerts, FetchError> {
        if self.roots.get().is_none() {
            let _ = self.roots.set(ca_certs::trusted(self.terms.caller)?);
        }
        Ok(self.roots.get().cloned().unwrap_or(RootCerts::WebPki))
    }
}

fn redirected(from: &Url, location: &[u8]) -> Result<Url, FetchError> {
    let location = String::from_utf8_lossy(location);
    let to = from.join(&location).map_err(|error| {
        FetchError::new(Retry::NextAddress, format!("it redirects to {location}: {error}"), ADDRESS)
    })?;
    let wrong =
        |why: &str| Err(FetchError::new(Retry::NextAddress, format!("it redirects to {}, {why}", shown(&to)), ADDRESS));
    match (from.scheme(), to.scheme()) {
        ("https", "http") => wrong("which is not encrypted"),
        (_, "http" | "https") => Ok(to),
        _ => wrong("which is no web address"),
    }
}

/// The name and the password of a URL as a header.
fn basic(url: &Url) -> Option<String> {
    let (name, password) = (url.username(), url.password());
    if name.is_empty() && password.is_none() {
        return None;
    }
    let mut words: Vec<u8> = percent_decode_str(name).collect();
    words.push(b':');
    words.extend(percent_decode_str(password.unwrap_or_default()));
    Some(format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(words)))
}
