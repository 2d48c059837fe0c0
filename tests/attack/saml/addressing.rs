//! Addressing: from somebody else, to somebody else, in answer to something else.

use gatewright_terms::Refusal as R;

use super::message::{Base, Message};
use super::variant::{Defect, check, hold};
use super::world::{ACS, REQUEST_ID, SP_ENTITY_ID};

/// ST-SAML-13, ST-SAML-15, ST-SAML-17: issuer, audience, recipient, destination and request, byte for byte.
#[test]
fn messages_for_and_from_others_are_refused() {
    hold("addressing");
}

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = audiences();
    all.extend(issuers());
    all.extend(recipients());
    all.extend(destinations());
    all.extend(requests());
    all
}

fn audiences() -> Vec<Defect> {
    const ROWS: &[u8] = &[13];
    let audience = |name: &str, to: String| {
        check(name, ROWS, R::SamlAudience, "audience", move |m: Message| {
            m.answer(|answer| answer.audience.clone_from(&to))
        })
    };
    let restricted = |name: &str, reason: &'static str, refusal: R, to: &'static str| {
        check(name, ROWS, refusal, reason, move |m: Message| {
            let own = format!(
                "<saml:AudienceRestriction><saml:Audience>{SP_ENTITY_ID}</saml:Audience></saml:AudienceRestriction>"
            );
            m.before(&own, &to.replace("OWN", &own))
        })
    };
    let other =
        "<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>";
    vec![
        audience("audience-of-another", "https://other.example/metadata".to_owned()),
        audience("audience-of-another-organisation", SP_ENTITY_ID.replace("acme", "globex")),
        audience("audience-of-another-connection", SP_ENTITY_ID.replace("main", "second")),
        audience("audience-with-a-slash", format!("{SP_ENTITY_ID}/")),
        audience("audience-cut-short", SP_ENTITY_ID[..SP_ENTITY_ID.len() - 1].to_owned()),
        audience("audience-that-goes-on", format!("{SP_ENTITY_ID}.evil.example")),
        audience("audience-of-the-host", "https://gate.example".to_owned()),
        audience("audience-in-capitals", SP_ENTITY_ID.to_uppercase()),
        audience("audience-with-a-port", SP_ENTITY_ID.replace("example/", "example:443/")),
        audience("audience-without-encryption", SP_ENTITY_ID.replace("https", "http")),
        audience("audience-with-white-space", format!(" {SP_ENTITY_ID}")),
        audience("audience-with-a-line-end", format!("{SP_ENTITY_ID}\n")),
        audience("audience-twice-in-one", format!("{SP_ENTITY_ID} https://other.example")),
        audience("empty-audience", String::new()),
        audience("audience-is-our-address", ACS.to_owned()),
        restricted("no-restriction", "audience-missing", R::SamlAudience, ""),
        restricted("no-restriction-but-one-time-use", "audience-missing", R::SamlAudience, "<saml:OneTimeUse/>"),
        restricted("proxy-restriction-names-us", "audience-missing", R::SamlAudience, "<saml:ProxyRestriction><saml:Audience>https://gate.example/sso/acme/main/metadata</saml:Audience></saml:ProxyRestriction>"),
        restricted("second-restriction-for-another", "audience", R::SamlAudience, "OWN<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>")
            .twin(|m| {
                // Several audiences in one restriction are alternatives.
                m.before("</saml:Audience>", "</saml:Audience><saml:Audience>https://other.example</saml:Audience>")
            }),
        check("first-restriction-for-another", ROWS, R::SamlAudience, "audience", move |m| {
            m.before("<saml:AudienceRestriction>", &format!("{other}<saml:AudienceRestriction>"))
        })
        .twin(|m| {
            let own = format!("<saml:AudienceRestriction><saml:Audience>{SP_ENTITY_ID}</saml:Audience></saml:AudienceRestriction>");
            m.before("<saml:AudienceRestriction>", &format!("{own}<saml:AudienceRestriction>"))
        }),
    ]
}

fn issuers() -> Vec<Defect> {
    const ROWS: &[u8] = &[13];
    let mut all = Vec::new();
    for (place, hole) in [("assertion", "{sign:assertion}"), ("response", "{sign:response}")] {
        let issuer = |name: &str, reason: &'static str, to: &'static str| {
            check(format!("{name}-of-the-{place}"), ROWS, R::SamlIssuer, reason, move |m: Message| {
                m.before_with(move |text| {
                    let (before, after) = text.split_once(hole).unwrap();
                    let start = before.rfind("<saml:Issuer>").unwrap();
                    format!("{}{to}{hole}{after}", &before[..start])
                })
            })
        };
        all.extend([
            issuer("issuer-another", "issuer", "<saml:Issuer>https://idp.globex.example/saml</saml:Issuer>"),
            issuer("issuer-with-a-slash", "issuer", "<saml:Issuer>https://idp.acme.example/saml/</saml:Issuer>"),
            issuer("issuer-cut-short", "issuer", "<saml:Issuer>https://idp.acme.example/sam</saml:Issuer>"),
            issuer("issuer-in-capitals", "issuer", "<saml:Issuer>https://IDP.acme.example/saml</saml:Issuer>"),
            issuer("issuer-with-white-space", "issuer", "<saml:Issuer> https://idp.acme.example/saml</saml:Issuer>"),
            issuer("issuer-empty", "issuer", "<saml:Issuer></saml:Issuer>"),
            issuer("issuer-with-a-qualifier", "issuer-format", "<saml:Issuer NameQualifier=\"x\">https://idp.acme.example/saml</saml:Issuer>"),
            issuer("issuer-of-another-format", "issuer-format", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">https://idp.acme.example/saml</saml:Issuer>")
                .twin(move |m| m.before_with(move |text| {
                    let open = "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">";
                    text.replace("<saml:Issuer>", open)
                })),
        ]);
    }
    // An assertion without issuer has no place in the schema; a response may leave it out.
    all.push(check("issuer-missing-of-the-response", ROWS, R::SamlIssuer, "issuer-missing", |m| {
        m.before("<saml:Issuer>https://idp.acme.example/saml</saml:Issuer>{sign:response}", "{sign:response}")
    }));
    all.push(check("issuer-missing-of-the-assertion", ROWS, R::SamlStructure, "child-missing", |m| {
        m.before("<saml:Issuer>https://idp.acme.example/saml</saml:Issuer>{sign:assertion}", "{sign:assertion}")
    }));
    all
}

/// What an address may be mistaken for.
const NEARLY: &[(&str, &str)] = &[
    ("with-a-slash", "https://gate.example/sso/acme/main/acs/"),
    ("with-a-port", "https://gate.example:443/sso/acme/main/acs"),
    ("in-capitals", "https://gate.example/sso/ACME/main/acs"),
    ("host-in-capitals", "https://GATE.example/sso/acme/main/acs"),
    ("without-encryption", "http://gate.example/sso/acme/main/acs"),
    ("of-another-organisation", "https://gate.example/sso/globex/main/acs"),
    ("of-another-connection", "https://gate.example/sso/acme/second/acs"),
    ("of-another-host", "https://gate.example.evil.example/sso/acme/main/acs"),
    ("with-user", "https://gate.example@evil.example/sso/acme/main/acs"),
    ("with-dots", "https://gate.example/sso/acme/main/x/../acs"),
    ("with-escapes", "https://gate.example/sso/acme/main/%61cs"),
    ("with-a-query", "https://gate.example/sso/acme/main/acs?x"),
    ("with-a-fragment", "https://gate.example/sso/acme/main/acs#x"),
    ("with-white-space", "https://gate.example/sso/acme/main/acs "),
    ("cut-short", "https://gate.example/sso/acme/main/ac"),
    ("empty", ""),
    ("is-our-metadata", "https://gate.example/sso/acme/main/metadata"),
];

fn recipients() -> Vec<Defect> {
    const ROWS: &[u8] = &[17];
    let mut all: Vec<Defect> = NEARLY
        .iter()
        .map(|(name, to)| {
            check(format!("recipient-{name}"), ROWS, R::SamlRecipient, "recipient", move |m| {
                m.before(&format!("Recipient=\"{ACS}\""), &format!("Recipient=\"{to}\""))
            })
        })
        .collect();
    all.push(check("recipient-missing", ROWS, R::SamlRecipient, "recipient-missing", |m| {
        m.before(&format!(" Recipient=\"{ACS}\""), "")
    }));
    all
}

fn destinations() -> Vec<Defect> {
    const ROWS: &[u8] = &[17];
    let mut all: Vec<Defect> = NEARLY
        .iter()
        .map(|(name, to)| {
            check(format!("destination-{name}"), ROWS, R::SamlDestination, "destination", move |m| {
                m.before(&format!("Destination=\"{ACS}\""), &format!("Destination=\"{to}\""))
            })
        })
        .collect();
    all.push(
        check(
            "destination-missing-where-the-response-is-signed",
            ROWS,
            R::SamlDestination,
            "destination-missing",
            |m| m.before(&format!(" Destination=\"{ACS}\""), ""),
        )
        .on(Base::RESPONSE_SIGNED),
    );
    all
}

fn requests() -> Vec<Defect> {
    const ROWS: &[u8] = &[15];
    let places = [
        ("response", format!("Destination=\"{ACS}\" InResponseTo=")),
        ("confirmation", format!("Recipient=\"{ACS}\" InResponseTo=")),
    ];
    let mut all = Vec::new();
    for (place, at) in places {
        for (name, to) in [
            ("another", "_other"),
            ("in-capitals", "_REQUEST"),
            ("cut-short", "_reques"),
            ("with-white-space", " _request"),
            ("empty", ""),
        ] {
            let (from, to) = (format!("{at}\"{REQUEST_ID}\""), format!("{at}\"{to}\""));
            all.push(check(
                format!("request-{name}-in-the-{place}"),
                ROWS,
                R::SamlInResponseTo,
                "in-response-to",
                move |m| m.before(&from, &to),
            ));
        }
        let (from, to) = (format!("{at}\"{REQUEST_ID}\""), at.replace(" InResponseTo=", ""));
        all.push(check(
            format!("request-missing-in-the-{place}"),
            ROWS,
            R::SamlInResponseTo,
            "in-response-to-missing",
            move |m| m.before(&from, &to),
        ));
    }
    all.push(check("request-missing-everywhere", ROWS, R::SamlInResponseTo, "in-response-to-missing", |m| {
        m.answer(|answer| answer.in_response_to = None)
    }));
    all
}
