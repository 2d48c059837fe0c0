//! Tests of what counts as a document.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::OutboundRules;

const TEN: usize = 10;

/// Answers one question with these bytes, then closes; gives the question.
async fn ask(answer: &str, bearer: Option<&str>, known: Option<&str>) -> (Result<Fetched, NotFetched>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Url::parse(&format!("http://{}/x", listener.local_addr().unwrap())).unwrap();
    let rules = OutboundRules { danger_http_on_loopback: true, ..OutboundRules::default() };
    let outbound = Outbound::new(rules).unwrap();
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = Vec::new();
        while !question.ends_with(b"\r\n\r\n") {
            question.push(stream.read_u8().await.unwrap());
        }
        let _ = stream.write_all(answer.as_bytes()).await;
        String::from_utf8(question).unwrap()
    };
    let ask = Ask { bearer, known, bytes_max: TEN };
    tokio::join!(outbound.fetch(&address, &ask), serve)
}

async fn refused(answer: &str) -> String {
    ask(answer, None, None).await.0.unwrap_err().0
}

fn document(bytes: &[u8], etag: Option<&str>) -> Fetched {
    Fetched::Document { bytes: bytes.to_vec(), etag: etag.map(ToOwned::to_owned) }
}

#[tokio::test]
async fn a_whole_document_or_no_change() {
    let (fetched, question) = ask("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", None, None).await;
    assert_eq!(fetched, Ok(document(b"0123456789", None)));
    assert!(!question.contains("if-none-match") && !question.contains("authorization"), "{question}");
    let chunked = "HTTP/1.1 200 OK\r\nETag: W/\"a\"\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    assert_eq!(ask(chunked, None, None).await.0, Ok(document(b"abc", Some("W/\"a\""))));
    let (fetched, question) = ask("HTTP/1.1 304 Not Modified\r\n\r\n", Some("t"), Some("\"a\"")).await;
    assert_eq!(fetched, Ok(Fetched::Unchanged));
    assert!(question.contains("if-none-match: \"a\"\r\n") && question.contains("authorization: Bearer t\r\n"));
}

#[tokio::test]
async fn a_mark_that_is_too_long_is_not_kept() {
    for (length, kept) in [(ETAG_BYTES_MAX, true), (ETAG_BYTES_MAX + 1, false)] {
        let answer = format!("HTTP/1.1 200 OK\r\nETag: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(length));
        let Ok(Fetched::Document { etag, .. }) = ask(&answer, None, None).await.0 else { panic!("a document") };
        assert_eq!(etag.is_some(), kept, "{length}");
    }
}

#[tokio::test]
async fn half_of_it_more_than_that_or_another_status_is_no_document() {
    let redirect = refused("HTTP/1.1 301 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(redirect, "it answered with a redirect (301), which is never followed");
    for status in [201, 204, 206, 304, 400, 401, 404, 500] {
        let why = refused(&format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(why, format!("it answered with status {status}, expected is 200"));
    }
    let too_long = "the answer is longer than 10 bytes";
    assert_eq!(refused("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n").await, too_long);
    assert_eq!(refused("HTTP/1.1 200 OK\r\n\r\n0123456789a").await, too_long);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n6789a\r\n0\r\n\r\n";
    assert_eq!(refused(chunked).await, too_long);
    for cut in ["Content-Length: 9\r\n\r\n01234567", "Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n"] {
        assert!(ask(&format!("HTTP/1.1 200 OK\r\n{cut}"), None, None).await.0.is_err(), "{cut}");
    }
    assert!(ask("", None, None).await.0.is_err());
    assert!(ask("SSH-2.0-x\r\n", None, None).await.0.is_err());
}

/// ST-OIDC-17: the rules are those of every call.
#[tokio::test]
async fn st_oidc_17_only_what_may_be_called_is_called() {
    let rules = OutboundRules { extra_ca_pem: Some(testkit::CA_PEM.as_bytes().to_vec()), ..OutboundRules::default() };
    let outbound = Outbound::new(rules).unwrap();
    for bad in ["http://bundles.example/", "https://127.0.0.1/", "https://u:p@bundles.example/"] {
        let (address, ask) = (Url::parse(bad).unwrap(), Ask { bearer: None, known: None, bytes_max: TEN });
        assert!(outbound.may_call(&address).is_err(), "{bad}");
        assert!(outbound.fetch(&address, &ask).await.is_err(), "{bad}");
    }
    assert!(outbound.may_call(&Url::parse("https://bundles.example/b?x=y").unwrap()).is_ok());
}
