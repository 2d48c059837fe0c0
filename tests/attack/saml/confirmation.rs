//! Confirmation: who may carry the assertion, and to whom.

use gatewright_terms::Refusal as R;

use super::message::{Base, Message, around};
use super::variant::{Defect, StoppedBy, check, hold, screen};
use super::world::ACS;

/// ST-SAML-14, ST-SAML-18: a bearer confirmation with an end and without a beginning.
#[test]
fn confirmations_that_do_not_hold_are_refused() {
    hold("confirmation");
}

const ROWS: &[u8] = &[18];

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const HOLDER: &str = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key";
const VOUCHES: &str = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";

/// Ends of a confirmation.
const GOOD: &str = "2027-01-15T08:05:00Z";
const LATE: &str = "2027-01-15T07:00:00Z";

fn confirmation(method: &str, data: &str) -> String {
    format!("<saml:SubjectConfirmation Method=\"{method}\">{data}</saml:SubjectConfirmation>")
}

fn data(until: &str) -> String {
    format!("<saml:SubjectConfirmationData NotOnOrAfter=\"{until}\" Recipient=\"{ACS}\" InResponseTo=\"_request\"/>")
}

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = methods();
    all.extend(holders());
    all.extend(parts());
    all.extend(elsewhere());
    all.extend(several());
    all.extend(times());
    all.extend(subjects());
    all
}

/// Another confirmation, or others, in its place.
fn replaced(name: &str, rows: &'static [u8], refusal: R, reason: &'static str, to: String) -> Defect {
    check(name, rows, refusal, reason, move |m: Message| {
        let to = to.clone();
        m.before_with(move |text| {
            let (before, _, after) = around(&text, "saml:SubjectConfirmation");
            format!("{before}{to}{after}")
        })
    })
}

/// The twin of a defect in several: what also stands before the honest one.
fn beside(message: Message, also: &str) -> Message {
    message.before("<saml:SubjectConfirmation ", &format!("{also}<saml:SubjectConfirmation "))
}

fn methods() -> Vec<Defect> {
    let method = |name: &str, method: &'static str| {
        check(name, ROWS, R::SamlConfirmation, "no-bearer-confirmation", move |m: Message| m.before(BEARER, method))
    };
    vec![
        method("holder-of-key", HOLDER),
        method("sender-vouches", VOUCHES),
        method("bearer-of-version-1", "urn:oasis:names:tc:SAML:1.0:cm:bearer"),
        method("bearer-in-capitals", "urn:oasis:names:tc:SAML:2.0:cm:BEARER"),
        method("bearer-with-white-space", "urn:oasis:names:tc:SAML:2.0:cm:bearer "),
        method("no-method", ""),
        check("method-missing", ROWS, R::SamlConfirmation, "no-bearer-confirmation", |m| {
            m.before(&format!(" Method=\"{BEARER}\""), "")
        }),
    ]
}

/// The key of a holder, in the data of a confirmation.
fn keyed(key_info: &str) -> String {
    let key_info = format!("<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{key_info}</ds:KeyInfo>");
    format!("<saml:SubjectConfirmationData>{key_info}</saml:SubjectConfirmationData>")
}

/// A key that somebody would have to prove. Nobody asks for it, so it confirms nothing.
fn holders() -> Vec<Defect> {
    let fetched = "<ds:RetrievalMethod URI=\"http://127.0.0.1:9/key\"/>";
    let named = || keyed("<ds:KeyName>key</ds:KeyName>");
    vec![
        replaced(
            "holder-with-a-key",
            ROWS,
            R::SamlConfirmation,
            "no-bearer-confirmation",
            confirmation(HOLDER, &named()),
        )
        .twin(move |m| beside(m, &confirmation(HOLDER, &named()))),
        replaced(
            "bearer-with-a-key-and-no-end",
            &[14, 18],
            R::SamlRecipient,
            "recipient-missing",
            confirmation(BEARER, &keyed("<ds:KeyName>key</ds:KeyName>")),
        ),
        replaced(
            "holder-and-voucher",
            ROWS,
            R::SamlConfirmation,
            "no-bearer-confirmation",
            format!("{}{}", confirmation(HOLDER, &data(GOOD)), confirmation(VOUCHES, &data(GOOD))),
        )
        .twin(|m| beside(m, &format!("{}{}", confirmation(HOLDER, &data(GOOD)), confirmation(VOUCHES, &data(GOOD))))),
        early("key-from-the-network", R::SamlSignatureShape, "retrieval-method", confirmation(HOLDER, &keyed(fetched))),
    ]
}

/// As [`replaced`], by the screen.
fn early(name: &str, refusal: R, reason: &'static str, to: String) -> Defect {
    replaced(name, ROWS, refusal, reason, to).stopped_by(StoppedBy::Screen).on(Base::PLAIN)
}

/// What would confirm, if it stood in its place and were of its kind.
fn elsewhere() -> Vec<Defect> {
    let good = data(GOOD);
    let by = |id: &str| confirmation(BEARER, &format!("{id}{}", data(GOOD)));
    let encrypted =
        "<saml:EncryptedID><x:EncryptedData xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/></saml:EncryptedID>";
    let placed = |name: &str, behind: &'static str, what: String| {
        screen(name, ROWS, R::SamlStructure, "unknown-child", move |m: Message| {
            m.before(behind, &format!("{behind}{what}"))
        })
    };
    let qualified = confirmation(BEARER, &good).replacen(" Method=", " xmlns:x=\"urn:x\" x:Method=", 1);
    vec![
        early("for-another-by-base", R::SamlStructure, "unknown-element", by("<saml:BaseID/>")),
        early("for-another-in-secret", R::SamlEncryption, "encrypted-id", by(encrypted)),
        early("method-of-a-foreign-namespace", R::SamlStructure, "foreign-attribute", qualified),
        early(
            "of-a-foreign-namespace",
            R::SamlStructure,
            "foreign-element",
            format!("<x:SubjectConfirmation xmlns:x=\"urn:x\" Method=\"{BEARER}\"/>"),
        ),
        placed("beside-the-subject", "</saml:Subject>", confirmation(BEARER, &good)),
        placed("data-beside-the-confirmation", "</saml:SubjectConfirmation>", good),
    ]
}

/// One confirmation, and what is in it.
fn parts() -> Vec<Defect> {
    let good = data(GOOD);
    vec![
        replaced("no-confirmation", ROWS, R::SamlConfirmation, "no-bearer-confirmation", String::new()),
        replaced("no-data", ROWS, R::SamlConfirmation, "confirmation-data-missing", confirmation(BEARER, "")),
        replaced("two-data", ROWS, R::SamlStructure, "child-doubled", confirmation(BEARER, &good.repeat(2))),
        replaced(
            "for-another-to-make",
            ROWS,
            R::SamlConfirmation,
            "confirmation-by-another",
            confirmation(BEARER, &format!("<saml:NameID>proxy</saml:NameID>{good}")),
        ),
    ]
}

/// More than one: any one that is met is enough (SAML Core §2.4.1), but one must be met as a whole.
fn several() -> Vec<Defect> {
    let (good, late) = (data(GOOD), data(LATE));
    vec![
        replaced(
            "good-one-is-not-a-bearer's",
            ROWS,
            R::SamlExpired,
            "expired",
            format!("{}{}", confirmation(HOLDER, &good), confirmation(BEARER, &late)),
        )
        .twin(|m| beside(m, &confirmation(HOLDER, ""))),
        replaced(
            "halves-of-two",
            &[15, 18],
            R::SamlExpired,
            "expired",
            format!("{}{}", confirmation(BEARER, &late), confirmation(BEARER, &good.replace("_request", "_other"))),
        )
        .twin(|m| beside(m, &confirmation(BEARER, &data(LATE)))),
        replaced(
            "halves-by-recipient",
            &[14, 17, 18],
            R::SamlExpired,
            "expired",
            format!(
                "{}{}",
                confirmation(BEARER, &late),
                confirmation(BEARER, &good.replace(ACS, "https://other.example/"))
            ),
        )
        .twin(|m| beside(m, &confirmation(BEARER, &data(GOOD).replace(ACS, "https://other.example/")))),
        replaced(
            "seventeen",
            &[18, 22],
            R::SamlConfirmation,
            "too-many-confirmations",
            confirmation(BEARER, &late).repeat(16) + &confirmation(BEARER, &good),
        )
        .twin(|m| beside(m, &confirmation(BEARER, &data(LATE)).repeat(15))),
    ]
}

fn times() -> Vec<Defect> {
    vec![
        check("with-a-beginning", &[14], R::SamlConfirmation, "confirmation-not-before", |m| {
            m.before(
                "<saml:SubjectConfirmationData ",
                "<saml:SubjectConfirmationData NotBefore=\"2027-01-15T07:00:00Z\" ",
            )
        }),
        check("without-an-end", &[14], R::SamlConfirmation, "confirmation-without-end", |m| {
            m.before(
                "<saml:SubjectConfirmationData NotOnOrAfter=\"2027-01-15T08:05:00Z\"",
                "<saml:SubjectConfirmationData",
            )
        }),
    ]
}

fn subjects() -> Vec<Defect> {
    vec![
        check("without-a-subject", ROWS, R::SamlConfirmation, "subject-missing", |m| {
            m.before_with(|text| {
                let (before, _, after) = around(&text, "saml:Subject");
                format!("{before}{after}")
            })
        }),
        check("empty-subject", ROWS, R::SamlConfirmation, "no-bearer-confirmation", |m| {
            m.before_with(|text| {
                let (before, _, after) = around(&text, "saml:Subject");
                format!("{before}<saml:Subject/>{after}")
            })
        }),
    ]
}
