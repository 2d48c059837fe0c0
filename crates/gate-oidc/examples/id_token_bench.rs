//! ID-token bench: how many full ID-token checks one core does in a second, for a token with 20 groups.
//!
//! `cargo run --release -p gate-oidc --example id_token_bench`; to be read beside `openssl speed rsa2048`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench: it reads a clock and prints"
)]

use std::time::{Duration, Instant};

use gate_oidc::{Door, IdTokenCheck, Outbound, OutboundRules, Secrets, Settings};
use gatewright_bundle::program::{Algorithm, Claims, Client, ClientAuth, EmailTrust, Oidc, Overage, SecretName};
use gatewright_terms::{Seconds, Slug, Timestamp};
use serde_json::{Value, json};
use testkit::{Idp, REDIRECT_URI, T0};
use url::Url;
use zeroize::Zeroizing;

/// A round is shorter than a time slice of the scheduler.
const CHECKS: u32 = 100;
const ROUNDS: u32 = 500;

struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, _name: &SecretName) -> Option<Zeroizing<String>> {
        None
    }
}

#[tokio::main]
async fn main() {
    let idp = Idp::start().await;
    idp.person(json!({ "groups": (0..20).map(|n| format!("engineering-team-{n:03}")).collect::<Vec<_>>() }));
    let (oidc, connection, now) = (oidc(idp.issuer()), Slug::parse("main").unwrap(), Timestamp::from_unix(T0));
    let settings = Settings {
        connection: &connection,
        oidc: &oidc,
        client_id: "gatewright",
        client_auth: &ClientAuth::None,
        redirect_uri: REDIRECT_URI,
    };
    let outbound = Outbound::new(OutboundRules { danger_http_on_loopback: true, ..OutboundRules::default() }).unwrap();
    let started = Door::new(outbound, Box::new(NoSecrets), None)
        .start(&settings, "s", gate_oidc::Asking::default(), now)
        .await
        .unwrap();

    let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
    let query = idp.browse(&started.url);
    let code = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").unwrap().1.into_owned();
    let mut form = Url::parse("x:?").unwrap();
    form.query_pairs_mut().extend_pairs([
        ("grant_type", "authorization_code"),
        ("client_id", "gatewright"),
        ("redirect_uri", REDIRECT_URI),
        ("code", &code),
        ("code_verifier", &started.pkce_verifier),
    ]);
    let sent =
        http.post(format!("{}/token", idp.origin())).body(form.query().unwrap().to_owned()).send().await.unwrap();
    let tokens: Value = serde_json::from_slice(&sent.bytes().await.unwrap()).unwrap();
    let (id_token, access_token) = (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str());
    let keys = http.get(format!("{}/jwks", idp.origin())).send().await.unwrap().bytes().await.unwrap();
    let check = IdTokenCheck::new(idp.issuer(), &keys).unwrap();

    let run = |count: u32| {
        let begun = Instant::now();
        for _ in 0..count {
            check.run(&settings, id_token, access_token, &started.nonce, now).unwrap();
        }
        begun.elapsed()
    };
    run(1_000);
    // The best of many short rounds: what the code costs, not what the machine was busy with. `openssl speed` counts its
    // own processor time, which a busy machine does not change either.
    let best = (0..ROUNDS).map(|_| run(CHECKS)).min().unwrap_or(Duration::MAX);
    println!("id-token-bytes {}", id_token.len());
    println!("id-token-checks-per-second {:.0}", f64::from(CHECKS) / best.as_secs_f64());
}

fn oidc(issuer: &str) -> Oidc {
    Oidc {
        issuer: issuer.to_owned(),
        client: Client::Own { client_id: "gatewright".into(), client_auth: ClientAuth::None },
        scopes: vec!["openid".into()],
        algorithms: vec![Algorithm::Rs256],
        subject_claim: "sub".into(),
        claims: Claims {
            email: "email".into(),
            given_name: Some("given_name".into()),
            family_name: Some("family_name".into()),
            groups: Some("groups".into()),
            own: Vec::new(),
        },
        email_trust: EmailTrust::VerifiedClaim,
        pin: None,
        clock_skew: Seconds(60),
        group_overage: Overage::AbsentIsEmpty,
    }
}
