//! Slots: every kind of identity that an organisation tells apart before it looks at groups and attributes, and what it grants
//! to.

use std::collections::BTreeSet;

use gatewright_bundle::program::{Grantee, Org};
use gatewright_terms::{DomainName, EmailAddress, Slug, Trait};

/// Everybody who comes through one connection with one address; their groups differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) connection: Slug,
    pub(crate) email: EmailAddress,
}

/// Reserved by RFC 2606: nobody's domain.
const ELSEWHERE: &str = "elsewhere.invalid";

/// Each connection with somebody of each domain, somebody of none, and each owner, of any of these views of an
/// organisation.
pub(crate) fn slots<'o>(views: impl IntoIterator<Item = &'o Org>) -> Vec<Slot> {
    let (mut connections, mut domains, mut emails) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for org in views {
        connections.extend(org.connections.iter().map(|connection| &connection.slug));
        domains.extend(org.domains.iter().map(|domain| &domain.name));
        emails.extend(org.owners.iter().map(EmailAddress::mailbox_key));
    }
    let elsewhere = DomainName::parse(ELSEWHERE).ok();
    for domain in domains.into_iter().chain(&elsewhere) {
        emails.extend(nobody_in_particular(domain, &emails));
    }
    let emails: Vec<EmailAddress> = emails.iter().filter_map(|email| EmailAddress::parse(email).ok()).collect();
    connections.into_iter().flat_map(|connection| emails.iter().map(move |email| slot(connection, email))).collect()
}

/// Every group and attribute that a grant asks for, of whichever connection.
pub(crate) fn granted_traits(org: &Org) -> BTreeSet<&Trait> {
    let traits = org.grants.iter().filter_map(|grant| match &grant.to {
        Grantee::Having { what, .. } => Some(what),
        Grantee::EveryoneIn(_) => None,
    });
    traits.collect()
}

fn slot(connection: &Slug, email: &EmailAddress) -> Slot {
    Slot { connection: connection.clone(), email: email.clone() }
}

/// `anyone@acme.com`, under a name that no owner has.
fn nobody_in_particular(domain: &DomainName, owners: &BTreeSet<String>) -> Option<String> {
    let names = std::iter::once("anyone".to_owned()).chain((2..).map(|number| format!("anyone-{number}")));
    names.map(|name| format!("{name}@{domain}")).find(|email| !owners.contains(email))
}
