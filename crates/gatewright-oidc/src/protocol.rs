//! Protocol: what the claims of an ID token say about the token itself (OpenID Connect Core §2, §3.1.3.7).
//!
//! Trust: a value is as good as the claims that it is read from.

use gatewright_terms::{AttributeValue, Refusal, Seconds, Timestamp};

use crate::refused::Refused;
use crate::strict_json::{Json, NotStrict, Object};
use crate::token::{STAGE, malformed};

/// OpenID Connect Core §2.
const SUBJECT_BYTES_MAX: usize = 255;
/// The token came straight from the token endpoint: an older one is a replay. Entra dates it back by five minutes.
const AGE_MAX: Seconds = Seconds(10 * 60);
/// The longest life that a known provider can be set to is 30 days. More is an odd number, not a date.
const LIFE_MAX: Seconds = Seconds(31 * 86_400);

/// The end of the year 9999: later is no date.
const YEAR_9999_END: i64 = 253_402_300_799;

/// Whom the token was made for, and when it came.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    pub client_id: &'a str,
    pub skew: Seconds,
    pub now: Timestamp,
}

/// The claims of the protocol, with their types.
pub struct Protocol<'a> {
    pub subject: &'a str,
    issued: Timestamp,
    authenticated: Option<Timestamp>,
    /// The authentication context class. What is no usable text is not reported, which counts as weakest.
    pub acr: Option<&'a str>,
    expires: Timestamp,
    not_before: Option<Timestamp>,
    authorized_party: Option<&'a str>,
    pub access_token_hash: Option<&'a str>,
}

impl<'a> Protocol<'a> {
    pub fn read(claims: &'a Object<'_>) -> Result<Self, Refused> {
        let text = |name| claims.text(name).map_err(|NotStrict(why)| malformed(format!("`{name}` is {why}")));
        let needed = |name: &'static str| time(claims, name)?.ok_or_else(|| malformed(format!("`{name}` is missing")));
        Ok(Self {
            subject: subject(claims, "sub")?,
            issued: needed("iat")?,
            expires: needed("exp")?,
            not_before: time(claims, "nbf")?,
            authenticated: time(claims, "auth_time")?,
            acr: claims.text("acr").ok().flatten().filter(|acr| AttributeValue::parse(acr).is_ok()),
            authorized_party: text("azp")?,
            access_token_hash: text("at_hash")?,
        })
    }

    /// When the person proved themselves: `auth_time`, else `iat`; never later than now.
    pub fn authenticated(&self, now: Timestamp) -> Timestamp {
        self.authenticated.unwrap_or(self.issued).min(now)
    }

    /// Whether the provider says when the person proved themselves.
    pub fn tells_authentication(&self) -> bool {
        self.authenticated.is_some()
    }

    /// Times with skew, and the party that the token was issued to.
    pub fn check(&self, party: &Party<'_>) -> Result<(), Refused> {
        let refuse = |refusal, text: &str| Err(Refused::new(refusal, STAGE, text));
        let (earliest, latest) = (party.now.minus(party.skew), party.now.plus(party.skew));
        if self.expires <= earliest {
            return refuse(Refusal::TokenExpired, "`exp` lies in the past");
        }
        if self.issued > latest || self.not_before.is_some_and(|not_before| not_before > latest) {
            return refuse(Refusal::TokenNotYet, "`iat` or `nbf` lies in the future");
        }
        if self.issued < earliest.minus(AGE_MAX) {
            return refuse(Refusal::TokenExpired, "`iat` lies too far in the past for a token that was just made");
        }
        if self.expires > latest.plus(LIFE_MAX) {
            return Err(malformed("`exp` lies further ahead than any ID token lives"));
        }
        match self.authorized_party {
            Some(azp) if azp != party.client_id => refuse(Refusal::TokenAudience, "`azp` is not our client id"),
            Some(_) | None => Ok(()),
        }
    }
}

/// The claim that names the person: 1 to 255 bytes, no control characters.
pub fn subject<'a>(claims: &'a Object<'_>, name: &str) -> Result<&'a str, Refused> {
    let text = claims.text(name).map_err(|NotStrict(why)| malformed(format!("`{name}` is {why}")))?;
    text.filter(|text| (1..=SUBJECT_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control))
        .ok_or_else(|| Refused::new(Refusal::SubjectMissing, STAGE, format!("`{name}` is missing, empty or too long")))
}

/// A NumericDate (RFC 7519 §2) in whole seconds of the years 1970 to 9999. Fractions, negatives and 1e300 are refused: they
/// round differently in every reader.
fn time(claims: &Object<'_>, name: &str) -> Result<Option<Timestamp>, Refused> {
    match claims.get(name) {
        None => Ok(None),
        Some(Json::Whole(seconds)) if (0..=YEAR_9999_END).contains(seconds) => Ok(Some(Timestamp::from_unix(*seconds))),
        Some(_) => Err(malformed(format!("`{name}` is no whole number of seconds"))),
    }
}
