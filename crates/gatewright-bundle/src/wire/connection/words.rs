//! Words: the twins of a connection's words without a value.

use minicbor::{Decode, Encode};

use crate::program::{Algorithm, EmailTrust};

/// All that there are.
pub(super) const ALGORITHMS_MAX: usize = 7;

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum AlgorithmWire {
    #[n(0)]
    Rs256,
    #[n(1)]
    Rs384,
    #[n(2)]
    Rs512,
    #[n(3)]
    Ps256,
    #[n(4)]
    Es256,
    #[n(5)]
    Es384,
    #[n(6)]
    EdDsa,
}

impl AlgorithmWire {
    pub(super) fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Rs256,
            Algorithm::Rs384 => Self::Rs384,
            Algorithm::Rs512 => Self::Rs512,
            Algorithm::Ps256 => Self::Ps256,
            Algorithm::Es256 => Self::Es256,
            Algorithm::Es384 => Self::Es384,
            Algorithm::EdDsa => Self::EdDsa,
        }
    }

    pub(super) fn convert(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::Rs256,
            Self::Rs384 => Algorithm::Rs384,
            Self::Rs512 => Algorithm::Rs512,
            Self::Ps256 => Algorithm::Ps256,
            Self::Es256 => Algorithm::Es256,
            Self::Es384 => Algorithm::Es384,
            Self::EdDsa => Algorithm::EdDsa,
        }
    }
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum EmailTrustWire {
    #[n(0)]
    VerifiedClaim,
    #[n(1)]
    OwnIssuer,
}

impl EmailTrustWire {
    pub(super) fn of(trust: EmailTrust) -> Self {
        match trust {
            EmailTrust::VerifiedClaim => Self::VerifiedClaim,
            EmailTrust::OwnIssuer => Self::OwnIssuer,
        }
    }

    pub(super) fn convert(self) -> EmailTrust {
        match self {
            Self::VerifiedClaim => EmailTrust::VerifiedClaim,
            Self::OwnIssuer => EmailTrust::OwnIssuer,
        }
    }
}
