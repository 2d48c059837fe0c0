//! Idp: an OpenID provider on loopback, in the test's own process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::check::ClientCheck;
use crate::lie::Lie;
use crate::pages;
use crate::tls::TlsListener;
use crate::{Call, Endpoint};

/// Where the provider's clock stands unless a test moves it: 2027-01-15T08:00:00Z.
pub const T0: i64 = 1_800_000_000;
/// The callback that is registered unless a test says otherwise.
pub const REDIRECT_URI: &str = "https://gate.example/sso/acme/main/callback";

/// The provider's clock.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    At(i64),
    /// For tests against a running program.
    System,
}

/// See the crate.
pub struct Idp {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

pub(crate) struct Shared {
    pub(crate) issuer: String,
    pub(crate) origin: String,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) lies: Vec<Lie>,
    pub(crate) log: Vec<Call>,
    pub(crate) person: Map<String, Value>,
    pub(crate) userinfo: Map<String, Value>,
    pub(crate) client_id: String,
    pub(crate) client: ClientCheck,
    pub(crate) redirect_uri: String,
    pub(crate) clock: Clock,
    pub(crate) alg: &'static str,
    /// Which RSA key signs, and which are published.
    pub(crate) key: usize,
    pub(crate) published: Vec<usize>,
    pub(crate) codes: Vec<Code>,
    pub(crate) max_age: Option<u32>,
    pub(crate) announces_iss: bool,
}

/// A code that was given and not used.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) text: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) redirect_uri: String,
    pub(crate) client_id: String,
}

impl Idp {
    /// The issuer is `http://127.0.0.1:PORT`.
    pub async fn start() -> Self {
        Self::start_at("").await
    }

    /// The issuer is `http://127.0.0.1:PORT` and `path`: `/`, `/tenant/v2.0`.
    pub async fn start_at(path: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::new(origin, path));
        let app = pages::router(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { shared, server }
    }

    /// The issuer is `https://localhost:PORT`, under [`CA_PEM`](crate::CA_PEM).
    pub async fn start_tls() -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("https://localhost:{}", tcp.local_addr().unwrap().port());
        let shared = Arc::new(Shared::new(origin, ""));
        let app = pages::router(shared.clone());
        let server = tokio::spawn(async move { axum::serve(TlsListener::new(tcp), app).await.unwrap() });
        Self { shared, server }
    }

    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// From now on this is done wrong.
    pub fn lie(&self, lie: Lie) -> &Self {
        self.state().lies.push(lie);
        self
    }

    /// All lies end.
    pub fn honest(&self) {
        self.state().lies.clear();
    }

    /// Sets claims of the person in the ID token; `null` takes one out.
    pub fn person(&self, claims: Value) -> &Self {
        merge(&mut self.state().person, object(claims));
        self
    }

    /// Sets claims that userinfo gives beside `sub`.
    pub fn userinfo(&self, claims: Value) -> &Self {
        merge(&mut self.state().userinfo, object(claims));
        self
    }

    /// The one registered client.
    pub fn client(&self, id: &str, check: ClientCheck, redirect_uri: &str) -> &Self {
        let mut state = self.state();
        (state.client_id, state.client, state.redirect_uri) = (id.into(), check, redirect_uri.into());
        drop(state);
        self
    }

    pub fn clock(&self, clock: Clock) {
        self.state().clock = clock;
    }

    /// Signs with this algorithm from now on: `RS256`, `RS384`, `RS512`, `PS256`, `ES256`, `ES384`, `EdDSA`.
    pub fn sign_with(&self, alg: &'static str) -> &Self {
        self.state().alg = alg;
        self
    }

    /// `max-age` of discovery and keys.
    pub fn max_age(&self, seconds: u32) {
        self.state().max_age = Some(seconds);
    }

    /// Whether discovery announces `iss` in answers, and answers hold it.
    pub fn announces_iss(&self, announces: bool) -> &Self {
        self.state().announces_iss = announces;
        self
    }

    /// Signs with another key and publishes that one alone.
    pub fn rotate(&self) {
        let mut state = self.state();
        state.key = 1 - state.key;
        state.published = vec![state.key];
    }

    /// Publishes the old key and the new one, and signs with the new one.
    pub fn rotate_softly(&self) {
        let mut state = self.state();
        state.key = 1 - state.key;
        state.published = vec![0, 1];
    }

    /// Plays the browser: follows the address that the gate gave, and gives the query of the answer.
    pub fn browse(&self, url: &str) -> String {
        let url = Url::parse(url).unwrap();
        assert!(url.as_str().starts_with(&self.shared.origin), "the browser was sent elsewhere: {url}");
        let location = pages::authorize(&self.shared, &url);
        Url::parse(&location).unwrap().query().unwrap_or_default().to_owned()
    }

    pub fn log(&self) -> Vec<Call> {
        self.state().log.clone()
    }

    pub fn calls(&self, endpoint: Endpoint) -> usize {
        self.state().log.iter().filter(|call| call.endpoint == endpoint).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn new(origin: String, path: &str) -> Self {
        let state = State {
            lies: Vec::new(),
            log: Vec::new(),
            person: object(json!({
                "sub": "ada-1", "email": "ada@acme.com", "email_verified": true,
                "given_name": "Ada", "family_name": "Lovelace", "groups": ["ml", "admins"],
            })),
            userinfo: Map::new(),
            client_id: "gatewright".into(),
            client: ClientCheck::Public,
            redirect_uri: REDIRECT_URI.into(),
            clock: Clock::At(T0),
            alg: "RS256",
            key: 0,
            published: vec![0],
            codes: Vec::new(),
            max_age: None,
            announces_iss: true,
        };
        Self { issuer: format!("{origin}{path}"), origin, state: Mutex::new(state) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The first lie that the reader picks.
    pub(crate) fn told<T>(&self, pick: impl FnMut(&Lie) -> Option<T>) -> Option<T> {
        self.lies.iter().find_map(pick)
    }

    pub(crate) fn now(&self) -> i64 {
        match self.clock {
            Clock::At(now) => now,
            Clock::System => system_now(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "for tests against a running program, whose clock is the system's")]
fn system_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

pub(crate) fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (name, value) in from {
        if value.is_null() {
            into.remove(&name);
        } else {
            into.insert(name, value);
        }
    }
}
