//! Mint: ID tokens, true and false ones.

use aws_lc_rs::{digest, hmac};
use serde_json::{Map, Value, json};

use crate::idp::{Code, Shared, State, merge};
use crate::keys::{self, b64};
use crate::lie::Lie;

/// A token for the code, as the lies want it.
pub(crate) fn id_token(shared: &Shared, state: &State, code: &Code, access_token: &str) -> String {
    if let Some(text) = state.told(|lie| if let Lie::TokenText(text) = lie { Some(text.clone()) } else { None }) {
        return text;
    }
    let input =
        format!("{}.{}", b64(header(state).as_bytes()), b64(payload(shared, state, code, access_token).as_bytes()));
    let mut signature = signature(state, input.as_bytes());
    if state.lies.contains(&Lie::BrokenSignature) {
        signature[7] ^= 1;
    }
    format!("{input}.{}", b64(&signature))
}

fn signature(state: &State, input: &[u8]) -> Vec<u8> {
    if state.lies.contains(&Lie::Unsigned) {
        return Vec::new();
    }
    if state.lies.contains(&Lie::HmacWithPublicKey) {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &keys::public_bytes(state.key));
        return hmac::sign(&key, input).as_ref().to_vec();
    }
    if state.lies.contains(&Lie::WeakKey) {
        return keys::sign_weakly(input);
    }
    let key = if state.lies.contains(&Lie::SignedByStranger) { keys::STRANGER } else { state.key };
    keys::sign(state.alg, key, input)
}

fn header(state: &State) -> String {
    if let Some(text) = state.told(|lie| if let Lie::HeaderText(text) = lie { Some(text.clone()) } else { None }) {
        return text;
    }
    let alg = if state.lies.contains(&Lie::Unsigned) {
        "none"
    } else if state.lies.contains(&Lie::HmacWithPublicKey) {
        "HS256"
    } else {
        state.alg
    };
    let mut header = Map::new();
    merge(&mut header, json!({ "alg": alg, "kid": kid(state), "typ": "JWT" }).as_object().unwrap().clone());
    for lie in &state.lies {
        if let Lie::Header(name, value) = lie {
            merge(&mut header, Map::from_iter([((*name).to_owned(), value.clone())]));
        }
    }
    Value::Object(header).to_string()
}

pub(crate) fn kid(state: &State) -> String {
    if state.lies.contains(&Lie::WeakKey) { "weak".into() } else { format!("key-{}", state.key) }
}

fn payload(shared: &Shared, state: &State, code: &Code, access_token: &str) -> String {
    let now = state.now();
    let mut claims = state.person.clone();
    let protocol = json!({
        "iss": shared.issuer, "aud": code.client_id, "iat": now, "exp": now + 3600, "nonce": code.nonce,
        "at_hash": at_hash(state.alg, access_token),
    });
    merge(&mut claims, protocol.as_object().unwrap().clone());
    for lie in &state.lies {
        if let Lie::Claim(name, value) = lie {
            merge(&mut claims, Map::from_iter([((*name).to_owned(), value.clone())]));
        }
    }
    let mut text = Value::Object(claims).to_string();
    if let Some(more) = state.told(|lie| if let Lie::PayloadMore(more) = lie { Some(*more) } else { None }) {
        text.truncate(text.len() - 1);
        text = format!("{text}{more}}}");
    }
    text
}

fn at_hash(alg: &str, access_token: &str) -> String {
    let hash = match alg {
        "RS384" | "ES384" => &digest::SHA384,
        "RS512" | "EdDSA" => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let hash = digest::digest(hash, access_token.as_bytes());
    b64(&hash.as_ref()[..hash.as_ref().len() / 2])
}
