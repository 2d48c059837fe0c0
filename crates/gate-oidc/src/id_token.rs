//! ID token: from alleged claims to proven ones (OpenID Connect Core §3.1.3.7).
//!
//! Reads what `token` and the key set gave; gives the key that verified, or a refusal. Signature, `iss`, `aud`, `exp` and
//! `nonce` are openidconnect's, over a key of ours; types, times with skew, `azp`, age and `at_hash` are checked here.
//!
//! Trust: after [`verify`] the claims of the very bytes that were signed are proven to come from the issuer, for us, for
//! this sign-in, now.
//! Invariant: both readers of the token must accept it; the strict one came first.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatewright_terms::{Refusal, Seconds, Timestamp};
use openidconnect::core::{CoreGenderClaim, CoreJsonWebKeyType, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, EmptyAdditionalClaims, IdToken, IdTokenVerifier,
    IssuerUrl, JsonWebKeySet, JweContentEncryptionAlgorithm, Nonce, SignatureVerificationError,
};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::key::{Key, core_algorithm};
use crate::key_set::KeySet;
use crate::refused::Refused;
use crate::token::{Alleged, STAGE, malformed};

/// The end of the year 9999: later is no date.
const YEAR_9999_END: i64 = 253_402_300_799;

/// What the token must say.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a IssuerUrl,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) skew: Seconds,
    pub(crate) now: Timestamp,
}

/// A token that can be signed and not encrypted.
type SignedToken = IdToken<EmptyAdditionalClaims, CoreGenderClaim, NoEncryption, CoreJwsSigningAlgorithm>;

/// The content encryptions that we understand: none. (The library asks each token's `alg` whether it is one first.)
#[derive(Debug, Clone, Serialize)]
enum NoEncryption {}

impl<'de> Deserialize<'de> for NoEncryption {
    fn deserialize<D: Deserializer<'de>>(_deserializer: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("not understood"))
    }
}

impl JweContentEncryptionAlgorithm for NoEncryption {
    type KeyType = CoreJsonWebKeyType;

    fn key_type(&self) -> Result<CoreJsonWebKeyType, String> {
        match *self {}
    }
}

/// Whether newer keys could change the outcome.
pub(crate) enum Verdict {
    Good(Key),
    /// No key of the set verifies it.
    NoKey(Refused),
    Bad(Refused),
}

/// Tries the keys that can have signed, in the provider's order.
pub(crate) fn verify(alleged: &Alleged<'_>, keys: &KeySet, expected: &Expected<'_>) -> Verdict {
    let Ok(token) = SignedToken::from_str(alleged.raw) else {
        return Verdict::Bad(malformed("a claim has a type that OpenID Connect Core §2 or §5.1 does not give it"));
    };
    let nonce = Nonce::new(expected.nonce.to_owned());
    let mut tried = 0_usize;
    for key in keys.candidates(alleged.algorithm, alleged.kid.as_deref()) {
        tried += 1;
        let verifier = IdTokenVerifier::new_public_client(
            ClientId::new(expected.client_id.to_owned()),
            expected.issuer.clone(),
            JsonWebKeySet::new(vec![key.clone()]),
        )
        .set_allowed_algs([core_algorithm(alleged.algorithm)])
        .set_time_fn(|| earliest(expected).into());
        match token.claims(&verifier, &nonce) {
            Ok(_) => return Verdict::Good(key.clone()),
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::CryptoError(_))) => {}
            Err(error) => return Verdict::Bad(refusal_of(&error)),
        }
    }
    Verdict::NoKey(no_key(alleged, keys, tried))
}

fn no_key(alleged: &Alleged<'_>, keys: &KeySet, tried: usize) -> Refused {
    if tried == 0 && keys.is_weak(alleged.kid.as_deref()) {
        return Refused::new(Refusal::WeakKey, STAGE, "the key that it names is too weak");
    }
    let text = format!("{tried} of {} keys could have signed it, and none did", keys.len());
    Refused::new(Refusal::TokenSignature, STAGE, text)
}

/// The library asks `now < exp`; the skew is taken off here. [`Protocol::check`] asks again in whole seconds.
fn earliest(expected: &Expected<'_>) -> SystemTime {
    let seconds = expected.now.minus(expected.skew).unix().clamp(0, YEAR_9999_END);
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds.unsigned_abs())).unwrap_or(UNIX_EPOCH)
}

fn refusal_of(error: &ClaimsVerificationError) -> Refused {
    let (refusal, text) = match error {
        ClaimsVerificationError::Expired(_) => (Refusal::TokenExpired, "`exp` lies in the past"),
        ClaimsVerificationError::InvalidAudience(_) => (Refusal::TokenAudience, "`aud` is not our client id alone"),
        ClaimsVerificationError::InvalidIssuer(_) => {
            (Refusal::TokenIssuer, "`iss` is not the issuer of the connection")
        }
        ClaimsVerificationError::InvalidNonce(_) => {
            (Refusal::TokenNonce, "`nonce` is missing or not the one that was sent")
        }
        ClaimsVerificationError::InvalidSubject(_) => (Refusal::SubjectMissing, "`sub` is not acceptable"),
        ClaimsVerificationError::SignatureVerification(_) => {
            (Refusal::TokenSignature, "the signature cannot be verified")
        }
        // The library's enumeration is open: what it may say one day is a refusal too.
        ClaimsVerificationError::InvalidAuthContext(_)
        | ClaimsVerificationError::InvalidAuthTime(_)
        | ClaimsVerificationError::Other(_)
        | ClaimsVerificationError::Unsupported(_)
        | _ => (Refusal::TokenMalformed, "the token was refused by its reader"),
    };
    Refused::new(refusal, STAGE, text)
}

/// OpenID Connect Core §3.1.3.8: where it is there it must fit, lest the access token be another's.
pub(crate) fn check_access_token(
    hash: &str,
    access_token: Option<&str>,
    alleged: &Alleged<'_>,
    key: &Key,
) -> Result<(), Refused> {
    let token = access_token.ok_or_else(|| malformed("`at_hash` without an access token"))?;
    let own = AccessTokenHash::from_token(&AccessToken::new(token.to_owned()), &core_algorithm(alleged.algorithm), key);
    if own.is_ok_and(|own| own.as_str() == hash) {
        Ok(())
    } else {
        Err(malformed("`at_hash` is not that of the access token"))
    }
}
