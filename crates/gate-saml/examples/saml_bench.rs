//! SAML bench: what a full check of a signed response costs, beside the verifier alone and the RSA operation in it.
//!
//! `cargo run --release -p gate-saml --example saml_bench`; prints a name and microseconds a line. With `--write FOLDER` it
//! writes the message and its certificate for other libraries instead.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench: it reads a clock and prints"
)]

use std::time::{Duration, Instant};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use gate_saml::{Program, Samael, WorkerSettings, Workers};
use gatewright_bundle::program::{
    Binding, Certificate, Encryption, Endpoint, NameId, Overage, Requests, Saml, SamlAttributes, SamlGroups,
    SignatureAlgorithm, Subject, WantSigned,
};
use gatewright_saml::certificate::CertificateFacts;
use gatewright_saml::screen::screen_response;
use gatewright_saml::{Expected, Groups, Request, Trusted, Verifier, receive};
use gatewright_second_opinion::SecondOpinion;
use gatewright_terms::{Seconds, Slug, Timestamp};
use samael::crypto::{AllowedSignatureAlgorithm, CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};
use testkit::saml::{ACME, Answer, Idp, Method, Signs, form_value};

const ACS: &str = "https://sso.example.com/sso/acme/main/acs";
const AUDIENCE: &str = "https://sso.example.com/sso/acme/main/metadata";
const NOW: i64 = 1_800_000_000;
/// A round is shorter than a time slice of the scheduler.
const CHECKS: u32 = 4;
const ROUNDS: usize = 300;

fn main() {
    if std::env::args().any(|argument| argument == "saml-worker") {
        let _ = gate_saml::worker::run();
        return;
    }
    let small = message(20, 160);
    let large = message(150, 40);
    let mut arguments = std::env::args().skip_while(|argument| argument != "--write");
    if let Some(folder) = arguments.nth(1) {
        std::fs::write(format!("{folder}/response.xml"), &small).unwrap();
        std::fs::write(format!("{folder}/certificate.pem"), ACME.certificate_pem).unwrap();
        return;
    }
    measure(&small, &large);
}

fn message(groups: usize, name_chars: usize) -> String {
    let mut answer = Answer::new(ACS, AUDIENCE, Some("_request"), NOW);
    answer.signs = Signs::Response;
    let names: Vec<_> = (0..groups).map(|n| format!("{n:03}-{}", "g".repeat(name_chars))).collect();
    answer.attribute("groups", &names.iter().map(String::as_str).collect::<Vec<_>>());
    Idp::acme().response_xml(&answer)
}

/// A job and what its line is called.
type Job<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn measure(small: &str, large: &str) {
    let (saml, connection) = (saml(), Slug::parse("main").unwrap());
    let expected = Expected {
        connection: &connection,
        saml: &saml,
        sp_entity_id: AUDIENCE,
        acs: ACS,
        request: Request::Answers("_request"),
        now: Timestamp::from_unix(NOW + 1),
    };
    let workers = workers();
    let forms = [form_value(small), form_value(large)];
    let full = |form: &str, verifier: &dyn Verifier, groups: usize| {
        let verified = receive(form.as_bytes(), &expected, verifier, None).unwrap();
        assert!(matches!(verified.groups(), Groups::Known(known) if known.len() == groups));
    };

    let certificates = [CertificateDer::from(ACME.certificate_der())];
    let allowed = [AllowedSignatureAlgorithm::RsaSha256];
    let reduce = XmlSec::reduce_xml_to_signed_with_allowed_algorithms;
    let bare = || drop(reduce(small, &certificates, ReduceMode::PreDigest, Some(&allowed)).unwrap());
    let trusted = Trusted { certificates: &saml.certificates, algorithms: &saml.algorithms };
    let second = || {
        let screened = screen_response(small.as_bytes()).unwrap();
        SecondOpinion.verify(&screened, &trusted).unwrap();
    };
    let key = CertificateFacts::parse(&ACME.certificate_der()).unwrap().public_key_info;
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    let signature = ACME.sign(Method::RsaSha256, b"octets");
    let rsa = || key.verify(b"octets", &signature).unwrap();

    let jobs: Vec<Job<'_>> = vec![
        ("bare", Box::new(bare)),
        ("full", Box::new(|| full(&forms[0], &Samael, 20))),
        ("worker", Box::new(|| full(&forms[0], &workers, 20))),
        ("large", Box::new(|| full(&forms[1], &Samael, 150))),
        ("large-worker", Box::new(|| full(&forms[1], &workers, 150))),
        ("second", Box::new(second)),
        ("rsa", Box::new(rsa)),
    ];
    println!("bytes {}\nlarge-bytes {}", small.len(), large.len());
    print_medians(jobs);
}

/// One worker process, so that what is measured is the way there and back.
fn workers() -> Workers {
    let path = std::env::args_os().next().unwrap().into();
    let program = Program { path, arguments: vec!["saml-worker".into()] };
    Workers::start(WorkerSettings { processes: 1, ..WorkerSettings::new(program) }).unwrap()
}

/// The jobs take turns, so that all of them have the same neighbours on the machine.
fn print_medians(mut jobs: Vec<Job<'_>>) {
    let mut times = vec![Vec::with_capacity(ROUNDS); jobs.len()];
    for _ in 0..ROUNDS {
        for ((_, job), times) in jobs.iter_mut().zip(&mut times) {
            times.push(time(job));
        }
    }
    for ((name, _), times) in jobs.iter().zip(&mut times) {
        times.sort_unstable();
        println!("{name} {:.1}", times[times.len() / 2].as_secs_f64() * 1e6 / f64::from(CHECKS));
    }
}

fn time(job: &mut dyn FnMut()) -> Duration {
    let begun = Instant::now();
    for _ in 0..CHECKS {
        job();
    }
    begun.elapsed()
}

fn saml() -> Saml {
    let one = |name: &str| Some(name.to_owned());
    Saml {
        entity_id: Idp::acme().entity_id,
        sign_in: Endpoint { binding: Binding::Redirect, url: Idp::acme().sign_in_url, response_url: None },
        logout: None,
        certificates: vec![Certificate(ACME.certificate_der())],
        want_signed: WantSigned::Either,
        algorithms: vec![SignatureAlgorithm::RsaSha256],
        encryption: Encryption::Optional,
        name_id: NameId::Persistent,
        subject: Subject::NameId,
        attributes: SamlAttributes {
            email: one("email"),
            given_name: one("firstName"),
            family_name: one("lastName"),
            groups: Some(SamlGroups { attribute: "groups".to_owned(), overage: Overage::AbsentIsEmpty }),
            own: Vec::new(),
        },
        clock_skew: Seconds(60),
        requests: Requests::Unsigned,
        idp_initiated: None,
    }
}
