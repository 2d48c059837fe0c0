//! Metadata missing (GW0403): the file that a connection names is not there.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const METADATA_MISSING: Code = error(403, "metadata-missing");

pub(super) const CHECK: Check = Check::new(&[METADATA_MISSING], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in policy.each_view() {
        for connection in &org.connections {
            let Some(saml) = connection.saml.as_ref().filter(|saml| saml.vendored.is_none()) else { continue };
            let Some(name) = &saml.metadata else { continue };
            let fetch = format!("gatewright idp fetch {}/{} --from https://…", org.id, connection.slug);
            Finding::new(
                METADATA_MISSING,
                name.span,
                format!("`{}` is not next to the organisation's file", name.value),
            )
            .mark("no such file")
            .help(format!("download it from the provider and put it there, or let `{fetch}` do both"))
            .path(&connection.written.path)
            .report(sink);
        }
    }
}
