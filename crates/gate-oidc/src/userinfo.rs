//! Userinfo: claims that the ID token does not hold (OpenID Connect Core §5.3).
//!
//! Reads the userinfo endpoint with the access token in the header (RFC 6750 §2.1), and completes proven claims.
//!
//! Trust: the answer counts only for the `sub` of the ID token (§5.3.2: token substitution; ST-OIDC-10), and adds what is
//! missing; it never changes what was signed.

use gatewright_bundle::program::{EmailTrust, Oidc, Overage};
use gatewright_terms::Refusal;
use url::Url;

use crate::claims::VERIFIED;
use crate::outbound::{Failed, Outbound};
use crate::refused::Refused;
use crate::strict_json::{self, Json, NotStrict, Object};

const STAGE: &str = "userinfo";

/// Whether a claim that decides is missing. Entra's userinfo holds nothing that its ID token does not.
pub(crate) fn is_wanted(oidc: &Oidc, claims: &Object<'_>) -> bool {
    let missing = |name: &str| claims.get(name).is_none();
    let email = missing(&oidc.claims.email) || (oidc.email_trust == EmailTrust::VerifiedClaim && missing(VERIFIED));
    let groups = oidc.claims.groups.as_deref().is_some_and(missing);
    let own = oidc.claims.own.iter().any(|own| missing(&own.from));
    (email || groups || own) && oidc.group_overage != Overage::EntraMarkers
}

/// Claims that are proved by the ID token, or go with another one.
const DECISIVE: [&str; 7] = [VERIFIED, "aud", "azp", "hd", "iss", "sub", "tid"];

/// The body of the answer; [`read`] reads it.
pub(crate) async fn fetch(outbound: &Outbound, url: &Url, access_token: &str) -> Result<Vec<u8>, Refused> {
    let unreachable = |text| Refused::new(Refusal::ProviderUnreachable, STAGE, text);
    let reply = outbound.get(url, Some(access_token)).await.map_err(|Failed(why)| unreachable(why))?;
    if reply.status == 200 {
        Ok(reply.body)
    } else {
        Err(unreachable(format!("it answered with status {}", reply.status)))
    }
}

pub(crate) fn read<'a>(body: &'a [u8], subject: &str) -> Result<Object<'a>, Refused> {
    let refuse = |text: String| Refused::new(Refusal::UserinfoRefused, STAGE, text);
    let claims = strict_json::object(body).map_err(|NotStrict(why)| refuse(format!("the answer is {why}")))?;
    if claims.text("sub") == Ok(Some(subject)) {
        Ok(claims)
    } else {
        Err(refuse("its `sub` is not that of the ID token".into()))
    }
}

/// Adds the named claims that are missing. `email_verified` speaks of the address beside it, and moves only with that one.
pub(crate) fn complete<'a>(oidc: &Oidc, mut claims: Object<'a>, more: &Object<'a>) -> Object<'a> {
    let email = &oidc.claims.email;
    let same_address = match claims.get(email) {
        None => {
            claims.set(VERIFIED, Json::Null);
            true
        }
        Some(signed) => more.get(email) == Some(signed),
    };
    let names =
        [Some(email), oidc.claims.given_name.as_ref(), oidc.claims.family_name.as_ref(), oidc.claims.groups.as_ref()];
    let verified = same_address.then_some(VERIFIED);
    // What decides by itself is never completed because an attribute is read from it.
    let own = oidc.claims.own.iter().map(|own| own.from.as_str()).filter(|from| !DECISIVE.contains(from));
    for name in names.into_iter().flatten().map(String::as_str).chain(own).chain(verified) {
        if claims.get(name).is_none()
            && let Some(value) = more.get(name)
        {
            claims.set(name, value.clone());
        }
    }
    claims
}
