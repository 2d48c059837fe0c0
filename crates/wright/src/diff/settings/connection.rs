//! Connection: the lines of one connection. Whom it believes, and how strictly.

use gatewright_bundle::Digest;
use gatewright_bundle::program::{
    Claims, Connection, Encryption, Endpoint, Environment, IdpInitiated, Oidc, OwnAttribute, Pin, Protocol, Requests,
    Saml, SamlAttributes, SamlGroups, Subject, WantSigned,
};
use wright_policy::spell;

use super::Pen;
use super::defence::{tolerance, word};
use super::platform;

pub(super) fn note(connection: &Connection, environment: &Environment, pen: &mut Pen<'_>) {
    let Connection { slug: _, provider, protocol } = connection;
    pen.label(".provider", provider);
    match protocol {
        Protocol::Oidc(oidc) => of_oidc(oidc, environment, &mut pen.below(".oidc")),
        Protocol::Saml(saml) => of_saml(saml, &mut pen.below(".saml")),
    }
}

fn of_oidc(oidc: &Oidc, environment: &Environment, pen: &mut Pen<'_>) {
    let Oidc { issuer, client, scopes, algorithms, subject_claim, claims, email_trust, pin, clock_skew, group_overage } =
        oidc;
    pen.trust(".issuer", issuer);
    pen.trust(".client", platform::client(client, environment));
    pen.trust(".subject", subject_claim);
    let Claims { email, given_name, family_name, groups, own } = claims;
    pen.trust(".attributes.email", email);
    names(given_name.as_deref(), family_name.as_deref(), &mut pen.below(".attributes"));
    pen.trust(".attributes.groups", groups.as_deref().unwrap_or("none"));
    own_attributes(own, &mut pen.below(".attributes"));
    pen.trust(".email-trust", word(email_trust));
    if let Some(pin) = pin {
        let (word, value) = match pin {
            Pin::HostedDomain(domain) => (".hosted-domain", domain.to_string()),
            Pin::Tenant(tenant) => (".tenant", tenant.clone()),
        };
        pen.trust(word, value);
    }
    pen.label(".scopes", scopes.join(" "));
    pen.trust(".algorithms", algorithms.iter().map(word).collect::<Vec<_>>().join(" "));
    pen.defence(".clock-skew", spell(clock_skew.0), tolerance(clock_skew.0));
    pen.trust(".group-overage", word(group_overage));
}

fn of_saml(saml: &Saml, pen: &mut Pen<'_>) {
    let Saml {
        entity_id,
        sign_in,
        logout,
        certificates,
        want_signed,
        algorithms,
        encryption,
        name_id,
        subject,
        attributes,
        clock_skew,
        requests,
        idp_initiated,
    } = saml;
    pen.trust(".entity-id", entity_id);
    of_endpoint(".sign-in", sign_in, pen);
    if let Some(logout) = logout {
        of_endpoint(".logout", logout, pen);
    }
    for certificate in certificates {
        pen.trust(&format!(".certificate[sha256:{}]", Digest::of(&certificate.0)), "");
    }
    let strength = match want_signed {
        WantSigned::Either => 0,
        WantSigned::Assertion | WantSigned::Response => 1,
        WantSigned::Both => 2,
    };
    pen.defence(".want-signed", word(want_signed), strength);
    pen.trust(".signature", algorithms.iter().map(word).collect::<Vec<_>>().join(" "));
    let strength = match encryption {
        Encryption::Optional => 0,
        Encryption::Required => 1,
    };
    pen.defence(".encryption", word(encryption), strength);
    pen.trust(".name-id", word(name_id));
    pen.trust(
        ".subject",
        match subject {
            Subject::NameId => "name-id".to_owned(),
            Subject::Attribute(name) => format!("attribute {name}"),
        },
    );
    of_attributes(attributes, &mut pen.below(".attributes"));
    pen.defence(".clock-skew", spell(clock_skew.0), tolerance(clock_skew.0));
    let strength = match requests {
        Requests::Unsigned => 0,
        Requests::Signed => 1,
    };
    pen.defence(".sign-requests", word(requests), strength);
    if let Some(IdpInitiated { until, app }) = idp_initiated {
        // Open for longer is weaker; any is weaker than none.
        pen.defence(".unsafe[idp-initiated].until", until, -until.unix().max(1));
        pen.defence(".unsafe[idp-initiated].app", app, -1);
    }
}

fn of_endpoint(word_: &str, endpoint: &Endpoint, pen: &mut Pen<'_>) {
    let Endpoint { binding, url, response_url } = endpoint;
    let answers = response_url.as_ref().map(|url| format!(", answers to {url}")).unwrap_or_default();
    pen.trust(word_, format!("{} {url}{answers}", word(binding)));
}

fn of_attributes(attributes: &SamlAttributes, pen: &mut Pen<'_>) {
    let SamlAttributes { email, given_name, family_name, groups, own } = attributes;
    pen.trust(".email", email.as_deref().unwrap_or("the NameID"));
    names(given_name.as_deref(), family_name.as_deref(), pen);
    if let Some(SamlGroups { attribute, overage }) = groups {
        pen.trust(".groups", attribute);
        pen.trust(".group-overage", word(overage));
    }
    own_attributes(own, pen);
}

fn own_attributes(own: &[OwnAttribute], pen: &mut Pen<'_>) {
    for OwnAttribute { name, from } in own {
        pen.trust(&format!(".attribute[{name}]"), from);
    }
}

/// Where nothing is read there is no line.
fn names(given: Option<&str>, family: Option<&str>, pen: &mut Pen<'_>) {
    for (word, name) in [(".given-name", given), (".family-name", family)] {
        if let Some(name) = name {
            pen.label(word, name);
        }
    }
}
