//! Gate HTTP: routes, cookies and pages of the gate, on two listeners.
//!
//! Reads HTTP requests of browsers, proxies and operators. Gives answers; who gets in is `gate-core`'s to say.
//!
//! Invariant: no decision about a person is made here.
//! Invariant: the framework (axum, hyper) stays in this crate.
//! Invariant: every answer of ours carries the security headers (`server` says which are not ours); every limit has a name in [`limits`].
//!
//! Trust: everything of a request is alleged, but for the address of the peer; forwarded headers are a listed proxy's
//! word.

mod admin;
mod body;
mod cookies;
mod correlation;
mod forwarded;
mod host;
pub mod limits;
mod log;
mod pages;
mod parameters;
mod problem;
mod public;
mod respond;
mod routes;
mod same_origin;
mod security_headers;
mod server;
mod throttle;

pub use admin::Admin;
pub use correlation::Correlation;
pub use forwarded::TrustedProxies;
pub use log::{Log, silent};
pub use public::{Clock, Deploy, Deploying, Public, Pushed, Shared};
pub use routes::{AdminRoute, PublicRoute, Verb, routes_markdown};
pub use server::{Failure, Service, serve};
