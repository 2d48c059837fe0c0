//! Metadata: what an identity provider publishes about itself, vendored into a policy.
//!
//! Reads one `EntityDescriptor` with an `IDPSSODescriptor` for SAML 2.0; gives names, addresses and certificates.
//!
//! Trust: a file that a person reviews as part of the policy. Its own signature proves nothing here and is passed over; it
//! never lowers a setting (ST-SAML-28).
//! Invariant: no signing certificate, no metadata (ST-SAML-06); a key without `use` signs too (ST-SAML-12).
//! Invariant: comments, CDATA sections and document types are refused here as in messages: a key that a reviewer takes for
//! commented out is never used, and none that is used looks commented out.

mod entity;
mod provider;
mod refused;

use gatewright_bundle::program::Binding;
use gatewright_terms::Timestamp;

use crate::xml::{Document, Limits, without_byte_order_mark};

pub use refused::MetadataRefused;

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// Metadata of one provider has 2 to 80 KiB (ADFS with its claim types is the longest); of a federation far more, which is
/// not meant.
pub const METADATA_BYTES_MAX: usize = 1024 * 1024;

/// Real files are 8 deep; ADFS has 700 elements.
const LIMITS: Limits = Limits {
    bytes_max: METADATA_BYTES_MAX,
    depth_max: 32,
    elements_max: 20_000,
    attributes_max: 20_000,
    namespaces_max: 2_000,
};

/// What a policy takes over from a provider's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpMetadata {
    pub entity_id: String,
    /// Signing certificates, DER, in the order of the file, without doubles, never empty. Their keys are not judged here.
    pub certificates: Vec<Vec<u8>>,
    /// Where people are sent to, in the order of the file, never empty. `https` or `http`; which of them will do is the
    /// policy's.
    pub sso: Vec<(Binding, String)>,
    /// Single logout: binding, address, and where answers go if elsewhere.
    pub slo: Vec<(Binding, String, Option<String>)>,
    pub wants_signed_requests: bool,
    /// In the order of the file.
    pub name_id_formats: Vec<String>,
    /// The earliest `validUntil` of the descriptor and what holds it.
    pub valid_until: Option<Timestamp>,
    /// `cacheDuration`, as it was written, for people.
    pub cache_duration: Option<String>,
}

impl IdpMetadata {
    /// Takes an `EntityDescriptor`, or an `EntitiesDescriptor` that holds exactly one identity provider.
    pub fn parse(bytes: &[u8]) -> Result<Self, MetadataRefused> {
        let bytes = without_byte_order_mark(bytes);
        let document = Document::parse(bytes, &LIMITS).map_err(|refused| refused::unreadable(&refused, bytes))?;
        let found = entity::find(document.root())?;
        provider::read(&found)
    }
}
