//! Octets: base64 with one meaning.
//!
//! Invariant: padding is there, the unused bits are zero, no other alphabet: one text for one value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::xml;

/// No white space.
pub(crate) fn base64_exact(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// White space of XML anywhere, as in `base64Binary`: signers break lines, some with carriage returns.
pub(crate) fn base64_with_white_space(text: &str) -> Option<Vec<u8>> {
    let mut exact = Vec::with_capacity(text.len());
    for line in text.as_bytes().split(|byte| xml::is_white(char::from(*byte))) {
        exact.extend_from_slice(line);
    }
    STANDARD.decode(exact).ok()
}
