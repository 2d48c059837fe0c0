//! Host: which of our own addresses a request was sent to.
//!
//! Reads `Host`, or `X-Forwarded-Host` from a listed proxy. Gives the text to compare with the configuration.
//!
//! Invariant: a host is only ever compared; links are built from the configuration (ST-OPS-04).
//! Invariant: framing or addressing that two readers might read differently is refused.

use axum::http::{HeaderMap, Uri, header};

/// The request cannot be trusted to mean one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unclear(pub(crate) &'static str);

/// RFC 9112 §6.3: a message with both lengths "might indicate an attempt to perform request smuggling".
pub(crate) fn check_framing(headers: &HeaderMap, uri: &Uri) -> Result<(), Unclear> {
    if headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH) {
        return Err(Unclear("the request has two lengths"));
    }
    // The absolute form is for proxies, and names a second host.
    if uri.authority().is_some() {
        return Err(Unclear("the request line names a host"));
    }
    Ok(())
}

/// The one `Host` of a request (RFC 9112 §3.2).
pub(crate) fn host(headers: &HeaderMap) -> Result<&str, Unclear> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next().map(|host| host.to_str()), hosts.next()) {
        (Some(Ok(host)), None) => Ok(host),
        (None | Some(Err(_)), _) | (Some(_), Some(_)) => Err(Unclear("the request does not name exactly one host")),
    }
}

/// Host and port of an origin, as `Host` has them.
pub(crate) fn authority(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, authority)| authority)
}

/// Whether `host` is the host of `origin`; a default port may be written or not.
pub(crate) fn is_host_of(host: &str, origin: &str) -> bool {
    let default_port = if origin.starts_with("http://") { ":80" } else { ":443" };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    host.eq_ignore_ascii_case(authority(origin))
}

/// Whether `host` is an address or `localhost`: names that no DNS server of a stranger can point at us (DNS rebinding).
pub(crate) fn is_local_name(host: &str) -> bool {
    let Some((name, port)) = split_port(host) else { return false };
    let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_address = literal.map_or_else(
        || name.parse::<std::net::Ipv4Addr>().is_ok(),
        |literal| literal.parse::<std::net::Ipv6Addr>().is_ok(),
    );
    port.is_none_or(|port| port.parse::<u16>().is_ok()) && (is_address || name.eq_ignore_ascii_case("localhost"))
}

fn split_port(host: &str) -> Option<(&str, Option<&str>)> {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => Some((name, Some(port))),
        Some(_) | None if host.is_empty() => None,
        Some(_) | None => Some((host, None)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn st_ops_04_a_host_is_compared_whole() {
        for (host, origin, expected) in [
            ("id.example", "https://id.example", true),
            ("ID.Example:443", "https://id.example", true),
            ("id.example:8443", "https://id.example", false),
            ("id.example:80", "https://id.example", false),
            ("127.0.0.1:8080", "http://127.0.0.1:8080", true),
            ("id.example:80", "http://id.example", true),
            ("id.example.evil.example", "https://id.example", false),
            ("evil.example/id.example", "https://id.example", false),
            ("id.example@evil.example", "https://id.example", false),
            ("", "https://id.example", false),
        ] {
            assert_eq!(is_host_of(host, origin), expected, "{host} {origin}");
        }
    }

    #[test]
    fn st_ops_04_ambiguous_framing_is_refused() {
        let mut headers = HeaderMap::new();
        assert_eq!(check_framing(&headers, &"/login".parse().unwrap()), Ok(()));
        assert!(check_framing(&headers, &"http://evil.example/login".parse().unwrap()).is_err());
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("4"));
        headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        assert!(check_framing(&headers, &"/login".parse().unwrap()).is_err());
        assert!(host(&headers).is_err());
        headers.append(header::HOST, HeaderValue::from_static("a.example"));
        assert_eq!(host(&headers), Ok("a.example"));
        headers.append(header::HOST, HeaderValue::from_static("a.example"));
        assert!(host(&headers).is_err());
    }

    #[test]
    fn rebinding_needs_a_name() {
        for good in ["127.0.0.1", "127.0.0.1:8081", "[::1]:8081", "[::1]", "localhost:8081", "10.1.2.3:1"] {
            assert!(is_local_name(good), "{good}");
        }
        for bad in [
            "",
            ":8081",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:1",
            "::1",
            "127.0.0.1:x",
            "[::1",
        ] {
            assert!(!is_local_name(bad), "{bad}");
        }
    }
}
