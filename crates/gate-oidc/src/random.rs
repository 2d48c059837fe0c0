//! Random: the one source of nonces and verifiers.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;

/// From the system's generator, through aws-lc.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}
