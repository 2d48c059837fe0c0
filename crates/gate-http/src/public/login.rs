//! Login: asks for an e-mail address and leads to the sign-in of its domain.
//!
//! Invariant: the answer depends on the domain alone, in status and shape, never on the person (ST-OPS-06).
//! Invariant: a form changes nothing; the sign-in begins with the link that it leads to.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode, header};
use gate_core::signin::{Discovered, Landing};
use gatewright_terms::{EmailAddress, Refusal};

use super::Desk;
use super::errors::{Said, no_visit};
use super::request::Visit;
use crate::body::{BodyRefused, text};
use crate::cookies::CookieName;
use crate::host::authority;
use crate::limits::FORM_BYTES_MAX;
use crate::pages::{ContinuePage, NowherePage, SignInPage};
use crate::parameters::{encode, read};
use crate::problem::ProblemKind;
use crate::respond;
use crate::same_origin::{Provenance, provenance};

/// Where the person wants to go afterwards, as it came.
struct Wish<'a> {
    app: Option<Cow<'a, str>>,
    return_to: Option<Cow<'a, str>>,
}

/// `GET /login`: with a live session and an app, straight there.
pub(super) async fn page(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Ok([app, return_to]) = read(request.uri.query().unwrap_or_default(), ["app", "return_to"]) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    let wish = Wish { app, return_to };
    match hand_over(desk, visit, request, &wish).await {
        Some(response) => response,
        None => form(desk, visit, request, &wish, None).await,
    }
}

/// `None` where the person has to sign in first.
async fn hand_over(desk: &Desk, visit: &Visit, request: &Parts, wish: &Wish<'_>) -> Option<Response<Body>> {
    let Ok(session) = visit.cookie(&request.headers, CookieName::Session) else {
        return Some(desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await);
    };
    let (session, app) = (session?, wish.app.as_deref()?);
    match desk.shared.gate.hand_over(session, app, wish.return_to.as_deref(), desk.now()).await {
        Ok(Landing::App { url } | Landing::Direct { url }) => Some(respond::see_other(&url)),
        Ok(Landing::Ours) => Some(respond::see_other("/")),
        // Without a session here, or with one of another organisation, another sign-in is the way.
        Err(kept_out) if matches!(kept_out.refusal, Refusal::NoSession | Refusal::WrongOrg) => None,
        Err(kept_out) => Some(desk.kept_out(visit, &kept_out)),
    }
}

/// The sign-in page; `wrong` is a text that was sent and is no address.
async fn form(desk: &Desk, visit: &Visit, request: &Parts, wish: &Wish<'_>, wrong: Option<&str>) -> Response<Body> {
    let app = match wish.app.as_deref() {
        None => None,
        Some(slug) => match visit.environment.apps.iter().find(|app| app.slug.as_str() == slug) {
            None => return desk.refuse(visit, request.uri.path(), Refusal::AppUnknown).await,
            Some(app) => Some(app),
        },
    };
    let page = SignInPage {
        host: visit.host(),
        app_host: app.map(|app| authority(&app.origin)),
        app: app.map(|app| app.slug.as_str()),
        return_to: wish.return_to.as_deref(),
        wrong,
    };
    respond::page(if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// `POST /login`: 200 and a page with one link. A form that stood on another site is refused.
pub(super) async fn submit(desk: &Desk, request: &Parts, body: Body) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    match provenance(&request.headers, visit.origin()) {
        Provenance::SameOrigin | Provenance::Unstated => {}
        Provenance::Elsewhere => return desk.say(&request.headers, FROM_ELSEWHERE),
    }
    if !is_form(&request.headers) {
        return desk.say(&request.headers, unread(ProblemKind::BadRequest));
    }
    let form_text = match text(body, FORM_BYTES_MAX, desk.shared.limits.body).await {
        Ok(text) => text,
        Err(BodyRefused::TooLarge) => return desk.say(&request.headers, unread(ProblemKind::TooLarge)),
        Err(BodyRefused::TooSlow) => return desk.say(&request.headers, unread(ProblemKind::TooSlow)),
        Err(BodyRefused::Broken) => return desk.say(&request.headers, unread(ProblemKind::BadRequest)),
    };
    let Ok([email, app, return_to]) = read(&form_text, ["email", "app", "return_to"]) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    lead(desk, visit, request, email.as_deref().unwrap_or_default().trim(), &Wish { app, return_to }).await
}

/// Also of `POST /logout`.
pub(super) const FROM_ELSEWHERE: Said = Said {
    kind: ProblemKind::Refused,
    heading: "This was sent from another site",
    text: "Open our page yourself and press the button there.",
};

pub(super) const fn unread(kind: ProblemKind) -> Said {
    Said { kind, heading: "We could not read this form", text: "Go back, and send it once more." }
}

async fn lead(desk: &Desk, visit: &Visit, request: &Parts, email: &str, wish: &Wish<'_>) -> Response<Body> {
    let Ok(address) = EmailAddress::parse(email) else { return form(desk, visit, request, wish, Some(email)).await };
    let (host, domain) = (visit.host(), address.domain().as_str());
    match desk.shared.gate.discover(email, desk.now()).await {
        Discovered::Connection { org, connection } => {
            let link = with_wish(format!("/sso/{org}/{connection}/start"), wish);
            respond::page(StatusCode::OK, &ContinuePage { host, domain, link: &link })
        }
        Discovered::Nowhere => {
            respond::page(StatusCode::OK, &NowherePage { host, domain, link: &with_wish("/login".to_owned(), wish) })
        }
    }
}

fn with_wish(mut link: String, wish: &Wish<'_>) -> String {
    for (name, value) in [("app", &wish.app), ("return_to", &wish.return_to)] {
        let Some(value) = value else { continue };
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(name);
        link.push('=');
        link.extend(encode(value));
    }
    link
}

pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
