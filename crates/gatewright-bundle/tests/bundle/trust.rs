//! Trust: the trust file says what it means, or is refused with its line.

use gatewright_bundle::{Trust, TrustRefused, TrustedKey};
use proptest::prelude::*;

use crate::generator::slug;
use crate::signed::{key, key_id, trust};

const PLAIN: &str = "line 3: a trust file is plain ASCII";

fn hex(number: u8) -> String {
    key(number).verifying_key().to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_trust_file_reads_back() {
    let two_of_three = trust(2, &[3, 1, 2]);
    let text = two_of_three.to_text();
    assert!(text.starts_with("gatewright-trust 1\n#"), "{text}");
    assert!(text.ends_with(&format!(
        "threshold 2\nkey key-3 ed25519:{}\nkey key-1 ed25519:{}\nkey key-2 ed25519:{}\n",
        hex(3),
        hex(1),
        hex(2)
    )));
    assert_eq!(Trust::parse(&text), Ok(two_of_three.clone()));
    assert_eq!(Trust::parse(&text.replace('\n', "\r\n\r\n")), Ok(two_of_three.clone()));
    assert_eq!(two_of_three.key(&key_id(&key(1))).unwrap().name, slug("key-1"));
    assert_eq!(two_of_three.key(&key_id(&key(4))), None);
}

#[test]
fn a_bad_trust_file_is_refused_with_its_line() {
    let one = format!("key a ed25519:{}\n", hex(1));
    let refusal = |text: &str| Trust::parse(text).expect_err(text).to_string();
    let v1 = |rest: &str| refusal(&format!("gatewright-trust 1\n{rest}"));
    for (said, expected) in [
        (refusal(""), "the trust file is empty"),
        (refusal("gatewright-trust 2\n"), "line 1: a trust file begins with `gatewright-trust 1`"),
        (v1(&one), "`threshold N` is missing"),
        (v1("threshold 1\n"), "a threshold of 1 cannot be met with 0 keys"),
        (v1(&format!("threshold 0\n{one}")), "a threshold of 0 would trust everybody"),
        (v1(&format!("threshold 2\n{one}")), "a threshold of 2 cannot be met with 1 keys"),
        (v1(&format!("threshold 1\nthreshold 1\n{one}")), "line 3: `threshold` stands twice"),
        (v1(&format!("threshold +1\n{one}")), "line 2: `threshold` takes one number"),
        (v1(&format!("threshold 99999999999999999999\n{one}")), "line 2: `threshold` takes one number"),
        (v1(&format!("threshold 1\n{one}{one}")), "line 4: the key of `a` is already there as `a`"),
        (
            v1(&format!("threshold 1\n{one}{}", one.replace(" a ", " b "))),
            "line 4: the key of `b` is already there as `a`",
        ),
        (v1(&format!("threshold 1\n{one}key a ed25519:{}", hex(2))), "line 4: the name `a` stands twice"),
        (v1(&format!("threshold 1\nkey A ed25519:{}", hex(1))), "line 3: `A` is no name"),
        (v1(&format!("threshold 1\nkey \u{1b}[2J ed25519:{}", hex(1))), PLAIN),
        // What a terminal would not show, or would show elsewhere.
        (v1(&format!("threshold 1\n{}\r# {}\n", one.trim(), " ".repeat(80))), PLAIN),
        (v1(&format!("threshold 1\n#\u{1b}[8m\n{one}")), PLAIN),
        (v1(&format!("threshold 1\n# \u{202e}\n{one}")), PLAIN),
        (v1(&format!("threshold 1\n# see\u{2028}{one}")), PLAIN),
        (v1(&format!("threshold 1\n{one}\r")), "line 4: a trust file is plain ASCII"),
        (refusal(&format!("\u{feff}gatewright-trust 1\nthreshold 1\n{one}")), "line 1: a trust file is plain ASCII"),
        (v1(&format!("threshold 1\n{}{one}", " ".repeat(500))), "line 3: expected `threshold N`"),
        (v1(&format!("threshold 1\n{} \n", one.trim())), "line 3: expected `threshold N`"),
        (v1(&format!("threshold  1\n{one}")), "line 2: expected `threshold N`"),
        (v1(&format!("threshold\t1\n{one}")), "line 2: a trust file is plain ASCII"),
        (v1("threshold 1\nkey a ed25519:00"), "line 3: a key has 64 small hexadecimal digits"),
        (v1(&format!("threshold 1\nkey a ed25519:{}", hex(1).to_uppercase())), "line 3: a key has 64"),
        (v1(&format!("threshold 1\nkey a rsa:{}", hex(1))), "line 3: a key is written `ed25519:`"),
        (v1(&format!("threshold 1\n{} # mine", one.trim())), "line 3: expected `threshold N`"),
        (v1("revoke a\n"), "line 2: expected `threshold N`"),
    ] {
        assert!(said.starts_with(expected), "{said}");
    }
}

/// ST-BUN-02: a key of small order verifies signatures that nobody made; no key at all, neither.
#[test]
fn st_bun_02_weak_keys_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    for bad in [identity, [0; 32], [0xff; 32]] {
        let refused = Trust::new(1, vec![TrustedKey { name: slug("a"), key: bad }]).unwrap_err();
        assert_eq!(refused, TrustRefused { line: None, why: "the key of `a` is no Ed25519 public key".into() });
    }
}

#[test]
fn more_than_sixteen_keys_are_refused() {
    let sixteen = trust(1, &(1..=16).collect::<Vec<_>>());
    let key = TrustedKey { name: slug("one-more"), key: key(17).verifying_key().to_bytes() };
    assert_eq!(sixteen.with_key(key).unwrap_err().why, "more than 16 keys");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(gatewright-trust 1\n)?(threshold [0-9]{1,3}\n)?(key [a-z\u{1}-\u{ff}]{1,5} [ed25519:0-9a-f]{0,80}\n){0,3}.{0,30}") {
        if let Ok(trust) = Trust::parse(&text) {
            prop_assert!(trust.threshold() >= 1 && trust.threshold() <= trust.keys().len());
            prop_assert_eq!(Trust::parse(&trust.to_text()), Ok(trust));
        }
    }
}
