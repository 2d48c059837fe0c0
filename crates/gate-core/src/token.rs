//! Token: an opaque 256-bit secret of a browser or an operator, and the hash by which it is stored.
//!
//! Invariant: only the hash reaches the store; the text leaves through [`Token::reveal`] alone and never prints.
//!
//! Trust: a token that comes in is a guess until the store knows its hash. The hash is what is looked up, so the time of
//! the look-up says nothing about the secret.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gate_store::rows::TokenHash;
use zeroize::Zeroizing;

use crate::random::{self, Random, RandomFailed};

/// 256 bits: nobody guesses one (ST-SESS-01 asks for 128).
const TOKEN_BYTES: usize = 32;

/// 32 bytes in unpadded base64url.
const TOKEN_TEXT_BYTES: usize = 43;

/// An opaque secret: session, flow, hand-over and admin tokens.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A new one.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomFailed> {
        let bytes = Zeroizing::new(random::bytes::<TOKEN_BYTES>(random)?);
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))))
    }

    /// The form of a token, and nothing more: 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        is_formed(text).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret itself: for a cookie, an address or the terminal of the operator who asked for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        hash_text(&self.0)
    }
}

fn is_formed(text: &str) -> bool {
    text.len() == TOKEN_TEXT_BYTES
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The hash of a text that a stranger presents; `None` where it cannot be a token.
pub(crate) fn hash_presented(text: &str) -> Option<TokenHash> {
    is_formed(text).then(|| hash_text(text))
}

/// The hash of a secret text that we made ourselves, such as a `state`.
pub(crate) fn hash_text(text: &str) -> TokenHash {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    TokenHash(out)
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    /// ST-SESS-01: 256 random bits, and only the hash is stored.
    #[test]
    fn st_sess_01_tokens_are_long_random_and_do_not_print() {
        let tokens: Vec<Token> = (0..1_000).map(|_| Token::generate(&SystemRandom).unwrap()).collect();
        let mut hashes: Vec<[u8; 32]> = tokens.iter().map(|token| token.hash().0).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 1_000);
        let token = &tokens[0];
        assert_eq!(Token::parse(token.reveal()).unwrap().hash(), token.hash());
        assert!(!format!("{token:?} {:?}", token.hash()).contains(token.reveal()));
    }

    #[test]
    fn what_is_no_token_is_not_looked_up() {
        let good = "a".repeat(43);
        assert!(hash_presented(&good).is_some());
        for bad in ["", "a", &"a".repeat(44), &format!("{}=", "a".repeat(42)), &format!("{}é", "a".repeat(41))] {
            assert!(hash_presented(bad).is_none(), "{bad}");
        }
    }
}
