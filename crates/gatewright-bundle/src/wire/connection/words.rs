//! Words: the twins of a connection's words without a value.

use minicbor::{Decode, Encode};

use crate::program::{Algorithm, Binding, EmailTrust, Encryption, NameId, Requests, SignatureAlgorithm, WantSigned};

/// All that there are.
pub(super) const ALGORITHMS_MAX: usize = 7;
pub(super) const SIGNATURES_MAX: usize = 6;

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

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum BindingWire {
    #[n(0)]
    Redirect,
    #[n(1)]
    Post,
}

impl BindingWire {
    pub(super) fn of(word: Binding) -> Self {
        match word {
            Binding::Redirect => Self::Redirect,
            Binding::Post => Self::Post,
        }
    }

    pub(super) fn convert(self) -> Binding {
        match self {
            Self::Redirect => Binding::Redirect,
            Self::Post => Binding::Post,
        }
    }
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum WantSignedWire {
    #[n(0)]
    Assertion,
    #[n(1)]
    Response,
    #[n(2)]
    Both,
    #[n(3)]
    Either,
}

impl WantSignedWire {
    pub(super) fn of(word: WantSigned) -> Self {
        match word {
            WantSigned::Assertion => Self::Assertion,
            WantSigned::Response => Self::Response,
            WantSigned::Both => Self::Both,
            WantSigned::Either => Self::Either,
        }
    }

    pub(super) fn convert(self) -> WantSigned {
        match self {
            Self::Assertion => WantSigned::Assertion,
            Self::Response => WantSigned::Response,
            Self::Both => WantSigned::Both,
            Self::Either => WantSigned::Either,
        }
    }
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum SignatureWire {
    #[n(0)]
    RsaSha256,
    #[n(1)]
    RsaSha384,
    #[n(2)]
    RsaSha512,
    #[n(3)]
    EcdsaSha256,
    #[n(4)]
    EcdsaSha384,
    #[n(5)]
    EcdsaSha512,
}

impl SignatureWire {
    pub(super) fn of(word: SignatureAlgorithm) -> Self {
        match word {
            SignatureAlgorithm::RsaSha256 => Self::RsaSha256,
            SignatureAlgorithm::RsaSha384 => Self::RsaSha384,
            SignatureAlgorithm::RsaSha512 => Self::RsaSha512,
            SignatureAlgorithm::EcdsaSha256 => Self::EcdsaSha256,
            SignatureAlgorithm::EcdsaSha384 => Self::EcdsaSha384,
            SignatureAlgorithm::EcdsaSha512 => Self::EcdsaSha512,
        }
    }

    pub(super) fn convert(self) -> SignatureAlgorithm {
        match self {
            Self::RsaSha256 => SignatureAlgorithm::RsaSha256,
            Self::RsaSha384 => SignatureAlgorithm::RsaSha384,
            Self::RsaSha512 => SignatureAlgorithm::RsaSha512,
            Self::EcdsaSha256 => SignatureAlgorithm::EcdsaSha256,
            Self::EcdsaSha384 => SignatureAlgorithm::EcdsaSha384,
            Self::EcdsaSha512 => SignatureAlgorithm::EcdsaSha512,
        }
    }
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum EncryptionWire {
    #[n(0)]
    Optional,
    #[n(1)]
    Required,
}

impl EncryptionWire {
    pub(super) fn of(word: Encryption) -> Self {
        match word {
            Encryption::Optional => Self::Optional,
            Encryption::Required => Self::Required,
        }
    }

    pub(super) fn convert(self) -> Encryption {
        match self {
            Self::Optional => Encryption::Optional,
            Self::Required => Encryption::Required,
        }
    }
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum NameIdWire {
    #[n(0)]
    Persistent,
    #[n(1)]
    Email,
    #[n(2)]
    Transient,
    #[n(3)]
    Unspecified,
}

impl NameIdWire {
    pub(super) fn of(word: NameId) -> Self {
        match word {
            NameId::Persistent => Self::Persistent,
            NameId::Email => Self::Email,
            NameId::Transient => Self::Transient,
            NameId::Unspecified => Self::Unspecified,
        }
    }

    pub(super) fn convert(self) -> NameId {
        match self {
            Self::Persistent => NameId::Persistent,
            Self::Email => NameId::Email,
            Self::Transient => NameId::Transient,
            Self::Unspecified => NameId::Unspecified,
        }
    }
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
pub(super) enum RequestsWire {
    #[n(0)]
    Signed,
    #[n(1)]
    Unsigned,
}

impl RequestsWire {
    pub(super) fn of(word: Requests) -> Self {
        match word {
            Requests::Signed => Self::Signed,
            Requests::Unsigned => Self::Unsigned,
        }
    }

    pub(super) fn convert(self) -> Requests {
        match self {
            Self::Signed => Requests::Signed,
            Self::Unsigned => Requests::Unsigned,
        }
    }
}
