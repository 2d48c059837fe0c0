//! Inline secret (GW0410): what looks like a key or a token stands in the policy. Holds ST-LINT-10.
//!
//! Looks at every text of the workspace: well-known shapes first, then at long words that no person typed.
//! The finding never repeats the text.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const INLINE_SECRET: Code = error(410, "inline-secret");

pub(super) const CHECK: Check = Check { codes: &[INLINE_SECRET], run };

/// Beginnings of credentials that their makers publish so that they are found, each with its least length.
const SHAPES: &[(&str, usize, &str)] = &[
    ("-----BEGIN ", 16, "a key or certificate in PEM"),
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("github_pat_", 40, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("AKIA", 20, "an AWS key"),
    ("ASIA", 20, "an AWS key"),
    ("AIza", 35, "a Google API key"),
    ("GOCSPX-", 24, "a Google client secret"),
    ("ya29.", 24, "a Google access token"),
    ("xoxb-", 24, "a Slack token"),
    ("xoxp-", 24, "a Slack token"),
    ("sk-", 20, "an API key"),
    ("sk_live_", 20, "a Stripe key"),
    ("hvs.", 24, "a Vault token"),
];

/// 128 bits: the shortest secret worth the name, in hexadecimal digits.
const HEX_CHARS_MIN: usize = 32;
/// Entra's client secrets, the shortest of the known kinds, have 40; 32 leaves room.
const BASE64_CHARS_MIN: usize = 32;

fn run(policy: &Policy, sink: &mut Sink) {
    for text in &policy.texts {
        let value = &text.value.value;
        // Client ids are public, and some providers make them of random letters.
        let by_look = || if &*text.word == "client-id" { None } else { random_word(value) };
        let Some(what) = known_shape(value).or_else(by_look) else { continue };
        Finding::new(
            INLINE_SECRET,
            text.value.span,
            format!("a secret value is written in the policy: this looks like {what}"),
        )
        .mark("never write it here")
        .help("give it to the runtime and write its name; whoever read this file knows it, so rotate it now")
        .report(sink);
    }
}

fn known_shape(text: &str) -> Option<&'static str> {
    let shape = |word: &str| {
        let found = SHAPES.iter().find(|(prefix, least, _)| word.starts_with(prefix) && word.len() >= *least);
        found.map(|(_, _, what)| *what).or_else(|| is_jwt(word).then_some("a signed token"))
    };
    if text.contains("-----BEGIN ") {
        return Some("a key or certificate in PEM");
    }
    words(text).find_map(shape)
}

/// RFC 7515 §3.1: three parts, the first of which decodes to `{"…`.
fn is_jwt(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && word.starts_with("eyJ")
        && parts.iter().all(|part| part.len() >= 8 && part.bytes().all(is_base64))
}

fn random_word(text: &str) -> Option<&'static str> {
    words(text).find_map(|word| {
        if is_random_hex(word) {
            Some("a random key")
        } else if is_random_base64(word) {
            Some("a random token")
        } else {
            None
        }
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "\"',;=:()[]{}<>".contains(c)).filter(|word| !word.is_empty())
}

fn is_random_hex(word: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || (b'A'..=b'F').contains(&b);
    let longest =
        word.split(|c: char| !c.is_ascii() || !hex(u8::try_from(c).unwrap_or_default())).max_by_key(|run| run.len());
    longest.is_some_and(|run| {
        run.len() >= HEX_CHARS_MIN
            && run.bytes().any(|b| b.is_ascii_digit())
            && run.bytes().any(|b| b.is_ascii_alphabetic())
    })
}

/// Words that people write change between capitals, small letters and digits seldom; random ones at most letters.
fn is_random_base64(word: &str) -> bool {
    let (has_digit, has_small, has_capital) = (
        word.bytes().any(|b| b.is_ascii_digit()),
        word.bytes().any(|b| b.is_ascii_lowercase()),
        word.bytes().any(|b| b.is_ascii_uppercase()),
    );
    let shaped = word.len() >= BASE64_CHARS_MIN && word.bytes().all(|b| is_base64(b) || b == b'~' || b == b'.');
    if !(shaped && has_digit && has_small && has_capital) {
        return false;
    }
    let changes = word
        .as_bytes()
        .windows(2)
        .filter(|pair| pair.first().copied().map(class) != pair.last().copied().map(class))
        .count();
    changes * 5 >= word.len() * 2
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/_-=".contains(&byte)
}

fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(text: &str) -> Option<&'static str> {
        known_shape(text).or_else(|| random_word(text))
    }

    /// ST-LINT-10: the shapes of secrets, each of them found.
    #[test]
    fn st_lint_10_secrets_are_seen() {
        for secret in [
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----",
            "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWJ5dGVz",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
            "glpat-ABCdefGHIjklMNOpqrST",
            "AKIAIOSFODNN7EXAMPLE",
            "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
            "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",
            "xoxb-123456789012-abcdefABCDEF",
            "sk-proj-abcdefghijklmnopqrstuvwx",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "kR8vT2mQ9xLpZ4nW7cYb1JdF6hGs3aUe",
            "password is x8Q~aB3dEf9GhI2jKlM4nOp5QrS6tUvW7xYz",
        ] {
            assert!(looks(secret).is_some(), "{secret}");
        }
    }

    #[test]
    fn what_people_write_is_no_secret() {
        for text in [
            "8f0d2a6e-1111-4222-8333-944455556666",
            "lumen-production.apps.googleusercontent.com",
            "https://login.microsoftonline.com/8f0d2a6e-1111-4222-8333-944455556666/v2.0",
            "AWS-Production-Administrators-Access-Group-2024",
            "the-quick-brown-fox-jumps-over-the-lazy-dog",
            "CN=Platform Admins,OU=Groups,DC=acme,DC=com",
            "See the organisation and its members, and what they do all day",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "sk-learn users",
        ] {
            assert_eq!(looks(text), None, "{text}");
        }
    }
}
