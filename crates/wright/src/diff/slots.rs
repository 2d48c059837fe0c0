//! Slots: every kind of identity that either side of an organisation tells apart before it looks at groups.

use std::collections::BTreeSet;

use gatewright_decide::PreparedOrg;
use gatewright_terms::{DomainName, EmailAddress, Slug};

use super::side::{Side, Slot};

/// Reserved by RFC 2606: nobody's domain.
const ELSEWHERE: &str = "elsewhere.invalid";

/// Each connection with somebody of each domain, somebody of none, and each owner of either side.
pub(super) fn slots(sides: [&Side<'_>; 2]) -> Vec<Slot> {
    let (mut connections, mut domains, mut emails) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for org in sides.into_iter().filter_map(|side| side.org.as_ref()).map(PreparedOrg::org) {
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

fn slot(connection: &Slug, email: &EmailAddress) -> Slot {
    Slot { connection: connection.clone(), email: email.clone() }
}

/// `anyone@acme.com`, under a name that no owner has.
fn nobody_in_particular(domain: &DomainName, owners: &BTreeSet<String>) -> Option<String> {
    let names = std::iter::once("anyone".to_owned()).chain((2..).map(|number| format!("anyone-{number}")));
    names.map(|name| format!("{name}@{domain}")).find(|email| !owners.contains(email))
}
