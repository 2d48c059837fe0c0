//! Server: accepts connections, reads HTTP/1.1 within the limits, catches panics, and drains.
//!
//! Invariant: a request can cost a connection, never the process (ST-OPS-13).
//! Invariant: a request that has no body runs to its end, though its client hangs up.
//! Invariant: what is no HTTP, or a head over the limits, is answered by hyper itself: 400 or 431, an empty body, the
//! connection closed. No handler ran and no page is shown, so that it has none of the security headers.
//! Invariant: a connection that says nothing, or says it slowly, is closed.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX, ServerLimits};
use crate::respond;

/// Whoever answers requests. Errors are answers.
pub trait Service: Send + Sync + 'static {
    fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> impl Future<Output = Response<Body>> + Send;
    /// Instead of an answer that never came: a panic, or more time than a request has.
    fn failed(&self, failure: Failure) -> Response<Body>;
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Panicked,
    TimedOut,
}

/// After an `accept` that failed (no file descriptor left): waiting is all that helps.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `drain` turns true, then lets requests that are under way finish. Gives whether all of them did.
pub async fn serve<S: Service>(
    listener: TcpListener,
    service: Arc<S>,
    limits: ServerLimits,
    mut drain: watch::Receiver<bool>,
) -> bool {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            () = drained(&mut drain) => break,
        };
        if let Some((stream, peer, place)) = accepted {
            connections.spawn(connection(stream, peer, place, Arc::clone(&service), limits, drain.clone()));
        }
    }
    drop(listener);
    let finished = tokio::time::timeout(limits.drain, async { while connections.join_next().await.is_some() {} }).await;
    finished.is_ok()
}

/// Resolves once `drain` is true, or its sender is gone.
async fn drained(drain: &mut watch::Receiver<bool>) {
    let _ = drain.wait_for(|&now| now).await;
}

/// A place first, then a connection: above the limit the kernel's queue waits.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    if let Ok((stream, peer)) = listener.accept().await {
        return Some((stream, peer, place));
    }
    tokio::time::sleep(ACCEPT_PAUSE).await;
    None
}

async fn connection<S: Service>(
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    service: Arc<S>,
    limits: ServerLimits,
    mut drain: watch::Receiver<bool>,
) {
    // Answers are one packet: waiting for more only delays them.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(|request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(answer(&*service, request, peer.ip(), limits.request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        biased;
        _ = serving.as_mut() => true,
        () = tokio::time::sleep(limits.connection) => false,
        () = drained(&mut drain) => false,
    };
    if !ended {
        serving.as_mut().graceful_shutdown();
        let _ = tokio::time::timeout(limits.request, serving).await;
    }
    drop(place);
}

async fn answer<S: Service>(service: &S, request: Request<Incoming>, peer: IpAddr, time: Duration) -> Response<Body> {
    let answering = caught(service.answer(request, peer));
    match tokio::time::timeout(time, answering).await {
        Ok(Ok(response)) => response,
        Ok(Err(Panicked)) => service.failed(Failure::Panicked),
        Err(_) => service.failed(Failure::TimedOut),
    }
}

/// Runs a request in a task of its own, to its end, whether the client waits for it or hangs up. A sign-out that was
/// stopped between the store and what this process remembers would leave the session alive here for a while, and a
/// refusal that was stopped would be neither recorded nor counted.
///
/// A body that does not come whole ends with the connection: reading it fails, and the request with it.
pub(crate) async fn to_its_end(router: Router, request: Request<Body>) -> Response<Body> {
    match tokio::spawn(router.oneshot(request)).await {
        Ok(answered) => answered.unwrap_or_else(|never| match never {}),
        Err(ended) => match ended.try_into_panic() {
            // Caught where every panic of a request is caught.
            Ok(panic) => resume_unwind(panic),
            Err(_) => respond::empty(StatusCode::SERVICE_UNAVAILABLE),
        },
    }
}

pub(crate) struct Panicked;

/// Runs a future to its end, or to its panic. What it held is dropped; nothing of it is used again.
pub(crate) async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(Err(Panicked)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn st_ops_13_a_panic_is_caught() {
        assert!(caught(async { panic!("injected") }).await.is_err());
        assert!(caught(async { 1 }).await.is_ok_and(|value| value == 1));
    }
}
