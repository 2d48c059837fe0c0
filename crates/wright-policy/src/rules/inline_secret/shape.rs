//! Shape: how secrets look, to tell them from what people write.

use std::ops::Range;

/// What must follow the beginning, where words of people begin so too.
enum Body {
    Any,
    /// Capitals and digits to the end: `ASIA-Pacific-Administrators` is a group.
    Capitals,
    /// A long run without a hyphen: `sk-production-administrators` is a group.
    Unbroken,
}

/// Beginnings of credentials that their makers publish so that they are found, each with its least length.
const SHAPES: &[(&str, usize, Body, &str)] = &[
    ("-----BEGIN ", 16, Body::Any, PEM),
    ("ghp_", 36, Body::Any, "a GitHub token"),
    ("gho_", 36, Body::Any, "a GitHub token"),
    ("ghs_", 36, Body::Any, "a GitHub token"),
    ("github_pat_", 40, Body::Any, "a GitHub token"),
    ("glpat-", 20, Body::Any, "a GitLab token"),
    ("AKIA", 20, Body::Capitals, "an AWS key"),
    ("ASIA", 20, Body::Capitals, "an AWS key"),
    ("AIza", 35, Body::Any, "a Google API key"),
    ("GOCSPX-", 24, Body::Any, "a Google client secret"),
    ("ya29.", 24, Body::Any, "a Google access token"),
    ("xoxb-", 24, Body::Any, "a Slack token"),
    ("xoxp-", 24, Body::Any, "a Slack token"),
    ("sk-", 20, Body::Unbroken, "an API key"),
    ("sk_live_", 20, Body::Any, "a Stripe key"),
    ("hvs.", 24, Body::Any, "a Vault token"),
];

pub(super) const PEM: &str = "a key or certificate in PEM";
const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";

/// The least of all lengths in `SHAPES`; a signed token has more.
const KNOWN_BYTES_MIN: usize = 16;

/// The shortest of the API keys that begin with `sk-` have 48; English has no word of 20 letters that names a group.
const UNBROKEN_CHARS_MIN: usize = 20;
/// 128 bits: the shortest secret worth the name, in hexadecimal digits.
const HEX_CHARS_MIN: usize = 32;
/// Entra's client secrets, the shortest of the known kinds, have 40; 32 leaves room.
const BASE64_CHARS_MIN: usize = 32;

/// From the line that begins a key to the line that ends it, or to its own end where none does.
pub(super) fn keys(text: &str) -> Vec<Range<usize>> {
    let line_end =
        |from: usize| text.get(from..).and_then(|rest| rest.lines().next()).map_or(from, |line| from + line.len());
    let (mut keys, mut from) = (Vec::new(), 0);
    let mut ends = text.match_indices(PEM_END).map(|(at, _)| at).peekable();
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(PEM_BEGIN)).map(|at| from + at) {
        while ends.next_if(|end| *end < start).is_some() {}
        from = line_end(ends.peek().copied().unwrap_or(start));
        keys.push(start..from);
    }
    keys
}

/// What looks like a secret, and like which.
pub(super) type Likeness<'a> = (&'a str, &'static str);

pub(super) fn known_shape(text: &str) -> Option<Likeness<'_>> {
    match text.find(PEM_BEGIN) {
        Some(at) => Some((text.get(at..)?, PEM)),
        None => words(text).find_map(|word| Some((word, known_word(word)?))),
    }
}

pub(super) fn known_word(word: &str) -> Option<&'static str> {
    if word.len() < KNOWN_BYTES_MIN {
        return None;
    }
    let found = SHAPES.iter().find(|(prefix, least, body, _)| {
        let rest = word.strip_prefix(prefix).filter(|_| word.len() >= *least);
        rest.is_some_and(|rest| match body {
            Body::Any => true,
            Body::Capitals => rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
            Body::Unbroken => {
                rest.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| run.len() >= UNBROKEN_CHARS_MIN)
            }
        })
    });
    found.map(|(.., what)| *what).or_else(|| is_jwt(word).then_some("a signed token"))
}

/// RFC 7515 §3.1: three parts, the first of which decodes to `{"…`.
fn is_jwt(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && word.starts_with("eyJ")
        && parts.iter().all(|part| part.len() >= 8 && part.bytes().all(is_base64))
}

pub(super) fn random_word(text: &str) -> Option<Likeness<'_>> {
    words(text).find_map(|word| {
        if is_random_hex(word) {
            Some((word, "a random key"))
        } else if is_random_base64(word) {
            Some((word, "a random token"))
        } else {
            None
        }
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    words_at(text).map(|(_, word)| word)
}

/// Each with its place.
pub(super) fn words_at(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let between = |c: char| {
        matches!(c, '"' | '\'' | ',' | ';' | '=' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>')
            || c.is_whitespace()
    };
    let parts = text.split_inclusive(between).scan(0, |next, part| {
        let start = *next;
        *next += part.len();
        Some((start, part))
    });
    parts.map(move |(start, part)| (start, part.trim_end_matches(between))).filter(|(_, word)| !word.is_empty())
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

    fn looks(text: &str) -> Option<Likeness<'_>> {
        known_shape(text).or_else(|| random_word(text))
    }

    /// The well-known shapes stand in the tests of whole policies.
    #[test]
    fn a_secret_among_words_is_the_word_alone() {
        assert_eq!(
            looks("password is x8Q~aB3dEf9GhI2jKlM4nOp5QrS6tUvW7xYz"),
            Some(("x8Q~aB3dEf9GhI2jKlM4nOp5QrS6tUvW7xYz", "a random token"))
        );
        assert_eq!(looks("key=AKIAIOSFODNN7EXAMPLE;"), Some(("AKIAIOSFODNN7EXAMPLE", "an AWS key")));
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
            "sk-production-administrators",
            "ASIA-Pacific-Administrators",
            "ASIA-PACIFIC-ENGINEERING",
        ] {
            assert_eq!(looks(text), None, "{text}");
        }
    }
}
