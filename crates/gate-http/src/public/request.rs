//! Request: what every page needs to know of the request that it answers.
//!
//! Trust: `client` and the host are the kernel's and, where the peer is a listed proxy, the proxy's word.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, Response};
use gatewright_bundle::program::{App, Environment};

use super::{Desk, errors};
use crate::cookies::{CookieDoubled, CookieName, CookieScheme};
use crate::host::{authority, host, is_host_of};
use crate::routes::PublicRoute;

/// One request at the door of a page.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) environment: Arc<Environment>,
    /// Of the client, not of the proxies.
    pub(crate) client: IpAddr,
    /// Where the request was sent to.
    place: Place,
}

/// The base URL or an app of the environment, by its index.
#[derive(Debug, Clone, Copy)]
enum Place {
    Base,
    App(usize),
}

impl Visit {
    /// Refuses requests for hosts that the path is not served on.
    pub(crate) fn of(desk: &Desk, request: &Request<Body>, peer: IpAddr) -> Result<Self, Box<Response<Body>>> {
        let environment = desk.shared.gate.environment();
        let headers = request.headers();
        let client = desk.proxies.client(peer, headers);
        let named = host(headers).map_err(|unclear| Box::new(desk.unclear(unclear)))?;
        let original = desk.proxies.original(peer, headers).map_err(|_| Box::new(desk.unclear(AMBIGUOUS_PROXY)))?;
        match place_of(&environment, request.uri().path(), original.host.unwrap_or(named)) {
            Some(place) => Ok(Self { environment, client, place }),
            None => Err(Box::new(errors::misdirected(desk, headers))),
        }
    }

    /// The visit that the router passed on.
    pub(crate) fn from(request: &Parts) -> Option<&Self> {
        request.extensions.get()
    }

    /// The configured origin that the request was sent to.
    pub(crate) fn origin(&self) -> &str {
        self.app().map_or(&self.environment.base_url, |app| &app.origin)
    }

    fn app(&self) -> Option<&App> {
        match self.place {
            Place::Base => None,
            Place::App(at) => self.environment.apps.get(at),
        }
    }

    /// Where a person who was refused here begins again. On the host of an app our pages are elsewhere.
    pub(crate) fn begin_again(&self) -> String {
        self.app()
            .map_or_else(|| "/login".to_owned(), |app| format!("{}/login?app={}", self.environment.base_url, app.slug))
    }

    /// The host that pages show at their foot.
    pub(crate) fn host(&self) -> &str {
        authority(self.origin())
    }

    pub(crate) fn scheme(&self) -> CookieScheme {
        CookieScheme::of(self.origin())
    }

    pub(crate) fn cookie<'a>(
        &self,
        headers: &'a HeaderMap,
        name: CookieName,
    ) -> Result<Option<&'a str>, CookieDoubled> {
        self.scheme().read(headers, name)
    }
}

const AMBIGUOUS_PROXY: crate::host::Unclear = crate::host::Unclear("the proxy forwards a header twice");

/// What `host` and `path` name together.
fn place_of(environment: &Environment, path: &str, host: &str) -> Option<Place> {
    if path == PublicRoute::Handover.row().1 {
        return environment.apps.iter().position(|app| is_host_of(host, &app.origin)).map(Place::App);
    }
    // Load balancers and key fetchers come by any name; what they get is the same for all and no secret.
    let by_any_name = [PublicRoute::Healthz, PublicRoute::Readyz, PublicRoute::Jwks];
    let any = by_any_name.iter().any(|route| route.row().1 == path);
    (any || is_host_of(host, &environment.base_url)).then_some(Place::Base)
}
