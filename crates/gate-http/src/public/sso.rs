//! SSO: begins a sign-in at an identity provider, and takes its answer.
//!
//! Invariant: the query of an answer goes on unread: which parameters may come twice is the protocol's to say.
//! Invariant: a session cookie is set in two places: `end` of `saml`, where both protocols end, and `handover`.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, header};
use gate_core::signin::{Arrived, CallbackPath, Landing, Start};
use gatewright_terms::Refusal;

use super::Desk;
use super::errors::no_visit;
use super::outgoing::{self, send};
use super::request::Visit;
use super::saml::end;
use crate::cookies::CookieName;
use crate::parameters::read;
use crate::respond;

/// `GET /sso/{org}/{connection}/start`
pub(super) async fn start(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let parameters = read(request.uri.query().unwrap_or_default(), ["app", "return_to", "step_up"]);
    let (Ok([app, return_to, step_up]), Ok(browser)) = (parameters, visit.cookie(&request.headers, CookieName::Flow))
    else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    let Some((org, connection)) = org_and_connection(request.uri.path()) else { return no_visit() };
    let (app, return_to, step_up) = (app.as_deref(), return_to.as_deref(), step_up.as_deref());
    // A step up is asked for because the session that there is does not do.
    if step_up.is_none()
        && let Some(app) = app
        && let Some(there) = hand_over(desk, visit, request, org, (app, return_to)).await
    {
        return there;
    }
    let start = Start { org, connection, app, return_to, step_up, browser, address: visit.client };
    match desk.shared.gate.begin(start, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(begun) => {
            let mut response = send(visit.host(), outgoing::SIGN_IN, &begun.to);
            let cookie = visit.scheme().flow(begun.browser.reveal());
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            response
        }
    }
}

/// Proxies send everybody here who has no session at their app. Whoever has one of the organisation with us goes straight
/// back: one sign-in for all apps.
async fn hand_over(
    desk: &Desk,
    visit: &Visit,
    request: &Parts,
    org: &str,
    (app, return_to): (&str, Option<&str>),
) -> Option<Response<Body>> {
    let session = visit.cookie(&request.headers, CookieName::Session).ok()??;
    let who = desk.shared.gate.who(Some(session), desk.now()).await.ok()?;
    if who.org.as_str() != org {
        return None;
    }
    match desk.shared.gate.hand_over(session, app, return_to, desk.now()).await.ok()? {
        Landing::App { url } | Landing::Direct { url } => Some(respond::see_other(&url)),
        Landing::Ours => None,
    }
}

/// `GET /sso/{org}/{connection}/callback`
pub(super) async fn callback(desk: &Desk, request: &Parts) -> Response<Body> {
    match org_and_connection(request.uri.path()) {
        Some((org, connection)) => arrive(desk, request, CallbackPath::Connection { org, connection }).await,
        None => no_visit(),
    }
}

/// `GET /sso/shared/{client}/callback`
pub(super) async fn shared_callback(desk: &Desk, request: &Parts) -> Response<Body> {
    match org_and_connection(request.uri.path()) {
        Some((_, client)) => arrive(desk, request, CallbackPath::Shared { client }).await,
        None => no_visit(),
    }
}

async fn arrive(desk: &Desk, request: &Parts, path: CallbackPath<'_>) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Ok(browser) = visit.cookie(&request.headers, CookieName::Flow) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    let query = request.uri.query().unwrap_or_default();
    // One that came twice is no session that could end; the new one takes its place in the browser.
    let session = visit.cookie(&request.headers, CookieName::Session).unwrap_or_default();
    let arrived = Arrived { path, query, browser, session, address: visit.client };
    match desk.shared.gate.finish_oidc(arrived, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(finished) => end(visit, &finished),
    }
}

/// The two segments of `/sso/{}/{}/…` as they were sent. `gate-core` parses them.
pub(super) fn org_and_connection(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.strip_prefix("/sso/")?.split('/');
    segments.next().zip(segments.next())
}
