//! World: a gate on a store in a folder of its own, two providers, and the people who use it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use gate_core::admin::{Operator, Scope, create_token};
use gate_core::keys::{KeyFile, KeyFiles, Keys};
use gate_core::signin::{Arrived, CallbackPath, Finished, Landing, Outgoing, SignedIn, Start};
use gate_core::verify::{OrgAsked, Passed, Verdict, VerifyRequest};
use gate_core::{Gate, KeptOut, Limits, Parts, SamlParts, SystemRandom};
use gate_oidc::{Outbound, OutboundRules, Secrets};
use gate_saml::send::{KeyPairFiles, SamlKeys};
use gate_store::{SqliteStore, Store};
use gatewright_audit::record::Stream;
use gatewright_bundle::program::{Program, SecretName};
use gatewright_terms::{Refusal, Timestamp};
use tempfile::TempDir;
use testkit::{ClientCheck, Idp, T0};
use zeroize::Zeroizing;

use crate::flaky::Flaky;
use crate::policy::{bundle, program, slug, trust};

pub(crate) const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(T0 + seconds)
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, _: &SecretName) -> Option<Zeroizing<String>> {
        None
    }
}

pub(crate) struct World {
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Arc<Flaky>,
    pub(crate) acme: Idp,
    pub(crate) umbrella: Idp,
    pub(crate) program: Program,
    pub(crate) sequence: u64,
    pub(crate) folder: TempDir,
}

/// One browser: its flow cookie and its session cookie.
#[derive(Default, Clone)]
pub(crate) struct Browser {
    pub(crate) flow: Option<String>,
    pub(crate) session: Option<String>,
}

impl World {
    /// Bundle 1 runs; the domains of both organisations are proved.
    pub(crate) async fn new() -> Self {
        let world = Self::unproved().await;
        let operator = world.operator(&[Scope::Members]).await;
        for (org, domain) in [("acme", "acme.com"), ("umbrella", "umbrella.com")] {
            world.gate.prove_domain(&operator, org, domain, "contract 7", at(0)).await.unwrap();
        }
        world
    }

    pub(crate) async fn unproved() -> Self {
        let (acme, umbrella) = (Idp::start().await, Idp::start().await);
        umbrella.client("gatewright", ClientCheck::Public, "https://gate.example/sso/umbrella/main/callback");
        umbrella.person(serde_json::json!({ "sub": "uma-1", "email": "uma@umbrella.com" }));
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Flaky::new(SqliteStore::open(&folder.path().join("gate.db")).await.unwrap()));
        let program = program(acme.issuer(), umbrella.issuer());
        let gate = open(store.clone(), &bundle(&program, 1, None)).await;
        Self { gate: Arc::new(gate), store, acme, umbrella, program, sequence: 1, folder }
    }

    /// Puts a changed program in force.
    pub(crate) async fn change(&mut self, change: impl FnOnce(&mut Program)) {
        change(&mut self.program);
        self.sequence += 1;
        self.gate.reload(&bundle(&self.program, self.sequence, None), &trust(), None, at(0)).await.unwrap();
    }

    pub(crate) async fn operator(&self, scopes: &[Scope]) -> Operator {
        let mut name = String::from("op");
        for scope in scopes {
            name.push('-');
            name.push_str(scope.slug());
        }
        name.push('-');
        name.push_str(&rand_suffix());
        let token = create_token(&*self.store, &SystemRandom, &slug(&name), scopes, at(0)).await.unwrap().unwrap();
        self.gate.operator(token.reveal()).await.unwrap()
    }

    pub(crate) async fn begin(
        &self,
        browser: &mut Browser,
        org: &str,
        app: Option<&str>,
        now: i64,
    ) -> Result<String, KeptOut> {
        let start = Start {
            org,
            connection: "main",
            app,
            return_to: app.map(|_| "/jobs?page=2"),
            step_up: None,
            browser: browser.flow.as_deref(),
            address: ADDRESS,
        };
        let begun = self.gate.begin(start, at(now)).await?;
        browser.flow = Some(begun.browser.reveal().to_owned());
        match begun.to {
            Outgoing::Redirect { url } => Ok(url),
            form @ Outgoing::Form { .. } => panic!("{form:?}"),
        }
    }

    pub(crate) async fn finish(
        &self,
        browser: &Browser,
        org: &str,
        query: &str,
        now: i64,
    ) -> Result<SignedIn, KeptOut> {
        self.finish_any(browser, org, query, now).await.map(signed_in)
    }

    pub(crate) async fn finish_any(
        &self,
        browser: &Browser,
        org: &str,
        query: &str,
        now: i64,
    ) -> Result<Finished, KeptOut> {
        let arrived = Arrived {
            path: CallbackPath::Connection { org, connection: "main" },
            query,
            browser: browser.flow.as_deref(),
            session: browser.session.as_deref(),
            address: ADDRESS,
        };
        self.gate.finish_oidc(arrived, at(now)).await
    }

    /// The person of the provider of `org` signs in.
    pub(crate) async fn sign_in(
        &self,
        browser: &mut Browser,
        org: &str,
        app: Option<&str>,
        now: i64,
    ) -> Result<SignedIn, KeptOut> {
        let idp = if org == "acme" { &self.acme } else { &self.umbrella };
        idp.clock(testkit::Clock::At(T0 + now));
        let redirect = self.begin(browser, org, app, now).await?;
        let query = idp.browse(&redirect);
        let signed_in = self.finish(browser, org, &query, now).await?;
        browser.session = Some(signed_in.session.reveal().to_owned());
        Ok(signed_in)
    }

    /// Ada of acme, signed in.
    pub(crate) async fn ada(&self, now: i64) -> Browser {
        let mut browser = Browser::default();
        self.sign_in(&mut browser, "acme", None, now).await.unwrap();
        browser
    }

    pub(crate) async fn verify(&self, browser: &Browser, now: i64) -> Verdict {
        let request = request(browser.session.as_deref());
        self.gate.verify(request, at(now)).await
    }

    /// The events of a chain, with the reason of a refusal behind a colon.
    pub(crate) async fn events(&self, stream: &str) -> Vec<String> {
        let stream = Stream::parse(stream).unwrap();
        let records = self.store.inner.records(&stream, 1, 10_000).await.unwrap();
        let event = |record: &gatewright_audit::chain::Record| {
            let chained = record.read().unwrap();
            match chained.fields.get(&slug("reason")) {
                Some(reason) if chained.event.ends_with("-refused") => format!("{}:{reason}", chained.event),
                _ => chained.event,
            }
        };
        records.iter().map(event).collect()
    }

    /// The open fields of the last record of that kind.
    pub(crate) async fn fields(&self, stream: &str, event: &str) -> BTreeMap<String, String> {
        let stream = Stream::parse(stream).unwrap();
        let records = self.store.inner.records(&stream, 1, 10_000).await.unwrap();
        let mut read = records.iter().map(|record| record.read().unwrap());
        let last = read.rfind(|chained| chained.event == event).expect("a record of that kind");
        last.fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
    }

    pub(crate) async fn last_event(&self, org: &str) -> String {
        self.events(&format!("org/{org}")).await.pop().unwrap_or_default()
    }
}

pub(crate) async fn open(store: Arc<dyn Store>, bundle: &[u8]) -> Gate {
    Gate::open(parts(store), bundle, &trust(), None, at(0)).await.unwrap()
}

pub(crate) fn parts(store: Arc<dyn Store>) -> Parts {
    let rules = OutboundRules {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        extra_ca_pem: None,
        danger_http_on_loopback: true,
    };
    Parts {
        store,
        outbound: Outbound::new(rules).unwrap(),
        secrets: Box::new(NoSecrets),
        keys: keys(),
        saml: Some(saml_parts()),
        random: Arc::new(SystemRandom),
        limits: Limits::default(),
        environment: slug("test"),
    }
}

/// The real verifier, in this process.
fn saml_parts() -> SamlParts {
    let sp = &testkit::saml::SP;
    let files = KeyPairFiles { key: sp.key_pem.as_bytes(), certificate: sp.certificate_pem.as_bytes() };
    SamlParts {
        verifier: Arc::new(gate_saml::Samael),
        keys: Some(Arc::new(SamlKeys::parse(files, None, None).unwrap())),
        pool: gate_saml::Pool::default(),
    }
}

pub(crate) fn signed_in(finished: Finished) -> SignedIn {
    match finished {
        Finished::SignedIn(signed_in) => signed_in,
        Finished::Tested(trace) => panic!("{trace:?}"),
    }
}

fn keys() -> Keys {
    use std::sync::OnceLock;
    static FILES: OnceLock<[Zeroizing<Vec<u8>>; 4]> = OnceLock::new();
    let [client, assertion, checkpoint, audit] =
        FILES.get_or_init(|| KeyFile::ALL.map(|file| file.generate().unwrap()));
    Keys::parse(KeyFiles { client, assertion, checkpoint, audit }).unwrap()
}

fn rand_suffix() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed).to_string()
}

pub(crate) fn request(token: Option<&str>) -> VerifyRequest<'_> {
    VerifyRequest { token, org: OrgAsked::Id("acme"), app: None, permission: None, project: None, original_uri: None }
}

pub(crate) fn passed(verdict: Verdict) -> Arc<Passed> {
    match verdict {
        Verdict::Pass(passed) => passed,
        other => panic!("{other:?}"),
    }
}

/// `pass`, `sign-in`, the slug of the refusal, or what else it is.
pub(crate) fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass(_) => "pass",
        Verdict::SignIn { .. } => "sign-in",
        Verdict::StepUp { .. } => "step-up",
        Verdict::Refused(refusal) => refusal.slug(),
        Verdict::Unclear(_) => "unclear",
        Verdict::Unavailable => "unavailable",
    }
}

/// `role` or `role@project`.
pub(crate) fn roles(passed: &Passed) -> Vec<String> {
    let name = |held: &gate_core::verify::HeldRole| match &held.project {
        Some(project) => format!("{}@{project}", held.role),
        None => held.role.to_string(),
    };
    passed.roles.iter().map(name).collect()
}

pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, KeptOut>) -> Refusal {
    result.unwrap_err().refusal
}

pub(crate) fn app_url(landing: &Landing) -> &str {
    match landing {
        Landing::App { url } => url,
        other => panic!("{other:?}"),
    }
}
