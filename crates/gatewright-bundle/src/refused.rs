//! Refused: why a bundle is not taken, with the code and the word that others script against.
//!
//! Reads nothing; `verify` gives it, the command line and the gate print it.

use std::fmt;

use gatewright_terms::{Slug, Timestamp};

use crate::malformed::Malformed;
use crate::statement::FORMAT;
use crate::trust::KeyId;

/// Why a bundle is refused. Nothing of it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleRefused {
    TooLarge {
        bytes: usize,
    },
    Malformed(Malformed),
    FormatNewer {
        format: u64,
    },
    /// A compiled file that nobody has signed.
    Unsigned,
    /// A signature by a trusted key is not good: the file was changed, whatever the other signatures say.
    BadSignature {
        key: KeyId,
    },
    TooFewSignatures {
        good: usize,
        threshold: usize,
    },
    /// The content is not the one that was signed.
    OtherContent,
    OtherEnvironment {
        found: Slug,
        expected: Slug,
    },
    Rollback {
        found: u64,
        highest: u64,
    },
    /// The sequence was accepted before with other content.
    SequenceReused {
        sequence: u64,
    },
    Expired {
        at: Timestamp,
    },
}

impl BundleRefused {
    /// The number of the code that explains it, `GW1401` as 1401, where one exists.
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::Unsigned | Self::BadSignature { .. } | Self::TooFewSignatures { .. } | Self::OtherContent => {
                Some(1401)
            }
            Self::Rollback { .. } | Self::SequenceReused { .. } => Some(1402),
            Self::FormatNewer { .. } => Some(1403),
            Self::OtherEnvironment { .. } => Some(1409),
            Self::TooLarge { .. } | Self::Malformed(_) | Self::Expired { .. } => None,
        }
    }

    /// The word for logs and audit records.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::Malformed(_) => "malformed",
            Self::FormatNewer { .. } => "format-newer",
            Self::Unsigned => "unsigned",
            Self::BadSignature { .. } => "bad-signature",
            Self::TooFewSignatures { .. } => "too-few-signatures",
            Self::OtherContent => "other-content",
            Self::OtherEnvironment { .. } => "other-environment",
            Self::Rollback { .. } => "rollback",
            Self::SequenceReused { .. } => "sequence-reused",
            Self::Expired { .. } => "expired",
        }
    }
}

impl From<Malformed> for BundleRefused {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl fmt::Display for BundleRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(out, "the file has {bytes} bytes, more than any bundle may have"),
            Self::Malformed(malformed) => write!(out, "this is no sound bundle: {malformed}"),
            Self::FormatNewer { format } => {
                write!(out, "the bundle has format {format}, this version reads {FORMAT}; upgrade it first")
            }
            Self::Unsigned => out.write_str("the bundle is not signed; sign it with `gatewright sign`"),
            Self::BadSignature { key } => {
                write!(
                    out,
                    "the signature of the trusted key `{key}` is not good: the bundle was changed after signing"
                )
            }
            Self::TooFewSignatures { good, threshold } => {
                write!(out, "{good} of {threshold} required signatures by trusted keys")
            }
            Self::OtherContent => out.write_str("the content is not the one that was signed"),
            Self::OtherEnvironment { found, expected } => {
                write!(out, "this bundle is for `{found}`, expected is one for `{expected}`")
            }
            Self::Rollback { found, highest } => {
                write!(
                    out,
                    "sequence {found} is older than {highest}, which was accepted; sign the old content anew with a higher one"
                )
            }
            Self::SequenceReused { sequence } => {
                write!(out, "sequence {sequence} was accepted with other content; sign with a higher one")
            }
            Self::Expired { at } => write!(out, "the bundle has expired at {at}; sign it anew with a higher sequence"),
        }
    }
}

impl std::error::Error for BundleRefused {}
