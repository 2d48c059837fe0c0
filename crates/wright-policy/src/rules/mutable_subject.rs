//! Mutable subject (GW0908) and recycled subject (GW0915): who a person is hangs on an address that can change its owner.
//! Hold ST-LINT-04.
//!
//! Where the provider knows something better, to choose the address is denied. Where it does not, there is nothing better
//! to choose, and the author is told what that means.

use gatewright_bundle::program::NameId;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, deny, warn};
use crate::finding::Finding;
use crate::policy::{At, Connection, Policy, Saml};
use crate::profile::SamlProfile;

const MUTABLE_SUBJECT: Code = deny(908, "mutable-subject");
const RECYCLED_SUBJECT: Code = warn(915, "recycled-subject");

pub(super) const CHECK: Check = Check::new(&[MUTABLE_SUBJECT], mutable);
pub(super) const RECYCLED: Check = Check::new(&[RECYCLED_SUBJECT], recycled);

fn each(policy: &Policy) -> impl Iterator<Item = (&Connection, &Saml, &'static SamlProfile, Span)> {
    policy.orgs.iter().flat_map(|org| &org.connections).filter_map(|connection| {
        let (saml, profile) = connection.saml_parts()?;
        let at = by_address(connection, saml, profile)?;
        Some((connection, saml, profile, at))
    })
}

/// Where it is written that the address identifies; at the block where only the profile says so.
fn by_address(connection: &Connection, saml: &Saml, profile: &SamlProfile) -> Option<Span> {
    let subject = saml.subject(profile);
    let is_address = match subject {
        At::NameId => saml.name_id(profile) == NameId::Email,
        At::Attribute(_) => subject == connection.saml_email(profile),
    };
    let written = saml.subject.as_ref().map(|word| word.span).or(saml.name_id.as_ref().map(|word| word.span));
    is_address.then(|| written.unwrap_or(saml.written.at))
}

/// The profile itself knows nothing but the address.
fn knows_nothing_better(profile: &SamlProfile) -> bool {
    profile.subject.is_none() && profile.name_id == NameId::Email
}

fn mutable(policy: &Policy, sink: &mut Sink) {
    for (connection, _, _, at) in each(policy).filter(|(_, _, profile, _)| !knows_nothing_better(profile)) {
        Finding::new(MUTABLE_SUBJECT, at, "an e-mail address identifies people here, and can change its owner")
            .mark("whoever gets the mailbox next gets the account")
            .help("a persistent NameID, or `subject \"…\"` with an attribute that is never given to another")
            .path(&connection.written.path)
            .report(sink);
    }
}

fn recycled(policy: &Policy, sink: &mut Sink) {
    for (connection, _, _, at) in each(policy).filter(|(_, _, profile, _)| knows_nothing_better(profile)) {
        let provider = connection.provider_name();
        Finding::new(RECYCLED_SUBJECT, at, format!("`{provider}` identifies people by their address over SAML"))
            .mark("whoever gets the mailbox next gets the account")
            .help("use OpenID Connect, or `subject \"…\"` with an own attribute that is never given to another")
            .path(&connection.written.path)
            .report(sink);
    }
}
