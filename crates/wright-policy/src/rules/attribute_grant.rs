//! Attribute grant (GW0907, GW0913): access that hangs on what people may be able to change about themselves.

use gatewright_bundle::program::Risk;
use gatewright_terms::{Attribute, Trait};
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny, error};
use crate::finding::{Finding, listed};
use crate::policy::{Catalogue, Connection, Grant, Grantee, Policy};

const ATTRIBUTE_GRANT: Code = deny(907, "attribute-grant");
const UNTRUSTED_ATTRIBUTE: Code = error(913, "untrusted-attribute");

pub(super) const CHECK: Check = Check::new(&[ATTRIBUTE_GRANT, UNTRUSTED_ATTRIBUTE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for grant in &org.grants {
            let Grantee::Having { connection, what: Trait::Attribute(attribute) } = &grant.to else { continue };
            let Some(connection) = org.connections.get(*connection) else { continue };
            // Of one that is not read GW0412 speaks.
            let is_read = connection.claims.own.iter().any(|own| own.name == attribute.name);
            if is_read && connection.trusted.iter().all(|trusted| trusted.value != attribute.name) {
                report(grant, attribute, connection, &policy.catalogue, sink);
            }
        }
    }
}

fn report(grant: &Grant, attribute: &Attribute, connection: &Connection, catalogue: &Catalogue, sink: &mut Sink) {
    let name = &attribute.name;
    let risky = risky(catalogue, grant.role.value);
    let (code, message) = if risky.is_empty() {
        (ATTRIBUTE_GRANT, format!("this grant trusts `{name}`, which people may be able to edit about themselves"))
    } else {
        let risky = listed(risky.iter().copied());
        (UNTRUSTED_ATTRIBUTE, format!("this grant gives {risky} to whoever can set `{name}` about themselves"))
    };
    Finding::new(code, grant.written.at, message)
        .mark("not a trusted attribute")
        .also(connection.written.at, "the connection that reads it")
        .help(format!(
            "grant to a group; or, where people cannot edit it at the provider, write `trusted-attribute \"{name}\"` in \
             the connection"
        ))
        .path(&grant.written.path)
        .report(sink);
}

fn risky(catalogue: &Catalogue, role: usize) -> Vec<&str> {
    let permits = catalogue.permits(role);
    let permissions = permits.iter().filter_map(|permit| catalogue.permissions.get(*permit));
    permissions.filter(|permission| permission.risk != Risk::None).map(|permission| permission.name.as_str()).collect()
}
