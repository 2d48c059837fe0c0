//! Exchange: a code for tokens at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.5).
//!
//! Reads the code and our credentials; gives the ID token and the access token, both alleged. The library's own exchange
//! is not used here: it parses the ID token before the strict reader has seen it.
//!
//! Trust: the endpoint is the one of the issuer's discovery, and the answer's issuer was compared before.
//! Invariant: secrets, codes and tokens stand in no story; the secret and the assertion are wiped after use.

use gatewright_bundle::program::ClientAuth;
use gatewright_terms::{Refusal, Timestamp};
use serde_json::json;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use crate::client_key::{ClientKey, base64url};
use crate::door::{Secrets, Settings};
use crate::outbound::{Failed, Outbound, Reply};
use crate::random;
use crate::refused::{Refused, echo};
use crate::strict_json::{self, NotStrict};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::Url;

const STAGE: &str = "token endpoint";
/// RFC 7523 §3: short, for it is used at once.
const ASSERTION_LIFE_SECS: i64 = 60;

/// What the token endpoint gave.
pub(crate) struct Tokens {
    pub(crate) id_token: Zeroizing<String>,
    pub(crate) access_token: Option<Zeroizing<String>>,
}

/// What we prove ourselves with.
pub(crate) struct Credentials<'a> {
    pub(crate) secrets: &'a dyn Secrets,
    pub(crate) key: Option<&'a ClientKey>,
}

pub(crate) async fn exchange(
    outbound: &Outbound,
    token_endpoint: &Url,
    settings: &Settings<'_>,
    credentials: &Credentials<'_>,
    code: &str,
    pkce_verifier: &str,
    now: Timestamp,
) -> Result<Tokens, Refused> {
    let proof = prove(settings, credentials, now)?;
    let form = form(settings, &proof, code, pkce_verifier);
    let reply = outbound.post_form(token_endpoint, &form, proof.basic.as_ref().map(|basic| basic.as_str())).await;
    read(&reply.map_err(|Failed(why)| Refused::new(Refusal::ProviderUnreachable, STAGE, why))?)
}

/// Apart from the call, so that the serializer, which is not `Send`, does not wait for the network.
fn form(settings: &Settings<'_>, proof: &Proof, code: &str, pkce_verifier: &str) -> Zeroizing<String> {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code");
    form.append_pair("code", code);
    form.append_pair("redirect_uri", settings.redirect_uri);
    form.append_pair("code_verifier", pkce_verifier);
    for (name, value) in &proof.parameters {
        form.append_pair(name, value);
    }
    Zeroizing::new(form.finish())
}

#[derive(Default)]
struct Proof {
    /// The value of an `Authorization: Basic` header.
    basic: Option<Zeroizing<String>>,
    parameters: Vec<(&'static str, Zeroizing<String>)>,
}

fn prove(settings: &Settings<'_>, credentials: &Credentials<'_>, now: Timestamp) -> Result<Proof, Refused> {
    let refuse = |text: &str| Refused::new(Refusal::CodeRefused, STAGE, text);
    let secret = |name| {
        credentials.secrets.secret(name).ok_or_else(|| refuse("our client secret is not in the secrets directory"))
    };
    let client_id = ("client_id", Zeroizing::new(settings.client_id.to_owned()));
    Ok(match settings.client_auth {
        ClientAuth::None => Proof { basic: None, parameters: vec![client_id] },
        ClientAuth::SecretPost { secret: name } => {
            Proof { basic: None, parameters: vec![client_id, ("client_secret", secret(name)?)] }
        }
        ClientAuth::SecretBasic { secret: name } => {
            Proof { basic: Some(basic(settings.client_id, &secret(name)?)), parameters: Vec::new() }
        }
        ClientAuth::PrivateKeyJwt => {
            let key = credentials.key.ok_or_else(|| refuse("our client key is not in the secrets directory"))?;
            let assertion = assertion(key, settings, now).ok_or_else(|| refuse("our client key did not sign"))?;
            let kind = Zeroizing::new("urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned());
            let parameters = vec![client_id, ("client_assertion_type", kind), ("client_assertion", assertion)];
            Proof { basic: None, parameters }
        }
    })
}

/// RFC 6749 §2.3.1: both parts form-encoded first, which ordinary Basic is not.
fn basic(client_id: &str, secret: &Zeroizing<String>) -> Zeroizing<String> {
    let id: String = byte_serialize(client_id.as_bytes()).collect();
    let secret: Zeroizing<String> = Zeroizing::new(byte_serialize(secret.as_bytes()).collect());
    let pair = Zeroizing::new(format!("{id}:{}", secret.as_str()));
    Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()))
}

/// OpenID Connect Core §9. The issuer is the only audience: one that held the token endpoint too could be used at
/// another provider that claims the same endpoint (ST-OIDC-18).
fn assertion(key: &ClientKey, settings: &Settings<'_>, now: Timestamp) -> Option<Zeroizing<String>> {
    let claims = json!({
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": settings.oidc.issuer,
        "jti": base64url(&random::bytes::<16>().ok()?),
        "iat": now.unix(),
        "exp": now.unix().saturating_add(ASSERTION_LIFE_SECS),
    });
    key.sign(&claims).ok()
}

fn read(reply: &Reply) -> Result<Tokens, Refused> {
    let body = strict_json::object(&reply.body);
    if reply.status != 200 {
        let error = body.ok().and_then(|body| body.text("error").ok().flatten().map(echo));
        return Err(match error {
            Some(error) => Refused::new(Refusal::CodeRefused, STAGE, format!("it answered {error}")),
            None if reply.status < 500 => {
                Refused::new(Refusal::CodeRefused, STAGE, format!("it answered with status {}", reply.status))
            }
            None => {
                Refused::new(Refusal::ProviderUnreachable, STAGE, format!("it answered with status {}", reply.status))
            }
        });
    }
    let malformed = |text| Refused::new(Refusal::TokenMalformed, STAGE, text);
    let body = body.map_err(|NotStrict(why)| malformed(format!("its answer is {why}")))?;
    let text = |name| body.text(name).map_err(|NotStrict(why)| malformed(format!("`{name}` is {why}")));
    let id_token = text("id_token")?.ok_or_else(|| malformed("its answer holds no ID token".into()))?;
    let access_token = text("access_token")?.map(|token| Zeroizing::new(token.to_owned()));
    Ok(Tokens { id_token: Zeroizing::new(id_token.to_owned()), access_token })
}
