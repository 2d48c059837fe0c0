//! Bundle: which one runs, what it was compiled to, and another one in its place.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use gate_core::admin::{AdminError, Operator};
use gate_core::status::Status;
use gate_core::{BundleRefused, NotDeployed};
use gatewright_bundle::Digest;
use gatewright_bundle::limits::FILE_BYTES_MAX;
use gatewright_terms::{Timestamp, hex};
use serde_json::{Value, json};

use super::{Shared, Wrong, document};
use crate::body::{BodyRefused, bytes};
use crate::limits::BUNDLE_BODY;
use crate::problem::{ProblemKind, problem_with_code};
use crate::public::Pushed;

/// `GET /v1/bundle`: *running X, refused Y because …*
pub(super) async fn status(shared: &Shared) -> Result<Response<Body>, Wrong> {
    Ok(document(&status_document(&shared.gate.status(shared.now()).await)))
}

fn status_document(status: &Status) -> Value {
    json!({
        "schema": "gatewright.bundle-status/1",
        "environment": status.environment.as_str(),
        "health": status.health().word(),
        "running": {
            "digest": format!("sha256:{}", status.running.digest),
            "sequence": status.running.sequence,
            "expires": status.running.expires.map(|time: Timestamp| time.to_string()),
            "activated": status.running.activated.to_string(),
            "stale": status.stale,
        },
        "refused": status.refused.as_ref().map(|refused| json!({
            "code": refused.code.map(|number| format!("GW{number:04}")),
            "reason": refused.reason,
            "at": refused.at.to_string(),
        })),
        "store": status.store,
    })
}

/// `GET /v1/bundle/content`
pub(super) fn content(shared: &Shared, by: &Operator) -> Result<Response<Body>, Wrong> {
    let mut response = Response::new(Body::from(shared.gate.bundle_file(by)?));
    let kind = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// `PUT /v1/bundle`
pub(super) async fn deploy(
    shared: &Shared,
    by: &Operator,
    request: &Parts,
    body: Body,
) -> Result<Response<Body>, Wrong> {
    let instead_of = if_match(&request.headers)?;
    let bundle = bytes(body, FILE_BYTES_MAX, BUNDLE_BODY).await.map_err(|refused| match refused {
        BodyRefused::TooLarge => Wrong::Request(ProblemKind::TooLarge, None),
        BodyRefused::TooSlow => Wrong::Request(ProblemKind::TooSlow, None),
        BodyRefused::Broken => Wrong::Request(ProblemKind::BadRequest, Some("the body breaks off")),
    })?;
    match (shared.deploy)(Pushed { by: by.clone(), bundle, instead_of }).await {
        Ok(()) => status(shared).await,
        Err(NotDeployed::Admin(error)) => Err(error.into()),
        Err(NotDeployed::RunsAnother) => Err(Wrong::Request(ProblemKind::RunsAnother, None)),
        Err(NotDeployed::Refused(BundleRefused::Store(_))) => Err(AdminError::StoreUnavailable.into()),
        Err(NotDeployed::Refused(refused)) => Ok(refused_document(shared, &refused)),
    }
}

fn refused_document(shared: &Shared, refused: &BundleRefused) -> Response<Body> {
    let detail = refused.to_string();
    problem_with_code(ProblemKind::BundleRefused, &detail, refused.code(), &shared.correlation.next())
}

/// RFC 9110 §13.1.1, with one strong tag: a list, or `*`, would not say which bundle was looked at.
fn if_match(headers: &HeaderMap) -> Result<Option<Digest>, Wrong> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let digest = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(tag),
        (Some(_), Some(_)) => None,
    };
    let wanted = "`If-Match` must be one `\"sha256:DIGEST\"`";
    digest.map(Some).ok_or(Wrong::Request(ProblemKind::BadRequest, Some(wanted)))
}

fn tag(text: &str) -> Option<Digest> {
    hex::array(text.strip_prefix("\"sha256:")?.strip_suffix('"')?).map(Digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_is_one_digest_or_nothing() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_MATCH, HeaderValue::from_str(value).unwrap());
            }
            if_match(&headers)
        };
        let good = format!("\"sha256:{}\"", "0a".repeat(32));
        assert!(matches!(read(&[]), Ok(None)));
        assert!(matches!(read(&[&good]), Ok(Some(Digest([0x0a, ..])))));
        for bad in [&["*"][..], &[&good, &good], &[&format!("W/{good}")], &[&format!("{good}, {good}")], &[""]] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
