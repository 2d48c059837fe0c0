//! Socket: hostile bytes on a real connection, limits, and the drain.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use gate_http::limits::ServerLimits;
use gate_http::{Failure, Service, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::world::World;

fn quick() -> ServerLimits {
    let short = Duration::from_millis(300);
    ServerLimits {
        connections_max: 3,
        head: short,
        request: Duration::from_secs(2),
        drain: Duration::from_secs(2),
        ..ServerLimits::default()
    }
}

struct Served {
    address: std::net::SocketAddr,
    drain: watch::Sender<bool>,
    ended: JoinHandle<bool>,
}

async fn listen<S: Service>(service: Arc<S>, limits: ServerLimits) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (drain, draining) = watch::channel(false);
    let ended = tokio::spawn(serve(listener, service, limits, draining));
    Served { address, drain, ended }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends everything and reads to the end of the connection, for five seconds at most.
    async fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        let _ = stream.write_all(bytes).await;
        read(&mut stream).await
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer))
        .await
        .expect("the connection closes");
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("")
}

/// ST-OPS-04, ST-OPS-11: none of it reaches a handler twice, and the service goes on.
#[tokio::test(flavor = "multi_thread")]
async fn st_ops_11_garbage_and_floods_cost_one_connection_each() {
    let world = World::new().await;
    let served = listen(world.public.clone(), quick()).await;
    let huge_cookie = format!("GET /login HTTP/1.1\r\nHost: gate.example\r\nCookie: a={}\r\n\r\n", "x".repeat(60_000));
    let many = format!("GET /login HTTP/1.1\r\nHost: gate.example\r\n{}\r\n", "X-A: b\r\n".repeat(101));
    let long = format!("GET /{} HTTP/1.1\r\nHost: gate.example\r\n\r\n", "x".repeat(70_000));
    for (bytes, expected) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], "400"),
        (b"GET / HTTP/1.1\r\nHost: gate.example\r\nBad Header: x\r\n\r\n", "400"),
        (b"GET /\x00 HTTP/1.1\r\nHost: gate.example\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nHost: gate.example\r\nHost: evil.example\r\n\r\n", "400"),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: gate.example\r\n\r\n", "400"),
        (b"POST /login HTTP/1.1\r\nHost: gate.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        (b"POST /login HTTP/1.1\r\nHost: gate.example\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nemail", "400"),
        (b"POST /login HTTP/1.1\r\nHost: gate.example\r\nTransfer-Encoding: xchunked\r\n\r\n", "400"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""),
        (huge_cookie.as_bytes(), "431"),
        (many.as_bytes(), "431"),
        (long.as_bytes(), "431"),
    ] {
        let answer = served.send(bytes).await;
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        assert!(status(&answer) == expected || (expected != "400" && answer.is_empty()), "{shown}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), usize::from(!answer.is_empty()), "one answer: {answer}");
    }
    let good = served.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(good.starts_with("HTTP/1.1 200") && good.ends_with("ok\n"), "{good}");
}

/// ST-OPS-11: slowloris, in the head and in the body; a client that only connects.
#[tokio::test(flavor = "multi_thread")]
async fn st_ops_11_slow_clients_are_closed() {
    let world = World::new().await;
    let served = listen(world.public.clone(), quick()).await;
    let mut silent = served.connect().await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET /login HTTP/1.1\r\nHost: ga").await.unwrap();
    assert!(!read(&mut slow).await.contains("200 OK"));
    assert!(read(&mut silent).await.is_empty() || silent.write_all(b"x").await.is_err());
    let mut body = served.connect().await;
    let head = b"POST /login HTTP/1.1\r\nHost: gate.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nemail=";
    body.write_all(head).await.unwrap();
    let answer = read(&mut body).await;
    assert!(matches!(status(&answer), "408" | "503"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn st_ops_11_more_connections_than_places_wait() {
    let world = World::new().await;
    let limits = ServerLimits { head: Duration::from_secs(5), ..quick() };
    let served = listen(world.public.clone(), limits).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(served.connect().await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut waiting = served.connect().await;
    waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    assert!(tokio::time::timeout(Duration::from_millis(300), waiting.read(&mut byte)).await.is_err(), "it waits");
    held.pop();
    assert!(read(&mut waiting).await.contains("200 OK"), "and is answered when a place is free");
}

/// Answers slowly, panics, or never answers.
struct Odd;

impl Service for Odd {
    async fn answer(&self, request: Request<hyper::body::Incoming>, _: std::net::IpAddr) -> Response<Body> {
        match request.uri().path() {
            "/panic" => panic!("injected"),
            "/never" => std::future::pending().await,
            _ => {
                tokio::time::sleep(Duration::from_millis(500)).await;
                Response::new(Body::from("slow but there"))
            }
        }
    }

    fn failed(&self, failure: Failure) -> Response<Body> {
        let mut response = Response::new(Body::from(format!("{failure:?}")));
        *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    }
}

/// ST-OPS-13: one error, and the same connection goes on.
#[tokio::test(flavor = "multi_thread")]
async fn st_ops_13_a_panic_is_one_failed_request() {
    let served = listen(Arc::new(Odd), quick()).await;
    let answer = served
        .send(b"GET /panic HTTP/1.1\r\nHost: x\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert!(
        answer.starts_with("HTTP/1.1 500") && answer.contains("Panicked") && answer.ends_with("slow but there"),
        "{answer}"
    );
    let never = served.send(b"GET /never HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(never.contains("TimedOut"), "{never}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_finishes_what_is_under_way_and_takes_nothing_new() {
    let served = listen(Arc::new(Odd), quick()).await;
    let mut under_way = served.connect().await;
    under_way.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut idle = served.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    served.drain.send(true).unwrap();
    assert!(read(&mut under_way).await.ends_with("slow but there"));
    assert!(read(&mut idle).await.is_empty());
    assert!(served.ended.await.unwrap(), "everything finished in time");
    assert!(TcpStream::connect(served.address).await.is_err());
}
