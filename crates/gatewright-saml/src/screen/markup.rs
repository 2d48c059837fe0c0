//! Markup: how large a message may be, and what the reader's refusals are called.

use gatewright_terms::Refusal;

use super::Work;
use crate::refused::Refused;
use crate::xml::{Document, Limits, XmlFault};

/// The largest responses of real providers, with 150 groups and several certificates, have some 40 KiB; 1,000 groups with
/// long names have some 200 KiB.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// A certificate inside an encrypted key inside encrypted data lies 9 deep; what providers put into attribute values adds
/// a few.
pub const DEPTH_MAX: usize = 32;
/// One for each group and some 60 others.
pub const ELEMENTS_MAX: usize = 4096;
/// `xsi:type` on every group and some 60 others.
pub const ATTRIBUTES_MAX: usize = 8192;
/// Some providers declare `xs` and `xsi` on every attribute value.
pub const NAMESPACES_MAX: usize = 8192;

/// Of every message.
pub const LIMITS: Limits = Limits {
    bytes_max: MESSAGE_BYTES_MAX,
    depth_max: DEPTH_MAX,
    elements_max: ELEMENTS_MAX,
    attributes_max: ATTRIBUTES_MAX,
    namespaces_max: NAMESPACES_MAX,
};

/// Rules `xml/…`: the reader's reasons are the reasons here.
pub(super) fn read<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Document<'a>, Refused> {
    Document::parse_counting(bytes, &LIMITS, &mut work.steps).map_err(|fault| {
        let refusal = match fault.kind {
            XmlFault::Malformed => Refusal::SamlMalformed,
            XmlFault::ForbiddenMarkup => Refusal::SamlForbiddenMarkup,
            XmlFault::TooLarge => Refusal::SamlTooLarge,
        };
        Refused::new(refusal, fault.reason, "screen", fault.to_string())
    })
}
