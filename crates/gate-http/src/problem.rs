//! Problem: errors of the machine-read routes, as RFC 9457 problem documents.
//!
//! Invariant: `type` is stable and scripted against; `title` and `detail` are our own sentences, never text of a store,
//! a stack or a path (ST-OPS-05).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What went wrong, by its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    BadRequest,
    NoSession,
    TokenMissing,
    ScopeMissing,
    Refused,
    NotFound,
    MethodNotAllowed,
    Misdirected,
    TooLarge,
    TooSlow,
    BundleRefused,
    RunsAnother,
    Internal,
    StoreUnavailable,
}

impl ProblemKind {
    /// Slug, status, title.
    pub(crate) const fn words(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::BadRequest => ("bad-request", StatusCode::BAD_REQUEST, "The request is not understood"),
            Self::NoSession => ("no-session", StatusCode::UNAUTHORIZED, "There is no live session"),
            Self::TokenMissing => ("token-missing", StatusCode::UNAUTHORIZED, "A valid bearer token is needed"),
            Self::ScopeMissing => ("scope-missing", StatusCode::FORBIDDEN, "The token may not do this"),
            Self::Refused => ("refused", StatusCode::FORBIDDEN, "The request is refused"),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "There is nothing here"),
            Self::MethodNotAllowed => {
                ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "The method does not exist here")
            }
            Self::Misdirected => ("misdirected", StatusCode::MISDIRECTED_REQUEST, "This host is not served here"),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The request is too large"),
            Self::TooSlow => ("too-slow", StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive"),
            Self::BundleRefused => {
                ("bundle-refused", StatusCode::UNPROCESSABLE_ENTITY, "The bundle is refused, and nothing has changed")
            }
            Self::RunsAnother => {
                ("runs-another", StatusCode::PRECONDITION_FAILED, "Another bundle runs than the one to be replaced")
            }
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
            Self::StoreUnavailable => {
                ("store-unavailable", StatusCode::SERVICE_UNAVAILABLE, "The store does not answer")
            }
        }
    }
}

/// The document. `request` is the correlation id that the log line of the request carries.
pub(crate) fn problem(kind: ProblemKind, detail: Option<&str>, request: &str) -> Response<Body> {
    answer(kind, &document(kind, detail, request))
}

/// The same with `code`, which `gatewright explain` knows: `GW1402`.
pub(crate) fn problem_with_code(kind: ProblemKind, detail: &str, code: Option<u16>, request: &str) -> Response<Body> {
    let mut document = document(kind, Some(detail), request);
    if let (Some(code), Some(members)) = (code, document.as_object_mut()) {
        members.insert("code".to_owned(), format!("GW{code:04}").into());
    }
    answer(kind, &document)
}

fn document(kind: ProblemKind, detail: Option<&str>, request: &str) -> serde_json::Value {
    let (slug, status, title) = kind.words();
    serde_json::json!({
        "type": format!("urn:gatewright:problem:{slug}"),
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "instance": format!("urn:gatewright:request:{request}"),
    })
}

fn answer(kind: ProblemKind, document: &serde_json::Value) -> Response<Body> {
    let (_, status, _) = kind.words();
    let mut text = String::new();
    // Alternate form is indented: people read these in terminals.
    let _ = writeln!(text, "{document:#}");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
    if status == StatusCode::UNAUTHORIZED && kind == ProblemKind::TokenMissing {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"gatewright-admin\""));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, crate::respond::RETRY_AFTER_SECS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    impl ProblemKind {
        const ALL: &'static [Self] = &[
            Self::BadRequest,
            Self::NoSession,
            Self::TokenMissing,
            Self::ScopeMissing,
            Self::Refused,
            Self::NotFound,
            Self::MethodNotAllowed,
            Self::Misdirected,
            Self::TooLarge,
            Self::TooSlow,
            Self::BundleRefused,
            Self::RunsAnother,
            Self::Internal,
            Self::StoreUnavailable,
        ];
    }

    #[tokio::test]
    async fn st_ops_05_every_problem_has_its_own_type_and_the_members_of_rfc_9457() {
        let mut types = Vec::new();
        for &kind in ProblemKind::ALL {
            let response = problem(kind, Some("a \"detail\"\n"), "7f00-1");
            let status = response.status().as_u16();
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            let bytes = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
            let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["status"], status);
            assert_eq!(document["detail"], "a \"detail\"\n");
            assert_eq!(document["instance"], "urn:gatewright:request:7f00-1");
            types.push(document["type"].to_string());
        }
        types.sort();
        types.dedup();
        assert_eq!(types.len(), ProblemKind::ALL.len());
    }
}
