//! Groups unavailable (GW0417): access that hangs on groups which the provider's tokens never hold.

use gatewright_terms::Trait;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Connection, Grantee, Org, Policy};
use crate::profile::Profile;

const GROUPS_UNAVAILABLE: Code = error(417, "groups-unavailable");

pub(super) const CHECK: Check = Check::new(&[GROUPS_UNAVAILABLE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for connection in &org.connections {
            let Some(profile) = without_groups(connection) else { continue };
            if let Some(claim) = &connection.claims.groups {
                report("maps groups", claim.span, profile, org, sink);
            }
        }
        for grant in &org.grants {
            let Grantee::Having { connection, what: Trait::Group(_) } = &grant.to else { continue };
            let Some(profile) = org.connections.get(*connection).and_then(without_groups) else { continue };
            report("grants to a group", grant.written.at, profile, org, sink);
        }
        // A block is about the groups of any connection.
        let mut profiles = org.connections.iter().map(without_groups);
        let Some(Some(profile)) = profiles.next() else { continue };
        if profiles.any(|other| other.is_none()) {
            continue;
        }
        org.blocks.iter().for_each(|block| report("blocks a group", block.written.at, profile, org, sink));
    }
}

/// The profile, where it says that the tokens hold no groups. Over SAML every provider sends some.
fn without_groups(connection: &Connection) -> Option<&'static Profile> {
    connection.oidc_profile().filter(|profile| profile.groups.is_none())?;
    connection.profile()
}

fn report(does: &str, at: Span, profile: &Profile, org: &Org, sink: &mut Sink) {
    Finding::new(GROUPS_UNAVAILABLE, at, format!("org `{}` {does}, and {} sends none", org.id, profile.title))
        .mark("matches nobody")
        .help("grant with `everyone-in=`, or choose a provider whose tokens hold groups")
        .path(&org.written.path)
        .report(sink);
}
