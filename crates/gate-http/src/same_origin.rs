//! Same origin: the proof that a form was sent from our own page.
//!
//! Reads `Sec-Fetch-Site` and `Origin`, which scripts of a page cannot set. Gives what they say.
//!
//! Invariant: `null` proves nothing; two headers that disagree prove the worse.

use axum::http::{HeaderMap, HeaderName, header};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// Our own page, as the browser states it.
    SameOrigin,
    /// Neither header: a program, not a browser; every browser of the last years sends one with a `POST`.
    Unstated,
    /// Another site, a sandboxed frame, or headers that are malformed or contradict each other.
    Elsewhere,
}

/// `no-referrer` turns `Origin` of our own forms into `null` (Fetch §3.2.5), so that `null` beside
/// `Sec-Fetch-Site: same-origin` is our page; alone it is anybody's.
pub(crate) fn provenance(headers: &HeaderMap, origin: &str) -> Provenance {
    let (Ok(site), Ok(from)) = (single(headers, &SEC_FETCH_SITE), single(headers, &header::ORIGIN)) else {
        return Provenance::Elsewhere;
    };
    match (site, from) {
        (None, None) => Provenance::Unstated,
        (Some("same-origin"), None | Some("null")) => Provenance::SameOrigin,
        (Some("same-origin") | None, Some(from)) if from == origin => Provenance::SameOrigin,
        (Some(_) | None, Some(_)) | (Some(_), None) => Provenance::Elsewhere,
    }
}

struct Doubled;

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Doubled> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Doubled),
        (Some(_), Some(_)) => Err(Doubled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ST-OPS-02: the table of cross-site requests.
    #[test]
    fn st_ops_02_only_our_own_page_is_same_origin() {
        use Provenance::{Elsewhere, SameOrigin, Unstated};
        for (lines, expected) in [
            (&[][..], Unstated),
            (&[("sec-fetch-site", "same-origin")], SameOrigin),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], SameOrigin),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://id.example")], SameOrigin),
            (&[("origin", "https://id.example")], SameOrigin),
            (&[("origin", "null")], Elsewhere),
            (&[("origin", "https://evil.example")], Elsewhere),
            (&[("origin", "http://id.example")], Elsewhere),
            (&[("origin", "https://id.example:8443")], Elsewhere),
            (&[("origin", "https://id.example.evil.example")], Elsewhere),
            (&[("sec-fetch-site", "cross-site")], Elsewhere),
            (&[("sec-fetch-site", "same-site")], Elsewhere),
            (&[("sec-fetch-site", "none")], Elsewhere),
            (&[("sec-fetch-site", "")], Elsewhere),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://id.example")], Elsewhere),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], Elsewhere),
            (&[("origin", "https://id.example"), ("origin", "https://id.example")], Elsewhere),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], Elsewhere),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(provenance(&headers, "https://id.example"), expected, "{lines:?}");
        }
    }
}
