//! Records: what is chained, what is not, and what the inventory says of it.

use std::collections::BTreeSet;

use gatewright_audit::chain::{CIPHERTEXT_BYTES_MAX, Head, VALUE_BYTES_MAX, link};
use gatewright_audit::export::{self, LINE_BYTES_MAX};
use gatewright_audit::inventory;
use gatewright_audit::personal::{Personal, commitment};
use gatewright_audit::record::{Draft, Event, Sealed, Stream};
use gatewright_terms::{Refusal, Slug, Timestamp};

use crate::chains::{chain, draft, org, slug};

fn plain(event: Event, fields: &[(&str, &str)]) -> Draft {
    let fields = fields.iter().map(|(name, value)| (slug(name), (*value).to_owned())).collect();
    Draft { stream: Stream::Platform, at: Timestamp::EPOCH, event, fields, personal: None }
}

#[test]
fn a_record_says_what_its_draft_said() {
    let (record, head) = link(&Head::EMPTY, &draft(&org("acme"), 1));
    let chained = record.read().unwrap();
    assert_eq!((record.sequence, record.previous, head.sequence), (1, [0; 32], 1));
    assert_eq!((chained.event.as_str(), chained.fields.len()), ("signed-in", 3));
    let (next, _) = link(&head, &draft(&org("acme"), 2));
    assert_eq!((next.sequence, next.previous), (2, record.hash));
    assert_eq!(record.head(), head);
}

/// ST-AUD-01: a refusal carries its stable reason, whatever the draft says about it.
#[test]
fn st_aud_01_a_refusal_has_its_reason() {
    let event = Event::SignInRefused(Refusal::WrongTenant);
    for fields in [&[][..], &[("reason", "none")][..]] {
        let (record, _) = link(&Head::EMPTY, &plain(event, fields));
        let chained = record.read().unwrap();
        assert_eq!(chained.event, "sign-in-refused");
        assert_eq!(chained.fields[&slug("reason")], "wrong-tenant");
    }
    let (record, _) = link(&Head::EMPTY, &plain(Event::BundleRefused, &[("reason", "rollback")]));
    assert_eq!(record.read().unwrap().fields[&slug("reason")], "rollback");
}

#[test]
fn the_order_of_fields_says_nothing() {
    let one = link(&Head::EMPTY, &plain(Event::Started, &[("bundle", "x"), ("version", "1")]));
    let two = link(&Head::EMPTY, &plain(Event::Started, &[("version", "1"), ("bundle", "x")]));
    assert_eq!(one, two);
}

#[test]
fn long_values_are_cut_between_characters() {
    let long = "ü".repeat(VALUE_BYTES_MAX);
    let (record, _) = link(&Head::EMPTY, &plain(Event::Started, &[("version", &format!("x{long}"))]));
    assert_eq!(record.read().unwrap().fields[&slug("version")].len(), VALUE_BYTES_MAX - 1);
}

#[test]
fn streams_have_one_spelling() {
    for stream in [Stream::Platform, org("platform"), org("acme")] {
        assert_eq!(Stream::parse(&stream.to_string()), Some(stream));
    }
    for bad in ["", "org/", "org/Acme", "org/a/b", "acme", "Platform", "platform ", "org/platform/"] {
        assert_eq!(Stream::parse(bad), None, "{bad}");
    }
    // An organisation that is called `platform` is not the platform.
    assert_ne!(chain(&Stream::Platform, 1)[0].hash, chain(&org("platform"), 1)[0].hash);
}

/// RFC 4231 §4.2 with its key filled up; and a salt makes equal persons unequal.
#[test]
fn a_commitment_is_hmac_sha_256() {
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    let hex: String = commitment(&key, b"Hi There").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    let person = |salt| Personal { salt: [salt; 16], fields: vec![(slug("email"), "ada@acme.com".into())] };
    assert_ne!(commitment(&key, &person(1).to_bytes()), commitment(&key, &person(2).to_bytes()));
    assert_eq!(Personal::from_bytes(&person(1).to_bytes()), Some(person(1)));
    assert_eq!(Personal::from_bytes(&[&person(1).to_bytes()[..], &[0]].concat()), None);
    assert!(!format!("{:?}", person(1)).contains("ada"));
}

/// ST-AUD-07: the inventory names every event once, with fields that are sorted slugs; no personal word is chained.
#[test]
fn st_aud_07_the_inventory_is_whole() {
    let page = inventory();
    let slugs: BTreeSet<_> = Event::KINDS.iter().map(|kind| kind.slug).collect();
    assert_eq!(slugs.len(), Event::KINDS.len());
    for kind in Event::KINDS {
        assert!(Slug::parse(kind.slug).is_ok() && kind.text.ends_with('.'), "{}", kind.slug);
        assert!(page.contains(&format!("| `{}` | {} |", kind.slug, kind.text)));
        assert!(kind.fields.is_sorted() && kind.personal.is_sorted(), "{}", kind.slug);
        assert!(kind.fields.iter().chain(kind.personal).all(|word| Slug::parse(word).is_ok()), "{}", kind.slug);
        for personal in ["address", "email", "subject", "name"] {
            assert!(!kind.fields.contains(&personal), "{}", kind.slug);
        }
    }
}

/// ST-AUD-07: what the inventory does not name for the event is never chained, for it could never be erased.
#[test]
fn st_aud_07_a_field_that_the_inventory_does_not_name_is_left_out() {
    assert_eq!(Event::MemberRemoved.kind().slug, "member-removed");
    let fields = [("email", "ada@acme.com"), ("member", "m"), ("session", "s")];
    let (record, _) = link(&Head::EMPTY, &plain(Event::MemberRemoved, &fields));
    let chained = record.read().unwrap();
    assert_eq!(chained.fields.keys().map(Slug::as_str).collect::<Vec<_>>(), ["member"]);
}

/// A record that no verifier reads would make the whole trail unreadable.
#[test]
fn the_longest_record_fits_into_a_line() {
    let mut longest = plain(Event::SignInRefused(Refusal::NoGrant), &[]);
    let value = "\u{1}".repeat(2 * VALUE_BYTES_MAX);
    longest.fields = longest.event.kind().fields.iter().map(|name| (slug(name), value.clone())).collect();
    let sealed = |length| Sealed { commitment: [1; 32], ciphertext: vec![0xff; length], key_id: [2; 16] };
    longest.personal = Some(sealed(CIPHERTEXT_BYTES_MAX));
    let (record, _) = link(&Head::EMPTY, &longest);
    assert_eq!(record.ciphertext.as_ref().map(Vec::len), Some(CIPHERTEXT_BYTES_MAX));
    assert!(export::line(&record).unwrap().len() < LINE_BYTES_MAX);
    // A longer sealed part is dropped like one that was erased: its commitment stays.
    longest.personal = Some(sealed(CIPHERTEXT_BYTES_MAX + 1));
    let (cut, _) = link(&Head::EMPTY, &longest);
    assert_eq!((cut.ciphertext, cut.hash), (None, record.hash));
}

/// ST-AUD-04: a line is one line of printable ASCII, and reads back to the very values.
#[test]
fn st_aud_04_a_field_cannot_forge_a_line() {
    let hostile = [
        "a\nb",
        "\r\n{\"schema\":\"gatewright.audit/1\"}",
        "\u{1b}[2J",
        "\u{85}\u{2028}\u{2029}",
        "\u{202e}moc",
        "\0",
        "\u{7f}",
        "\u{feff}",
        "\"}, \"x\": {\"",
        "\\u000a",
        "日本\u{1f600}",
        "\u{e0001}",
    ];
    for value in hostile {
        let (record, _) = link(&Head::EMPTY, &plain(Event::TokenMade, &[("token", value)]));
        let line = export::line(&record).unwrap();
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        let (read, claimed) = export::read(&line).unwrap();
        assert_eq!((&read, claimed), (&record, record.hash));
        assert_eq!(read.read().unwrap().fields[&slug("token")], value);
    }
}
