//! Saml: what SAML connections amount to, layer by layer, and what a day changes about what is said of them.

use gatewright_bundle::program::{
    Binding, Encryption, NameId, Overage, Program, Requests, Saml, SignatureAlgorithm, Stage, Subject, WantSigned,
};
use gatewright_terms::{Seconds, Slug, Timestamp};
use wright_policy::{CHECKS, check, check_with, lower};
use wright_syntax::diagnostic::Diagnostic;

use crate::notation::{as_of, code, early, ui, workspace};

fn fixture(path: &str) -> String {
    std::fs::read_to_string(ui().join(path)).unwrap()
}

fn program(text: &str, environment: &str, as_of: Timestamp) -> Program {
    let (policy, mut sink) = early(&workspace(text));
    let valid = check(policy, as_of, &mut sink).unwrap_or_else(|| panic!("{:?}", sink.into_sorted()));
    lower(&valid, &Slug::parse(environment).unwrap()).unwrap().0
}

fn saml(text: &str) -> Saml {
    program(text, "production", as_of()).orgs[0].connections[0].saml().unwrap().clone()
}

fn found_at(text: &str, as_of: Timestamp) -> Vec<Diagnostic> {
    let (policy, mut sink) = early(&workspace(text));
    check_with(&policy, CHECKS, as_of, &mut sink);
    sink.into_sorted()
}

fn day(text: &str) -> Timestamp {
    Timestamp::from_unix(format!("{text}T00:00:00Z").parse::<jiff::Timestamp>().unwrap().as_second())
}

#[test]
fn a_connection_of_two_lines_is_written_out_by_its_profile_and_its_metadata() {
    let saml = saml(&fixture("ok/saml-okta.kdl"));
    assert_eq!(saml.entity_id, "http://www.okta.com/exk1acme0000");
    assert_eq!((saml.sign_in.binding, saml.sign_in.url.ends_with("/sso/saml")), (Binding::Redirect, true));
    assert!(saml.logout.is_some_and(|logout| logout.url.ends_with("/slo/saml")));
    assert_eq!((saml.certificates.len(), saml.want_signed), (1, WantSigned::Assertion));
    let rsa = [SignatureAlgorithm::RsaSha256, SignatureAlgorithm::RsaSha384, SignatureAlgorithm::RsaSha512];
    assert_eq!(saml.algorithms, rsa);
    assert_eq!((saml.encryption, saml.requests), (Encryption::Optional, Requests::Signed));
    assert_eq!((saml.name_id, saml.subject, saml.clock_skew), (NameId::Persistent, Subject::NameId, Seconds(60)));
    assert_eq!(saml.attributes.email.as_deref(), Some("email"));
    assert_eq!(saml.attributes.groups.map(|groups| groups.overage), Some(Overage::CutAt(100)));
    assert_eq!(saml.idp_initiated, None);
}

#[test]
fn what_the_connection_says_beats_everything() {
    let program = program(&fixture("ok/saml-with-every-word.kdl"), "production", as_of());
    let org = &program.orgs[0];
    let saml = org.connections[0].saml().unwrap();
    assert_eq!((saml.want_signed, saml.encryption), (WantSigned::Both, Encryption::Required));
    assert_eq!((saml.sign_in.binding, saml.clock_skew), (Binding::Post, Seconds(30)));
    assert_eq!(saml.attributes.email.as_deref(), Some("mail"));
    assert_eq!((org.stage, org.session.max_authentication_age), (Stage::Optional, Some(Seconds(28_800))));
    let [step_up] = org.step_ups.as_slice() else { panic!("{:?}", org.step_ups) };
    assert_eq!((step_up.within, step_up.acr.as_deref()), (Seconds(300), Some("phr")), "in the place of the default");
}

#[test]
fn defaults_stand_between_the_profile_and_the_connection() {
    let saml = saml(&fixture("ok/saml-defaults.kdl"));
    assert_eq!((saml.want_signed, saml.clock_skew), (WantSigned::Both, Seconds(90)));
    assert_eq!(saml.attributes.groups.map(|groups| groups.attribute).as_deref(), Some("lumen_groups"));
    assert_eq!(saml.attributes.email.as_deref(), Some("email"), "the profile's");
}

/// ST-LINT-04: each provider's own stable identity.
#[test]
fn st_lint_04_entra_is_known_by_object_id_and_google_by_what_there_is() {
    let entra = saml(&fixture("ok/saml-entra.kdl"));
    let object_id = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    assert_eq!(entra.subject, Subject::Attribute(object_id.into()));
    assert_eq!((entra.name_id, entra.clock_skew), (NameId::Unspecified, Seconds(300)));
    assert_eq!(entra.attributes.groups.map(|groups| groups.overage), Some(Overage::EntraMarkers));
    let google = saml(&fixture("security/GW0915-recycled-subject.kdl"));
    assert_eq!((google.name_id, google.subject, google.attributes.email), (NameId::Email, Subject::NameId, None));
    assert_eq!(google.attributes.groups.map(|groups| groups.overage), Some(Overage::CutAt(75)));
}

/// ST-SAML-12: all keys of a rotation, sorted, and the kinds that they are of.
#[test]
fn st_saml_12_every_certificate_of_the_metadata_counts() {
    let rotating = saml(&fixture("ok/saml-rotating.kdl"));
    assert_eq!(rotating.certificates.len(), 2);
    assert!(rotating.certificates.is_sorted());
    let elliptic = saml(&fixture("ok/saml-elliptic.kdl"));
    assert_eq!(elliptic.algorithms[0], SignatureAlgorithm::EcdsaSha256);
    assert_eq!(elliptic.algorithms.len(), 3);
}

#[test]
fn an_environment_has_a_provider_of_its_own() {
    let text = fixture("ok/saml-staging.kdl");
    let entity_id = |environment| program(&text, environment, as_of()).orgs[0].connections[0].issuer().to_owned();
    assert_eq!(entity_id("production"), "http://www.okta.com/exk1acme0000");
    assert_eq!(entity_id("staging"), "http://www.okta.com/exk1acme9999");
}

/// ST-LINT-13: one connection, one landing app, one last day; noon is that of the organisation.
#[test]
fn st_lint_13_an_open_door_has_an_end_at_noon() {
    let saml = saml(&fixture("security/GW0902-unsafe-in-force.kdl"));
    let open = saml.idp_initiated.unwrap();
    assert_eq!((open.until.to_string().as_str(), open.app.as_str()), ("2027-01-29T17:00:00Z", "console"));
}

/// ST-BUN-01: the day by which ends are judged never reaches the program.
#[test]
fn the_day_changes_what_is_said_and_nothing_else() {
    let text = fixture("security/GW0902-unsafe-in-force.kdl");
    let (one, two) = (day("2026-11-24"), day("2030-01-01"));
    assert_eq!(program(&text, "production", one), program(&text, "production", two));
    let said = |as_of| found_at(&text, as_of).remove(0).message;
    assert_eq!(said(one), "`unsafe \"idp-initiated\"` is open for another 66 days");
    assert_eq!(said(day("2027-01-29")), "`unsafe \"idp-initiated\"` is open for less than a day");
    assert_eq!(said(two), "`unsafe \"idp-initiated\"` has ended");
    let codes = |as_of| found_at(&text, as_of).iter().map(code).collect::<Vec<_>>();
    assert_eq!(codes(day("2026-08-03")), ["GW0902"], "180 days at the most");
    assert_eq!(codes(day("2026-08-01")), ["GW0912"]);
}

#[test]
fn the_days_to_the_end_of_the_last_certificate_are_counted() {
    let text = fixture("connections/GW0405-certificate-expiring.kdl");
    let said = |text: &str| found_at(&fixture("connections/GW0405-certificate-expiring.kdl"), day(text));
    assert!(found_at(&text, day("2026-09-15")).is_empty(), "91 days");
    for (at, message, mark) in [
        ("2026-09-16", "the only signing certificate ends in 90 days", "no later one is here"),
        ("2026-11-15", "the only signing certificate ends in 30 days", "no later one is here; do it now"),
        ("2026-12-08", "the only signing certificate ends in 7 days", "no later one is here; this is urgent"),
        ("2026-12-14", "the only signing certificate ends tomorrow", "no later one is here; this is urgent"),
        ("2026-12-15", "the only signing certificate ends today", "no later one is here; this is urgent"),
        ("2026-12-16", "the only signing certificate ended yesterday", "no later one is here; this is urgent"),
        ("2026-12-18", "the only signing certificate ended 3 days ago", "no later one is here; this is urgent"),
    ] {
        let found = said(at).remove(0);
        assert_eq!((found.message.as_str(), found.primary.1.as_str()), (message, mark), "{at}");
    }
    assert!(found_at(&fixture("ok/saml-rotating.kdl"), day("2026-12-18")).is_empty(), "a later one is there");
}

/// ST-LINT-01: one provider for two organisations: ours are two names and two addresses, so that nothing is mixed up.
#[test]
fn st_lint_01_two_organisations_at_one_provider_are_told_apart() {
    let program = program(&fixture("ok/saml-two-organisations-at-one-provider.kdl"), "production", as_of());
    let ours = |at: usize| {
        let (org, connection) = (&program.orgs[at].id, &program.orgs[at].connections[0].slug);
        (program.environment.sp_entity_id(org, connection), program.environment.assertion_consumer(org, connection))
    };
    assert_eq!(program.orgs[0].connections[0].issuer(), program.orgs[1].connections[0].issuer());
    assert_ne!(ours(0).0, ours(1).0);
    assert_ne!(ours(0).1, ours(1).1);
}
