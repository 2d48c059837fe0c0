//! Test sign-in: a one-time link tries a connection, and ends in a trace instead of a session.
//!
//! Invariant: whoever has no live link learns nothing; whoever has one was given it by an operator, and sees everything.
//! Invariant: no session cookie is set or cleared.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode, header};
use gate_core::signin::{TestBegun, TestStart, Trace, TraceOutcome, TracedPerson};
use gatewright_terms::Refusal;

use super::Desk;
use super::errors::no_visit;
use super::outgoing::{self, send};
use super::request::Visit;
use super::session::{readable, role_line};
use super::sso::org_and_connection;
use crate::cookies::CookieName;
use crate::pages::{RefusedWhy, TracedPage};
use crate::parameters::read;
use crate::respond;

/// `GET /sso/{org}/{connection}/test?t=`
pub(super) async fn begin(desk: &Desk, request: &Parts) -> Response<Body> {
    let Some(visit) = Visit::from(request) else { return no_visit() };
    let Some((org, connection)) = org_and_connection(request.uri.path()) else { return no_visit() };
    let link = read(request.uri.query().unwrap_or_default(), ["t"]);
    let (Ok([Some(token)]), Ok(browser)) = (link, visit.cookie(&request.headers, CookieName::Flow)) else {
        return desk.refuse(visit, request.uri.path(), Refusal::ParameterRefused).await;
    };
    let start = TestStart { org, connection, token: &token, browser, address: visit.client };
    match desk.shared.gate.begin_test(start, desk.now()).await {
        Err(kept_out) => desk.kept_out(visit, &kept_out),
        Ok(TestBegun::Tested(trace)) => traced(visit.host(), &trace),
        Ok(TestBegun::Begun(begun)) => {
            let mut response = send(visit.host(), outgoing::SIGN_IN, &begun.to);
            let cookie = visit.scheme().flow(begun.browser.reveal());
            response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            response
        }
    }
}

/// The page of the trace: 200, for the test itself has worked, whatever it found.
pub(super) fn traced(host: &str, trace: &Trace) -> Response<Body> {
    let (heading, roles, refused) = match &trace.outcome {
        TraceOutcome::Admitted { roles } => {
            ("This sign-in works", Some(roles.iter().map(role_line).collect::<Vec<_>>()), None)
        }
        TraceOutcome::Refused { refusal } => ("This sign-in would be refused", None, Some(why(*refusal))),
    };
    let page = TracedPage {
        host,
        heading,
        org: trace.org.as_str(),
        connection: trace.connection.as_str(),
        refused,
        facts: trace.person.as_ref().map(facts).unwrap_or_default(),
        roles,
        steps: &trace.steps,
        code: trace.code.as_str(),
    };
    respond::page(StatusCode::OK, &page)
}

fn why(refusal: Refusal) -> RefusedWhy {
    let page = refusal.page();
    RefusedWhy { slug: refusal.slug(), title: page.title, cause: page.cause, repair: page.repair }
}

/// What is known of the person, in the order in which an operator looks for it.
fn facts(person: &TracedPerson) -> Vec<(&'static str, String)> {
    let name = [&person.given_name, &person.family_name].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let groups = match &person.groups {
        None => "unknown: the provider did not say".to_owned(),
        Some(groups) if groups.is_empty() => "none".to_owned(),
        Some(groups) => groups.join(", "),
    };
    let at = readable(&person.authenticated.to_string());
    let authenticated =
        if person.authentication_reported { at } else { format!("{at} (the provider did not say; this is now)") };
    let standing = if person.owner { format!("{}, owner", person.standing) } else { person.standing.to_owned() };
    let told = [
        ("E-mail", Some(person.email.clone())),
        ("Name", Some(name).filter(|name| !name.is_empty())),
        ("Groups", Some(groups)),
        ("Attributes", Some(person.attributes.join(", ")).filter(|attributes| !attributes.is_empty())),
        ("Standing", Some(standing)),
        ("Subject", Some(person.subject.clone())),
        ("Issuer", Some(person.issuer.clone())),
        ("NameID", person.name_id.clone()),
        ("NameID format", person.name_id_format.clone()),
        ("Authenticated", Some(authenticated)),
        ("Authentication context", person.acr.clone()),
        ("Session at the provider", person.session_index.clone()),
        ("Ends there", person.session_ends.map(|end| readable(&end.to_string()))),
    ];
    told.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}
