//! Session: shows who is signed in.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use gate_core::verify::{HeldRole, Who};
use gatewright_terms::Refusal;
use serde_json::{Value, json};

use super::Desk;
use super::errors::no_visit;
use super::request::Visit;
use crate::cookies::CookieName;
use crate::pages::HomePage;
use crate::problem::ProblemKind;
use crate::respond;

/// Keys rotate with an overlap, so that a copy of five minutes is always good.
const JWKS_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// `GET /session`
pub(super) async fn session(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Ok(token) = visit.cookie(&request.headers, CookieName::Session) else {
        return desk.problem(ProblemKind::BadRequest, Some("the session cookie came twice"));
    };
    match desk.shared.gate.who(token, desk.now()).await {
        Ok(who) => respond::json(StatusCode::OK, format!("{:#}\n", session_document(&who))),
        Err(Refusal::StoreUnavailable) => desk.problem(ProblemKind::StoreUnavailable, None),
        Err(_) => desk.problem(ProblemKind::NoSession, None),
    }
}

fn session_document(who: &Who) -> Value {
    json!({
        "schema": "gatewright.session/1",
        "subject": &*who.subject,
        "email": who.email.to_string(),
        "org": who.org.as_str(),
        "org_name": who.org_name,
        "roles": roles_document(&who.roles),
        "projects": who.projects.iter().map(gatewright_terms::Slug::as_str).collect::<Vec<_>>(),
        "authenticated": who.authenticated.to_string(),
        "authentication_reported": who.authentication_reported,
        "acr": who.acr,
        "idle_end": who.idle_end.to_string(),
        "expires": who.absolute_end.to_string(),
    })
}

/// The form that `X-Auth-Roles` has too.
fn roles_document(roles: &[HeldRole]) -> Value {
    roles.iter().map(HeldRole::to_json).collect()
}

/// `GET /`
pub(super) async fn home(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Ok(token) = visit.cookie(&request.headers, CookieName::Session) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    match desk.shared.gate.who(token, desk.now()).await {
        Err(Refusal::StoreUnavailable) => desk.refuse(visit, request.uri.path(), Refusal::StoreUnavailable).await,
        Err(_) => respond::see_other("/login"),
        Ok(who) => {
            let (email, ends) = (who.email.to_string(), readable(&who.absolute_end.to_string()));
            let roles = who.roles.iter().map(role_line).collect();
            let page = HomePage { host: visit.host(), email: &email, org_name: &who.org_name, roles, ends: &ends };
            respond::page(StatusCode::OK, &page)
        }
    }
}

pub(super) fn role_line(held: &HeldRole) -> String {
    match &held.project {
        None => held.role.to_string(),
        Some(project) => format!("{} in {project}", held.role),
    }
}

/// `2026-11-24T09:00:00Z` as `2026-11-24 09:00 UTC`. What is not of that form stays as it is.
pub(super) fn readable(time: &str) -> String {
    match time.strip_suffix('Z').and_then(|time| time.rsplit_once(':')) {
        Some((minutes, _)) => format!("{} UTC", minutes.replacen('T', " ", 1)),
        None => time.to_owned(),
    }
}

/// `GET /.well-known/jwks.json`
pub(super) fn jwks(desk: &Desk) -> Response<Body> {
    let mut response = respond::json(StatusCode::OK, desk.shared.gate.jwks().to_owned());
    response.headers_mut().insert(header::CACHE_CONTROL, JWKS_CACHE);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable() {
        assert_eq!(readable("2026-11-24T09:00:00Z"), "2026-11-24 09:00 UTC");
        assert_eq!(readable("@1"), "@1");
    }
}
