//! Respond: the few shapes that answers have.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use gate_core::KeptOut;
use gatewright_terms::{PublicMessage, Refusal};

use crate::pages::{RefusedPage, public_words};

/// Long enough for a store to come back, short enough for a person to wait.
pub(crate) const RETRY_AFTER_SECS: HeaderValue = HeaderValue::from_static("5");

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

pub(crate) fn with(status: StatusCode, content_type: HeaderValue, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// A page. A template that cannot be rendered is our bug and shows as an empty 500.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response<Body> {
    template.render().map_or_else(|_| empty(StatusCode::INTERNAL_SERVER_ERROR), |text| with(status, HTML, text))
}

pub(crate) fn json(status: StatusCode, text: String) -> Response<Body> {
    with(status, JSON, text)
}

/// One word and a line end.
pub(crate) fn word(status: StatusCode, word: &str) -> Response<Body> {
    with(status, TEXT, format!("{word}\n"))
}

pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// 303: the next request is a `GET`, whatever this one was. An address that is no header value is our bug.
pub(crate) fn see_other(address: &str) -> Response<Body> {
    let Ok(location) = HeaderValue::from_str(address) else { return empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = empty(StatusCode::SEE_OTHER);
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// The page of a refusal: one of three sentences, a support code, and the way back.
pub(crate) fn kept_out(host: &str, link: &str, kept_out: &KeptOut) -> Response<Body> {
    let (heading, text, link_text) = public_words(kept_out.public(), kept_out.code.is_some());
    let code = kept_out.code.as_ref().map(ToString::to_string);
    let template = RefusedPage { host, heading, text, code: code.as_deref(), link: Some(link), link_text };
    let status = match (kept_out.public(), kept_out.refusal) {
        (PublicMessage::TryLater, Refusal::TooManySignIns) => StatusCode::TOO_MANY_REQUESTS,
        (PublicMessage::TryLater, _) => StatusCode::SERVICE_UNAVAILABLE,
        (PublicMessage::StartAgain, _) => StatusCode::BAD_REQUEST,
        (PublicMessage::NotSignedIn, _) => StatusCode::FORBIDDEN,
    };
    let mut response = page(status, &template);
    if kept_out.public() == PublicMessage::TryLater {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECS);
    }
    response
}
