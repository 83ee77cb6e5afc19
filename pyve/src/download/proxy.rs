//! The proxy variables: which proxy leads to an address, and which addresses need none.

use std::net::IpAddr;

use ureq::Proxy;
use url::Url;

use super::fetch_error::{FetchError, Retry};
use crate::caller::Caller;

/// The proxy for `url`: the one of its scheme, or that for all; none where `NO_PROXY` has the host.
pub fn for_url(url: &Url, caller: &Caller) -> Result<Option<Proxy>, FetchError> {
    let names = match url.scheme() {
        "https" => ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    };
    let Some((name, value)) = names.iter().find_map(|name| Some((name, caller.nonempty(name)?))) else {
        return Ok(None);
    };
    let exceptions = ["no_proxy", "NO_PROXY"].iter().find_map(|name| caller.nonempty(name));
    if exceptions.is_some_and(|list| is_exception(url, &list.to_string_lossy())) {
        return Ok(None);
    }
    // The value may hold a password, so it is not shown.
    value.to_str().and_then(|text| Proxy::new(text.trim()).ok()).map(Some).ok_or_else(|| {
        let remedy = format!("correct or unset it, for example {name}=http://proxy.example.org:3128");
        FetchError::new(Retry::Never, format!("{name} does not hold the URL of a proxy"), remedy).about_this_computer()
    })
}

/// Whether a `NO_PROXY` list has the host: `*`, a host with its subdomains, an address, or a network
/// (`10.0.0.0/8`); each with a port or without.
fn is_exception(url: &Url, list: &str) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let port = url.port_or_known_default();
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, wanted) = split_port(&entry);
        (wanted.is_none() || wanted == port) && matches_host(&host, name)
    })
}

/// `host:port` taken apart; a bare IPv6 address has colons, but no port.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn matches_host(host: &str, entry: &str) -> bool {
    let entry = entry.trim_matches(['[', ']']);
    if entry == "*" || entry == host {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return entry.parse() == Ok(address) || entry.split_once('/').is_some_and(|net| in_network(address, net));
    }
    let domain = entry.trim_start_matches('*').trim_start_matches('.');
    !domain.is_empty() && host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn in_network(address: IpAddr, (network, bits): (&str, &str)) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else { return false };
    let same = |difference: u128, width: u32| bits <= width && (bits == 0 || difference >> (width - bits) == 0);
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(u128::from(a.to_bits() ^ b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits() ^ b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excepts(list: &str, url: &str) -> bool {
        is_exception(&Url::parse(url).unwrap(), list)
    }

    #[test]
    fn names_and_their_subdomains() {
        assert!(excepts("example.org", "https://example.org/a"));
        assert!(excepts("other, .Example.org", "https://x.example.ORG/a"));
        assert!(excepts("*.example.org", "https://x.y.example.org/a"));
        assert!(excepts("*", "https://anything/"));
        assert!(!excepts("example.org", "https://notexample.org/"));
        assert!(!excepts("", "https://example.org/"));
        assert!(!excepts(".", "https://example.org/"));
    }

    #[test]
    fn ports() {
        assert!(excepts("example.org:443", "https://example.org/"));
        assert!(!excepts("example.org:8080", "https://example.org/"));
        assert!(excepts("[::1]:8080", "http://[::1]:8080/"));
    }

    #[test]
    fn addresses_and_networks() {
        assert!(excepts("127.0.0.1", "http://127.0.0.1:9/"));
        assert!(excepts("10.0.0.0/8", "http://10.20.30.40/"));
        assert!(!excepts("10.0.0.0/8", "http://11.20.30.40/"));
        assert!(excepts("::1", "http://[::1]:9/"));
        assert!(excepts("fd00::/8", "http://[fd12::1]/"));
        assert!(!excepts("10.0.0.0/99", "http://10.20.30.40/"));
        assert!(excepts("0.0.0.0/0", "http://10.20.30.40/"));
    }
}
