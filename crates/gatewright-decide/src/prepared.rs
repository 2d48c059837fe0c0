//! Prepared: an organisation with its grants arranged by what they ask, built once when its section is first used.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Grantee, Org, Role, Scope};
use gatewright_terms::{Attribute, DomainName, GroupName, Trait};
use hashbrown::HashTable;

use crate::facts::HashedGroup;

/// An organisation that decisions are made for; a sound one, as `gatewright_bundle` decodes it: lists sorted, indices
/// that point at something. Of another nobody holds more than is there. Owns what it needs, so that a request can hold it over a reload.
#[derive(Debug)]
pub struct PreparedOrg {
    catalogue: Arc<Catalogue>,
    org: Org,
    groups: HashTable<GroupRule>,
    attributes: BTreeMap<Attribute, Vec<Granted>>,
    everyone: BTreeMap<DomainName, Vec<u32>>,
    /// The connections whose groups are asked for by a grant.
    grants_to_groups_of: BTreeSet<u32>,
    /// Index of the role `owner` of the organisation scope. Without it an owner holds what the grants give, no more.
    owner_role: Option<u32>,
}

/// What an organisation says about one group.
#[derive(Debug)]
pub(crate) struct GroupRule {
    group: HashedGroup,
    pub blocked: bool,
    pub grants: Vec<Granted>,
}

/// A grant to those about whom one connection says something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Granted {
    /// Index of `Org::connections`.
    pub connection: u32,
    /// Index of `Org::grants`.
    pub grant: u32,
}

impl PreparedOrg {
    pub fn new(catalogue: Arc<Catalogue>, org: Org) -> Self {
        let mut rules: BTreeMap<&GroupName, (bool, Vec<Granted>)> = BTreeMap::new();
        let mut attributes: BTreeMap<Attribute, Vec<Granted>> = BTreeMap::new();
        let mut everyone: BTreeMap<DomainName, Vec<u32>> = BTreeMap::new();
        let mut grants_to_groups_of = BTreeSet::new();
        for group in &org.blocked_groups {
            rules.entry(group).or_default().0 = true;
        }
        for (grant, line) in (0_u32..).zip(&org.grants) {
            match &line.to {
                Grantee::Having { connection, what: Trait::Group(group) } => {
                    grants_to_groups_of.insert(*connection);
                    rules.entry(group).or_default().1.push(Granted { connection: *connection, grant });
                }
                Grantee::Having { connection, what: Trait::Attribute(attribute) } => {
                    let granted = Granted { connection: *connection, grant };
                    attributes.entry(attribute.clone()).or_default().push(granted);
                }
                Grantee::EveryoneIn(domain) => everyone.entry(domain.clone()).or_default().push(grant),
            }
        }
        let mut groups = HashTable::with_capacity(rules.len());
        for (name, (blocked, grants)) in rules {
            let group = HashedGroup::new(name.clone());
            groups.insert_unique(group.hash, GroupRule { group, blocked, grants }, |rule| rule.group.hash);
        }
        let owner_role = role_index(&catalogue, Scope::Org, "owner");
        Self { catalogue, org, groups, attributes, everyone, grants_to_groups_of, owner_role }
    }

    pub fn org(&self) -> &Org {
        &self.org
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Whether any rule asks those of a connection for a group, so that not knowing the groups matters.
    pub(crate) fn asks_for_groups(&self, connection: u32) -> bool {
        !self.org.blocked_groups.is_empty() || self.grants_to_groups_of.contains(&connection)
    }

    pub(crate) fn grants_to(&self, attribute: &Attribute) -> &[Granted] {
        self.attributes.get(attribute).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn group_rule(&self, group: &HashedGroup) -> Option<&GroupRule> {
        self.groups.find(group.hash, |rule| rule.group.name == group.name)
    }

    pub(crate) fn grants_to_everyone_in(&self, domain: &DomainName) -> &[u32] {
        self.everyone.get(domain).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn owner_role(&self) -> Option<u32> {
        self.owner_role
    }

    pub(crate) fn role(&self, index: u32) -> Option<&Role> {
        self.catalogue.roles.get(index as usize)
    }
}

fn role_index(catalogue: &Catalogue, scope: Scope, slug: &str) -> Option<u32> {
    (0_u32..).zip(&catalogue.roles).find(|(_, role)| role.scope == scope && role.slug.as_str() == slug).map(|(i, _)| i)
}
