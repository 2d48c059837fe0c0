//! Forwarded: what a proxy in front says about the request that it passed on.
//!
//! Reads `X-Forwarded-*` and the address of the peer. Gives the address of the client and the original request.
//!
//! Invariant: these headers count only from a listed proxy (ST-OPS-04, ST-SESS-15); from anybody else they are not read.
//! Invariant: a header that comes twice, or a host that is a list, is ambiguous and refused.
//!
//! Trust: the peer's address is the kernel's word. An [`OriginalRequest`] is a listed proxy's word.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");
const X_FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");

/// Proxies in front of each other; a longer list is made up.
const HOPS_MAX: usize = 16;

/// The proxies whose word counts.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// What a listed proxy passed on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OriginalRequest<'a> {
    pub(crate) method: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
    pub(crate) uri: Option<&'a str>,
}

/// Two readers might take different values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ambiguous;

impl TrustedProxies {
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// An IPv4 peer of a dual-stack socket is the IPv4 address.
    pub(crate) fn lists(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(&peer))
    }

    /// The address that the innermost listed proxy saw: the last one of `X-Forwarded-For` that is no listed proxy
    /// itself. What stands left of it is the client's own claim.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.lists(peer) {
            return peer;
        }
        let lines: Vec<&str> = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
        let mut client = peer;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS_MAX) {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { return client };
            client = address.to_canonical();
            if !self.lists(client) {
                return client;
            }
        }
        client
    }

    /// Nothing where the peer is not listed, whatever it sends.
    pub(crate) fn original<'a>(&self, peer: IpAddr, headers: &'a HeaderMap) -> Result<OriginalRequest<'a>, Ambiguous> {
        if self.0.is_empty() || !self.lists(peer) {
            return Ok(OriginalRequest::default());
        }
        let host = single(headers, &X_FORWARDED_HOST)?;
        if host.is_some_and(|host| host.contains([',', ' '])) {
            return Err(Ambiguous);
        }
        Ok(OriginalRequest {
            method: single(headers, &X_FORWARDED_METHOD)?,
            host,
            uri: single(headers, &X_FORWARDED_URI)?,
        })
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Ambiguous> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Ambiguous),
        (Some(_), Some(_)) => Err(Ambiguous),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }

    fn proxies() -> TrustedProxies {
        TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()])
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn st_ops_04_the_client_is_what_the_innermost_listed_proxy_saw() {
        for (peer, lines, expected) in [
            ("192.0.2.1", &[("x-forwarded-for", "203.0.113.9")][..], "192.0.2.1"),
            ("10.0.0.1", &[("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
            ("::ffff:10.0.0.1", &[("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.2")], "203.0.113.9"),
            ("10.0.0.1", &[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
            ("10.0.0.1", &[("x-forwarded-for", "1.1.1.1, unknown")], "10.0.0.1"),
            ("10.0.0.1", &[("x-forwarded-for", "")], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::1", &[("x-forwarded-for", "2001:db8::7")], "2001:db8::7"),
        ] {
            assert_eq!(proxies().client(ip(peer), &headers(lines)), ip(expected), "{peer} {lines:?}");
        }
    }

    #[test]
    fn st_sess_15_forwarded_headers_count_only_from_a_listed_proxy() {
        let sent = headers(&[
            ("x-forwarded-method", "GET"),
            ("x-forwarded-host", "console.example"),
            ("x-forwarded-uri", "/a?b"),
        ]);
        assert_eq!(proxies().original(ip("192.0.2.1"), &sent), Ok(OriginalRequest::default()));
        assert_eq!(TrustedProxies::default().original(ip("127.0.0.1"), &sent), Ok(OriginalRequest::default()));
        let seen = proxies().original(ip("10.9.9.9"), &sent).unwrap();
        assert_eq!((seen.method, seen.host, seen.uri), (Some("GET"), Some("console.example"), Some("/a?b")));
    }

    #[test]
    fn two_hosts_are_ambiguous() {
        for lines in [
            &[("x-forwarded-host", "a.example, b.example")][..],
            &[("x-forwarded-host", "a.example"), ("x-forwarded-host", "b.example")],
            &[("x-forwarded-uri", "/a"), ("x-forwarded-uri", "/b")],
        ] {
            assert_eq!(proxies().original(ip("10.0.0.1"), &headers(lines)), Err(Ambiguous), "{lines:?}");
        }
    }
}
