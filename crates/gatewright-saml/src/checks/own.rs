//! Own: the values of the attributes that the organisation gave a name to.
//!
//! Invariant: what is empty, nil, too long or not printable is no value: it gives nothing.

use std::collections::BTreeSet;

use gatewright_bundle::program::OwnAttribute;
use gatewright_terms::{Attribute, AttributeValue};

use super::ATTRIBUTES;
use super::attributes::Attributes;
use crate::refused::{Refused, Step, echo};

pub(super) fn read(
    attributes: &Attributes<'_>,
    mapped: &[OwnAttribute],
    story: &mut Vec<Step>,
) -> Result<BTreeSet<Attribute>, Refused> {
    let mut all = BTreeSet::new();
    for own in mapped {
        let values = attributes.values(&own.from)?;
        let good = values.iter().flatten().filter_map(|text| AttributeValue::parse(text).ok());
        let before = all.len();
        all.extend(good.map(|value| Attribute { name: own.name.clone(), value }));
        let count = all.len().saturating_sub(before);
        story.push(Step::new(ATTRIBUTES, format!("{} gives `{}` {count} values", echo(&own.from), own.name)));
    }
    Ok(all)
}
