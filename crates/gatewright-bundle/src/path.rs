//! Path: the name of a line of policy, in the compiler's messages and in what the gate says of a decision.
//!
//! Invariant: a key is cut where nobody could read it, and what is not plain stands in quotes.

use std::borrow::Cow;

use gatewright_terms::{DomainName, GroupName, Slug, Trait};

use crate::program::{Catalogue, Grant, Grantee, Org};

/// The longest good key, an address, has 254 bytes.
const KEY_CHARS_MAX: usize = 300;

/// The path under which a grant of a program was written. `None` where the program is not whole.
pub fn grant_path(catalogue: &Catalogue, org: &Org, grant: &Grant) -> Option<String> {
    let at = |index: u32| usize::try_from(index).ok();
    let role = catalogue.roles.get(at(grant.role)?)?;
    let project = match grant.project {
        Some(project) => Some(org.projects.get(at(project)?)?.slug.as_str()),
        None => None,
    };
    let to = match &grant.to {
        Grantee::EveryoneIn(domain) => To::EveryoneIn(domain),
        Grantee::Having { connection, what } => {
            let connection = &org.connections.get(at(*connection)?)?.slug;
            To::Having { what, connection: org.has_several_connections().then_some(connection) }
        }
    };
    Some(format!("org[{}].grant[{}]", org.id, grant_key(role.slug.as_str(), project, &to)))
}

/// Whom a grant is for, as its path says it.
#[derive(Debug, Clone, Copy)]
pub enum To<'a> {
    /// `connection`: where the organisation has several.
    Having {
        what: &'a Trait,
        connection: Option<&'a Slug>,
    },
    EveryoneIn(&'a DomainName),
}

/// What tells a grant apart from the others of its organisation: `role=admin,group=lumen-admins`.
pub fn grant_key(role: &str, project: Option<&str>, to: &To<'_>) -> String {
    let mut parts = vec![("role", role)];
    parts.extend(project.map(|project| ("project", project)));
    match to {
        To::EveryoneIn(domain) => parts.push(("everyone-in", domain.as_str())),
        To::Having { what, connection } => {
            match what {
                Trait::Group(group) => parts.push(("group", group.as_str())),
                Trait::Attribute(attribute) => {
                    parts.extend([("attribute", attribute.name.as_str()), ("value", attribute.value.as_str())]);
                }
            }
            parts.extend(connection.map(|connection| ("connection", connection.as_str())));
        }
    }
    let parts: Vec<String> = parts.into_iter().map(|(word, value)| format!("{word}={}", path_key(value))).collect();
    parts.join(",")
}

/// The path under which a block was written.
pub fn block_path(org: &Org, group: &GroupName) -> String {
    format!("org[{}].block[group={}]", org.id, path_key(group.as_str()))
}

/// The beginning and the end of a text that is too long to repeat.
pub fn shortened(text: &str, chars_max: usize) -> Cow<'_, str> {
    if text.len() <= chars_max || text.chars().count() <= chars_max {
        return Cow::Borrowed(text);
    }
    let half = chars_max / 2;
    let end: String = text.chars().rev().take(half).collect::<Vec<_>>().into_iter().rev().collect();
    Cow::Owned(format!("{}…{end}", text.chars().take(half).collect::<String>()))
}

/// A key as it stands in paths: bare where that is unambiguous, quoted where not.
pub fn path_key(text: &str) -> String {
    let text = &*shortened(text, KEY_CHARS_MAX);
    let bare = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-._@/ ".contains(c));
    if bare { text.to_owned() } else { format!("{text:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_are_cut() {
        assert_eq!(shortened("abcdef", 4), "ab…ef");
        assert_eq!(shortened("éé", 2), "éé");
        assert!(path_key(&"x".repeat(1 << 20)).len() < 2 * KEY_CHARS_MAX);
    }
}
