//! Check: what an honest token endpoint asks before it gives tokens.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::Call;
use crate::idp::{Code, Shared, State};
use crate::keys::b64;

/// How the registered client must authenticate.
#[derive(Debug, Clone)]
pub enum ClientCheck {
    /// Not at all, but `client_id` must be in the form.
    Public,
    Basic(String),
    Post(String),
    /// `private_key_jwt` with this public key.
    PrivateKeyJwt(Value),
}

/// The code of the call, used up; or the OAuth error.
pub(crate) fn redeem(shared: &Shared, state: &mut State, call: &Call) -> Result<Code, &'static str> {
    authenticate(shared, state, call)?;
    if call.field("grant_type") != Some("authorization_code") {
        return Err("unsupported_grant_type");
    }
    let place =
        state.codes.iter().position(|code| Some(code.text.as_str()) == call.field("code")).ok_or("invalid_grant")?;
    let code = state.codes.remove(place);
    let verifier = call.field("code_verifier").ok_or("invalid_grant")?;
    let challenge = b64(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref());
    let good = code.challenge.as_ref() == Some(&challenge) && call.field("redirect_uri") == Some(&code.redirect_uri);
    if good { Ok(code) } else { Err("invalid_grant") }
}

fn authenticate(shared: &Shared, state: &State, call: &Call) -> Result<(), &'static str> {
    let by_form = call.field("client_id") == Some(&state.client_id);
    let good = match &state.client {
        ClientCheck::Public => by_form && call.authorization.is_none() && call.field("client_secret").is_none(),
        ClientCheck::Post(secret) => {
            by_form && call.authorization.is_none() && call.field("client_secret") == Some(secret)
        }
        ClientCheck::Basic(secret) => basic(call).is_some_and(|(id, given)| id == state.client_id && given == *secret),
        ClientCheck::PrivateKeyJwt(jwk) => by_form && assertion(shared, state, call, jwk).is_some(),
    };
    if good { Ok(()) } else { Err("invalid_client") }
}

/// RFC 6749 §2.3.1: both parts are form-decoded.
fn basic(call: &Call) -> Option<(String, String)> {
    let pair = BASE64_STANDARD.decode(call.authorization.as_ref()?.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decode = |text: &str| {
        url::form_urlencoded::parse(format!("x={text}").as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}

/// RFC 7523 §3, with the issuer as the only audience.
fn assertion(shared: &Shared, state: &State, call: &Call, jwk: &Value) -> Option<()> {
    let kind = call.field("client_assertion_type")?;
    let (input, signature) = call.field("client_assertion")?.rsplit_once('.')?;
    let (header, payload) = input.split_once('.')?;
    let json = |part: &str| serde_json::from_slice::<Value>(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    let (header, claims) = (json(header)?, json(payload)?);
    let member = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    let verified = match jwk["kty"].as_str()? {
        "EC" => {
            let point = [vec![4], member("x")?, member("y")?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input.as_bytes(), &signature)
        }
        _ => RsaPublicKeyComponents { n: member("n")?, e: member("e")? }.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            input.as_bytes(),
            &signature,
        ),
    };
    let now = state.now();
    let (iat, exp) = (claims["iat"].as_i64()?, claims["exp"].as_i64()?);
    let good = verified.is_ok()
        && kind == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        && header["alg"] == jwk["alg"]
        && header["kid"] == jwk["kid"]
        && claims["iss"] == state.client_id.as_str()
        && claims["sub"] == state.client_id.as_str()
        && claims["aud"] == shared.issuer.as_str()
        && claims["jti"].as_str()?.len() >= 16
        && (iat - now).abs() <= 5
        && exp > now
        && exp - iat <= 60;
    good.then_some(())
}
