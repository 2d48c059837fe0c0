//! Closest: what least would have to be otherwise about an identity that is refused, so that it gets in.

pub use gatewright_decide::Closest;

use gatewright_decide::PreparedOrg;

use crate::identity::Identity;

/// `None` where nothing of the kind would let them in, or where they get in as they are.
pub fn closest(org: &PreparedOrg, identity: &Identity) -> Option<Closest> {
    gatewright_decide::closest(org, &identity.facts(org.org()))
}
