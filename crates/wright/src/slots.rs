//! Slots: every kind of identity that an organisation tells apart before it looks at groups and attributes, and what it grants
//! to.

use std::collections::BTreeSet;

use gatewright_bundle::program::{Connection, Grantee, Org, Overage, Protocol};
use gatewright_terms::{DomainName, EmailAddress, Slug, Trait};

use crate::identity::Identity;

/// Everybody who comes through one connection with one address; their groups differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) connection: Slug,
    pub(crate) email: EmailAddress,
    /// The provider left their groups out, or cut them off.
    pub(crate) groups_unknown: bool,
}

impl Slot {
    pub(crate) fn somebody(&self, traits: BTreeSet<Trait>) -> Identity {
        let Self { connection, email, groups_unknown } = self.clone();
        Identity { connection, email, traits, groups_unknown }
    }
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
    let elsewhere = elsewhere();
    for domain in domains.into_iter().chain(&elsewhere) {
        emails.extend(nobody_in_particular(domain, &emails));
    }
    let emails: Vec<EmailAddress> = emails.iter().filter_map(|email| EmailAddress::parse(email).ok()).collect();
    connections.into_iter().flat_map(|connection| emails.iter().map(move |email| slot(connection, email))).collect()
}

/// With everybody once more whose groups a provider may have left out.
pub(crate) fn slots_with_unknown(views: &[&Org]) -> Vec<Slot> {
    let known = slots(views.iter().copied());
    let connections = || views.iter().flat_map(|org| &org.connections);
    let may_be_cut = |slot: &&Slot| connections().any(|it| it.slug == slot.connection && leaves_groups_out(it));
    let unknown: Vec<Slot> =
        known.iter().filter(may_be_cut).map(|slot| Slot { groups_unknown: true, ..slot.clone() }).collect();
    known.into_iter().chain(unknown).collect()
}

/// By its profile, where the list is long. What is malformed may be unknown of any.
fn leaves_groups_out(connection: &Connection) -> bool {
    let overage = match &connection.protocol {
        Protocol::Oidc(oidc) => oidc.claims.groups.as_ref().map(|_| oidc.group_overage),
        Protocol::Saml(saml) => saml.attributes.groups.as_ref().map(|groups| groups.overage),
    };
    matches!(overage, Some(Overage::EntraMarkers | Overage::CutAt(_)))
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
    Slot { connection: connection.clone(), email: email.clone(), groups_unknown: false }
}

/// A domain that nobody can claim.
pub(crate) fn elsewhere() -> Option<DomainName> {
    DomainName::parse(ELSEWHERE).ok()
}

/// Whoever of a domain is no owner, as slots name them.
pub(crate) fn anyone(domain: &DomainName, owners: &BTreeSet<String>) -> Option<EmailAddress> {
    EmailAddress::parse(&nobody_in_particular(domain, owners)?).ok()
}

/// `anyone@acme.com`, under a name that no owner has.
fn nobody_in_particular(domain: &DomainName, owners: &BTreeSet<String>) -> Option<String> {
    let names = std::iter::once("anyone".to_owned()).chain((2..).map(|number| format!("anyone-{number}")));
    names.map(|name| format!("{name}@{domain}")).find(|email| !owners.contains(email))
}
