//! Saml: SAML connections with defaults, profile and metadata written out.

use gatewright_bundle::program::{self, Certificate, Endpoint, SamlAttributes, SamlGroups, Subject};

use super::client::{either, own};
use crate::policy::{At, Connection, Org};

/// `None` only where a part is missing, which no valid policy does.
pub(super) fn saml(connection: &Connection, org: &Org) -> Option<program::Saml> {
    let (saml, profile) = connection.saml_parts()?;
    let idp = saml.idp()?;
    let (binding, url) = saml.sign_in()?;
    let mut certificates: Vec<Certificate> = idp.metadata.certificates.iter().cloned().map(Certificate).collect();
    certificates.sort_unstable();
    certificates.dedup();
    let claims = &connection.claims;
    Some(program::Saml {
        entity_id: saml.entity_id.as_ref()?.value.to_string(),
        sign_in: Endpoint { binding, url: url.to_owned(), response_url: None },
        logout: saml.logout().map(|(binding, url, response_url)| Endpoint {
            binding: *binding,
            url: url.clone(),
            response_url: response_url.clone(),
        }),
        certificates,
        want_signed: saml.want_signed(profile),
        algorithms: saml.algorithms(),
        encryption: saml.encryption(),
        name_id: saml.name_id(profile),
        subject: match saml.subject(profile) {
            At::NameId => Subject::NameId,
            At::Attribute(name) => Subject::Attribute(name.to_owned()),
        },
        attributes: SamlAttributes {
            email: match connection.saml_email(profile) {
                At::NameId => None,
                At::Attribute(name) => Some(name.to_owned()),
            },
            given_name: either(claims.given_name.as_ref(), profile.given_name.as_ref()),
            family_name: either(claims.family_name.as_ref(), profile.family_name.as_ref()),
            groups: either(claims.groups.as_ref(), Some(&profile.groups))
                .map(|attribute| SamlGroups { attribute, overage: profile.overage }),
            own: own(claims),
        },
        clock_skew: saml.clock_skew(profile),
        requests: saml.requests(),
        idp_initiated: match &connection.idp_initiated {
            Some(open) => Some(program::IdpInitiated { until: open.ends(&org.time_zone)?, app: open.app_slug()? }),
            None => None,
        },
    })
}
