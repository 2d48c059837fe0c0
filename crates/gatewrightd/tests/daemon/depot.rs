//! Depot: a web server on loopback that holds one bundle, and is as bad as it is told to be.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

const CHAIN: &[u8] = include_bytes!("../../../testkit/keys/localhost.pem");
const KEY: &[u8] = include_bytes!("../../../testkit/keys/localhost.key.pem");

/// How the next questions are answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// 200 with a mark, or 304 to a question that has it.
    Bundle(Vec<u8>),
    /// 200 without a mark.
    Unmarked(Vec<u8>),
    Status(u16),
    /// 302 to where the bundle is.
    Redirect(Vec<u8>),
    /// 200, and more bytes announced than any bundle has.
    TooLong,
    /// 200, and the connection ends before the last byte.
    CutOff(Vec<u8>),
    /// Accepts the connection and says nothing.
    Silence,
    /// 200, and a byte a second.
    Trickle,
    /// Closes the connection at once.
    Closed,
}

pub(crate) struct Depot {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Depot {
    pub(crate) fn new(answer: Answer) -> Self {
        Self::serve(answer, |stream, depot| depot.answer(stream))
    }

    /// The same under TLS, by a certificate for `localhost`.
    pub(crate) fn with_tls(answer: Answer) -> Self {
        let chain = vec![CertificateDer::from_pem_slice(CHAIN).unwrap()];
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_slice(KEY).unwrap());
        let config = Arc::new(config.unwrap());
        Self::serve(answer, move |stream, depot| {
            depot.answer(StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream));
        })
    }

    fn serve(answer: Answer, each: impl Fn(TcpStream, &Self) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let depot = Self { address, answer: Arc::new(Mutex::new(answer)), asked: Arc::default() };
        let (ours, each) = (depot.twin(), Arc::new(each));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, ours, each) = (stream.unwrap(), ours.twin(), Arc::clone(&each));
                std::thread::spawn(move || each(stream, &ours));
            }
        });
        depot
    }

    fn twin(&self) -> Self {
        Self { address: self.address, answer: Arc::clone(&self.answer), asked: Arc::clone(&self.asked) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/dev/current?sig=canary-of-the-query", self.address)
    }

    pub(crate) fn tls_url(&self) -> String {
        format!("https://localhost:{}/current", self.address.port())
    }

    pub(crate) fn say(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// The heads of all questions.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// A client that goes away in the middle is none of our business.
    fn answer(&self, mut stream: impl Read + Write) {
        let Some(head) = head(&mut stream) else { return };
        let answer = self.answer.lock().unwrap().clone();
        self.asked.lock().unwrap().push(head.clone());
        let _ = match answer {
            Answer::Bundle(bytes) => {
                let mark = format!("\"{}\"", gatewright_bundle::Digest::of(&bytes));
                if head.contains(&format!("if-none-match: {mark}\r\n")) {
                    respond(&mut stream, "304 Not Modified", &format!("ETag: {mark}\r\n"), None)
                } else {
                    respond(&mut stream, "200 OK", &format!("ETag: {mark}\r\n"), Some(&bytes))
                }
            }
            Answer::Redirect(bytes) if head.starts_with("GET /elsewhere ") => {
                respond(&mut stream, "200 OK", "", Some(&bytes))
            }
            Answer::Redirect(_) => respond(&mut stream, "302 Found", "Location: /elsewhere\r\n", Some(b"")),
            Answer::Unmarked(bytes) => respond(&mut stream, "200 OK", "", Some(&bytes)),
            Answer::Status(status) => respond(&mut stream, &format!("{status} Word"), "", Some(b"no")),
            Answer::TooLong => respond(&mut stream, "200 OK", "Content-Length: 268435457\r\n", None),
            Answer::CutOff(bytes) => {
                let length = format!("Content-Length: {}\r\n", bytes.len());
                respond(&mut stream, "200 OK", &length, None).and_then(|()| stream.write_all(&bytes[..bytes.len() - 1]))
            }
            Answer::Silence => {
                std::thread::sleep(Duration::from_mins(1));
                Ok(())
            }
            Answer::Trickle => trickle(&mut stream),
            Answer::Closed => Ok(()),
        };
        let _ = stream.flush();
    }
}

fn head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn respond(stream: &mut impl Write, status: &str, headers: &str, body: Option<&[u8]>) -> std::io::Result<()> {
    let length = body.map_or_else(String::new, |body| format!("Content-Length: {}\r\n", body.len()));
    stream.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}{length}\r\n").as_bytes())?;
    stream.write_all(body.unwrap_or_default())?;
    stream.flush()
}

fn trickle(stream: &mut impl Write) -> std::io::Result<()> {
    respond(stream, "200 OK", "Content-Length: 1000\r\n", None)?;
    loop {
        stream.write_all(b"x")?;
        stream.flush()?;
        std::thread::sleep(Duration::from_secs(1));
    }
}
