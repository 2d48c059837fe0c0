//! Proof: what remains to be checked once a key has verified the ID token, and the person that comes out.
//!
//! Reads proven claims; gives [`Verified`]. No network: userinfo has been fetched where it was wanted.
//!
//! Trust: the only place that makes a [`Verified`].

use std::sync::Arc;

use gatewright_oidc::person::Person;
use gatewright_terms::{Refusal, Timestamp};

use openidconnect::IssuerUrl;

use crate::claims;
use crate::door::Settings;
use crate::id_token::{self, Expected, Verdict};
use crate::key::Key;
use crate::key_set::KeySet;
use crate::protocol::{self, Party, Protocol};
use crate::refused::{Refused, Step};
use crate::strict_json::{NotStrict, Object};
use crate::token::{self, Alleged};
use crate::userinfo;
use crate::verified::Verified;

pub(crate) fn expected<'a>(
    settings: &Settings<'a>,
    issuer: &'a IssuerUrl,
    nonce: &'a str,
    now: Timestamp,
) -> Expected<'a> {
    Expected { issuer, client_id: settings.client_id, nonce, skew: settings.oidc.clock_skew, now }
}

/// Times, `azp`, `at_hash` and the pin.
pub(crate) fn complete(
    settings: &Settings<'_>,
    alleged: &Alleged<'_>,
    protocol: &Protocol<'_>,
    key: &Key,
    access_token: Option<&str>,
    expected: &Expected<'_>,
) -> Result<(), Refused> {
    protocol.check(&Party { client_id: expected.client_id, skew: expected.skew, now: expected.now })?;
    if let Some(hash) = protocol.access_token_hash {
        id_token::check_access_token(hash, access_token, alleged, key)?;
    }
    claims::check_pin(settings.oidc, &alleged.claims)
}

/// How the person proved who they are, as the ID token says it.
pub(crate) struct Authentication {
    at: Timestamp,
    told: bool,
    acr: Option<String>,
}

impl Authentication {
    pub(crate) fn of(protocol: &Protocol<'_>, now: Timestamp) -> Self {
        Self {
            at: protocol.authenticated(now),
            told: protocol.tells_authentication(),
            acr: protocol.acr.map(str::to_owned),
        }
    }
}

pub(crate) fn person(
    settings: &Settings<'_>,
    claims: Object<'_>,
    more: Option<Object<'_>>,
    authentication: Authentication,
    story: &mut Vec<Step>,
) -> Result<Verified, Refused> {
    let oidc = settings.oidc;
    // Before userinfo is laid in: the subject is always one that was signed.
    let subject = Arc::from(protocol::subject(&claims, &oidc.subject_claim)?);
    let claims = match more {
        Some(more) => userinfo::complete(oidc, claims, &more),
        None => claims,
    };
    let person = Person::of(oidc, subject, &claims, story)?;
    Ok(Verified {
        connection: settings.connection.clone(),
        issuer: Arc::from(oidc.issuer.as_str()),
        subject: person.subject,
        email: person.email,
        given_name: person.given_name,
        family_name: person.family_name,
        groups: person.groups,
        attributes: person.attributes,
        authenticated: authentication.at,
        authentication_told: authentication.told,
        acr: authentication.acr,
        story: Vec::new(),
    })
}

/// The whole check of an ID token without the network, for the benchmark and for tests with many tokens. It proves nothing
/// to anybody: no [`Verified`] leaves it.
#[doc(hidden)]
pub struct IdTokenCheck {
    issuer: IssuerUrl,
    keys: KeySet,
}

impl IdTokenCheck {
    pub fn new(issuer: &str, key_set: &[u8]) -> Result<Self, Refused> {
        let odd = |why: &str| Refused::new(Refusal::ProviderUnreachable, "keys", why);
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|_| odd("the issuer is no URL"))?;
        Ok(Self { issuer, keys: KeySet::parse(key_set).map_err(|NotStrict(why)| odd(why))? })
    }

    pub fn run(
        &self,
        settings: &Settings<'_>,
        id_token: &str,
        access_token: Option<&str>,
        nonce: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let expected = expected(settings, &self.issuer, nonce, now);
        let decoded = token::decode(id_token)?;
        let alleged = token::read(id_token, &decoded, &settings.oidc.algorithms)?;
        let protocol = Protocol::read(&alleged.claims)?;
        let key = match id_token::verify(&alleged, &self.keys, &expected) {
            Verdict::Good(key) => key,
            Verdict::Bad(refused) | Verdict::NoKey(refused) => return Err(refused),
        };
        complete(settings, &alleged, &protocol, &key, access_token, &expected)?;
        let authentication = Authentication::of(&protocol, now);
        person(settings, alleged.claims, None, authentication, &mut Vec::new()).map(|_| ())
    }
}
