//! Errors: answers to requests that reach no handler.
//!
//! Invariant: whoever asks for HTML gets a page, everybody else a problem document, with the same status.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request, Response, header};
use gate_core::KeptOut;
use gatewright_terms::{PublicMessage, Refusal};

use super::Desk;
use super::request::Visit;
use crate::host::{Unclear, authority};
use crate::pages::{RefusedPage, public_words};
use crate::problem::{ProblemKind, problem};
use crate::respond;
use crate::routes::{PublicRoute, allow};
use crate::server::Failure;

/// The longest that a minute still lasts.
const THROTTLE_SECS: HeaderValue = HeaderValue::from_static("60");

impl Desk {
    /// A problem document with the name of this request.
    pub(crate) fn problem(&self, kind: ProblemKind, detail: Option<&str>) -> Response<Body> {
        problem(kind, detail, &self.shared.correlation.next())
    }

    pub(crate) fn unclear(&self, unclear: Unclear) -> Response<Body> {
        let mut response = self.problem(ProblemKind::BadRequest, Some(unclear.0));
        // Where a message ends is in doubt, so that nothing after it can be read.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// A panic, or no answer in time. The code on the page is the one in the log.
    pub(crate) fn failed(&self, failure: Failure) -> Response<Body> {
        let (kind, refusal) = match failure {
            Failure::Panicked => (ProblemKind::Internal, "request-panicked"),
            Failure::TimedOut => (ProblemKind::StoreUnavailable, "request-timed-out"),
        };
        let request = self.shared.correlation.next();
        (self.shared.log)(refusal, &[("request", &request)]);
        let (heading, text, link_text) = public_words(PublicMessage::TryLater, true);
        let environment = self.shared.gate.environment();
        let host = authority(&environment.base_url);
        let page = RefusedPage { host, heading, text, code: Some(&request), link: Some("/login"), link_text };
        let mut response = respond::page(kind.words().1, &page);
        response.headers_mut().insert(header::RETRY_AFTER, respond::RETRY_AFTER_SECS);
        response
    }

    /// The page of a refusal, and its log line.
    pub(crate) fn kept_out(&self, visit: &Visit, kept_out: &KeptOut) -> Response<Body> {
        self.throttle.count(visit.client, self.now());
        let code = kept_out.code.as_ref().map_or("none", |code| code.as_str());
        (self.shared.log)("kept-out", &[("reason", kept_out.refusal.slug()), ("support-code", code)]);
        respond::kept_out(visit.host(), &visit.begin_again(), kept_out)
    }

    /// A refusal of the HTTP layer itself, on the way to a sign-in. The address may name an organisation.
    pub(crate) async fn refuse(&self, visit: &Visit, path: &str, refusal: Refusal) -> Response<Body> {
        let org = path.strip_prefix("/sso/").and_then(|rest| rest.split_once('/')).map(|(org, _)| org);
        let kept_out = self.shared.gate.refuse_unread(refusal, org, visit.client, self.now()).await;
        self.kept_out(visit, &kept_out)
    }
}

/// A source that was refused too often. Neither looked at nor written down: it is the same flood.
pub(super) fn too_many(visit: &Visit) -> Response<Body> {
    let kept_out = KeptOut { refusal: Refusal::TooManySignIns, code: None };
    let mut response = respond::kept_out(visit.host(), &visit.begin_again(), &kept_out);
    response.headers_mut().insert(header::RETRY_AFTER, THROTTLE_SECS);
    response
}

/// An error that is not about who somebody is, for a reader who may be a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) kind: ProblemKind,
    pub(super) heading: &'static str,
    pub(super) text: &'static str,
}

impl Desk {
    /// A page for a browser, a problem document for everybody else.
    pub(super) fn say(&self, headers: &HeaderMap, said: Said) -> Response<Body> {
        if !wants_page(headers) {
            return self.problem(said.kind, Some(said.text));
        }
        let environment = self.shared.gate.environment();
        let Said { kind, heading, text } = said;
        let (host, start) = (authority(&environment.base_url), format!("{}/", environment.base_url));
        let page = RefusedPage { host, heading, text, code: None, link: Some(&start), link_text: "Go to the start" };
        respond::page(kind.words().1, &page)
    }
}

pub(super) async fn not_found(State(desk): State<Arc<Desk>>, request: Request<Body>) -> Response<Body> {
    let (request, _) = request.into_parts();
    let (heading, text) = ("There is nothing at this address", "The link is old, or was cut off.");
    desk.say(&request.headers, Said { kind: ProblemKind::NotFound, heading, text })
}

/// RFC 9110 §15.5.6: with the methods that there are.
pub(super) async fn method_not_allowed(State(desk): State<Arc<Desk>>, request: Request<Body>) -> Response<Body> {
    let (request, _) = request.into_parts();
    let (heading, text) = ("This address takes no such request", "Open it as a link instead.");
    let mut response = desk.say(&request.headers, Said { kind: ProblemKind::MethodNotAllowed, heading, text });
    let rows = PublicRoute::ALL.iter().map(|route| route.row());
    let allowed = allow(rows.map(|(verb, template, _)| (verb, template)), request.uri.path());
    response.headers_mut().extend(allowed.map(|allowed| (header::ALLOW, allowed)));
    response
}

pub(super) fn misdirected(desk: &Desk, headers: &HeaderMap) -> Response<Body> {
    (desk.shared.log)(
        "misdirected",
        &[("help", "the host of the request is not the base-url, or its proxy is not listed")],
    );
    let (heading, text) = ("This is not the right address", "The name in the address bar is not one that we serve.");
    desk.say(headers, Said { kind: ProblemKind::Misdirected, heading, text })
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Handlers run behind [`Visit::of`]; without its visit there is a bug of ours, and no answer.
pub(super) fn no_visit() -> Response<Body> {
    problem(ProblemKind::Internal, None, "none")
}
