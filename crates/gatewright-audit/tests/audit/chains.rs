//! Chains: makes chains, exports and checkpoints for the other tests.

use ed25519_dalek::SigningKey;
use gatewright_audit::chain::{Head, Record, link};
use gatewright_audit::checkpoint::{Checkpoint, SignedCheckpoint};
use gatewright_audit::export;
use gatewright_audit::personal::{Personal, commitment};
use gatewright_audit::record::{Draft, Event, Sealed, Stream};
use gatewright_audit::verify::{Finding, Problem, Report, Scope, verify_export};
use gatewright_terms::{OrgId, Refusal, Slug, Timestamp};

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn org(id: &str) -> Stream {
    Stream::Org(OrgId::parse(id).unwrap())
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(crate) fn public() -> [u8; 32] {
    key().verifying_key().to_bytes()
}

pub(crate) fn draft(stream: &Stream, number: u64) -> Draft {
    let fields = vec![
        (slug("connection"), "sso".to_owned()),
        (slug("member"), format!("{number:032x}")),
        (slug("session"), format!("{:032x}", number + 1)),
    ];
    let person = Personal { salt: [3; 16], fields: vec![(slug("email"), format!("p{number}@acme.com"))] };
    Draft {
        stream: stream.clone(),
        at: Timestamp::from_unix(1_795_510_862 + i64::try_from(number).unwrap()),
        event: if number.is_multiple_of(5) { Event::SignInRefused(Refusal::NoSession) } else { Event::SignedIn },
        fields,
        personal: (!number.is_multiple_of(3)).then(|| Sealed {
            commitment: commitment(&[9; 32], &person.to_bytes()),
            ciphertext: person.to_bytes().iter().map(|byte| byte ^ 0x55).collect(),
            key_id: [u8::try_from(number % 7).unwrap(); 16],
        }),
    }
}

/// Records 1 to `count`.
pub(crate) fn chain(stream: &Stream, count: u64) -> Vec<Record> {
    let mut head = Head::EMPTY;
    (1..=count)
        .map(|number| {
            let (record, next) = link(&head, &draft(stream, number));
            head = next;
            record
        })
        .collect()
}

pub(crate) fn checkpoint(heads: &[(&Stream, Head)]) -> SignedCheckpoint {
    let heads = heads.iter().map(|(stream, head)| ((*stream).clone(), *head));
    Checkpoint::new(Timestamp::from_unix(1_795_520_000), slug("production"), heads).sign(&key())
}

pub(crate) fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| export::line(record).unwrap()).collect()
}

pub(crate) fn check(lines: &[String], checkpoint: &SignedCheckpoint) -> Result<Report, Vec<Finding>> {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    verify_export(text.as_bytes(), checkpoint, Some(&public()), &Scope::Every)
}

/// What is wrong, each once.
pub(crate) fn problems(lines: &[String], checkpoint: &SignedCheckpoint) -> Vec<Problem> {
    check(lines, checkpoint).expect_err("must be found").into_iter().map(|finding| finding.problem).collect()
}
