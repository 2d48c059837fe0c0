//! Subject confirmation and authentication statement.

use gatewright_terms::Refusal;

use crate::harness::{ACS, Case, REQUEST, at};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

fn confirmation(method: &str, data: &str) -> String {
    format!("<saml:SubjectConfirmation Method=\"{method}\">{data}</saml:SubjectConfirmation>")
}

fn data(recipient: &str, until: i64) -> String {
    format!(
        "<saml:SubjectConfirmationData InResponseTo=\"{REQUEST}\" NotOnOrAfter=\"{}\" Recipient=\"{recipient}\"/>",
        at(until)
    )
}

fn with(confirmations: &str) -> Case {
    Case::good().swap(&confirmation(BEARER, &data(ACS, 120)), confirmations)
}

/// ST-SAML-18
#[test]
fn st_saml_18_only_a_bearer_confirmation_counts() {
    let good = data(ACS, 120);
    for method in ["urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches", ""]
    {
        let refused = with(&confirmation(method, &good)).refuses(Refusal::SamlConfirmation, "no-bearer-confirmation");
        assert!(refused.to_string().contains(method));
    }
    with("").refuses(Refusal::SamlConfirmation, "no-bearer-confirmation");
    with(&confirmation(BEARER, "")).refuses(Refusal::SamlConfirmation, "confirmation-data-missing");
}

#[test]
fn a_subject_must_be_there() {
    let good = Case::good();
    let (start, end) = (good.xml.find("<saml:Subject>").unwrap(), good.xml.find("<saml:Conditions").unwrap());
    let subject = good.xml[start..end].to_owned();
    good.swap(&subject, "").refuses(Refusal::SamlConfirmation, "subject-missing");
}

/// ST-SAML-17
#[test]
fn st_saml_17_the_recipient_is_ours_exactly() {
    for wrong in ["https://gate.example.com/sso/acme/okta/acs/", "https://gate.example.com/sso/other/okta/acs", ""] {
        with(&confirmation(BEARER, &data(wrong, 120))).refuses(Refusal::SamlRecipient, "recipient");
    }
    let without = data(ACS, 120).replace(&format!(" Recipient=\"{ACS}\""), "");
    with(&confirmation(BEARER, &without)).refuses(Refusal::SamlRecipient, "recipient-missing");
}

#[test]
fn a_bearer_confirmation_has_no_beginning_and_no_other_entity() {
    let early = data(ACS, 120)
        .replace("<saml:SubjectConfirmationData", &format!("<saml:SubjectConfirmationData NotBefore=\"{}\"", at(-120)));
    with(&confirmation(BEARER, &early)).refuses(Refusal::SamlConfirmation, "confirmation-not-before");
    let other = format!("<saml:NameID>proxy</saml:NameID>{}", data(ACS, 120));
    with(&confirmation(BEARER, &other)).refuses(Refusal::SamlConfirmation, "confirmation-by-another");
    let address =
        data(ACS, 120).replace("<saml:SubjectConfirmationData", "<saml:SubjectConfirmationData Address=\"192.0.2.1\"");
    with(&confirmation(BEARER, &address)).passes();
}

/// One that is met is enough, wherever it stands; where none is, the first is told.
#[test]
fn of_several_confirmations_one_must_be_met() {
    let good = confirmation(BEARER, &data(ACS, 120));
    let elsewhere = confirmation(BEARER, &data("https://other.example.com/acs", 120));
    let old = confirmation(BEARER, &data(ACS, -60));
    let key = confirmation("urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", "");
    for several in [[&elsewhere, &good], [&good, &elsewhere], [&key, &good], [&good, &key], [&old, &good]] {
        with(&several.map(String::as_str).concat()).passes();
    }
    with(&format!("{key}{elsewhere}{old}")).refuses(Refusal::SamlRecipient, "recipient");
    with(&format!("{old}{elsewhere}")).refuses(Refusal::SamlExpired, "expired");
    with(&format!("{}{good}", elsewhere.repeat(15))).passes();
    with(&format!("{}{good}", elsewhere.repeat(16))).refuses(Refusal::SamlConfirmation, "too-many-confirmations");
}

fn statement(case: &Case) -> String {
    let (start, end) =
        (case.xml.find("<saml:AuthnStatement").unwrap(), case.xml.find("<saml:AttributeStatement").unwrap());
    case.xml[start..end].to_owned()
}

/// ST-SAML-18
#[test]
fn st_saml_18_there_is_exactly_one_authentication_statement() {
    let one = statement(&Case::good());
    Case::good().swap(&one, "").refuses(Refusal::SamlAuthnStatement, "authn-statement-missing");
    Case::good().swap(&one, &one.repeat(2)).refuses(Refusal::SamlAuthnStatement, "authn-statement-missing");
}

#[test]
fn context_class_and_session_index_are_kept_whole() {
    let class = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    let reference = format!("<saml:AuthnContextClassRef>{class}</saml:AuthnContextClassRef>");
    assert_eq!(Case::good().swap(&reference, "").passes().acr(), None);
    assert_eq!(Case::good().swap(class, "").passes().acr(), None);
    let entra = "http://schemas.microsoft.com/claims/multipleauthn";
    assert_eq!(Case::good().swap(class, entra).passes().acr(), Some(entra));
    assert_eq!(Case::good().swap(" SessionIndex=\"_s1\"", "").passes().session_index(), None);
    let longest = "s".repeat(512);
    assert_eq!(Case::good().swap("_s1", &longest).passes().session_index(), Some(longest.as_str()));
    assert_eq!(Case::good().swap(class, &longest).passes().acr(), Some(longest.as_str()));
    for wrong in ["s".repeat(513), "a&#9;b".to_owned(), "a\u{85}b".to_owned()] {
        Case::good().swap("_s1", &wrong).refuses(Refusal::SamlAuthnStatement, "authn-statement-text");
        Case::good().swap(class, &wrong).refuses(Refusal::SamlAuthnStatement, "authn-statement-text");
    }
}
