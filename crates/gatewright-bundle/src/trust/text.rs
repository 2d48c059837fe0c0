//! Text: the trust file: `gatewright-trust 1`, `threshold N`, and `key NAME ed25519:HEX` lines.
//!
//! Invariant: a word that is not known is refused; a line that is not read would be a key that nobody sees.
//! Invariant: printable ASCII, one space between words, none around them: what a reviewer's terminal shows is what is
//! read. A carriage return, an escape or a run of spaces could hide a key.

use gatewright_terms::{Slug, hex};

use super::{Trust, TrustRefused, TrustedKey};
use crate::limits::TRUST_BYTES_MAX;

const FIRST_LINE: &str = "gatewright-trust 1";

pub(super) fn write(trust: &Trust) -> String {
    let keys: Vec<String> = trust.keys.iter().map(|key| format!("key {key}\n")).collect();
    format!(
        "{FIRST_LINE}\n# Who may sign bundles, and how many of them it takes. A change here changes whom the gate believes.\n\
         threshold {}\n{}",
        trust.threshold,
        keys.concat()
    )
}

pub(super) fn read(text: &str) -> Result<Trust, TrustRefused> {
    if text.len() > TRUST_BYTES_MAX {
        return Err(TrustRefused { line: None, why: format!("longer than {TRUST_BYTES_MAX} bytes") });
    }
    let mut trust = Trust { threshold: 0, keys: Vec::new() };
    let mut threshold = None;
    if let Some((_, number)) = text.lines().zip(1..).find(|(line, _)| !is_plain(line)) {
        return Err(at(number, "a trust file is plain ASCII, so that it reads as it looks".to_owned()));
    }
    let mut lines = text.lines().zip(1..).filter(|(line, _)| is_said(line));
    match lines.next() {
        Some((FIRST_LINE, _)) => {}
        Some((_, number)) => return Err(at(number, format!("a trust file begins with `{FIRST_LINE}`"))),
        None => return Err(TrustRefused { line: None, why: "the trust file is empty".to_owned() }),
    }
    for (line, number) in lines {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["threshold", _] if threshold.is_some() => return Err(at(number, "`threshold` stands twice".to_owned())),
            ["threshold", count] => threshold = Some(number_of(count).ok_or_else(|| bad_threshold(number))?),
            ["key", name, key] => {
                trust
                    .add(key_of(name, key).map_err(|why| at(number, why))?)
                    .map_err(|refused| at(number, refused.why))?;
            }
            _ => {
                return Err(at(
                    number,
                    "expected `threshold N` or `key NAME ed25519:HEX`, with single spaces".to_owned(),
                ));
            }
        }
    }
    let missing = || TrustRefused { line: None, why: "`threshold N` is missing: how many keys must sign".to_owned() };
    trust.with_threshold(threshold.ok_or_else(missing)?)
}

fn is_plain(line: &str) -> bool {
    line.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn is_said(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#')
}

fn number_of(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn bad_threshold(number: usize) -> TrustRefused {
    at(number, "`threshold` takes one number".to_owned())
}

fn key_of(name: &str, key: &str) -> Result<TrustedKey, String> {
    let name =
        Slug::parse(name).map_err(|_| format!("`{}` is no name: small letters, digits, hyphens", shown(name)))?;
    let digits = key.strip_prefix("ed25519:").ok_or("a key is written `ed25519:` and 64 hexadecimal digits")?;
    let key = hex::array(digits).ok_or("a key has 64 small hexadecimal digits")?;
    Ok(TrustedKey { name, key })
}

/// The author's word, as far as it is worth repeating.
fn shown(word: &str) -> String {
    word.chars().take(40).collect()
}

fn at(line: usize, why: String) -> TrustRefused {
    TrustRefused { line: Some(line), why }
}
