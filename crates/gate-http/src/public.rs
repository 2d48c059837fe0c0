//! Public listener: browsers, identity providers and the proxies in front of apps.
//!
//! Reads requests. Gives pages, redirects, JSON and the answers of forward-auth, in the order of the files below.
//!
//! Invariant: `/auth/verify` is answered before the router: it is asked once per request of every app.
//! Invariant: a page is served on the host of the base URL alone; `/.gatewright/callback` on the hosts of apps alone.

mod errors;
mod handover;
pub(crate) mod health;
mod login;
mod logout;
mod outgoing;
mod request;
mod saml;
mod session;
mod sso;
mod test_sign_in;
mod verify;

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Method, Request, Response};
use axum::routing::{MethodRouter, on};
use gate_core::admin::Operator;
use gate_core::{Gate, NotDeployed};
use gatewright_bundle::Digest;
use gatewright_terms::Timestamp;
use hyper::body::Incoming;

use crate::cookies::CookieScheme;
use crate::correlation::Correlation;
use crate::forwarded::TrustedProxies;
use crate::limits::ServerLimits;
use crate::log::Log;
use crate::routes::PublicRoute;
use crate::security_headers::SecurityHeaders;
use crate::server::{Failure, Service, to_its_end};

use self::request::Visit;
use crate::throttle::Throttle;

/// Says what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A bundle that an operator pushes.
pub struct Pushed {
    pub by: Operator,
    pub bundle: Vec<u8>,
    /// What must run now.
    pub instead_of: Option<Digest>,
}

/// Keeps a pushed bundle for the next start, and puts it in force; or neither.
pub type Deploy = Arc<dyn Fn(Pushed) -> Deploying + Send + Sync>;

/// The end of it.
pub type Deploying = Pin<Box<dyn Future<Output = Result<(), NotDeployed>> + Send>>;

/// What both listeners are made of.
#[derive(Clone)]
pub struct Shared {
    pub gate: Arc<Gate>,
    pub clock: Clock,
    pub log: Log,
    pub correlation: Arc<Correlation>,
    pub limits: ServerLimits,
    pub deploy: Deploy,
}

impl Shared {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// The public listener.
pub struct Public {
    router: Router,
    desk: Arc<Desk>,
}

/// What the handlers work with.
pub(crate) struct Desk {
    pub(crate) shared: Shared,
    pub(crate) proxies: TrustedProxies,
    pub(crate) throttle: Throttle,
    secure: SecurityHeaders,
    loopback: SecurityHeaders,
}

impl Public {
    pub fn new(shared: Shared, proxies: TrustedProxies) -> Self {
        let desk = Arc::new(Desk {
            shared,
            proxies,
            throttle: Throttle::default(),
            secure: SecurityHeaders::new(CookieScheme::Secure),
            loopback: SecurityHeaders::new(CookieScheme::Loopback),
        });
        Self { router: router(&desk), desk }
    }

    /// Answers one request of `peer`; the face of tests and of the server.
    pub async fn respond<B>(&self, request: Request<B>, peer: IpAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let scheme = CookieScheme::of(&self.desk.shared.gate.environment().base_url);
        let (path, framing) = (request.uri().path(), crate::host::check_framing(request.headers(), request.uri()));
        let mut response = match framing {
            Err(unclear) => self.desk.unclear(unclear),
            // Dresses its answers itself: the ordinary one is kept whole, dress and all.
            Ok(()) if path == verify::PATH => {
                return verify::verify(&self.desk, scheme, request.method(), request.uri(), request.headers(), peer)
                    .await;
            }
            Ok(()) => self.route(request.map(Body::new), peer).await,
        };
        self.desk.dress(scheme, &mut response);
        response
    }

    async fn route(&self, mut request: Request<Body>, peer: IpAddr) -> Response<Body> {
        let visit = match Visit::of(&self.desk, &request, peer) {
            Ok(visit) => visit,
            Err(response) => return *response,
        };
        if is_sign_in(request.uri().path()) && self.desk.throttle.waits(visit.client, self.desk.now()) {
            self.desk.shared.gate.count_throttled();
            return errors::too_many(&visit);
        }
        request.extensions_mut().insert(visit);
        to_its_end(self.router.clone(), request).await
    }
}

impl Desk {
    pub(crate) fn now(&self) -> Timestamp {
        self.shared.now()
    }

    const fn security_headers(&self, scheme: CookieScheme) -> &SecurityHeaders {
        match scheme {
            CookieScheme::Secure => &self.secure,
            CookieScheme::Loopback => &self.loopback,
        }
    }

    fn dress(&self, scheme: CookieScheme, response: &mut Response<Body>) {
        self.security_headers(scheme).dress(response);
    }
}

impl Service for Public {
    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        self.respond(request, peer).await
    }

    fn failed(&self, failure: Failure) -> Response<Body> {
        let scheme = CookieScheme::of(&self.desk.shared.gate.environment().base_url);
        let mut response = self.desk.failed(failure);
        self.desk.dress(scheme, &mut response);
        response
    }
}

/// Where people are refused. Signing out, and what machines ask, never waits.
fn is_sign_in(path: &str) -> bool {
    let never_waits = path.ends_with("/slo") || path.ends_with("/metadata");
    path == "/login" || (path.starts_with("/sso/") && !never_waits) || path == PublicRoute::Handover.row().1
}

/// One axum route for each row of the list.
fn router(desk: &Arc<Desk>) -> Router {
    let mut router: Router<Arc<Desk>> = Router::new();
    for &route in PublicRoute::ALL {
        let (verb, path, _) = route.row();
        router = router.route(path, method_router(route, verb.filter()));
    }
    router
        .fallback(errors::not_found)
        .method_not_allowed_fallback(errors::method_not_allowed)
        .with_state(Arc::clone(desk))
}

fn method_router(route: PublicRoute, filter: axum::routing::MethodFilter) -> MethodRouter<Arc<Desk>> {
    on(filter, move |State(desk): State<Arc<Desk>>, request: Request<Body>| async move {
        // axum answers `HEAD` with the handler of `GET`.
        if request.method() == Method::HEAD && !route.has_head() {
            return errors::method_not_allowed(State(desk), request).await;
        }
        let (parts, body) = request.into_parts();
        handle(route, &desk, &parts, body).await
    })
}

async fn handle(route: PublicRoute, desk: &Desk, request: &Parts, body: Body) -> Response<Body> {
    match route {
        PublicRoute::Home => session::home(desk, request).await,
        PublicRoute::LoginPage => login::page(desk, request).await,
        PublicRoute::Login => login::submit(desk, request, body).await,
        PublicRoute::Start => sso::start(desk, request).await,
        PublicRoute::Callback => sso::callback(desk, request).await,
        PublicRoute::SharedCallback => sso::shared_callback(desk, request).await,
        PublicRoute::Acs => saml::acs(desk, request, body).await,
        PublicRoute::Finish => saml::finish(desk, request).await,
        PublicRoute::Metadata => saml::metadata(desk, request).await,
        PublicRoute::SingleLogout => logout::single(desk, request).await,
        PublicRoute::SingleLogoutForm => logout::single_form(desk, request, body).await,
        PublicRoute::TestSignIn => test_sign_in::begin(desk, request).await,
        PublicRoute::Logout => logout::logout(desk, request).await,
        PublicRoute::Session => session::session(desk, request).await,
        // Answered before the router; here so that the list is whole.
        PublicRoute::Verify => errors::no_visit(),
        PublicRoute::Handover => handover::take(desk, request).await,
        PublicRoute::Healthz => health::healthz(&desk.shared).await,
        PublicRoute::Readyz => health::readyz(&desk.shared).await,
        PublicRoute::Jwks => session::jwks(desk),
    }
}
