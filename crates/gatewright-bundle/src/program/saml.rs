//! Saml: a SAML 2.0 connection with every setting of its profile and its vendored metadata written out.
//!
//! Invariant: `certificates` is never empty, so that no signature is ever checked against nothing (ST-SAML-06).

use gatewright_terms::{OrgId, Seconds, Slug, Timestamp};

use super::{Environment, Overage, OwnAttribute};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saml {
    /// Of the identity provider. Compared byte for byte.
    pub entity_id: String,
    /// Where people are sent to.
    pub sign_in: Endpoint,
    /// Where people are sent to when they sign out here; `None` where the provider offers no single logout.
    pub logout: Option<Endpoint>,
    /// What may sign, DER, sorted without doubles, never empty. Their dates do not matter here (ST-SAML-12).
    pub certificates: Vec<Certificate>,
    pub want_signed: WantSigned,
    /// Signatures that are taken. Never empty; SHA-1 and HMAC cannot be written.
    pub algorithms: Vec<SignatureAlgorithm>,
    pub encryption: Encryption,
    pub name_id: NameId,
    /// What identifies a person.
    pub subject: Subject,
    pub attributes: SamlAttributes,
    /// How far the provider's clock may be from ours, in both directions.
    pub clock_skew: Seconds,
    pub requests: Requests,
    /// Sign-ins that the provider begins by itself are taken until then; `None`: never (ST-SAML-15).
    pub idp_initiated: Option<IdpInitiated>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub binding: Binding,
    pub url: String,
    /// Where answers go, if elsewhere (`ResponseLocation`); single logout alone.
    pub response_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    Redirect,
    Post,
}

/// X.509, DER. Only its public key is used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certificate(pub Vec<u8>);

impl std::fmt::Debug for Certificate {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Certificate({} bytes)", self.0.len())
    }
}

/// Which signatures must be there. One that is there and not good is a refusal in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantSigned {
    Assertion,
    Response,
    Both,
    Either,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureAlgorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
}

/// Whether assertions come encrypted to our key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Plain and encrypted ones are taken.
    Optional,
    /// A plain one is refused.
    Required,
}

/// The format that is asked for, and must come where it is not `Unspecified`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameId {
    Persistent,
    Email,
    Transient,
    Unspecified,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    NameId,
    /// The exact `Name` of an attribute with one value.
    Attribute(String),
}

/// Which attributes are read, by exact `Name` (ST-SAML-20). One that is not named is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlAttributes {
    /// `None`: the NameID, whose format is an address.
    pub email: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub groups: Option<SamlGroups>,
    /// Sorted by name.
    pub own: Vec<OwnAttribute>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlGroups {
    pub attribute: String,
    /// What becomes of a long list: `EntraMarkers` is the attribute `…/claims/groups.link`.
    pub overage: Overage,
}

/// How we ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requests {
    Signed,
    Unsigned,
}

/// `unsafe "idp-initiated"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpInitiated {
    /// From this moment on they are refused again.
    pub until: Timestamp,
    /// The app to land on.
    pub app: Slug,
}

impl Environment {
    /// What we call ourselves to the provider of a SAML connection: each connection has a name of its own, so that an
    /// answer for one is refused by the other (ST-LINT-01). Our metadata stands there.
    pub fn sp_entity_id(&self, org: &OrgId, connection: &Slug) -> String {
        format!("{}/sso/{org}/{connection}/metadata", self.base_url)
    }

    /// Where the provider of a SAML connection sends its answers.
    pub fn assertion_consumer(&self, org: &OrgId, connection: &Slug) -> String {
        format!("{}/sso/{org}/{connection}/acs", self.base_url)
    }
}
