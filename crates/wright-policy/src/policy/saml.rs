//! Saml: what a SAML connection amounts to once defaults, profile and metadata have had their say.
//!
//! Invariant: rules and `lower` ask these functions and nothing else, so that what is checked is what is used.

use std::sync::Arc;

use gatewright_bundle::program::{Binding, Encryption, NameId, Requests, SignatureAlgorithm, WantSigned};
use gatewright_saml::certificate::{CertificateFacts, PublicKey};
use gatewright_terms::{Seconds, Slug, Timestamp};
use jiff::civil::Date;
use wright_syntax::tree::Spanned;

use super::{Connection, Written};
use crate::kind::zone;
use crate::profile::SamlProfile;
use crate::vendored::{Idp, Vendored};

/// As written in the connection, else in the defaults; what it amounts to is computed by the methods.
pub(crate) struct Saml {
    pub(crate) entity_id: Option<Spanned<Arc<str>>>,
    pub(crate) metadata: Option<Spanned<Arc<str>>>,
    /// `None`: no such file.
    pub(crate) vendored: Option<Arc<Vendored>>,
    pub(crate) want_signed: Option<Spanned<WantSigned>>,
    /// A word of the field table, good or weak.
    pub(crate) signature: Option<Spanned<Arc<str>>>,
    pub(crate) digest: Option<Spanned<Arc<str>>>,
    pub(crate) name_id: Option<Spanned<NameId>>,
    /// `None` inside: the NameID.
    pub(crate) subject: Option<Spanned<Option<Arc<str>>>>,
    pub(crate) clock_skew: Option<Spanned<Seconds>>,
    pub(crate) encryption: Option<Spanned<Encryption>>,
    pub(crate) sign_requests: Option<Spanned<Requests>>,
    pub(crate) binding: Option<Spanned<Binding>>,
    pub(crate) written: Written,
}

/// `unsafe "idp-initiated"`, as written.
pub(crate) struct IdpInitiated {
    /// The word stands there, good or bad.
    pub(crate) has_reason: bool,
    /// The word stands there, good or bad.
    pub(crate) has_until: bool,
    pub(crate) until: Option<Spanned<Date>>,
    pub(crate) on_end: bool,
    pub(crate) app: Option<Spanned<Arc<str>>>,
    pub(crate) written: Written,
}

/// Where a person's address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At<'a> {
    NameId,
    Attribute(&'a str),
}

impl Saml {
    /// What the metadata says; `None` where it could not be read, which a rule reports.
    pub(crate) fn idp(&self) -> Option<&Idp> {
        self.vendored.as_ref()?.says.as_ref().ok()
    }

    pub(crate) fn want_signed(&self, profile: &SamlProfile) -> WantSigned {
        self.want_signed.as_ref().map_or(profile.want_signed, |written| written.value)
    }

    pub(crate) fn name_id(&self, profile: &SamlProfile) -> NameId {
        self.name_id.as_ref().map_or(profile.name_id, |written| written.value)
    }

    /// What identifies a person.
    pub(crate) fn subject<'a>(&'a self, profile: &'a SamlProfile) -> At<'a> {
        let written = self.subject.as_ref().map(|written| written.value.as_deref());
        written.unwrap_or(profile.subject.as_deref()).map_or(At::NameId, At::Attribute)
    }

    pub(crate) fn clock_skew(&self, profile: &SamlProfile) -> Seconds {
        self.clock_skew.as_ref().map_or(profile.clock_skew, |written| written.value)
    }

    pub(crate) fn encryption(&self) -> Encryption {
        self.encryption.as_ref().map_or(Encryption::Optional, |written| written.value)
    }

    pub(crate) fn requests(&self) -> Requests {
        self.sign_requests.as_ref().map_or(Requests::Signed, |written| written.value)
    }

    /// The sign-in endpoint: by the binding that is written, else by Redirect where there is one. `None` where the
    /// metadata offers no such endpoint, which a rule reports.
    pub(crate) fn sign_in(&self) -> Option<(Binding, &str)> {
        let offered = &self.idp()?.metadata.sso;
        let by = |wanted: Binding| offered.iter().find(|(binding, _)| *binding == wanted);
        let found = match &self.binding {
            Some(written) => by(written.value),
            None => by(Binding::Redirect).or_else(|| by(Binding::Post)),
        };
        found.map(|(binding, url)| (*binding, url.as_str()))
    }

    /// Single logout, by the same preference; whatever there is where the preferred one is not.
    pub(crate) fn logout(&self) -> Option<&(Binding, String, Option<String>)> {
        let offered = &self.idp()?.metadata.slo;
        let wanted = self.binding.as_ref().map_or(Binding::Redirect, |written| written.value);
        offered.iter().find(|(binding, ..)| *binding == wanted).or_else(|| offered.first())
    }

    /// Signatures that are taken: from the weakest that is written on, else every good one; of the kinds of key that the
    /// metadata holds. Empty where no key fits, which a rule reports.
    pub(crate) fn algorithms(&self) -> Vec<SignatureAlgorithm> {
        let floor = match &self.signature {
            None => None,
            Some(written) => match algorithm(&written.value) {
                Some(algorithm) => Some(algorithm),
                None => return Vec::new(),
            },
        };
        let keys: Vec<&PublicKey> =
            self.idp().into_iter().flat_map(|idp| &idp.certificates).map(|facts| &facts.key).collect();
        let allowed = |candidate: &SignatureAlgorithm| {
            floor.is_none_or(|floor| is_rsa(floor) == is_rsa(*candidate) && floor <= *candidate)
                && keys.iter().any(|key| fits(key, *candidate))
        };
        ALGORITHMS.iter().copied().filter(allowed).collect()
    }
}

/// In the order of the bundle: by kind of key, then by the length of the hash.
const ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];

/// `None` for a weak one.
pub(crate) fn algorithm(word: &str) -> Option<SignatureAlgorithm> {
    Some(match word {
        "rsa-sha256" => SignatureAlgorithm::RsaSha256,
        "rsa-sha384" => SignatureAlgorithm::RsaSha384,
        "rsa-sha512" => SignatureAlgorithm::RsaSha512,
        "ecdsa-sha256" => SignatureAlgorithm::EcdsaSha256,
        "ecdsa-sha384" => SignatureAlgorithm::EcdsaSha384,
        "ecdsa-sha512" => SignatureAlgorithm::EcdsaSha512,
        _ => return None,
    })
}

fn is_rsa(algorithm: SignatureAlgorithm) -> bool {
    match algorithm {
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaSha384 | SignatureAlgorithm::RsaSha512 => true,
        SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::EcdsaSha512 => false,
    }
}

fn fits(key: &PublicKey, algorithm: SignatureAlgorithm) -> bool {
    match key {
        PublicKey::Rsa { .. } => is_rsa(algorithm),
        PublicKey::Ec(_) => !is_rsa(algorithm),
        PublicKey::Other(_) => false,
    }
}

impl Connection {
    /// `None` where it is no SAML connection, or where its provider is not known over SAML, which was reported.
    pub(crate) fn saml_parts(&self) -> Option<(&Saml, &'static SamlProfile)> {
        Some((self.saml.as_ref()?, self.profile()?.saml.as_ref()?))
    }

    /// Where the address stands.
    pub(crate) fn saml_email<'a>(&'a self, profile: &'a SamlProfile) -> At<'a> {
        let written = self.claims.email.as_ref().map(|written| &*written.value);
        written.or(profile.email.as_deref()).map_or(At::NameId, At::Attribute)
    }
}

impl IdpInitiated {
    /// 12:00 of the day, in the zone of the organisation. `None` where no day is written, which a rule reports.
    pub(crate) fn ends(&self, time_zone: &str) -> Option<Timestamp> {
        noon(self.until.as_ref()?.value, time_zone)
    }

    pub(crate) fn app_slug(&self) -> Option<Slug> {
        Slug::parse(&self.app.as_ref()?.value).ok()
    }
}

/// Where the clock jumps over noon, the moment after the jump.
fn noon(day: Date, time_zone: &str) -> Option<Timestamp> {
    let moment = zone(time_zone)?.to_timestamp(day.at(12, 0, 0, 0)).ok()?;
    Some(Timestamp::from_unix(moment.as_second()))
}

/// The end of the certificate that lasts longest.
pub(crate) fn last_end(certificates: &[CertificateFacts]) -> Option<Timestamp> {
    certificates.iter().map(|facts| facts.not_after).max()
}
