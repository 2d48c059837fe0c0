//! Groups: known whole, or unknown.
//!
//! How many there may be is the screen's (`ELEMENTS_MAX`).
//!
//! Invariant: groups that are cut off, unreadable or elsewhere are unknown, never none: a block might have matched.

use gatewright_bundle::program::{Overage, SamlGroups};
use gatewright_terms::GroupName;

use super::ATTRIBUTES;
use super::attributes::Attributes;
use crate::refused::{Refused, Step, echo};
use crate::verified::Groups;

/// Where Entra puts a pointer in the place of more than 150 groups.
const ELSEWHERE: &str = "http://schemas.microsoft.com/claims/groups.link";

pub(super) fn read(attributes: &Attributes<'_>, mapped: Option<&SamlGroups>) -> Result<(Groups, Step), Refused> {
    let Some(mapped) = mapped else {
        return Ok((Groups::Known(Vec::new()), Step::new(ATTRIBUTES, "the connection reads no groups")));
    };
    let unknown = |why: &str| Ok((Groups::Unknown, Step::new(ATTRIBUTES, format!("the groups are unknown: {why}"))));
    if mapped.overage == Overage::EntraMarkers && attributes.is_there(ELSEWHERE) {
        return unknown("the provider left them out because there are too many");
    }
    let values = attributes.values(&mapped.attribute)?;
    if let Overage::CutAt(most) = mapped.overage
        && u32::try_from(values.len()).is_ok_and(|count| count >= most)
    {
        return unknown("the list is as long as the provider lets it become");
    }
    if values.is_empty() || values == [None] {
        let step = Step::new(ATTRIBUTES, format!("no {}: no groups", echo(&mapped.attribute)));
        return Ok((Groups::Known(Vec::new()), step));
    }
    let names = values.into_iter().map(|value| GroupName::parse(value.unwrap_or_default()));
    let Ok(mut known) = names.collect::<Result<Vec<_>, _>>() else {
        return unknown("a name is empty, too long or not printable");
    };
    known.sort_unstable();
    known.dedup();
    let step = Step::new(ATTRIBUTES, format!("{} groups", known.len()));
    Ok((Groups::Known(known), step))
}
