//! Saml: the twins of a SAML connection.

use gatewright_terms::{Seconds, Slug, Timestamp};
use minicbor::bytes::ByteSlice;
use minicbor::{Decode, Encode};

use super::words::{
    BindingWire, EncryptionWire, NameIdWire, RequestsWire, SIGNATURES_MAX, SignatureWire, WantSignedWire,
};
use super::{OverageWire, OwnAttributeWire};
use crate::limits::{CERTIFICATE_BYTES_MAX, CERTIFICATES_MAX, OWN_ATTRIBUTES_MAX};
use crate::malformed::Defect;
use crate::program::{Certificate, Endpoint, IdpInitiated, Saml, SamlAttributes, SamlGroups, Subject};
use crate::wire::list::List;
use crate::wire::{text, word};

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct SamlWire<'a> {
    #[b(0)]
    entity_id: &'a str,
    #[b(1)]
    sign_in: EndpointWire<'a>,
    #[b(2)]
    logout: Option<EndpointWire<'a>>,
    #[b(3)]
    certificates: List<&'a ByteSlice, CERTIFICATES_MAX>,
    #[n(4)]
    want_signed: WantSignedWire,
    #[n(5)]
    algorithms: List<SignatureWire, SIGNATURES_MAX>,
    #[n(6)]
    encryption: EncryptionWire,
    #[n(7)]
    name_id: NameIdWire,
    #[b(8)]
    subject: Option<&'a str>,
    #[b(9)]
    email: Option<&'a str>,
    #[b(10)]
    given_name: Option<&'a str>,
    #[b(11)]
    family_name: Option<&'a str>,
    #[b(12)]
    groups: Option<GroupsWire<'a>>,
    #[n(13)]
    clock_skew: u32,
    #[n(14)]
    requests: RequestsWire,
    #[b(15)]
    idp_initiated: Option<IdpInitiatedWire<'a>>,
    #[b(16)]
    own: List<OwnAttributeWire<'a>, OWN_ATTRIBUTES_MAX>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct EndpointWire<'a> {
    #[n(0)]
    binding: BindingWire,
    #[b(1)]
    url: &'a str,
    #[b(2)]
    response_url: Option<&'a str>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct GroupsWire<'a> {
    #[b(0)]
    attribute: &'a str,
    #[n(1)]
    overage: OverageWire,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct IdpInitiatedWire<'a> {
    #[n(0)]
    until: i64,
    #[b(1)]
    app: &'a str,
}

impl<'a> SamlWire<'a> {
    pub(super) fn of(saml: &'a Saml) -> Self {
        let attributes = &saml.attributes;
        Self {
            entity_id: &saml.entity_id,
            sign_in: EndpointWire::of(&saml.sign_in),
            logout: saml.logout.as_ref().map(EndpointWire::of),
            certificates: List::of(&saml.certificates, |certificate| certificate.0.as_slice().into()),
            want_signed: WantSignedWire::of(saml.want_signed),
            algorithms: List::of(&saml.algorithms, |&algorithm| SignatureWire::of(algorithm)),
            encryption: EncryptionWire::of(saml.encryption),
            name_id: NameIdWire::of(saml.name_id),
            subject: match &saml.subject {
                Subject::NameId => None,
                Subject::Attribute(name) => Some(name),
            },
            email: attributes.email.as_deref(),
            given_name: attributes.given_name.as_deref(),
            family_name: attributes.family_name.as_deref(),
            groups: attributes
                .groups
                .as_ref()
                .map(|groups| GroupsWire { attribute: &groups.attribute, overage: OverageWire::of(groups.overage) }),
            clock_skew: saml.clock_skew.0,
            requests: RequestsWire::of(saml.requests),
            idp_initiated: saml
                .idp_initiated
                .as_ref()
                .map(|open| IdpInitiatedWire { until: open.until.unix(), app: open.app.as_str() }),
            own: List::of(&attributes.own, OwnAttributeWire::of),
        }
    }

    pub(super) fn convert(&self) -> Result<Saml, Defect> {
        let attribute = |name: Option<&str>| name.map(|name| text(name, "the name of an attribute")).transpose();
        Ok(Saml {
            entity_id: text(self.entity_id, "an entity id")?,
            sign_in: self.sign_in.convert()?,
            logout: self.logout.as_ref().map(EndpointWire::convert).transpose()?,
            certificates: self.certificates.convert(|der| certificate(der))?,
            want_signed: self.want_signed.convert(),
            algorithms: self.algorithms.convert(|algorithm| Ok(algorithm.convert()))?,
            encryption: self.encryption.convert(),
            name_id: self.name_id.convert(),
            subject: attribute(self.subject)?.map_or(Subject::NameId, Subject::Attribute),
            attributes: SamlAttributes {
                email: attribute(self.email)?,
                given_name: attribute(self.given_name)?,
                family_name: attribute(self.family_name)?,
                groups: self.groups.as_ref().map(GroupsWire::convert).transpose()?,
                own: self.own.convert(OwnAttributeWire::convert)?,
            },
            clock_skew: Seconds(self.clock_skew),
            requests: self.requests.convert(),
            idp_initiated: self.idp_initiated.as_ref().map(IdpInitiatedWire::convert).transpose()?,
        })
    }
}

fn certificate(der: &[u8]) -> Result<Certificate, Defect> {
    if der.is_empty() || der.len() > CERTIFICATE_BYTES_MAX {
        return Err(Defect::BadValue("a certificate"));
    }
    Ok(Certificate(der.to_vec()))
}

impl<'a> EndpointWire<'a> {
    fn of(endpoint: &'a Endpoint) -> Self {
        Self {
            binding: BindingWire::of(endpoint.binding),
            url: &endpoint.url,
            response_url: endpoint.response_url.as_deref(),
        }
    }

    fn convert(&self) -> Result<Endpoint, Defect> {
        Ok(Endpoint {
            binding: self.binding.convert(),
            url: text(self.url, "the address of a provider")?,
            response_url: self.response_url.map(|url| text(url, "the address of a provider")).transpose()?,
        })
    }
}

impl GroupsWire<'_> {
    fn convert(&self) -> Result<SamlGroups, Defect> {
        Ok(SamlGroups { attribute: text(self.attribute, "the name of an attribute")?, overage: self.overage.convert() })
    }
}

impl IdpInitiatedWire<'_> {
    fn convert(&self) -> Result<IdpInitiated, Defect> {
        Ok(IdpInitiated {
            until: Timestamp::from_unix(self.until),
            app: word(Slug::parse(self.app), "the app to land on")?,
        })
    }
}
