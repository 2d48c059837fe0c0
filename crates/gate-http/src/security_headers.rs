//! Security headers: what every answer carries, pages and errors alike (ST-OPS-01).
//!
//! Invariant: no answer leaves without them; they are put on in one place, after everything else.
//! Invariant: nothing is cached unless the handler says for how long.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::cookies::CookieScheme;
use crate::pages::STYLE;

const X_CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// How many there are, with HSTS.
const SECURITY_HEADERS: usize = 9;

/// One year (ASVS 3.4.1). Without subdomains: those of a host that is not ours alone are not ours to bind.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers of one origin, made once.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders {
    policy: HeaderValue,
    scheme: CookieScheme,
}

impl SecurityHeaders {
    /// `scheme`: of the base URL; over plain HTTP browsers ignore HSTS, and must not be told.
    pub(crate) fn new(scheme: CookieScheme) -> Self {
        let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        // The text is ours and ASCII; should that ever fail, nothing at all may load.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { policy, scheme }
    }

    /// Puts them on. `cache-control` of a handler stays.
    pub(crate) fn put_on(&self, headers: &mut HeaderMap) {
        headers.reserve(SECURITY_HEADERS);
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static("interest-cohort=(), browsing-topics=()"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if self.scheme == CookieScheme::Secure {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_ops_01_the_set_is_whole_and_hsts_is_for_https() {
        let mut headers = HeaderMap::new();
        SecurityHeaders::new(CookieScheme::Secure).put_on(&mut headers);
        assert_eq!(headers[header::STRICT_TRANSPORT_SECURITY], "max-age=31536000");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'")
        );
        assert!(!policy.contains("unsafe"));

        let mut cached = HeaderMap::new();
        cached.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=300"));
        SecurityHeaders::new(CookieScheme::Loopback).put_on(&mut cached);
        assert_eq!(cached[header::CACHE_CONTROL], "max-age=300");
        assert!(!cached.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }
}
