//! Witness: an identity, as reports write it.

use std::collections::BTreeMap;

use gatewright_terms::{Attribute, GroupName, OrgId};
use serde_json::{Value, json};
use wright::Identity;

/// `org`, `connection`, `email`, `groups` (null: not known), `attributes` as an object of lists, and what else there is to say.
pub(crate) fn json<const N: usize>(org: &OrgId, identity: &Identity, more: [(&str, Value); N]) -> Value {
    let mut all = json!({
        "org": org.as_str(),
        "connection": identity.connection.as_str(),
        "email": identity.email.to_string(),
        "groups": (!identity.groups_unknown).then(|| identity.groups().map(GroupName::as_str).collect::<Vec<_>>()),
        "attributes": attributes(identity.attributes()),
    });
    if let Value::Object(all) = &mut all {
        all.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    all
}

fn attributes<'a>(all: impl Iterator<Item = &'a Attribute>) -> Value {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for attribute in all {
        by_name.entry(attribute.name.as_str()).or_default().push(attribute.value.as_str());
    }
    json!(by_name)
}

/// `anyone@acme.com in {ml-platform} with department=Finance`.
pub(crate) fn words(identity: &Identity) -> String {
    let groups: Vec<&str> = identity.groups().map(GroupName::as_str).collect();
    let attributes: Vec<String> = identity.attributes().map(ToString::to_string).collect();
    let groups = if identity.groups_unknown {
        "with groups that are not known".to_owned()
    } else if groups.is_empty() {
        "in no group".to_owned()
    } else {
        format!("in {{{}}}", groups.join(", "))
    };
    let with = if attributes.is_empty() { String::new() } else { format!(" with {}", attributes.join(", ")) };
    format!("{} {groups}{with}", identity.email)
}
