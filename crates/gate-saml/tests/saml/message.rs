//! Message: what a scripted provider sends, and asking verifiers about it.

use std::sync::OnceLock;

use gate_saml::{Both, Program, Samael, WorkerSettings, Workers};
use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::screen::{screen_logout, screen_response};
use gatewright_saml::{Canonical, NotVerified, Signed, Trusted, Verifier};
use gatewright_second_opinion::SecondOpinion;
use testkit::saml::{ACME, Answer, Idp, Key, Signs};

pub(crate) const EVERY_ALGORITHM: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];

pub(crate) fn answer(signs: Signs) -> Answer {
    let mut answer =
        Answer::new("https://sso.example.com/acs", "https://sso.example.com/sp", Some("_q"), 1_800_000_000);
    answer.signs = signs;
    answer
}

pub(crate) fn response(signs: Signs) -> String {
    Idp::acme().response_xml(&answer(signs))
}

pub(crate) fn certificates(keys: &[&Key]) -> Vec<Certificate> {
    keys.iter().map(|key| Certificate(key.certificate_der())).collect()
}

/// Every verifier of the product, which must all give the same answer. The workers hold one process each.
pub(crate) fn verifiers() -> &'static [(&'static str, Box<dyn Verifier>)] {
    static VERIFIERS: OnceLock<Vec<(&str, Box<dyn Verifier>)>> = OnceLock::new();
    VERIFIERS.get_or_init(|| {
        vec![
            ("in this process", Box::new(Samael)),
            ("in a worker", Box::new(workers(1))),
            ("second opinion", Box::new(SecondOpinion)),
            ("both", Box::new(Both(workers(1), SecondOpinion))),
        ]
    })
}

pub(crate) fn program() -> Program {
    Program { path: env!("CARGO_BIN_EXE_saml-worker").into(), arguments: Vec::new() }
}

pub(crate) fn workers(processes: usize) -> Workers {
    Workers::start(WorkerSettings { processes, ..WorkerSettings::new(program()) }).expect("a worker")
}

pub(crate) fn ask(verifier: &dyn Verifier, message: &str, keys: &[&Key]) -> Result<Canonical, NotVerified> {
    ask_with(verifier, message, &certificates(keys), &EVERY_ALGORITHM)
}

pub(crate) fn ask_with(
    verifier: &dyn Verifier,
    message: &str,
    certificates: &[Certificate],
    algorithms: &[SignatureAlgorithm],
) -> Result<Canonical, NotVerified> {
    let screened = if message.contains("Logout") { screen_logout } else { screen_response };
    let screened = screened(message.as_bytes()).unwrap_or_else(|refused| panic!("{refused}: {message}"));
    verifier.verify(&screened, &Trusted { certificates, algorithms })
}

/// Good, over what `covers` says, in the bytes of a canonical form.
pub(crate) fn assert_good(given: Result<Canonical, NotVerified>, covers: Signed, name: &str) -> String {
    let canonical = given.unwrap_or_else(|why| panic!("{name}: {why:?}"));
    assert_eq!(canonical.signed, covers, "{name}");
    String::from_utf8(canonical.bytes).expect("UTF-8")
}

pub(crate) fn assert_bad(given: &Result<Canonical, NotVerified>, name: &str) {
    assert!(matches!(given, Err(NotVerified::Bad(_))), "{name}: {given:?}");
}

/// What every verifier says of a message that is good.
pub(crate) fn all_find_good(message: &str, keys: &[&Key], covers: Signed) -> String {
    let mut bytes: Vec<String> =
        verifiers().iter().map(|(name, verifier)| assert_good(ask(&**verifier, message, keys), covers, name)).collect();
    bytes.dedup();
    assert_eq!(bytes.len(), 1, "different bytes: {bytes:?}");
    bytes.remove(0)
}

pub(crate) fn all_find_bad(message: &str, keys: &[&Key]) {
    for (name, verifier) in verifiers() {
        assert_bad(&ask(&**verifier, message, keys), name);
    }
}

/// A good message that is about nothing in particular.
pub(crate) fn assert_works(verifier: &dyn Verifier) {
    assert_good(ask(verifier, &response(Signs::Both), &[&ACME]), Signed::Message, "works");
}
