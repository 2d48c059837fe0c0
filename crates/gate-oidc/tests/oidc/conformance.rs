//! Conformance: the modules of the OpenID Foundation's plans for relying parties, Basic RP and Config RP, one test each,
//! by the name of the module (ST-OIDC-22).

use gate_oidc::Groups;
use gatewright_bundle::program::{Algorithm, ClientAuth, SecretName};
use gatewright_terms::Refusal;
use serde_json::{Value, json};
use testkit::{ClientCheck, Endpoint, Lie, REDIRECT_URI};

use crate::harness::{Bench, door, slug};

/// ST-OIDC-01: the happy path of the code flow, with what was asked and what came out.
#[tokio::test]
async fn oidcc_client_test() {
    let bench = Bench::new().await;
    let verified = bench.admits().await;
    assert_eq!((verified.subject(), verified.issuer()), ("ada-1", bench.idp.issuer()));
    assert_eq!(verified.identity_key().connection, slug("main"));
    assert_eq!(verified.email().to_string(), "ada@acme.com");
    assert_eq!(verified.given_name().unwrap().as_str(), "Ada");
    let Groups::Known(groups) = verified.groups() else { panic!("unknown groups") };
    assert_eq!(groups.iter().map(ToString::to_string).collect::<Vec<_>>(), ["admins", "ml"]);
    assert_eq!(verified.authenticated(), bench.now());

    let log = bench.idp.log();
    let asked = &log.iter().find(|call| call.endpoint == Endpoint::Authorize).unwrap().query;
    for part in
        ["response_type=code", "code_challenge_method=S256", "scope=openid+email+profile+groups", "nonce=", "state="]
    {
        assert_eq!(asked.matches(part).count(), 1, "{part} in {asked}");
    }
    assert_eq!(bench.idp.calls(Endpoint::Userinfo), 0, "the ID token holds all");
}

#[tokio::test]
async fn oidcc_client_test_invalid_iss() {
    let other = Lie::Claim("iss", json!("https://other.example"));
    Bench::new().await.lie_earns(other, Refusal::TokenIssuer).await;
}

#[tokio::test]
async fn oidcc_client_test_missing_sub() {
    Bench::new().await.lie_earns(Lie::Claim("sub", Value::Null), Refusal::SubjectMissing).await;
}

#[tokio::test]
async fn oidcc_client_test_invalid_aud() {
    Bench::new().await.lie_earns(Lie::Claim("aud", json!("somebody-else")), Refusal::TokenAudience).await;
}

#[tokio::test]
async fn oidcc_client_test_missing_aud() {
    Bench::new().await.lie_earns(Lie::Claim("aud", Value::Null), Refusal::TokenAudience).await;
}

#[tokio::test]
async fn oidcc_client_test_missing_iat() {
    Bench::new().await.lie_earns(Lie::Claim("iat", Value::Null), Refusal::TokenMalformed).await;
}

/// ST-OIDC-09: no `kid`, one key: that key is used.
#[tokio::test]
async fn oidcc_client_test_kid_absent_single_jwks() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::Header("kid", Value::Null));
    bench.admits().await;
    bench.idp.lie(Lie::SignedByStranger);
    assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature);
}

/// ST-OIDC-09: no `kid`, several keys: each that fits is tried, in the provider's order.
#[tokio::test]
async fn oidcc_client_test_kid_absent_multiple_jwks() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::Header("kid", Value::Null)).lie(Lie::DecoyKey);
    bench.idp.rotate_softly();
    bench.admits().await;
    bench.idp.lie(Lie::BrokenSignature);
    assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature);
}

#[tokio::test]
async fn oidcc_client_test_idtoken_sig_rs256() {
    let mut bench = Bench::new().await;
    bench.oidc.algorithms = vec![Algorithm::Rs256];
    bench.admits().await;
}

#[tokio::test]
async fn oidcc_client_test_idtoken_sig_none() {
    Bench::new().await.lie_earns(Lie::Unsigned, Refusal::TokenAlgorithm).await;
}

#[tokio::test]
async fn oidcc_client_test_invalid_sig_rs256() {
    Bench::new().await.lie_earns(Lie::BrokenSignature, Refusal::TokenSignature).await;
}

#[tokio::test]
async fn oidcc_client_test_invalid_sig_es256() {
    let bench = Bench::new().await;
    bench.idp.sign_with("ES256");
    bench.lie_earns(Lie::BrokenSignature, Refusal::TokenSignature).await;
}

#[tokio::test]
async fn oidcc_client_test_invalid_sig_hs256() {
    Bench::new().await.lie_earns(Lie::HmacWithPublicKey, Refusal::TokenAlgorithm).await;
}

/// ST-OIDC-10: the `sub` of userinfo must be that of the ID token.
#[tokio::test]
async fn oidcc_client_test_userinfo_invalid_sub() {
    let bench = Bench::new().await;
    bench.idp.person(json!({ "email": null })).userinfo(json!({ "email": "ada@acme.com", "email_verified": true }));
    bench.lie_earns(Lie::Userinfo("sub", json!("eve-1")), Refusal::UserinfoRefused).await;
}

#[tokio::test]
async fn oidcc_client_test_nonce_invalid() {
    Bench::new().await.lie_earns(Lie::Claim("nonce", json!("another")), Refusal::TokenNonce).await;
}

/// The scopes give claims, at userinfo where the ID token lacks them.
#[tokio::test]
async fn oidcc_client_test_scope_userinfo_claims() {
    let bench = Bench::new().await;
    bench.idp.person(json!({ "email": null, "email_verified": null, "given_name": null, "groups": null }));
    bench
        .idp
        .userinfo(json!({ "email": "ada@acme.com", "email_verified": true, "given_name": "A.", "groups": ["ml"] }));
    let verified = bench.admits().await;
    assert_eq!((verified.email().to_string(), verified.given_name().unwrap().as_str()), ("ada@acme.com".into(), "A."));
    assert_eq!(bench.idp.calls(Endpoint::Userinfo), 1);
    bench.idp.userinfo(json!({ "email": null }));
    assert_eq!(bench.refuses().await.refusal, Refusal::EmailMissing);
}

#[tokio::test]
async fn oidcc_client_test_client_secret_basic() {
    let mut bench = Bench::new().await;
    bench.client_auth = ClientAuth::SecretBasic { secret: SecretName { owner: slug("acme"), name: slug("main") } };
    bench.idp.client("gatewright", ClientCheck::Basic("s3cret".into()), REDIRECT_URI);
    bench.door = door(Some("s3cret"), None);
    bench.admits().await;
    bench.door = door(Some("wrong"), None);
    assert_eq!(bench.refuses().await.refusal, Refusal::CodeRefused);
}

/// ST-OIDC-04: the endpoints are those of the document, wherever they lie.
#[tokio::test]
async fn oidcc_client_test_discovery_openid_config() {
    let bench = Bench::new().await;
    let moved = format!("{}/moved/token", bench.idp.origin());
    bench.idp.lie(Lie::Discovery("token_endpoint", json!(moved)));
    bench.admits().await;
    let token = bench.idp.log().into_iter().find(|call| call.endpoint == Endpoint::Token).unwrap();
    assert_eq!(token.path, "/moved/token");
}

/// ST-OIDC-04: the keys come from the `jwks_uri` of the document.
#[tokio::test]
async fn oidcc_client_test_discovery_jwks_uri_keys() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::Discovery("jwks_uri", json!(format!("{}/moved/jwks", bench.idp.origin()))));
    bench.admits().await;
    let keys = bench.idp.log().into_iter().find(|call| call.endpoint == Endpoint::Keys).unwrap();
    assert_eq!(keys.path, "/moved/jwks");
}

#[tokio::test]
async fn oidcc_client_test_discovery_issuer_mismatch() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::Discovery("issuer", json!("https://other.example")));
    assert_eq!(bench.refuses().await.refusal, Refusal::DiscoveryRefused);
    assert_eq!((bench.idp.calls(Endpoint::Authorize), bench.idp.calls(Endpoint::Token)), (0, 0));
    bench.idp.honest();
    bench.wait(5);
    bench.admits().await;
}

/// ST-OIDC-09: a new key between two sign-ins.
#[tokio::test]
async fn oidcc_client_test_signing_key_rotation() {
    let bench = Bench::new().await;
    bench.admits().await;
    bench.idp.rotate();
    bench.admits().await;
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2);
}

/// ST-OIDC-09: a new key after the keys were fetched for this very sign-in.
#[tokio::test]
async fn oidcc_client_test_signing_key_rotation_just_before_signing() {
    let bench = Bench::new().await;
    bench.admits().await;
    let started = bench.start().await.unwrap();
    let query = bench.idp.browse(&started.url);
    bench.idp.rotate();
    bench.finish(&started, &query).await.unwrap();
    bench.idp.lie(Lie::SignedByStranger);
    assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature);
}

/// ST-OIDC-10: `at_hash` is checked where it stands.
#[tokio::test]
async fn oidcc_client_test_invalid_athash() {
    let bench = Bench::new().await;
    bench.lie_earns(Lie::Claim("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")), Refusal::TokenMalformed).await;
    bench.idp.lie(Lie::Claim("at_hash", Value::Null));
    bench.admits().await;
}

/// ST-OIDC-10: the access token travels in the header alone.
#[tokio::test]
async fn oidcc_client_test_userinfo_bearer_header() {
    let bench = Bench::new().await;
    bench.idp.person(json!({ "groups": null })).userinfo(json!({ "groups": ["ml"] }));
    bench.admits().await;
    let call = bench.idp.log().into_iter().find(|call| call.endpoint == Endpoint::Userinfo).unwrap();
    assert!(call.authorization.unwrap().starts_with("Bearer access-"));
    assert!(call.query.is_empty() && call.form.is_empty());
}
