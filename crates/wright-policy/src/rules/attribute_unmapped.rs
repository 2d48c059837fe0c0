//! Attribute unmapped (GW0412): a grant that hangs on an attribute which its connection never reads.

use gatewright_terms::Trait;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::suggest;

use super::{Check, deny};
use crate::finding::Finding;
use crate::policy::{Grantee, Policy};

const ATTRIBUTE_UNMAPPED: Code = deny(412, "attribute-unmapped");

pub(super) const CHECK: Check = Check::new(&[ATTRIBUTE_UNMAPPED], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for grant in &org.grants {
            let Grantee::Having { connection, what: Trait::Attribute(attribute) } = &grant.to else { continue };
            let Some(connection) = org.connections.get(*connection) else { continue };
            let own = &connection.claims.own;
            if own.iter().any(|own| own.name == attribute.name) {
                continue;
            }
            let name = &attribute.name;
            let near = suggest(name.as_str(), own.iter().map(|own| own.name.as_str()));
            let instead = format!("map it in the connection: `attributes {{ attribute \"{name}\" from=\"…\" }}`");
            Finding::new(
                ATTRIBUTE_UNMAPPED,
                grant.written.at,
                format!("connection `{}` reads no attribute `{name}`", connection.slug),
            )
            .mark("matches nobody")
            .also(connection.written.at, "the connection")
            .help(near.map_or(instead, |near| format!("did you mean `{near}`?")))
            .path(&grant.written.path)
            .report(sink);
        }
    }
}
