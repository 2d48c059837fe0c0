//! Runtime: `trace` and `domain prove` against a scripted listener that answers once and keeps what it was asked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use crate::support::{Place, Ran, ran};

/// A listener on loopback with one answer.
pub(crate) struct Scripted {
    pub(crate) address: String,
    asked: JoinHandle<String>,
}

impl Scripted {
    pub(crate) fn answers(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answer = answer.into();
        let asked = thread::spawn(move || answer_one(&listener, &answer));
        Self { address, asked }
    }

    /// One answer after the other, each to a connection of its own.
    pub(crate) fn answers_in_turn(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = thread::spawn(move || answers.iter().map(|answer| answer_one(&listener, answer)).collect());
        Self { address, asked }
    }

    pub(crate) fn asked(self) -> String {
        self.asked.join().unwrap()
    }
}

/// Gives what was asked.
fn answer_one(listener: &TcpListener, answer: &[u8]) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !is_whole(&request) {
        let count = stream.read(&mut part).unwrap();
        if count == 0 {
            break;
        }
        request.extend_from_slice(&part[..count]);
    }
    // The client may have gone away on purpose.
    let _ = stream.write_all(answer);
    String::from_utf8_lossy(&request).into_owned()
}

/// Head and as much body as it announces.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |it| it.parse().unwrap());
    body.len() >= length
}

pub(crate) fn http(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn problem(status: &str, body: &str) -> String {
    http(status, "application/problem+json", body)
}

pub(crate) fn with_token(place: &Place, arguments: &[&str]) -> Ran {
    let mut command = place.command(arguments);
    command.env("GATEWRIGHT_TOKEN_FILE", place.write("token", "gwt_secret\n"));
    ran(command)
}

const PROVE: &[&str] = &["domain", "prove", "acme", "acme.com", "--manually", "--reason", "a \"letter\"", "--runtime"];

fn prove(place: &Place, address: &str) -> Ran {
    with_token(place, &[PROVE, &[address]].concat())
}

#[test]
fn a_proof_is_posted_with_its_reason_and_the_token() {
    let runtime = Scripted::answers(http(
        "201 Created",
        "application/json",
        r#"{"domain":"acme.com","method":"manual","operator":"ada"}"#,
    ));
    let place = Place::new();
    let done = prove(&place, &runtime.address).exits(0);
    insta::assert_snapshot!(done.whole());
    let asked = runtime.asked();
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/orgs/acme/domains/acme.com/proofs HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer gwt_secret"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, serde_json::json!({"method": "manual", "reason": "a \"letter\""}));
}

#[test]
fn a_story_is_told_and_its_reason_explained() {
    let story = r#"{"schema":"gatewright.trace/1","code":"K7QF-2M9D","at":"2026-11-24T09:00:00Z","org":"acme","event":"sign-in-refused",
        "refusal":{"slug":"no-grant","title":"No grant matches the person","cause":"Nobody gets in by default.","repair":"Add the person to a group."},
        "fields":{"connection":"okta","bundle":"sha256:12"},"personal":{"email":"eve@acme.example\u001b[2J"},"stream":"org/acme","sequence":17}"#;
    let place = Place::new();
    let runtime = Scripted::answers(http("200 OK", "application/json", story));
    let told = with_token(&place, &["trace", "K7QF-2M9D", "--runtime", &runtime.address]).exits(0);
    insta::assert_snapshot!(told.stdout);
    assert!(runtime.asked().starts_with("GET /v1/trace/K7QF-2M9D HTTP/1.1\r\n"));

    let runtime = Scripted::answers(http("200 OK", "application/json", story));
    let json =
        with_token(&place, &["trace", "K7QF-2M9D", "--runtime", &runtime.address, "--output", "json"]).exits(0).json();
    assert_eq!(json["refusal"]["slug"], "no-grant");
}

#[test]
fn the_runtime_is_the_flag_then_the_variable() {
    let place = Place::new();
    let runtime = Scripted::answers(http("200 OK", "application/json", "{}"));
    let mut command = place.command(&["trace", "K7QF"]);
    command.env("GATEWRIGHT_TOKEN_FILE", place.write("token", "t")).env("GATEWRIGHT_RUNTIME", &runtime.address);
    // A proxy of the environment must not see the token.
    command
        .env("http_proxy", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9");
    ran(command).exits(0);
    runtime.asked();
}

#[test]
fn a_refusal_is_shown_in_the_runtimes_words_without_its_escapes() {
    let place = Place::new();
    let refused = problem(
        "403 Forbidden",
        r#"{"type":"about:blank","title":"The token lacks a scope","detail":"this needs \u001b[31m`members`","status":403}"#,
    );
    let runtime = Scripted::answers(refused);
    let ran = prove(&place, &runtime.address).exits(6);
    insta::assert_snapshot!(ran.stderr.replace(&runtime.address, "http://RUNTIME"));
}

#[test]
fn whatever_else_answers_ends_in_6() {
    let place = Place::new();
    let redirect =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            .to_owned();
    let cut =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{\"a\":"
            .to_owned();
    let huge = http("200 OK", "application/json", &format!("\"{}\"", "x".repeat(2 * 1024 * 1024)));
    for (answer, says) in [
        (redirect, "a redirect, which is not followed"),
        (cut, "breaks off"),
        (huge, "more than 1 MiB"),
        (http("200 OK", "text/html", "<html>"), "not JSON"),
        (http("404 Not Found", "text/plain", "no"), "is this the admin listener"),
        (http("401 Unauthorized", "text/plain", ""), "the token is unknown"),
        (http("500 Internal Server Error", "text/plain", ""), "HTTP status 500"),
        ("nonsense\r\n\r\n".to_owned(), "cannot be reached"),
        (String::new(), "cannot be reached"),
    ] {
        let runtime = Scripted::answers(answer);
        let ran = prove(&place, &runtime.address).exits(6);
        assert!(ran.stderr.contains(says) && ran.stdout.is_empty(), "{says}: {}", ran.whole());
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = prove(&place, &format!("http://{nobody}")).exits(6);
    assert!(ran.stderr.contains("connection refused"), "{}", ran.stderr);
}

#[test]
fn wrong_use_ends_in_2_before_anything_is_sent() {
    let place = Place::new();
    let address = "http://127.0.0.1:9";
    for wrong in [
        &["domain", "prove", "Acme Corp", "acme.com", "--manually", "--reason", "r", "--runtime", address][..],
        &["domain", "prove", "acme", "ACME.com", "--manually", "--reason", "r", "--runtime", address],
        &["domain", "prove", "acme", "*.acme.com", "--manually", "--reason", "r", "--runtime", address],
        &["domain", "prove", "acme", "acme.com", "--manually", "--reason", " ", "--runtime", address],
        &["domain", "prove", "acme", "acme.com", "--manually", "--reason", "a\nb", "--runtime", address],
        &["domain", "prove", "acme", "acme.com", "--reason", "r", "--runtime", address],
        &["domain", "prove", "acme", "acme.com", "--manually", "--reason", "r"],
        &["trace", "../v1/bundle", "--runtime", address],
        &["trace", "", "--runtime", address],
        &["trace", "K7QF", "--runtime", "http://10.0.0.1:8081"],
        &["trace", "K7QF", "--runtime", "gate.example"],
    ] {
        with_token(&place, wrong).exits(2);
    }
    let no_token = place.run(&["trace", "K7QF", "--runtime", address]).exits(2);
    assert!(no_token.stderr.contains("GATEWRIGHT_TOKEN_FILE"), "{}", no_token.stderr);
    for token in ["", "two words", "ctrl\u{7}", "\u{e9}"] {
        let mut command = place.command(&["trace", "K7QF", "--runtime", address]);
        command.env("GATEWRIGHT_TOKEN_FILE", place.write("token", token));
        ran(command).exits(2);
    }
}
