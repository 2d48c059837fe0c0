//! Transient subject (GW0422): a NameID that is new at every sign-in identifies nobody.

use gatewright_bundle::program::NameId;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{At, Policy};

const TRANSIENT_SUBJECT: Code = error(422, "transient-subject");

pub(super) const CHECK: Check = Check::new(&[TRANSIENT_SUBJECT], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.orgs.iter().flat_map(|org| &org.connections) {
        let Some((saml, profile)) = connection.saml_parts() else { continue };
        if saml.subject(profile) != At::NameId || saml.name_id(profile) != NameId::Transient {
            continue;
        }
        let at = saml.name_id.as_ref().map_or(saml.written.at, |word| word.span);
        Finding::new(TRANSIENT_SUBJECT, at, "a transient NameID is another one at every sign-in")
            .mark("would make everybody a newcomer, every time")
            .help("name what identifies a person: `subject \"…\"`, an attribute that is never given to another")
            .path(&connection.written.path)
            .report(sink);
    }
}
