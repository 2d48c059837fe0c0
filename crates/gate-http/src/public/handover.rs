//! Hand-over: a session arrives at the origin of an app, passed on by the proxy of the app.
//!
//! Invariant: the code counts only at the origin that it was made for; the origin is the configuration's text, found by
//! the host of the request.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, header};
use gatewright_terms::Refusal;

use super::Desk;
use super::errors::no_visit;
use super::request::Visit;
use crate::parameters::read;
use crate::respond;

/// `GET /.gatewright/callback?code=`
pub(super) async fn take(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Ok([Some(code)]) = read(request.uri.query().unwrap_or_default(), ["code"]) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    match desk.shared.gate.take_handover(visit.origin(), &code, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(handed_over) => {
            let mut response = respond::see_other(&handed_over.url);
            let cookie = visit.scheme().session(handed_over.session.reveal(), handed_over.absolute_secs);
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            response
        }
    }
}
