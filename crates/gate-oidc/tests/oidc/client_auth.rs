//! Client authentication: the four ways, as the provider sees them (ST-OIDC-18).

use gate_oidc::ClientKey;
use gatewright_bundle::program::{ClientAuth, SecretName};
use gatewright_terms::Refusal;
use serde_json::Value;
use testkit::{ClientCheck, Endpoint, REDIRECT_URI};
use zeroize::Zeroizing;

use crate::harness::{Bench, door, slug};

/// Form-encoding and Basic's own colon both bite here (RFC 6749 §2.3.1).
const SECRET: &str = "a:b c+d/é%&=";

fn secret() -> SecretName {
    SecretName { owner: slug("acme"), name: slug("main") }
}

/// What each way sends, and what it never does.
#[tokio::test]
async fn secrets_travel_as_the_connection_says() {
    for (auth, check) in [
        (ClientAuth::SecretBasic { secret: secret() }, ClientCheck::Basic(SECRET.into())),
        (ClientAuth::SecretPost { secret: secret() }, ClientCheck::Post(SECRET.into())),
        (ClientAuth::None, ClientCheck::Public),
    ] {
        let mut bench = Bench::new().await;
        bench.client_auth = auth.clone();
        bench.door = door(Some(SECRET), None);
        bench.idp.client("gatewright", check, REDIRECT_URI);
        bench.admits().await;
        let call = bench.idp.log().into_iter().find(|call| call.endpoint == Endpoint::Token).unwrap();
        assert!(call.query.is_empty());
        let by_header = matches!(auth, ClientAuth::SecretBasic { .. });
        assert_eq!((call.authorization.is_some(), call.field("client_id").is_some()), (by_header, !by_header));
    }
}

#[tokio::test]
async fn a_missing_secret_refuses_before_the_code_leaves() {
    let mut bench = Bench::new().await;
    bench.client_auth = ClientAuth::SecretPost { secret: secret() };
    bench.idp.client("gatewright", ClientCheck::Post(SECRET.into()), REDIRECT_URI);
    assert_eq!(bench.refuses().await.refusal, Refusal::CodeRefused);
    assert_eq!(bench.idp.calls(Endpoint::Token), 0);
    bench.door = door(Some(SECRET), None);
    bench.admits().await;
    bench.client_auth = ClientAuth::PrivateKeyJwt;
    assert_eq!(bench.refuses().await.refusal, Refusal::CodeRefused);
}

/// ST-OIDC-18: the assertion is signed, short, of the issuer as its single audience, and never the same twice.
#[tokio::test]
async fn st_oidc_18_private_key_jwt() {
    for pem in [p256(), rsa()] {
        let key = ClientKey::parse(&pem).unwrap();
        let public = key.public_jwk().clone();
        let mut bench = Bench::new().await;
        bench.client_auth = ClientAuth::PrivateKeyJwt;
        bench.door = door(None, Some(key));
        bench.idp.client("gatewright", ClientCheck::PrivateKeyJwt(public.clone()), REDIRECT_URI);
        bench.admits().await;
        bench.admits().await;
        let assertions: Vec<String> =
            bench.idp.log().iter().filter_map(|call| call.field("client_assertion").map(str::to_owned)).collect();
        assert_eq!(assertions.len(), 2);
        assert_ne!(claims(&assertions[0])["jti"], claims(&assertions[1])["jti"]);
        assert_eq!(claims(&assertions[0])["aud"], bench.idp.issuer());
        // Another key under the same name.
        let other = ClientKey::parse(&p256()).unwrap();
        bench.door = door(None, Some(other));
        assert_eq!(bench.refuses().await.refusal, Refusal::CodeRefused);
    }
}

fn claims(assertion: &str) -> Value {
    let part = assertion.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, part).unwrap()).unwrap()
}

pub(crate) fn p256() -> Zeroizing<String> {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    pem(pair.to_pkcs8v1().unwrap().as_ref())
}

fn rsa() -> Zeroizing<String> {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    pem(der.as_ref())
}

fn pem(der: &[u8]) -> Zeroizing<String> {
    let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, der);
    Zeroizing::new(format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"))
}
