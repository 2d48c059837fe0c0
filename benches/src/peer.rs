//! Peer: the axum handler that reads one cookie and one map entry, as a process of its own.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;

/// Prints its address, then serves until it is ended.
pub(crate) async fn serve() -> Result<(), std::io::Error> {
    let sessions: HashMap<String, u64> = (0..10_000).map(|n| (format!("token-{n}"), n)).collect();
    let routes = Router::new().route("/verify", get(verify)).with_state(Arc::new(sessions));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("{}", listener.local_addr()?);
    axum::serve(listener, routes).await
}

async fn verify(State(sessions): State<Arc<HashMap<String, u64>>>, headers: HeaderMap) -> StatusCode {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = cookies.split("; ").find_map(|pair| pair.strip_prefix("session="));
    if token.and_then(|token| sessions.get(token)).is_some() { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
}
