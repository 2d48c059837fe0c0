//! Step-up: permissions that need a fresh sign-in, the organisation's over the defaults'.

use std::collections::BTreeMap;

use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::catalogue::CatalogueNames;
use super::written;
use crate::policy::StepUp;
use crate::shape::Node;

/// Sorted by permission. One with the key of a default takes its place.
pub(super) fn resolve(node: &Node, defaults: &[StepUp], names: &CatalogueNames, sink: &mut Sink) -> Vec<StepUp> {
    let mut all: BTreeMap<usize, StepUp> =
        defaults.iter().map(|default| (default.permission, default.clone())).collect();
    for entry in node.entries("step-up") {
        let Some(key) = &entry.key else { continue };
        let name = Spanned { value: entry.name.clone(), span: key.span };
        let Some(permission) = names.permissions.find(&name, &entry.path, sink) else { continue };
        let Some(within) = entry.seconds("within") else { continue };
        let acr = entry.text("acr");
        all.insert(permission.value, StepUp { permission: permission.value, within, acr, written: written(entry) });
    }
    all.into_values().collect()
}
