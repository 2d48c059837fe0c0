//! Recorded: an ID token that somebody kept, read for whom it speaks of.
//!
//! Takes the token, or its claims alone as a JSON object, which nobody can sign in with.
//!
//! Trust: nothing is proven: the keys are at the provider, and the file may hold no signature at all.

use std::sync::Arc;

use gatewright_bundle::program::Oidc;
use gatewright_terms::Refusal;

use crate::claims;
use crate::person::Person;
use crate::protocol::{self, Party, Protocol};
use crate::refused::{Refused, Step};
use crate::strict_json::{self, Json, NotStrict, Object};
use crate::token::{STAGE, decode, malformed, read};

/// All that an ID token has to say, but for its signature, the `nonce` and what userinfo would add.
pub fn recorded(file: &[u8], oidc: &Oidc, party: &Party<'_>) -> Result<(Person, Vec<Step>), Refused> {
    if file.trim_ascii_start().starts_with(b"{") {
        let claims = strict_json::object(file.trim_ascii())
            .map_err(|NotStrict(why)| malformed(format!("the claims are {why}")))?;
        return said(&claims, oidc, party);
    }
    let raw = std::str::from_utf8(file.trim_ascii()).map_err(|_| malformed("it is no text"))?;
    let decoded = decode(raw)?;
    said(&read(raw, &decoded, &oidc.algorithms)?.claims, oidc, party)
}

fn said(claims: &Object<'_>, oidc: &Oidc, party: &Party<'_>) -> Result<(Person, Vec<Step>), Refused> {
    let mut story = Vec::new();
    let person = judged(claims, oidc, party, &mut story);
    match person {
        Ok(person) => Ok((person, story)),
        Err(refused) => Err(refused.after(story)),
    }
}

fn judged(claims: &Object<'_>, oidc: &Oidc, party: &Party<'_>, story: &mut Vec<Step>) -> Result<Person, Refused> {
    let protocol = Protocol::read(claims)?;
    if claims.text("iss") != Ok(Some(&oidc.issuer)) {
        return Err(Refused::new(Refusal::TokenIssuer, STAGE, "`iss` is not the issuer of the connection"));
    }
    if !is_for(claims, party.client_id) {
        return Err(Refused::new(Refusal::TokenAudience, STAGE, "`aud` is not our client id alone"));
    }
    protocol.check(party)?;
    story.push(Step::new(STAGE, "issuer, audience and times are right"));
    claims::check_pin(oidc, claims)?;
    let subject = Arc::from(protocol::subject(claims, &oidc.subject_claim)?);
    Person::of(oidc, subject, claims, story)
}

/// A text, or a list of it alone.
fn is_for(claims: &Object<'_>, client_id: &str) -> bool {
    let is_ours = |value: &Json<'_>| matches!(value, Json::Text(text) if text == client_id);
    match claims.get("aud") {
        Some(Json::List(all)) => !all.is_empty() && all.iter().all(is_ours),
        Some(one) => is_ours(one),
        None => false,
    }
}
