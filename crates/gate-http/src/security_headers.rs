//! Security headers: what every answer carries, pages and errors alike (ST-OPS-01).
//!
//! Invariant: no answer leaves without them; they are put on in one place, after everything else.
//! Invariant: nothing is cached unless the handler says for how long.
//! Invariant: a form may be sent to our own origin alone; on the page that says so by [`FormTo`], to that one
//! origin and wherever it passes the form on to: a provider may redirect to another host of its own, and its answer to a
//! logout comes back here by redirect. Browsers hold every such redirect against the policy.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
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

/// In the extensions of an answer: the origin that the one form of this page is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormTo(String);

impl FormTo {
    /// The origin of an address. `None` where it is not plainly one: then there is no such page.
    pub(crate) fn of(address: &str) -> Option<Self> {
        let (scheme, rest) = address.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let is_plain = !authority.is_empty() && authority.bytes().all(plain);
        (is_plain && matches!(scheme, "https" | "http")).then(|| Self(format!("{scheme}://{authority}")))
    }

    /// Host and port, for people.
    pub(crate) fn host(&self) -> &str {
        crate::host::authority(&self.0)
    }
}

/// The headers of one origin, made once.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders {
    policy: HeaderValue,
    scheme: CookieScheme,
}

impl SecurityHeaders {
    /// `scheme`: of the base URL; over plain HTTP browsers ignore HSTS, and must not be told.
    pub(crate) fn new(scheme: CookieScheme) -> Self {
        let policy = policy("'self'");
        // The text is ours and ASCII; should that ever fail, nothing at all may load.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { policy, scheme }
    }

    /// Puts them on, with the policy that the answer's page needs.
    pub(crate) fn dress(&self, response: &mut Response<Body>) {
        let form_to = response.extensions_mut().remove::<FormTo>();
        self.put_on(response.headers_mut());
        if let Some(FormTo(origin)) = form_to
            && let Ok(policy) = HeaderValue::from_str(&policy(&format!("'self' {origin} https:")))
        {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
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

fn policy(form_action: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_ops_01_one_page_opens_the_way_of_its_form() {
        let headers = SecurityHeaders::new(CookieScheme::Secure);
        let mut page = Response::new(Body::empty());
        page.extensions_mut().insert(FormTo::of("https://login.idp.example:8443/sso?x=https://evil.example").unwrap());
        headers.dress(&mut page);
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(
            policy.contains("; form-action 'self' https://login.idp.example:8443 https:; base-uri 'none'"),
            "{policy}"
        );
        let mut other = Response::new(Body::empty());
        headers.dress(&mut other);
        assert!(other.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("form-action 'self';"));
        for none in [
            "",
            "idp.example/x",
            "https://",
            "https:///x",
            "javascript://a/b",
            "https://a b/",
            "https://a;b/",
            "https://a'b",
            "https://u@a/",
            "https://*/",
        ] {
            assert_eq!(FormTo::of(none), None, "{none}");
        }
    }

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
