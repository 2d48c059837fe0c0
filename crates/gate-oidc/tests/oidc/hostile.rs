//! Hostile: many bytes, none of which may pass or crash.

use gate_oidc::{Callback, IdTokenCheck};
use gatewright_bundle::program::Algorithm;
use serde_json::Value;
use testkit::{Endpoint, Lie, REDIRECT_URI};

use crate::harness::{Bench, NOW};

/// A token of the provider, with what belongs to it.
struct Sample {
    bench: Bench,
    check: IdTokenCheck,
    id_token: String,
    access_token: String,
    nonce: String,
}

impl Sample {
    async fn new(alg: &'static str, algorithm: Algorithm) -> Self {
        let mut bench = Bench::new().await;
        bench.idp.sign_with(alg);
        bench.oidc.algorithms = vec![algorithm];
        let started = bench.start().await.unwrap();
        let query = bench.idp.browse(&started.url);
        let code =
            url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").unwrap().1.into_owned();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", "gatewright")
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("code", &code)
            .append_pair("code_verifier", &started.pkce_verifier)
            .finish();
        let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let post = http.post(format!("{}/token", bench.idp.origin())).body(form).send().await.unwrap();
        let tokens: Value = serde_json::from_slice(&post.bytes().await.unwrap()).unwrap();
        let keys = http.get(format!("{}/jwks", bench.idp.origin())).send().await.unwrap().bytes().await.unwrap();
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let (id_token, access_token) = (text("id_token"), text("access_token"));
        Self {
            check: IdTokenCheck::new(bench.idp.issuer(), &keys).unwrap(),
            id_token,
            access_token,
            nonce: started.nonce,
            bench,
        }
    }

    fn admits(&self, id_token: &str) -> bool {
        self.check.run(&self.bench.settings(), id_token, Some(&self.access_token), &self.nonce, NOW).is_ok()
    }
}

/// ST-OIDC-05: every single bit flipped, every prefix, every part swapped or left out: refused, for RSA and for P-256.
#[tokio::test]
async fn st_oidc_05_no_changed_token_passes() {
    for (alg, algorithm) in [("RS256", Algorithm::Rs256), ("ES256", Algorithm::Es256), ("EdDSA", Algorithm::EdDsa)] {
        let sample = Sample::new(alg, algorithm).await;
        assert!(sample.admits(&sample.id_token));
        let bytes = sample.id_token.as_bytes();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.to_vec();
                changed[place] ^= 1 << bit;
                if let Ok(changed) = std::str::from_utf8(&changed) {
                    assert!(!sample.admits(changed), "{alg}: bit {bit} of byte {place}");
                }
            }
            assert!(!sample.admits(&sample.id_token[..place]), "{alg}: the first {place} bytes");
        }
        let parts: Vec<&str> = sample.id_token.split('.').collect();
        for order in [[0, 0, 2], [1, 0, 2], [0, 2, 1], [1, 1, 2], [0, 1, 0], [0, 1, 1]] {
            assert!(!sample.admits(&order.map(|part| parts[part]).join(".")), "{alg}: {order:?}");
        }
        for more in ["=", "==", "A", ".", " ", "\n", ".x"] {
            assert!(!sample.admits(&format!("{}{more}", sample.id_token)), "{alg}: {more:?}");
            assert!(!sample.admits(&format!("{more}{}", sample.id_token)), "{alg}: {more:?}");
        }
    }
}

/// A small generator: the same bytes on every machine.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    /// A text with a few places changed, doubled or cut.
    fn mutate(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.next(4) {
            let place = self.next(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match self.next(4) {
                0 if !bytes.is_empty() => bytes[place] = u8::try_from(self.next(256)).unwrap(),
                1 => bytes.truncate(place),
                2 => bytes.insert(place, b"{}[]\",:0e\\-&=%"[self.next(14)]),
                _ => {
                    let copied = bytes[place..].to_vec();
                    bytes.extend_from_slice(&copied);
                }
            }
            bytes.truncate(64 * 1024);
        }
        bytes
    }
}

/// Key sets, tokens and queries that were tampered with: no crash.
#[tokio::test]
async fn noise_crashes_nothing() {
    let sample = Sample::new("RS256", Algorithm::Rs256).await;
    let parts: Vec<String> = sample.id_token.split('.').map(str::to_owned).collect();
    let plain = |part: &str| {
        String::from_utf8(base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, part).unwrap()).unwrap()
    };
    let encode = |bytes: &[u8]| base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, bytes);
    let (header, payload) = (plain(&parts[0]), plain(&parts[1]));
    let keys = r#"{"keys":[{"kty":"RSA","n":"sXch","e":"AQAB","kid":"a","use":"sig"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#;
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for _ in 0..5_000 {
        let _ = IdTokenCheck::new("https://idp.example", &noise.mutate(keys));
        let changed = format!("{}.{}.{}", encode(&noise.mutate(&header)), encode(&noise.mutate(&payload)), parts[2]);
        assert!(!sample.admits(&changed) || changed == sample.id_token);
        let query = noise.mutate("code=c&state=s&iss=https%3A%2F%2Fidp.example");
        let _ = Callback::parse(&String::from_utf8_lossy(&query));
    }
}

/// Discovery documents and userinfo answers that were tampered with: no crash, and nobody else gets in.
#[tokio::test]
async fn noise_from_the_network_crashes_nothing() {
    let bench = Bench::new().await;
    let base = bench.idp.origin().to_owned();
    let document = serde_json::json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"), "userinfo_endpoint": format!("{base}/userinfo"),
    });
    let mut noise = Noise(0x0123_4567_89ab_cdef);
    for _ in 0..150 {
        bench.idp.honest();
        let text = String::from_utf8_lossy(&noise.mutate(&document.to_string())).into_owned();
        bench.idp.lie(Lie::DiscoveryText(text));
        bench.wait(4000);
        let _ = bench.start().await;
    }
    bench.idp.honest();
    bench.idp.person(serde_json::json!({ "groups": null }));
    bench.wait(4000);
    for _ in 0..150 {
        bench.idp.honest();
        let text = String::from_utf8_lossy(&noise.mutate(r#"{"sub":"ada-1","groups":["ml"],"email":"x@y.example"}"#))
            .into_owned();
        bench.idp.lie(Lie::UserinfoText(text));
        if let Ok(verified) = bench.sign_in().await {
            assert_eq!((verified.subject(), verified.email().to_string().as_str()), ("ada-1", "ada@acme.com"));
        }
    }
    assert!(bench.idp.calls(Endpoint::Userinfo) > 100);
}
