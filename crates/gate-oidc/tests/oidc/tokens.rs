//! Tokens: the ID token and its attacks (ST-OIDC-05 to -08, -10).

use gatewright_bundle::program::Algorithm;
use gatewright_terms::Refusal;
use serde_json::{Value, json};
use testkit::{Endpoint, Lie, T0};

use crate::harness::Bench;

/// ST-OIDC-05: each algorithm of the list verifies, and off the list the same token is refused.
#[tokio::test]
async fn st_oidc_05_algorithms_are_those_of_the_connection() {
    let all = [
        ("RS256", Algorithm::Rs256),
        ("RS384", Algorithm::Rs384),
        ("RS512", Algorithm::Rs512),
        ("PS256", Algorithm::Ps256),
        ("ES256", Algorithm::Es256),
        ("ES384", Algorithm::Es384),
        ("EdDSA", Algorithm::EdDsa),
    ];
    for (name, algorithm) in all {
        let mut bench = Bench::new().await;
        bench.idp.sign_with(name);
        bench.oidc.algorithms = vec![algorithm];
        bench.admits().await;
        bench.oidc.algorithms = all.iter().map(|(_, other)| *other).filter(|other| *other != algorithm).collect();
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenAlgorithm, "{name}");
    }
}

/// ST-OIDC-05: no signature, HMAC under the public key, an algorithm of another key, RSA of 1024 bits.
#[tokio::test]
async fn st_oidc_05_forged_signatures_are_refused() {
    for (lie, refusal) in [
        (Lie::Unsigned, Refusal::TokenAlgorithm),
        (Lie::Header("alg", json!("None")), Refusal::TokenAlgorithm),
        (Lie::Header("alg", json!("nOnE")), Refusal::TokenAlgorithm),
        (Lie::Header("alg", json!("")), Refusal::TokenAlgorithm),
        (Lie::Header("alg", json!("rs256")), Refusal::TokenAlgorithm),
        (Lie::Header("alg", json!("RS1")), Refusal::TokenAlgorithm),
        (Lie::Header("alg", json!("ES256")), Refusal::TokenSignature),
        (Lie::Header("alg", json!(["RS256"])), Refusal::TokenMalformed),
        (Lie::Header("alg", Value::Null), Refusal::TokenMalformed),
        (Lie::HmacWithPublicKey, Refusal::TokenAlgorithm),
        (Lie::BrokenSignature, Refusal::TokenSignature),
        (Lie::SignedByStranger, Refusal::TokenSignature),
    ] {
        Bench::new().await.lie_earns(lie, refusal).await;
    }
}

#[tokio::test]
async fn st_oidc_05_a_weak_key_is_refused() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::WeakKey);
    assert_eq!(bench.refuses().await.refusal, Refusal::WeakKey);
    bench.idp.honest();
    bench.admits().await;
}

/// ST-OIDC-05: a key for encryption, or for another algorithm, verifies nothing.
#[tokio::test]
async fn st_oidc_05_a_key_serves_its_own_purpose() {
    let bench = Bench::new().await;
    bench.admits().await;
    let (n, kid) = published_key(&bench).await;
    for (member, value, good) in [
        ("use", "sig", true),
        ("use", "enc", false),
        ("alg", "RS256", true),
        ("alg", "PS256", false),
        ("alg", "RSA-OAEP", false),
    ] {
        let other = Bench::new().await;
        let key = json!({ "kty": "RSA", "n": n, "e": "AQAB", "kid": kid, member: value });
        other.idp.lie(Lie::KeysText(json!({ "keys": [key] }).to_string()));
        if good {
            other.admits().await;
        } else {
            assert_eq!(other.refuses().await.refusal, Refusal::TokenSignature, "{member} {value}");
        }
    }
}

async fn published_key(bench: &Bench) -> (String, String) {
    let jwks = http_get(&format!("{}/jwks", bench.idp.origin())).await;
    let key = &jwks["keys"][0];
    (key["n"].as_str().unwrap().to_owned(), key["kid"].as_str().unwrap().to_owned())
}

async fn http_get(url: &str) -> Value {
    let body = reqwest::Client::builder()
        .tls_certs_only([])
        .build()
        .unwrap()
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// ST-OIDC-06: the header neither chooses a key nor causes a fetch.
#[tokio::test]
async fn st_oidc_06_the_header_names_no_key() {
    let bench = Bench::new().await;
    let canary = format!("{}/canary", bench.idp.origin());
    for (name, value) in [
        ("jku", json!(canary)),
        ("x5u", json!(canary)),
        ("jwk", json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" })),
        ("x5c", json!(["MIIB"])),
    ] {
        bench.idp.lie(Lie::Header(name, value));
        bench.admits().await;
        bench.idp.lie(Lie::SignedByStranger);
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature, "{name}");
        bench.idp.honest();
    }
    assert_eq!(bench.idp.calls(Endpoint::Canary), 0);
}

/// ST-OIDC-06: what is critical and not understood is refused; tokens of another kind too (RFC 8725 §3.11).
#[tokio::test]
async fn st_oidc_06_odd_headers_are_refused() {
    let bench = Bench::new().await;
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("enc", json!("A128GCM")),
        ("zip", json!("DEF")),
        ("typ", json!("at+jwt")),
        ("typ", json!("logout+jwt")),
        ("typ", json!(1)),
        ("kid", json!(1)),
        ("kid", json!("k".repeat(257))),
    ] {
        bench.lie_earns(Lie::Header(name, value), Refusal::TokenMalformed).await;
    }
    for typ in [json!("jwt"), json!("application/jwt"), Value::Null] {
        bench.idp.honest();
        bench.idp.lie(Lie::Header("typ", typ));
        bench.admits().await;
    }
    let doubled = r#"{"alg":"RS256","kid":"key-0","alg":"none"}"#;
    bench.idp.lie(Lie::HeaderText(doubled.into()));
    assert_eq!(bench.refuses().await.refusal, Refusal::TokenMalformed);
}

/// ST-OIDC-07: for us alone, from the issuer, for this sign-in, about somebody.
#[tokio::test]
async fn st_oidc_07_the_token_is_ours() {
    let bench = Bench::new().await;
    let issuer = bench.idp.issuer().to_owned();
    for (name, value, refusal) in [
        ("aud", json!(["gatewright", "stranger"]), Refusal::TokenAudience),
        ("aud", json!(["stranger", "gatewright"]), Refusal::TokenAudience),
        ("aud", json!([]), Refusal::TokenAudience),
        ("aud", json!("Gatewright"), Refusal::TokenAudience),
        ("aud", json!(""), Refusal::TokenAudience),
        ("aud", json!(1), Refusal::TokenMalformed),
        ("azp", json!("stranger"), Refusal::TokenAudience),
        ("azp", json!(""), Refusal::TokenAudience),
        ("azp", json!(["gatewright"]), Refusal::TokenMalformed),
        ("iss", json!(format!("{issuer}/")), Refusal::TokenIssuer),
        ("iss", json!(issuer.to_uppercase()), Refusal::TokenIssuer),
        ("iss", Value::Null, Refusal::TokenMalformed),
        ("iss", json!([issuer]), Refusal::TokenMalformed),
        ("nonce", Value::Null, Refusal::TokenNonce),
        ("nonce", json!(""), Refusal::TokenNonce),
        ("nonce", json!(1), Refusal::TokenMalformed),
        ("sub", json!(""), Refusal::SubjectMissing),
        ("sub", json!("s".repeat(256)), Refusal::SubjectMissing),
        ("sub", json!("a\nb"), Refusal::SubjectMissing),
        ("sub", json!(7), Refusal::TokenMalformed),
        ("sub", json!(["ada-1"]), Refusal::TokenMalformed),
        ("iat", Value::Null, Refusal::TokenMalformed),
        ("exp", Value::Null, Refusal::TokenMalformed),
    ] {
        bench.lie_earns(Lie::Claim(name, value), refusal).await;
    }
    for (name, value) in [("aud", json!(["gatewright"])), ("azp", json!("gatewright")), ("sub", json!("s".repeat(255)))]
    {
        bench.idp.honest();
        bench.idp.lie(Lie::Claim(name, value));
        bench.admits().await;
    }
}

/// ST-OIDC-08: the bounds of time, to the second, with 60 seconds of skew.
#[tokio::test]
async fn st_oidc_08_times_have_bounds() {
    use Refusal::{TokenExpired, TokenMalformed, TokenNotYet};
    let bench = Bench::new().await;
    bench.admits().await;
    let month = 31 * 86_400;
    for (name, offset, expected) in [
        ("exp", -61, Some(TokenExpired)),
        ("exp", -60, Some(TokenExpired)),
        ("exp", -59, None),
        ("exp", month + 60, None),
        ("exp", month + 61, Some(TokenMalformed)),
        ("iat", 60, None),
        ("iat", 61, Some(TokenNotYet)),
        ("iat", -660, None),
        ("iat", -661, Some(TokenExpired)),
        ("nbf", 60, None),
        ("nbf", 61, Some(TokenNotYet)),
        ("nbf", -100_000, None),
    ] {
        bench.idp.honest();
        bench.idp.lie(Lie::Claim(name, json!(T0 + offset)));
        let outcome = bench.sign_in().await.map_err(|refused| refused.refusal);
        assert_eq!(outcome.err(), expected, "{name} {offset}");
    }
}

/// ST-OIDC-08: odd numbers neither pass nor crash.
#[tokio::test]
async fn st_oidc_08_odd_numbers_are_refused() {
    let bench = Bench::new().await;
    bench.admits().await;
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for odd in [
            "1800000000.5",
            "-1",
            "-1800000000",
            "1e300",
            "-1e300",
            "1e9",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "253402300800",
            "\"1800000000\"",
            "\"2027-01-15T08:00:00Z\"",
            "true",
            "[]",
            "{}",
        ] {
            bench.idp.honest();
            bench.idp.lie(Lie::Claim(name, serde_json::from_str(odd).unwrap()));
            let refused = bench.refuses().await;
            assert_eq!(refused.refusal, Refusal::TokenMalformed, "{name} {odd}: {refused}");
        }
    }
    for year_2039 in [2_177_452_800_i64, 4_294_967_297] {
        bench.idp.honest();
        bench.idp.lie(Lie::Claim("exp", json!(year_2039)));
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenMalformed);
        bench.idp.honest();
        bench.idp.lie(Lie::Claim("iat", json!(year_2039)));
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenNotYet);
    }
}

/// ST-OIDC-08: in the year 2039, when 32 bits are over, sign-ins work.
#[tokio::test]
async fn st_oidc_08_the_year_2039_works() {
    let bench = Bench::new().await;
    bench.wait(u32::try_from(2_177_452_800 - T0).unwrap());
    bench.admits().await;
    bench.idp.lie(Lie::Claim("exp", json!(T0)));
    assert_eq!(bench.refuses().await.refusal, Refusal::TokenExpired);
}

/// ST-OIDC-10: doubled keys, in any spelling and depth.
#[tokio::test]
async fn st_oidc_10_doubled_claims_are_refused() {
    let bench = Bench::new().await;
    for more in [r#","sub":"eve-1""#, r#","s\u0075b":"eve-1""#, r#","email":"eve@acme.com""#, r#","x":{"a":1,"a":1}"#] {
        bench.lie_earns(Lie::PayloadMore(more), Refusal::TokenMalformed).await;
    }
    bench.idp.lie(Lie::PayloadMore(r#","x":{"a":1,"b":1}"#));
    bench.admits().await;
}

/// Texts that are no signed JWT.
#[tokio::test]
async fn st_oidc_10_texts_that_are_no_token() {
    let bench = Bench::new().await;
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c.d.e",
        "eyJhbGciOiJSUzI1NiJ9..",
        "eyJhbGciOiJSUzI1NiJ9.W10.AA",
        "eyJhbGciOiJSUzI1NiJ9=.e30=.AA==",
        "💥.💥.💥",
    ] {
        bench.lie_earns(Lie::TokenText(text.into()), Refusal::TokenMalformed).await;
    }
    bench.lie_earns(Lie::TokenText("a".repeat(100_000)), Refusal::TokenMalformed).await;
    let deep = format!("eyJhbGciOiJSUzI1NiJ9.{}.AA", b64(format!("{{\"a\":{}", "[".repeat(50_000)).as_bytes()));
    bench.lie_earns(Lie::TokenText(deep), Refusal::TokenMalformed).await;
}

fn b64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, bytes)
}

/// Answers of the token endpoint that hold no token, and what they are called.
#[tokio::test]
async fn odd_answers_of_the_token_endpoint() {
    let bench = Bench::new().await;
    for (lie, refusal) in [
        (Lie::TokenMember("id_token", Value::Null), Refusal::TokenMalformed),
        (Lie::TokenMember("id_token", json!(1)), Refusal::TokenMalformed),
        (Lie::TokenMember("access_token", json!(["x"])), Refusal::TokenMalformed),
        (Lie::TokenAnswer(200, "[]".into()), Refusal::TokenMalformed),
        (Lie::TokenAnswer(200, r#"{"id_token":"a","id_token":"b"}"#.into()), Refusal::TokenMalformed),
        (Lie::TokenAnswer(200, String::new()), Refusal::TokenMalformed),
        (Lie::TokenAnswer(400, r#"{"error":"invalid_grant"}"#.into()), Refusal::CodeRefused),
        (Lie::TokenAnswer(401, "<html>".into()), Refusal::CodeRefused),
        (Lie::TokenAnswer(500, "oops".into()), Refusal::ProviderUnreachable),
        (Lie::TokenAnswer(503, r#"{"error":"temporarily_unavailable"}"#.into()), Refusal::CodeRefused),
    ] {
        bench.lie_earns(lie, refusal).await;
    }
    for member in ["access_token", "token_type", "expires_in"] {
        bench.idp.honest();
        bench.idp.lie(Lie::TokenMember(member, Value::Null)).lie(Lie::Claim("at_hash", Value::Null));
        bench.admits().await;
    }
}

/// ST-OIDC-10: `at_hash` without an access token, and of the wrong type.
#[tokio::test]
async fn st_oidc_10_at_hash_needs_its_token() {
    let bench = Bench::new().await;
    bench.lie_earns(Lie::TokenMember("access_token", Value::Null), Refusal::TokenMalformed).await;
    bench.lie_earns(Lie::TokenMember("access_token", json!("another")), Refusal::TokenMalformed).await;
    bench.lie_earns(Lie::Claim("at_hash", json!(1)), Refusal::TokenMalformed).await;
}

/// `auth_time` is when the person proved themselves; never later than now.
#[tokio::test]
async fn the_time_of_authentication_is_kept() {
    let bench = Bench::new().await;
    for (auth_time, expected) in [(T0 - 5_000, T0 - 5_000), (T0 + 1_000, T0)] {
        bench.idp.honest();
        bench.idp.lie(Lie::Claim("auth_time", json!(auth_time)));
        assert_eq!(bench.admits().await.authenticated().unix(), expected);
    }
}
