//! Connection: the twins of a way to sign in.

use gatewright_terms::{DomainName, Seconds, Slug};
use minicbor::{Decode, Encode};

use super::list::List;
use super::{text, word};
use crate::limits::{OWN_ATTRIBUTES_MAX, SCOPES_MAX};
use crate::malformed::Defect;
use crate::program::{Claims, Client, ClientAuth, Connection, Oidc, Overage, OwnAttribute, Pin, Protocol, SecretName};

mod saml;
mod words;
use saml::SamlWire;
use words::{ALGORITHMS_MAX, AlgorithmWire, EmailTrustWire};

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct ConnectionWire<'a> {
    #[b(0)]
    slug: &'a str,
    #[b(1)]
    provider: &'a str,
    #[b(2)]
    protocol: ProtocolWire<'a>,
}

#[derive(Encode, Decode)]
#[cbor(flat)]
enum ProtocolWire<'a> {
    #[n(0)]
    Oidc(#[b(0)] OidcWire<'a>),
    #[n(1)]
    Saml(#[b(0)] SamlWire<'a>),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct OidcWire<'a> {
    #[b(0)]
    issuer: &'a str,
    #[b(1)]
    client: ClientWire<'a>,
    #[b(2)]
    scopes: List<&'a str, SCOPES_MAX>,
    #[n(3)]
    algorithms: List<AlgorithmWire, ALGORITHMS_MAX>,
    #[b(4)]
    subject_claim: &'a str,
    #[b(5)]
    claims: ClaimsWire<'a>,
    #[n(6)]
    email_trust: EmailTrustWire,
    #[b(7)]
    pin: Option<PinWire<'a>>,
    #[n(8)]
    clock_skew: u32,
    #[n(9)]
    group_overage: OverageWire,
}

#[derive(Encode, Decode)]
#[cbor(flat)]
enum ClientWire<'a> {
    #[n(0)]
    Own(#[b(0)] &'a str, #[b(1)] ClientAuthWire<'a>),
    #[n(1)]
    Shared(#[n(0)] u32),
}

/// A secret is its owner and its name.
#[derive(Encode, Decode)]
#[cbor(flat)]
pub(super) enum ClientAuthWire<'a> {
    #[n(0)]
    PrivateKeyJwt,
    #[n(1)]
    SecretBasic(#[b(0)] &'a str, #[b(1)] &'a str),
    #[n(2)]
    SecretPost(#[b(0)] &'a str, #[b(1)] &'a str),
    #[n(3)]
    None,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct ClaimsWire<'a> {
    #[b(0)]
    email: &'a str,
    #[b(1)]
    given_name: Option<&'a str>,
    #[b(2)]
    family_name: Option<&'a str>,
    #[b(3)]
    groups: Option<&'a str>,
    #[b(4)]
    own: List<OwnAttributeWire<'a>, OWN_ATTRIBUTES_MAX>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct OwnAttributeWire<'a> {
    #[b(0)]
    name: &'a str,
    #[b(1)]
    from: &'a str,
}

#[derive(Encode, Decode)]
#[cbor(flat)]
enum PinWire<'a> {
    #[n(0)]
    HostedDomain(#[b(0)] &'a str),
    #[n(1)]
    Tenant(#[b(0)] &'a str),
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(flat)]
enum OverageWire {
    #[n(0)]
    AbsentIsEmpty,
    #[n(1)]
    EntraMarkers,
    #[n(2)]
    CutAt(#[n(0)] u32),
}

impl<'a> ConnectionWire<'a> {
    pub(super) fn of(connection: &'a Connection) -> Self {
        Self {
            slug: connection.slug.as_str(),
            provider: connection.provider.as_str(),
            protocol: match &connection.protocol {
                Protocol::Oidc(oidc) => ProtocolWire::Oidc(OidcWire::of(oidc)),
                Protocol::Saml(saml) => ProtocolWire::Saml(SamlWire::of(saml)),
            },
        }
    }

    pub(super) fn convert(&self) -> Result<Connection, Defect> {
        Ok(Connection {
            slug: word(Slug::parse(self.slug), "a connection")?,
            provider: word(Slug::parse(self.provider), "the provider of a connection")?,
            protocol: match &self.protocol {
                ProtocolWire::Oidc(oidc) => Protocol::Oidc(oidc.convert()?),
                ProtocolWire::Saml(saml) => Protocol::Saml(saml.convert()?),
            },
        })
    }
}

impl<'a> OidcWire<'a> {
    fn of(oidc: &'a Oidc) -> Self {
        Self {
            issuer: &oidc.issuer,
            client: match &oidc.client {
                Client::Own { client_id, client_auth } => ClientWire::Own(client_id, ClientAuthWire::of(client_auth)),
                Client::Shared(client) => ClientWire::Shared(*client),
            },
            scopes: List::of(&oidc.scopes, String::as_str),
            algorithms: List::of(&oidc.algorithms, |&algorithm| AlgorithmWire::of(algorithm)),
            subject_claim: &oidc.subject_claim,
            claims: ClaimsWire::of(&oidc.claims),
            email_trust: EmailTrustWire::of(oidc.email_trust),
            pin: oidc.pin.as_ref().map(|pin| match pin {
                Pin::HostedDomain(domain) => PinWire::HostedDomain(domain.as_str()),
                Pin::Tenant(tenant) => PinWire::Tenant(tenant),
            }),
            clock_skew: oidc.clock_skew.0,
            group_overage: OverageWire::of(oidc.group_overage),
        }
    }

    fn convert(&self) -> Result<Oidc, Defect> {
        Ok(Oidc {
            issuer: text(self.issuer, "an issuer")?,
            client: match &self.client {
                ClientWire::Own(client_id, client_auth) => {
                    Client::Own { client_id: text(client_id, "a client id")?, client_auth: client_auth.convert()? }
                }
                ClientWire::Shared(client) => Client::Shared(*client),
            },
            scopes: self.scopes.convert(|scope| text(scope, "a scope"))?,
            algorithms: self.algorithms.convert(|algorithm| Ok(algorithm.convert()))?,
            subject_claim: text(self.subject_claim, "the subject claim")?,
            claims: self.claims.convert()?,
            email_trust: self.email_trust.convert(),
            pin: self.pin.as_ref().map(PinWire::convert).transpose()?,
            clock_skew: Seconds(self.clock_skew),
            group_overage: self.group_overage.convert(),
        })
    }
}

impl OverageWire {
    fn of(overage: Overage) -> Self {
        match overage {
            Overage::AbsentIsEmpty => Self::AbsentIsEmpty,
            Overage::EntraMarkers => Self::EntraMarkers,
            Overage::CutAt(count) => Self::CutAt(count),
        }
    }

    fn convert(self) -> Overage {
        match self {
            Self::AbsentIsEmpty => Overage::AbsentIsEmpty,
            Self::EntraMarkers => Overage::EntraMarkers,
            Self::CutAt(count) => Overage::CutAt(count),
        }
    }
}

impl<'a> ClientAuthWire<'a> {
    pub(super) fn of(auth: &'a ClientAuth) -> Self {
        match auth {
            ClientAuth::PrivateKeyJwt => Self::PrivateKeyJwt,
            ClientAuth::SecretBasic { secret } => Self::SecretBasic(secret.owner.as_str(), secret.name.as_str()),
            ClientAuth::SecretPost { secret } => Self::SecretPost(secret.owner.as_str(), secret.name.as_str()),
            ClientAuth::None => Self::None,
        }
    }

    pub(super) fn convert(&self) -> Result<ClientAuth, Defect> {
        Ok(match self {
            Self::PrivateKeyJwt => ClientAuth::PrivateKeyJwt,
            Self::SecretBasic(owner, name) => ClientAuth::SecretBasic { secret: secret(owner, name)? },
            Self::SecretPost(owner, name) => ClientAuth::SecretPost { secret: secret(owner, name)? },
            Self::None => ClientAuth::None,
        })
    }
}

fn secret(owner: &str, name: &str) -> Result<SecretName, Defect> {
    Ok(SecretName {
        owner: word(Slug::parse(owner), "the owner of a secret")?,
        name: word(Slug::parse(name), "the name of a secret")?,
    })
}

impl<'a> ClaimsWire<'a> {
    fn of(claims: &'a Claims) -> Self {
        Self {
            email: &claims.email,
            given_name: claims.given_name.as_deref(),
            family_name: claims.family_name.as_deref(),
            groups: claims.groups.as_deref(),
            own: List::of(&claims.own, OwnAttributeWire::of),
        }
    }

    fn convert(&self) -> Result<Claims, Defect> {
        let claim = |name: Option<&str>| name.map(|name| text(name, "the name of a claim")).transpose();
        Ok(Claims {
            email: text(self.email, "the name of a claim")?,
            given_name: claim(self.given_name)?,
            family_name: claim(self.family_name)?,
            groups: claim(self.groups)?,
            own: self.own.convert(OwnAttributeWire::convert)?,
        })
    }
}

impl<'a> OwnAttributeWire<'a> {
    pub(super) fn of(own: &'a OwnAttribute) -> Self {
        Self { name: own.name.as_str(), from: &own.from }
    }

    pub(super) fn convert(&self) -> Result<OwnAttribute, Defect> {
        Ok(OwnAttribute {
            name: word(Slug::parse(self.name), "an attribute")?,
            from: text(self.from, "what an attribute is read from")?,
        })
    }
}

impl PinWire<'_> {
    fn convert(&self) -> Result<Pin, Defect> {
        Ok(match self {
            Self::HostedDomain(domain) => Pin::HostedDomain(word(DomainName::parse(domain), "the hosted domain")?),
            Self::Tenant(tenant) => Pin::Tenant(text(tenant, "the tenant")?),
        })
    }
}
