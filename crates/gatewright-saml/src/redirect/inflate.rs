//! Inflate: DEFLATE (RFC 1951), with an end.
//!
//! Invariant: the buffer is allocated once, no larger than both limits allow, and never grows.

use gatewright_terms::Refusal;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::{malformed, refused};
use crate::refused::Refused;
use crate::screen::MESSAGE_BYTES_MAX;

/// What the screen takes.
pub const INFLATED_BYTES_MAX: usize = MESSAGE_BYTES_MAX;
/// Messages shrink to a third or a fifth; one that is mostly white space to a fiftieth.
pub const INFLATE_RATIO_MAX: usize = 100;

/// Rules `inflate-too-large`, `not-deflated`, `inflate-trailing`.
pub(super) fn inflate(packed: &[u8]) -> Result<Vec<u8>, Refused> {
    let room = packed.len().saturating_mul(INFLATE_RATIO_MAX).min(INFLATED_BYTES_MAX);
    let mut message = vec![0; room];
    let mut state = Box::<DecompressorOxide>::default();
    let (status, taken, made) =
        decompress(&mut state, packed, &mut message, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
    if status == TINFLStatus::HasMoreOutput {
        return Err(refused(
            Refusal::SamlTooLarge,
            "inflate-too-large",
            &format!("holds a message that unpacks to more than {room} bytes"),
        ));
    }
    if status != TINFLStatus::Done {
        return Err(malformed("not-deflated", "holds a message that does not unpack"));
    }
    if taken != packed.len() {
        return Err(malformed("inflate-trailing", "holds octets behind the message"));
    }
    message.truncate(made);
    Ok(message)
}
