//! Statement: what the signatures are over: which content, for which environment, as which step of its history.
//!
//! Reads and gives canonical CBOR, and the bytes that a signer signs.
//!
//! Invariant: length and digest of the content stand in it, so that both are checked before anything is decoded.

use gatewright_terms::{Slug, Timestamp};

use crate::digest::Digest;
use crate::malformed::{Defect, Malformed, Part};
use crate::strict::{Strict, written};

/// The format of content, statement and file. A gate refuses a newer one.
pub const FORMAT: u64 = 3;

/// What DSSE calls the payload type: no signature over anything else can be taken for one over a bundle.
pub const PAYLOAD_TYPE: &str = "application/vnd.gatewright.bundle+cbor";

/// What k of n keys sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub environment: Slug,
    /// Of the content, in bytes.
    pub length: u64,
    /// Of the content.
    pub digest: Digest,
    /// Of the provenance that was written beside the content.
    pub provenance: Digest,
    /// From 1; a gate never goes back.
    pub sequence: u64,
    /// From then on the bundle is not adopted any more.
    pub expires: Option<Timestamp>,
}

impl Statement {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        written(|out| {
            out.map(6 + u64::from(self.expires.is_some()))?;
            out.u8(0)?.u64(FORMAT)?;
            out.u8(1)?.str(self.environment.as_str())?;
            out.u8(2)?.u64(self.length)?;
            out.u8(3)?.bytes(&self.digest.0)?;
            out.u8(4)?.bytes(&self.provenance.0)?;
            out.u8(5)?.u64(self.sequence)?;
            if let Some(expires) = self.expires {
                // No file states an expiry before 1970; such a one would be as expired as that day.
                out.u8(6)?.u64(u64::try_from(expires.unix()).unwrap_or(0))?;
            }
            Ok(())
        })
    }

    /// Reads what `to_bytes` gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        read(bytes).map_err(|defect| defect.within(Part::Statement))
    }

    /// What a signer signs with Ed25519: the DSSE v1 pre-authentication encoding.
    pub fn signing_bytes(&self) -> Vec<u8> {
        pre_authentication(PAYLOAD_TYPE, &self.to_bytes())
    }
}

/// DSSE v1, `PAE(type, body)`: both with their lengths, so that nothing moves from one into the other.
pub fn pre_authentication(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn read(bytes: &[u8]) -> Result<Statement, Defect> {
    let mut input = Strict::new(bytes);
    let pairs = input.map()?;
    if !(6..=7).contains(&pairs) {
        return Err(Defect::NotCanonical);
    }
    input.key(0)?;
    if input.uint()? != FORMAT {
        return Err(Defect::Disagrees("the format"));
    }
    input.key(1)?;
    let environment = Slug::parse(input.text()?).map_err(|_| Defect::BadValue("the environment"))?;
    input.key(2)?;
    let length = input.uint()?;
    input.key(3)?;
    let digest = Digest(input.array_of("the digest of the content")?);
    input.key(4)?;
    let provenance = Digest(input.array_of("the digest of the provenance")?);
    input.key(5)?;
    let sequence = input.uint()?;
    if sequence == 0 {
        return Err(Defect::BadValue("the sequence"));
    }
    let expires = if pairs == 7 { Some(expiry(&mut input)?) } else { None };
    input.end()?;
    Ok(Statement { environment, length, digest, provenance, sequence, expires })
}

fn expiry(input: &mut Strict<'_>) -> Result<Timestamp, Defect> {
    input.key(6)?;
    let seconds = i64::try_from(input.uint()?).map_err(|_| Defect::BadValue("the expiry"))?;
    Ok(Timestamp::from_unix(seconds))
}
