//! Verify: processor time of the server for one `/auth/verify`, beside an axum handler that reads one cookie and one map
//! entry. The requests differ in their cookie alone.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use gatewright_tests::{House, Visitor, client};

use crate::figure::Figure;
use crate::measure::median;
use crate::processes::{ask, cpu_seconds};

const REQUESTS: u32 = 100_000;
const ROUNDS: usize = 5;
const RATIO_MAX: f64 = 1.5;

pub(crate) async fn figures() -> Result<Vec<Figure>, String> {
    let mut house = House::build(1).await;
    house.start();
    let mut visitor = Visitor::new(&client(), &house, 0, "ada");
    visitor.sign_in(&house, &["admins"]).await.ok_or("no sign-in")?;
    let cookie = visitor.session.clone().ok_or("no session")?;
    let (mut peer, peer_address) = start_peer()?;
    let gate_address = house.base_url().replace("http://", "");
    let gate_request = request("/auth/verify?org=w0", &gate_address, &cookie);
    let peer_request = request("/verify", &peer_address, "session=token-77");

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(microseconds(house.pid(), &gate_address, &gate_request)?);
        theirs.push(microseconds(peer.id(), &peer_address, &peer_request)?);
    }
    peer.kill().map_err(|error| error.to_string())?;
    let mut ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
    let ratio = median(&mut ratios);
    Ok(vec![
        Figure {
            what: "server CPU of one `/auth/verify`, assertion still valid",
            ours: format!("{:.1} µs", median(&mut ours)),
            beside: format!("axum, one cookie and one map entry: {:.1} µs", median(&mut theirs)),
            ratio: format!("{ratio:.2}×"),
            promise: "≤ 1.5×",
            kept: ratio <= RATIO_MAX,
        },
        signature()?,
    ])
}

/// What a new assertion adds, at most once a session, app and 30 seconds.
fn signature() -> Result<Figure, String> {
    let said = Command::new("openssl").args(["speed", "-seconds", "1", "ecdsap256"]).output();
    let said = said.map_err(|error| format!("openssl: {error}"))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = said.lines().rfind(|line| line.contains("ecdsa (nistp256)")).ok_or("openssl says nothing of P-256")?;
    let numbers: Vec<f64> =
        line.split_whitespace().filter_map(|word| word.trim_end_matches('s').parse().ok()).collect();
    let signs_per_second = numbers.iter().rev().nth(1).copied().ok_or("no figure of signatures")?;
    Ok(Figure {
        what: "… and the signature of a new assertion (once a session, app and 30 s)",
        ours: "one ES256 signature".into(),
        beside: format!("`openssl speed` P-256 sign: {:.1} µs", 1e6 / signs_per_second),
        ratio: String::new(),
        promise: "recorded",
        kept: true,
    })
}

fn request(path: &str, host: &str, cookie: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n")
}

/// Processor time of one request, in microseconds.
fn microseconds(pid: u32, address: &str, request: &str) -> Result<f64, String> {
    let before = cpu_seconds(pid).ok_or("no such process")?;
    ask(address, request, REQUESTS)?;
    let after = cpu_seconds(pid).ok_or("no such process")?;
    Ok((after - before) * 1e6 / f64::from(REQUESTS))
}

fn start_peer() -> Result<(Child, String), String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let started = Command::new(me).arg("peer").stderr(Stdio::piped()).spawn();
    let mut peer = started.map_err(|error| error.to_string())?;
    let stderr = peer.stderr.take().ok_or("no output")?;
    let address = BufReader::new(stderr).lines().next().ok_or("no address")?.map_err(|error| error.to_string())?;
    Ok((peer, address))
}
