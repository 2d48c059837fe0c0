//! Admin listener: operators and the command line, by bearer token.
//!
//! Invariant: every route but health needs a token; `gate-core` checks the scope again, and names the operator in the
//! audit trail.
//! Invariant: errors are RFC 9457 problem documents (ST-OPS-05).
//! Invariant: the host of a request is an address or `localhost`, so that no page of a stranger reaches this listener by
//! DNS rebinding.
//!
//! Trust: a token is a guess until the store knows its hash; being inside the network proves nothing (ST-OPS-09).

mod audit;
mod bundle;
mod orgs;
mod platform;
mod snapshot;
mod why;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use axum::routing::on;
use gate_core::admin::{AdminError, Operator};
use hyper::body::Incoming;
use serde_json::Value;

use crate::cookies::CookieScheme;
use crate::host::{Unclear, check_framing, host, is_local_name};
use crate::problem::{ProblemKind, problem};
use crate::public::Shared;
use crate::public::health::{healthz, readyz};
use crate::respond;
use crate::routes::{AdminRoute, allow};
use crate::security_headers::SecurityHeaders;
use crate::server::{Failure, Service, to_its_end};

/// The admin listener.
pub struct Admin {
    router: Router,
    shared: Arc<Shared>,
    headers: SecurityHeaders,
}

impl Admin {
    pub fn new(shared: Shared) -> Self {
        let shared = Arc::new(shared);
        // Plain HTTP on loopback: no HSTS.
        Self { router: router(&shared), headers: SecurityHeaders::new(CookieScheme::Loopback), shared }
    }

    /// Answers one request; the face of tests and of the server.
    pub async fn respond<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let mut response = if let Err((kind, detail)) = screen(request.headers(), request.uri()) {
            say(&self.shared, kind, Some(detail))
        } else {
            to_its_end(self.router.clone(), request.map(Body::new)).await
        };
        self.headers.put_on(response.headers_mut());
        response
    }
}

impl Service for Admin {
    async fn answer(&self, request: Request<Incoming>, _: IpAddr) -> Response<Body> {
        self.respond(request).await
    }

    fn failed(&self, failure: Failure) -> Response<Body> {
        let (kind, event) = match failure {
            Failure::Panicked => (ProblemKind::Internal, "admin-request-panicked"),
            Failure::TimedOut => (ProblemKind::StoreUnavailable, "admin-request-timed-out"),
        };
        let name = self.shared.correlation.next();
        (self.shared.log)(event, &[("request", &name)]);
        let mut response = problem(kind, None, &name);
        self.headers.put_on(response.headers_mut());
        response
    }
}

fn screen(headers: &HeaderMap, uri: &Uri) -> Result<(), (ProblemKind, &'static str)> {
    let unclear = |Unclear(detail)| (ProblemKind::BadRequest, detail);
    check_framing(headers, uri).map_err(unclear)?;
    if is_local_name(host(headers).map_err(unclear)?) {
        Ok(())
    } else {
        Err((ProblemKind::Misdirected, "address this listener by its IP address or as localhost"))
    }
}

fn router(shared: &Arc<Shared>) -> Router {
    let mut router: Router<Arc<Shared>> = Router::new();
    for &route in AdminRoute::ALL {
        let (verb, path, _, _) = route.row();
        let handler = move |State(shared): State<Arc<Shared>>, request: Request<Body>| async move {
            enter(route, &shared, request).await
        };
        router = router.route(path, on(verb.filter(), handler));
    }
    router.fallback(not_found).method_not_allowed_fallback(method_not_allowed).with_state(Arc::clone(shared))
}

/// The token first; only then what is asked.
async fn enter(route: AdminRoute, shared: &Shared, request: Request<Body>) -> Response<Body> {
    let (_, _, scope, _) = route.row();
    let Some(scope) = scope else { return health(route, shared).await };
    if request.method() == Method::HEAD {
        return no_such_method(shared, request.uri());
    }
    let (request, body) = request.into_parts();
    let operator = match bearer(&request.headers) {
        None => return say(shared, ProblemKind::TokenMissing, None),
        Some(token) => match shared.gate.operator(token).await {
            Err(error) => return refused(shared, &error),
            Ok(operator) if !operator.has(scope) => return refused(shared, &AdminError::ScopeMissing(scope)),
            Ok(operator) => operator,
        },
    };
    handle(route, shared, &operator, &request, body).await.unwrap_or_else(|error| match error {
        Wrong::Core(error) => refused(shared, &error),
        Wrong::Request(kind, detail) => say(shared, kind, detail),
    })
}

/// Why a request of an operator was not done.
enum Wrong {
    Core(AdminError),
    Request(ProblemKind, Option<&'static str>),
}

impl From<AdminError> for Wrong {
    fn from(error: AdminError) -> Self {
        Self::Core(error)
    }
}

async fn handle(
    route: AdminRoute,
    shared: &Shared,
    by: &Operator,
    request: &Parts,
    body: Body,
) -> Result<Response<Body>, Wrong> {
    match route {
        AdminRoute::Bundle => bundle::status(shared).await,
        AdminRoute::Deploy => bundle::deploy(shared, by, request, body).await,
        AdminRoute::BundleContent => bundle::content(shared, by),
        AdminRoute::Checkpoint => platform::checkpoint(shared).await,
        AdminRoute::Metrics => platform::metrics(shared, by).await,
        AdminRoute::Trace => platform::trace(shared, by, request).await,
        AdminRoute::MembersSnapshot => snapshot::snapshot(shared, by).await,
        AdminRoute::Members => orgs::members(shared, by, request).await,
        AdminRoute::Why => why::why(shared, by, request).await,
        AdminRoute::RemoveMember => orgs::remove_member(shared, by, request).await,
        AdminRoute::EndSessions => orgs::end_sessions(shared, by, request).await,
        AdminRoute::Domains => orgs::domains(shared, by, request).await,
        AdminRoute::ProveDomain => orgs::prove_domain(shared, by, request, body).await,
        AdminRoute::MakeTestLink => orgs::make_test_link(shared, by, request).await,
        AdminRoute::OrgAudit => audit::org(shared, by, request).await,
        AdminRoute::PlatformAudit => audit::platform(shared, by, request).await,
        AdminRoute::Healthz | AdminRoute::Readyz => Ok(health(route, shared).await),
    }
}

async fn health(route: AdminRoute, shared: &Shared) -> Response<Body> {
    if route == AdminRoute::Readyz { readyz(shared).await } else { healthz(shared).await }
}

/// RFC 6750 §2.1; the scheme's case does not matter (RFC 9110 §11.1). Two headers are none.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The `at`-th segment of the path as it was sent. `gate-core` parses it.
fn segment(request: &Parts, at: usize) -> Result<&str, Wrong> {
    request.uri.path().split('/').nth(at).ok_or(Wrong::Request(ProblemKind::NotFound, None))
}

fn document(value: &Value) -> Response<Body> {
    respond::json(StatusCode::OK, format!("{value:#}\n"))
}

fn say(shared: &Shared, kind: ProblemKind, detail: Option<&str>) -> Response<Body> {
    problem(kind, detail, &shared.correlation.next())
}

fn refused(shared: &Shared, error: &AdminError) -> Response<Body> {
    let kind = match error {
        AdminError::TokenUnknown => ProblemKind::TokenMissing,
        AdminError::ScopeMissing(_) => ProblemKind::ScopeMissing,
        AdminError::NotFound(_) => ProblemKind::NotFound,
        AdminError::Unclear(_) => ProblemKind::BadRequest,
        AdminError::StoreUnavailable => ProblemKind::StoreUnavailable,
    };
    say(shared, kind, Some(&error.to_string()))
}

async fn not_found(State(shared): State<Arc<Shared>>) -> Response<Body> {
    say(&shared, ProblemKind::NotFound, None)
}

async fn method_not_allowed(State(shared): State<Arc<Shared>>, uri: Uri) -> Response<Body> {
    no_such_method(&shared, &uri)
}

fn no_such_method(shared: &Shared, uri: &Uri) -> Response<Body> {
    let rows = AdminRoute::ALL.iter().map(|route| route.row());
    let mut response = say(shared, ProblemKind::MethodNotAllowed, None);
    let allowed = allow(rows.map(|(verb, template, ..)| (verb, template)), uri.path());
    response.headers_mut().extend(allowed.map(|allowed| (header::ALLOW, allowed)));
    response
}
