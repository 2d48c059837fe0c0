//! Logout: ends a session from our side, and takes part in the identity provider's own logout.
//!
//! Invariant: the session here ends first, whatever the identity provider does next (ST-SAML-27).
//! Invariant: the query goes on unread, for its signature covers the very octets (ST-SAML-26).
//!
//! Trust: a message of single logout is alleged; `gate-core` checks it.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode, header};
use gate_core::logout::{SloBody, SloDone, SloMessage};
use gatewright_terms::Refusal;

use super::Desk;
use super::errors::no_visit;
use super::login::FROM_ELSEWHERE;
use super::outgoing::{self, send, send_after_form};
use super::request::Visit;
use super::saml::SamlForm;
use super::sso::org_and_connection;
use crate::cookies::CookieName;
use crate::pages::SignedOutPage;
use crate::respond;
use crate::same_origin::{Provenance, provenance};

/// `POST /logout`: needs the proof that the form stood on our own page (ST-OPS-02).
pub(super) async fn logout(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    match provenance(&request.headers, visit.origin()) {
        Provenance::SameOrigin => {}
        Provenance::Unstated | Provenance::Elsewhere => {
            return desk.say(&request.headers, FROM_ELSEWHERE);
        }
    }
    let Ok(token) = visit.cookie(&request.headers, CookieName::Session) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    let at_provider = match token {
        None => None,
        Some(token) => match desk.shared.gate.logout(token, desk.now()).await {
            // The session lives on as long as the store is away, so its cookie stays: the person can try again.
            Err(kept_out) => return desk.kept_out(visit, &kept_out),
            Ok(logged_out) => logged_out.at_provider,
        },
    };
    let mut response = match &at_provider {
        None => signed_out(visit, false),
        Some(to) => send_after_form(visit.host(), outgoing::SIGN_OUT, to),
    };
    for cookie in [CookieName::Session, CookieName::Flow] {
        response.headers_mut().extend(visit.scheme().clear(cookie).map(|gone| (header::SET_COOKIE, gone)));
    }
    response
}

/// `GET /sso/{org}/{connection}/slo`
pub(super) async fn single(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let query = request.uri.query().unwrap_or_default();
    take(desk, visit, request, SloBody::Redirect { query }).await
}

/// `POST /sso/{org}/{connection}/slo`
pub(super) async fn single_form(desk: &Desk, request: &Parts, body: Body) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let form = match SamlForm::read(desk, request, body).await {
        Ok(form) => form,
        Err(refused) => return desk.no_form(visit, request, refused).await,
    };
    let posted = SloBody::Post {
        request: form.request.as_deref().map(str::as_bytes),
        response: form.response.as_deref().map(str::as_bytes),
        relay_state: form.relay_state.as_deref().filter(|state| !state.is_empty()),
    };
    take(desk, visit, request, posted).await
}

async fn take(desk: &Desk, visit: &Visit, request: &Parts, body: SloBody<'_>) -> Response<Body> {
    let Some((org, connection)) = org_and_connection(request.uri.path()) else { return no_visit() };
    let message = SloMessage { org, connection, body, address: visit.client };
    match desk.shared.gate.single_logout(message, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(SloDone::Answer(to)) => send(visit.host(), outgoing::ANSWER, &to),
        Ok(SloDone::SignedOut { everywhere }) => signed_out(visit, everywhere),
    }
}

fn signed_out(visit: &Visit, everywhere: bool) -> Response<Body> {
    respond::page(StatusCode::OK, &SignedOutPage { host: visit.host(), everywhere })
}
