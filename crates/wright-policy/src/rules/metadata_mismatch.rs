//! Metadata mismatch (GW0404): the file is of another provider than the one that is believed.
//!
//! What the author reviewed is the name in the policy; a file that was swapped or renewed with another name is seen here.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const METADATA_MISMATCH: Code = error(404, "metadata-mismatch");

pub(super) const CHECK: Check = Check::new(&[METADATA_MISMATCH], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let Some(saml) = &connection.saml else { continue };
        let (Some(idp), Some(name), Some(file)) = (saml.idp(), &saml.entity_id, &saml.metadata) else { continue };
        let said = &idp.metadata.entity_id;
        if **said == *name.value {
            continue;
        }
        Finding::new(
            METADATA_MISMATCH,
            name.span,
            format!("the metadata says entity-id `{said}`, the policy `{}`", name.value),
        )
        .mark("not the metadata's")
        .also(file.span, "the metadata")
        .help(
            "entity ids are compared byte for byte; if the provider has really changed its own, write the new one here",
        )
        .path(&connection.written.path)
        .report(sink);
    }
}
