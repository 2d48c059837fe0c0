//! Metadata outdated (GW0424): the provider has said until when its file counts.

use gatewright_terms::Timestamp;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::policy::Policy;

const METADATA_OUTDATED: Code = warn(424, "metadata-outdated");

pub(super) const CHECK: Check = Check::as_of(&[METADATA_OUTDATED], run);

fn run(policy: &Policy, as_of: Timestamp, sink: &mut Sink) {
    for org in policy.each_view() {
        for connection in &org.connections {
            let Some(saml) = &connection.saml else { continue };
            let (Some(idp), Some(file)) = (saml.idp(), &saml.metadata) else { continue };
            let Some(until) = idp.metadata.valid_until.filter(|until| *until <= as_of) else { continue };
            let fetch = format!("gatewright idp fetch {}/{} --from https://…", org.id, connection.slug);
            Finding::new(METADATA_OUTDATED, file.span, format!("the metadata was valid until {until}"))
                .mark("older than its provider wants it to be used")
                .help(format!("what it says still counts here; take over the current one with `{fetch}`"))
                .path(&connection.written.path)
                .report(sink);
        }
    }
}
