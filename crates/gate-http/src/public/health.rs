//! Health: one word for load balancers. The reasons stand behind the admin listener.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use gate_core::status::Health;

use super::Shared;
use crate::respond;

/// The process lives: 200, whatever the word is. Whoever restarts on this must not restart on a store that is away.
pub(crate) async fn healthz(shared: &Shared) -> Response<Body> {
    respond::word(StatusCode::OK, health(shared).await.word())
}

/// Requests can be answered: 503 where the store is away. `degraded` and `stale` serve, and say so.
pub(crate) async fn readyz(shared: &Shared) -> Response<Body> {
    let health = health(shared).await;
    match health {
        Health::Ok | Health::Degraded | Health::Stale => respond::word(StatusCode::OK, health.word()),
        Health::NoStore => {
            let mut response = respond::word(StatusCode::SERVICE_UNAVAILABLE, health.word());
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            response
        }
    }
}

async fn health(shared: &Shared) -> Health {
    shared.gate.status(shared.now()).await.health()
}
