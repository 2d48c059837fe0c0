//! One response in the spellings of many providers: prefixes, default namespaces, white space, quotes, attribute styles.

use gatewright_bundle::program::{NameId, Overage, SamlGroups, Subject};
use gatewright_saml::{Groups, Verified};

use crate::harness::Case;

/// Whoever is signed in, it is the same person as in the plain spelling.
#[track_caller]
fn same(case: &Case) -> Verified {
    let (verified, plain) = (case.passes(), Case::good().passes());
    assert_eq!((verified.identity_key(), verified.email()), (plain.identity_key(), plain.email()));
    assert_eq!((verified.groups(), verified.acr()), (plain.groups(), plain.acr()));
    assert_eq!((verified.given_name(), verified.session_ends()), (plain.given_name(), plain.session_ends()));
    verified
}

const SAML: &str = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";

type Spelling = (&'static str, fn(Case) -> Case);

fn spellings() -> [Spelling; 7] {
    [
        ("Okta: saml2p, saml2", |case| {
            case.swap("samlp:", "saml2p:")
                .swap("xmlns:samlp=", "xmlns:saml2p=")
                .swap("saml:", "saml2:")
                .swap("xmlns:saml=", "xmlns:saml2=")
        }),
        ("odd prefixes", |case| {
            case.swap("saml:", "ns2:")
                .swap("xmlns:saml=", "xmlns:ns2=")
                .swap("ds:", "_0.1:")
                .swap("xmlns:ds=", "xmlns:_0.1=")
        }),
        ("Entra, ADFS: default namespaces", |case| {
            let mut case = case.swap(SAML, "xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"");
            for (from, to) in
                [("<saml:", "<"), ("</saml:", "</"), ("<ds:", "<"), ("</ds:", "</"), ("xmlns:ds=", "xmlns=")]
            {
                // What is not there (nothing is signed) need not be.
                case.xml = case.xml.replace(from, to);
            }
            case
        }),
        ("declared at the root alone", |case| {
            let mut case = case;
            case.xml = case.xml.replace(&format!(" {SAML}"), "");
            case.swap("<samlp:Response ", &format!("<samlp:Response {SAML} "))
        }),
        ("lines and tabs between elements", |case| case.swap("><", ">\r\n\t  <")),
        ("single quotes", |case| case.swap("\"", "'")),
        ("character references", |case| {
            case.swap("acme.com<", "acme&#46;com<").swap("https://gate", "https:&#x2F;/gate")
        }),
    ]
}

#[test]
fn every_spelling_is_the_same_person() {
    for make in [Case::good, Case::assertion_signed, Case::response_signed] {
        for (name, spell) in spellings() {
            eprintln!("{name}");
            same(&spell(make()));
        }
        let all = spellings().into_iter().filter(|(name, _)| !name.contains("default") && !name.contains("Okta"));
        same(&all.fold(make(), |case, (_, spell)| spell(case)));
    }
}

/// Entra: identity and groups are attributes with long names; the NameID is whatever the tenant chose.
#[test]
fn entra_by_object_identifier() {
    const GROUPS: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";
    const OBJECT: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    const EMAIL: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    let groups: String = (0..150)
        .map(|n| format!("<saml:AttributeValue>00000000-0000-4000-8000-{n:012}</saml:AttributeValue>"))
        .collect();
    let attributes = format!(
        "<saml:Attribute Name=\"{OBJECT}\"><saml:AttributeValue>8c7a9a3e-1111-4222-8333-944455556666</saml:AttributeValue></saml:Attribute>\
         <saml:Attribute Name=\"{GROUPS}\">{groups}</saml:Attribute><saml:Attribute Name=\"email\">"
    );
    let case = Case::assertion_signed()
        .swap("<saml:Attribute Name=\"email\">", &attributes)
        .swap("Name=\"email\"", &format!("Name=\"{EMAIL}\""))
        .swap("nameid-format:persistent", "nameid-format:unspecified")
        .policy(|saml| {
            saml.name_id = NameId::Unspecified;
            saml.subject = Subject::Attribute(OBJECT.into());
            saml.attributes.email = Some(EMAIL.into());
            saml.attributes.groups = Some(SamlGroups { attribute: GROUPS.into(), overage: Overage::EntraMarkers });
        });
    let verified = case.passes();
    assert_eq!(verified.subject(), "8c7a9a3e-1111-4222-8333-944455556666");
    assert!(matches!(verified.groups(), Groups::Known(known) if known.len() == 150));
}

/// Google: the NameID is the address, attributes have the names that the administrator typed.
#[test]
fn google_by_address() {
    let case = Case::response_signed()
        .swap(
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        )
        .swap("u-1001", "ada@acme.com")
        .policy(|saml| {
            saml.name_id = NameId::Email;
            saml.attributes.email = None;
        });
    let verified = case.passes();
    assert_eq!((verified.subject(), verified.email().to_string().as_str()), ("ada@acme.com", "ada@acme.com"));
}

/// The largest message fits into the form, with a line break after every 64 characters; twice as much does not.
#[test]
fn the_form_value_holds_the_largest_message() {
    use gatewright_saml::screen::MESSAGE_BYTES_MAX;
    let base64 = MESSAGE_BYTES_MAX.div_ceil(3) * 4;
    let with_breaks = base64 + base64 / 64 * 2;
    assert!((with_breaks..2 * MESSAGE_BYTES_MAX).contains(&gatewright_saml::FORM_VALUE_BYTES_MAX));
}

/// It prints by which key a person is known here, and nothing else of them.
#[test]
fn what_was_verified_does_not_print_the_person() {
    let printed = format!("{:?}", Case::good().passes());
    assert!(
        printed.starts_with("Verified(") && !printed.contains("ada@") && !printed.contains("Lovelace"),
        "{printed}"
    );
}
