//! Entity: the one provider in a metadata document.

use super::{METADATA, MetadataRefused};
use crate::refused::echo;
use crate::screen::PROTOCOL;
use crate::xml::Element;

/// Names in a refusal: enough to choose from.
const NAMED_MAX: usize = 8;

/// The descriptor, and what holds it from the outside to the inside.
pub(super) struct Found<'d> {
    pub(super) entity: Element<'d>,
    pub(super) provider: Element<'d>,
    /// With the root, where that is another element: `validUntil` of each counts.
    pub(super) holders: Vec<Element<'d>>,
}

pub(super) fn find(root: Element<'_>) -> Result<Found<'_>, MetadataRefused> {
    if root.is(METADATA, "EntityDescriptor") {
        return match providers(root).as_slice() {
            [provider] => Ok(Found { entity: root, provider: *provider, holders: vec![root] }),
            [] => Err(none()),
            [_, _, ..] => Err(MetadataRefused::new(
                "several-descriptors",
                "the entity has several `IDPSSODescriptor` for SAML 2.0; keep the one that is meant",
            )),
        };
    }
    if !root.is(METADATA, "EntitiesDescriptor") {
        return Err(MetadataRefused::new(
            "no-metadata",
            format!("the document is a {}, not SAML 2.0 metadata", echo(root.name())),
        ));
    }
    let entities: Vec<Element<'_>> =
        root.child(METADATA, "EntityDescriptor").filter(|entity| !providers(*entity).is_empty()).collect();
    match entities.as_slice() {
        [entity] => {
            let mut found = find(*entity)?;
            found.holders.push(root);
            Ok(found)
        }
        [] => Err(none()),
        several @ [_, _, ..] => Err(MetadataRefused::new(
            "several-entities",
            format!(
                "the file holds {} identity providers ({}); keep only the `EntityDescriptor` that is meant",
                several.len(),
                names(several)
            ),
        )),
    }
}

/// Those that speak SAML 2.0: an older one of the same entity is another thing.
fn providers(entity: Element<'_>) -> Vec<Element<'_>> {
    let speaks = |provider: &Element<'_>| {
        let protocols = provider.attribute("protocolSupportEnumeration").unwrap_or_default();
        protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL)
    };
    entity.child(METADATA, "IDPSSODescriptor").filter(speaks).collect()
}

fn names(entities: &[Element<'_>]) -> String {
    let named: Vec<String> =
        entities.iter().take(NAMED_MAX).map(|entity| echo(entity.attribute("entityID").unwrap_or_default())).collect();
    let more = if entities.len() > NAMED_MAX { ", …" } else { "" };
    format!("{}{more}", named.join(", "))
}

fn none() -> MetadataRefused {
    MetadataRefused::new(
        "no-identity-provider",
        "the metadata has no `IDPSSODescriptor` for SAML 2.0; it is that of a service provider, or of another protocol",
    )
}
