//! Place: addresses on the web, in the one spelling that compares.
//!
//! Invariant: a host is a DNS name or loopback; every other literal address is refused (ST-LINT-11).
//! Invariant: an origin is spelled as browsers spell it, so that comparing bytes is comparing origins (ST-LINT-12).

use url::{Host, Url};

/// What is wrong with an address.
pub(super) enum NotAPlace {
    /// It means a good one, which is spelled like this.
    Spelling(String),
    /// The reason, to stand after "because".
    Because(&'static str),
}

/// Scheme, host and port, spelled as the `Origin` header spells it (RFC 6454 §6.2).
pub(super) fn origin(text: &str) -> Result<(), NotAPlace> {
    let url = web(text)?;
    if !matches!(url.path(), "" | "/") {
        return Err(NotAPlace::Because("an origin has no path"));
    }
    same(text, &url.origin().ascii_serialization())
}

/// An address without query, as OpenID Connect Discovery §3 wants an issuer. Compared byte for byte with what the
/// provider says, so that its spelling is the provider's: a trailing slash, a port that need not be said.
pub(super) fn issuer(text: &str) -> Result<(), NotAPlace> {
    web(text).map(|_| ())
}

fn same(text: &str, canonical: &str) -> Result<(), NotAPlace> {
    if text == canonical { Ok(()) } else { Err(NotAPlace::Spelling(canonical.to_owned())) }
}

/// Where a SAML provider is spoken to: as an issuer, and a query may stand in it (Google's names the Workspace).
/// Gives the reason, to stand after "because".
pub(crate) fn endpoint(text: &str) -> Result<(), &'static str> {
    match on_the_web(text) {
        Ok(url) if url.fragment().is_some() => Err("it holds a fragment"),
        Ok(_) => Ok(()),
        Err(NotAPlace::Because(reason)) => Err(reason),
        Err(NotAPlace::Spelling(_)) => Err("it is misspelt"),
    }
}

fn web(text: &str) -> Result<Url, NotAPlace> {
    let url = on_the_web(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(NotAPlace::Because("it holds a query or a fragment"));
    }
    Ok(url)
}

fn on_the_web(text: &str) -> Result<Url, NotAPlace> {
    let because = |reason| Err(NotAPlace::Because(reason));
    if text.contains('*') {
        return because("wildcards and patterns do not exist here: write one line for each");
    }
    // The URL standard forgives back-slashes and blanks; whoever compares the text later does not.
    if text.contains(['\\', ' ', '\t', '\n', '\r']) {
        return because("it holds a blank or a back-slash");
    }
    let Ok(url) = Url::parse(text) else { return because("it is no absolute address") };
    if !matches!(url.scheme(), "https" | "http") {
        return because("its scheme is not `https`");
    }
    // `https:host`, `https:/host` and `HTTPS://host` are other texts for the same: one of them is enough.
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return because("it does not begin with `https://`");
    }
    if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
        return because("it holds a user name");
    }
    match url.host() {
        Some(Host::Domain(name)) if name.contains('.') || name == "localhost" => Ok(url),
        Some(Host::Ipv4(address)) if address.is_loopback() => Ok(url),
        Some(Host::Ipv6(address)) if address.is_loopback() => Ok(url),
        Some(Host::Domain(_)) => because("its host is a single label, which means something else on every network"),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => because("its host is a literal address, not a name"),
        None => because("it has no host"),
    }
}

/// Whether an address that parsed leads to the machine itself.
pub(crate) fn is_loopback(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.host_str().is_some_and(host_is_loopback))
}

/// RFC 6761 §6.3 for the names.
fn host_is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost"
        || bare.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
