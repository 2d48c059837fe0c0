//! Ids: what a reference can name, it names once.

use std::collections::HashSet;

use gatewright_terms::Refusal;

use super::shape::structure;
use super::{ASSERTION, Work, place_of, refuse};
use crate::refused::Refused;
use crate::xml::{Document, is_ncname};

/// In bytes. Those of real providers have up to 80. They are kept against replay.
pub const ID_BYTES_MAX: usize = 256;

/// Rules `id-missing`, `id-too-long`, `id-not-a-name`, `id-doubled`, in document order.
///
/// Every attribute counts that some software takes for an ID, with any prefix.
pub(super) fn check(document: &Document<'_>, work: &mut Work) -> Result<(), Refused> {
    let mut seen = HashSet::new();
    let root = document.root();
    for element in root.descendants() {
        work.visit(element);
        if (element == root || element.is(ASSERTION, "Assertion")) && element.attribute("ID").is_none() {
            return Err(structure("id-missing", element, "has no ID"));
        }
        for attribute in element.attributes().filter(|attribute| is_id(attribute.name())) {
            let id = attribute.value();
            work.read(id);
            if id.len() > ID_BYTES_MAX {
                return Err(refuse(
                    Refusal::SamlTooLarge,
                    "id-too-long",
                    format!("the ID of {} has {} bytes; the limit is {ID_BYTES_MAX}", place_of(element), id.len()),
                ));
            }
            if !is_ncname(id) {
                return Err(structure("id-not-a-name", element, "has an ID that is no XML name"));
            }
            if !seen.insert(id) {
                return Err(structure("id-doubled", element, "has the ID of another element"));
            }
        }
    }
    Ok(())
}

/// The last three are those of SAML 1.1.
fn is_id(name: &str) -> bool {
    ["ID", "AssertionID", "RequestID", "ResponseID"].iter().any(|known| name.eq_ignore_ascii_case(known))
}
