//! World: the door that every message comes to: one connection, one request that is open, one clock, the real verifier.

use std::sync::atomic::{AtomicUsize, Ordering};

use gate_saml::{Decrypting, Samael};
use gatewright_bundle::program::{
    Certificate, Encryption, Endpoint, NameId, Overage, Requests, Saml, SamlAttributes, SamlGroups, SignatureAlgorithm,
    Subject, WantSigned,
};
use gatewright_saml::screen::{Encrypted, Screened};
use gatewright_saml::{
    Canonical, Decryptor, Expected, Groups, NotDecrypted, NotVerified, Refused, Request, Trusted, Verified, Verifier,
    receive,
};
use gatewright_terms::{Seconds, Slug, Timestamp};
use testkit::saml::{ACME, Idp, Key, SP};

pub(crate) const ACS: &str = "https://gate.example/sso/acme/main/acs";
pub(crate) const SP_ENTITY_ID: &str = "https://gate.example/sso/acme/main/metadata";
pub(crate) const REQUEST_ID: &str = "_request";
/// 2027-01-15T08:00:00Z.
pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const SKEW: i64 = 60;
pub(crate) const RESPONSE_ID: &str = "_response";
pub(crate) const ASSERTION_ID: &str = "_assertion";

/// What the policy and the store say. The start is a connection that takes everything that is proper.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) connection: Slug,
    pub(crate) sp_entity_id: String,
    pub(crate) acs: String,
    pub(crate) now: i64,
    pub(crate) saml: Saml,
    /// `None`: no sign-in is under way.
    pub(crate) request: Option<String>,
    pub(crate) our_keys: Vec<&'static Key>,
}

impl Default for Setting {
    fn default() -> Self {
        let idp = Idp::acme();
        let mapped = |name: &str| Some(name.to_owned());
        Self {
            connection: Slug::parse("main").expect("a slug"),
            sp_entity_id: SP_ENTITY_ID.to_owned(),
            acs: ACS.to_owned(),
            now: NOW,
            saml: Saml {
                sign_in: Endpoint {
                    binding: gatewright_bundle::program::Binding::Redirect,
                    url: idp.sign_in_url,
                    response_url: None,
                },
                entity_id: idp.entity_id,
                logout: None,
                certificates: vec![Certificate(ACME.certificate_der())],
                want_signed: WantSigned::Either,
                algorithms: ALGORITHMS.to_vec(),
                encryption: Encryption::Optional,
                name_id: NameId::Persistent,
                subject: Subject::NameId,
                attributes: SamlAttributes {
                    email: mapped("email"),
                    given_name: mapped("firstName"),
                    family_name: mapped("lastName"),
                    groups: Some(SamlGroups { attribute: "groups".to_owned(), overage: Overage::AbsentIsEmpty }),
                    own: Vec::new(),
                },
                clock_skew: Seconds(60),
                requests: Requests::Signed,
                idp_initiated: None,
            },
            request: Some(REQUEST_ID.to_owned()),
            our_keys: vec![&SP],
        }
    }
}

pub(crate) const ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];

/// Everything that a sign-in proves, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) name_id: Option<String>,
    pub(crate) email: String,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    /// `None`: unknown.
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) authenticated: i64,
    pub(crate) acr: Option<String>,
    pub(crate) session_index: Option<String>,
    pub(crate) session_ends: Option<i64>,
    pub(crate) assertion_id: String,
    pub(crate) in_response_to: Option<String>,
}

impl Default for Identity {
    /// Ada, as every honest message names her.
    fn default() -> Self {
        let text = |text: &str| Some(text.to_owned());
        Self {
            issuer: Idp::acme().entity_id,
            subject: "ada-1".to_owned(),
            name_id: text("ada-1"),
            email: "ada@acme.com".to_owned(),
            given_name: text("Ada"),
            family_name: text("Lovelace"),
            groups: Some(vec!["admins".to_owned(), "ml".to_owned()]),
            authenticated: NOW,
            acr: text("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"),
            session_index: text("_session-1"),
            session_ends: None,
            assertion_id: ASSERTION_ID.to_owned(),
            in_response_to: text(REQUEST_ID),
        }
    }
}

impl Identity {
    pub(crate) fn of(verified: &Verified) -> Self {
        let groups = match verified.groups() {
            Groups::Known(names) => Some(names.iter().map(ToString::to_string).collect()),
            Groups::Unknown => None,
        };
        Self {
            issuer: verified.issuer().to_owned(),
            subject: verified.subject().to_owned(),
            name_id: verified.name_id().map(|name_id| name_id.value.clone()),
            email: verified.email().to_string(),
            given_name: verified.given_name().map(ToString::to_string),
            family_name: verified.family_name().map(ToString::to_string),
            groups,
            authenticated: verified.authenticated().unix(),
            acr: verified.acr().map(str::to_owned),
            session_index: verified.session_index().map(str::to_owned),
            session_ends: verified.session_ends().map(Timestamp::unix),
            assertion_id: verified.assertion_id().to_owned(),
            in_response_to: verified.in_response_to().map(str::to_owned),
        }
    }
}

/// What came of a message, and how often cryptography was asked.
pub(crate) struct Outcome {
    pub(crate) result: Result<Identity, Refused>,
    pub(crate) verified: usize,
    /// How often the verifier found every signature good.
    pub(crate) good: usize,
    pub(crate) decrypted: usize,
}

/// At the real verifier.
pub(crate) fn deliver(form_value: &[u8], setting: &Setting) -> Outcome {
    deliver_to(form_value, &setting.expected(), &Samael, Some(&setting.decrypting()))
}

pub(crate) fn deliver_to(
    form_value: &[u8],
    expected: &Expected<'_>,
    verifier: &dyn Verifier,
    decryptor: Option<&dyn Decryptor>,
) -> Outcome {
    let none = AtomicUsize::default;
    let counted = Counted { verifier, decryptor, verified: none(), good: none(), decrypted: none() };
    let result = receive(form_value, expected, &counted, Some(&counted));
    Outcome {
        result: result.map(|verified| Identity::of(&verified)),
        verified: counted.verified.load(Ordering::Relaxed),
        good: counted.good.load(Ordering::Relaxed),
        decrypted: counted.decrypted.load(Ordering::Relaxed),
    }
}

impl Setting {
    pub(crate) fn decrypting(&self) -> Decrypting {
        let keys: Vec<Vec<u8>> = self.our_keys.iter().map(|key| key.key_der()).collect();
        Decrypting::new(&keys).expect("our keys")
    }

    pub(crate) fn expected(&self) -> Expected<'_> {
        Expected {
            connection: &self.connection,
            saml: &self.saml,
            sp_entity_id: &self.sp_entity_id,
            acs: &self.acs,
            request: self.request.as_deref().map_or(Request::Unsolicited, Request::Answers),
            now: Timestamp::from_unix(self.now),
        }
    }
}

struct Counted<'c> {
    verifier: &'c dyn Verifier,
    decryptor: Option<&'c dyn Decryptor>,
    verified: AtomicUsize,
    good: AtomicUsize,
    decrypted: AtomicUsize,
}

impl Verifier for Counted<'_> {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        self.verified.fetch_add(1, Ordering::Relaxed);
        let answer = self.verifier.verify(screened, trusted);
        self.good.fetch_add(usize::from(answer.is_ok()), Ordering::Relaxed);
        answer
    }
}

impl Decryptor for Counted<'_> {
    fn decrypt(&self, encrypted: &Encrypted<'_>) -> Result<Vec<u8>, NotDecrypted> {
        self.decrypted.fetch_add(1, Ordering::Relaxed);
        self.decryptor.ok_or(NotDecrypted)?.decrypt(encrypted)
    }
}
