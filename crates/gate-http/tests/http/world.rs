//! World: both listeners on a gate with a store in a folder of its own, one provider, and browsers.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use gate_core::admin::{Scope, create_token};
use gate_core::keys::{KeyFile, KeyFiles, Keys};
use gate_core::{Gate, Limits, Parts, SystemRandom};
use gate_http::limits::ServerLimits;
use gate_http::{Admin, Correlation, Deploying, Public, Pushed, Shared, TrustedProxies};
use gate_oidc::{Outbound, OutboundRules, Secrets};
use gate_store::{SqliteStore, Store};
use gatewright_bundle::program::{Program, SecretName};
use gatewright_terms::Timestamp;
use tempfile::TempDir;
use testkit::{Idp, T0};
use zeroize::Zeroizing;

use crate::policy::{bundle, program, slug, trust};

pub(crate) const STRANGER: &str = "192.0.2.7";
pub(crate) const PROXY: &str = "10.0.0.1";

struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, _: &SecretName) -> Option<Zeroizing<String>> {
        None
    }
}

pub(crate) struct World {
    pub(crate) public: Arc<Public>,
    pub(crate) admin: Arc<Admin>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) idp: Idp,
    /// An admin token with every scope, and one that may only read.
    pub(crate) token: String,
    pub(crate) reader: String,
    pub(crate) log: Arc<Mutex<Vec<String>>>,
    clock: Arc<AtomicI64>,
    _folder: TempDir,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a cookie that is set, and everything behind it.
    pub(crate) fn cookie(&self, name: &str) -> Option<(String, String)> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let line = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).next_back()?;
        let (value, marks) = line.split_once("; ").unwrap();
        Some((value.to_owned(), marks.to_owned()))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// What a person reads.
    pub(crate) fn text(&self) -> String {
        let body = self.body.split("<body>").nth(1).unwrap_or(&self.body);
        let mut text = String::new();
        let mut inside = false;
        for letter in body.chars() {
            match letter {
                '<' => {
                    inside = true;
                    text.push('\n');
                }
                '>' => inside = false,
                _ if !inside => text.push(letter),
                _ => {}
            }
        }
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | ")
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A changed program. The domains of both organisations are proved.
    pub(crate) async fn with(change: impl FnOnce(&mut Program)) -> Self {
        let idp = Idp::start().await;
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&folder.path().join("gate.db")).await.unwrap());
        let mut program = program(idp.issuer(), "http://127.0.0.1:1");
        change(&mut program);
        let gate = Arc::new(open(store.clone(), &bundle(&program, 1, None), &program).await);
        let token = make_token(&*store, "all", Scope::ALL).await;
        let reader = make_token(&*store, "reader", &[Scope::Read]).await;
        let operator = gate.operator(&token).await.unwrap();
        gate.prove_domain(&operator, "acme", "acme.com", "contract 7", Timestamp::from_unix(T0)).await.unwrap();
        let clock = Arc::new(AtomicI64::new(T0));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (reads, lines) = (clock.clone(), log.clone());
        let (deploys, at) = (gate.clone(), clock.clone());
        let deploy = move |pushed: Pushed| -> Deploying {
            let (gate, now) = (deploys.clone(), Timestamp::from_unix(at.load(Ordering::SeqCst)));
            Box::pin(
                async move { gate.deploy(&pushed.by, &pushed.bundle, &trust(), None, pushed.instead_of, now).await },
            )
        };
        let shared = Shared {
            gate,
            clock: Arc::new(move || Timestamp::from_unix(reads.load(Ordering::SeqCst))),
            log: Arc::new(move |event, fields| lines.lock().unwrap().push(format!("{event} {fields:?}"))),
            correlation: Arc::new(Correlation::new(0x7f)),
            // A body that does not come is waited for shorter than a request may take, as in the product.
            limits: ServerLimits { body: Duration::from_millis(500), ..ServerLimits::default() },
            deploy: Arc::new(deploy),
        };
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        Self {
            public: Arc::new(Public::new(shared.clone(), proxies)),
            admin: Arc::new(Admin::new(shared)),
            store,
            idp,
            token,
            reader,
            log,
            clock,
            _folder: folder,
        }
    }

    pub(crate) fn set_clock(&self, seconds: i64) {
        self.clock.store(T0 + seconds, Ordering::SeqCst);
        self.idp.clock(testkit::Clock::At(T0 + seconds));
    }

    /// A request to the public listener from a stranger, for the host of the base URL unless `host` is given.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask_from(STRANGER, method, path, headers, body).await
    }

    pub(crate) async fn ask_from(
        &self,
        peer: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let peer: IpAddr = peer.parse().unwrap();
        let request = request(method, path, "gate.example", headers, body);
        whole(self.public.respond(request, peer).await).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, "").await
    }

    /// A form as a browser sends it from our own page: `no-referrer` makes its `Origin` null.
    pub(crate) async fn post(&self, path: &str, cookie: &str, form: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("origin", "null"),
            ("cookie", cookie),
        ];
        self.ask("POST", path, &headers, form).await
    }

    /// A request to the admin listener.
    pub(crate) async fn operate(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = if token.is_empty() { vec![] } else { vec![("authorization", bearer.as_str())] };
        self.operate_with(method, path, &headers, body).await
    }

    pub(crate) async fn operate_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        whole(self.admin.respond(request(method, path, "127.0.0.1:8081", headers, body)).await).await
    }

    /// Begins at acme; gives the flow cookie and the query that the provider answers with.
    pub(crate) async fn begin(&self, query: &str) -> (String, String) {
        let started = self.get(&format!("/sso/acme/main/start{query}"), &[]).await;
        assert_eq!(started.status, 303, "{started:?}");
        let (flow, _) = started.cookie("__Host-gatewright-flow").unwrap();
        let answer = self.idp.browse(started.header("location"));
        (format!("__Host-gatewright-flow={flow}"), answer)
    }

    /// Ada signs in; gives the last answer.
    pub(crate) async fn sign_in(&self, query: &str) -> Answer {
        let (flow, answer) = self.begin(query).await;
        self.get(&format!("/sso/acme/main/callback?{answer}"), &[("cookie", &flow)]).await
    }

    /// Ada's session, as a `Cookie` header.
    pub(crate) async fn ada(&self) -> String {
        let signed_in = self.sign_in("").await;
        let (session, _) = signed_in.cookie("__Host-gatewright").unwrap_or_else(|| panic!("{signed_in:?}"));
        format!("__Host-gatewright={session}")
    }
}

fn request(method: &str, path: &str, host: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", host);
    }
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn whole(response: axum::http::Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let status: StatusCode = parts.status;
    Answer { status: status.as_u16(), headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

async fn make_token(store: &dyn Store, name: &str, scopes: &[Scope]) -> String {
    let made = create_token(store, &SystemRandom, &slug(name), scopes, Timestamp::from_unix(T0)).await.unwrap();
    made.unwrap().reveal().to_owned()
}

async fn open(store: Arc<SqliteStore>, bundle: &[u8], program: &Program) -> Gate {
    let [client, assertion, checkpoint, audit] = KeyFile::ALL.map(|file| file.generate().unwrap());
    let files = KeyFiles { client: &client, assertion: &assertion, checkpoint: &checkpoint, audit: &audit };
    let rules = OutboundRules {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        extra_ca_pem: None,
        danger_http_on_loopback: true,
    };
    let parts = Parts {
        store,
        outbound: Outbound::new(rules).unwrap(),
        secrets: Box::new(NoSecrets),
        keys: Keys::parse(files).unwrap(),
        random: Arc::new(SystemRandom),
        limits: Limits::default(),
        environment: program.environment.name.clone(),
        saml: None,
    };
    Gate::open(parts, bundle, &trust(), None, Timestamp::from_unix(T0)).await.unwrap()
}
