//! Names of hosts looked up within a time limit, as ureq does it, but without a panic where no thread can be started.

use std::sync::mpsc::sync_channel;
use std::thread::Builder;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs};
use ureq::unversioned::transport::NextTimeout;
use ureq::unversioned::transport::time::Duration;
use ureq::{Error, unversioned};

#[derive(Debug)]
pub struct Resolver;

impl unversioned::resolver::Resolver for Resolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let (sender, receiver) = sync_channel(1);
        let (uri, config) = (uri.clone(), config.clone());
        let forever = NextTimeout { after: Duration::NotHappening, ..timeout };
        let resolve = move || {
            // Nobody listens any more to an answer that comes too late.
            let _ = sender.send(DefaultResolver::default().resolve(&uri, &config, forever));
        };
        Builder::new().spawn(resolve)?;
        receiver.recv_timeout(*timeout.after).unwrap_or(Err(Error::Timeout(timeout.reason)))
    }
}
