//! Side: one organisation as one of the two programs has it, and what it says about one slot of identities.
//!
//! A slot is a connection and an address. Within a slot an outcome hangs on groups and attributes alone: each
//! thing that can be held asks for any one of them and for none of the blocked groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Org, Role};
use gatewright_decide::PreparedOrg;
use gatewright_terms::{EmailAddress, PermissionName, Refusal, Slug, Trait};

use super::fact::{self, Fact, For, RoleName};
use super::outcome::{Held, Outcome};
use crate::slots::Slot;

/// An organisation of one program, or its absence there.
pub(super) struct Side<'p> {
    pub(super) org: Option<PreparedOrg>,
    /// The lines of the catalogue.
    global: &'p BTreeSet<Fact>,
    own: BTreeSet<Fact>,
}

/// What an identity may come to hold, or be refused for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Atom {
    Admitted,
    Role(Held<RoleName>),
    Permission(Held<PermissionName>),
    Refused(Refusal),
}

/// What a line asks of an identity of the slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    Always,
    Having(Trait),
}

/// What one side says about a slot.
pub(super) enum View {
    /// Nobody gets in, whatever their groups.
    Closed(Refusal),
    Open(Open),
}

#[derive(Default)]
pub(super) struct Open {
    /// For each thing that can be held: what it asks for, any one is enough, and the lines that say so.
    pub(super) gives: BTreeMap<Atom, BTreeMap<When, BTreeSet<Fact>>>,
    /// Groups all of them.
    pub(super) blocks: BTreeSet<Trait>,
}

impl<'p> Side<'p> {
    pub(super) fn new(catalogue: &Arc<Catalogue>, global: &'p BTreeSet<Fact>, org: Option<&Org>) -> Self {
        Self {
            org: org.map(|org| PreparedOrg::new(Arc::clone(catalogue), org.clone())),
            global,
            own: org.map(|org| fact::of_org(catalogue, org)).unwrap_or_default(),
        }
    }

    pub(super) fn holds(&self, fact: &Fact) -> bool {
        if fact.is_global() { self.global.contains(fact) } else { self.own.contains(fact) }
    }

    /// Whether access hangs on the same lines here and there. That there is an organisation is one of them.
    pub(super) fn has_lines_of(&self, other: &Self) -> bool {
        self.own == other.own && self.global == other.global
    }

    /// Whether its grants have to say whose groups they mean.
    pub(super) fn has_several_connections(&self) -> bool {
        self.org.as_ref().is_some_and(|org| org.org().has_several_connections())
    }

    pub(super) fn is_owner(&self, email: &EmailAddress) -> bool {
        self.own.contains(&Fact::owner(email))
    }

    pub(super) fn facts(&self) -> &BTreeSet<Fact> {
        &self.own
    }

    /// The lines that let the people of a slot through to the grants.
    pub(super) fn opening(&self, slot: &Slot) -> BTreeSet<Fact> {
        let is_of_slot = |fact: &&Fact| match fact {
            Fact::Org => true,
            Fact::Connection(connection) => *connection == slot.connection,
            Fact::Domain(domain, _) => domain == slot.email.domain(),
            Fact::Owner(_)
            | Fact::Grant(_)
            | Fact::Block(_)
            | Fact::DefaultRole { .. }
            | Fact::Role(_)
            | Fact::Permits(..) => false,
        };
        self.own.iter().filter(is_of_slot).cloned().collect()
    }

    /// The lines that ask the people of a slot for their groups.
    pub(super) fn asking(&self, slot: &Slot) -> BTreeSet<Fact> {
        let asks = |fact: &&Fact| match fact {
            Fact::Block(_) => true,
            Fact::Grant(line) => {
                matches!(&line.to, For::Having { what: Trait::Group(_), connection } if *connection == slot.connection)
            }
            Fact::Org
            | Fact::Connection(_)
            | Fact::Domain(..)
            | Fact::Owner(_)
            | Fact::DefaultRole { .. }
            | Fact::Role(_)
            | Fact::Permits(..) => false,
        };
        self.own.iter().filter(asks).cloned().collect()
    }
}

impl Open {
    /// Of a slot whose groups are known, or are not asked for.
    fn of(org: &PreparedOrg, slot: &Slot) -> Self {
        let (catalogue, org) = (org.catalogue(), org.org());
        let mut open =
            Self { blocks: org.blocked_groups.iter().cloned().map(Trait::Group).collect(), ..Self::default() };
        if org.owners.iter().any(|owner| owner.same_mailbox(&slot.email))
            && let Some(role) = catalogue.roles.iter().find(|role| RoleName::is_owner(role))
        {
            let because = BTreeSet::from([Fact::owner(&slot.email), Fact::Role(RoleName::of(role))]);
            open.admit(catalogue, org, &When::Always, (role, None), &because);
        }
        for (line, role) in fact::grants(catalogue, org) {
            let when = match &line.to {
                For::Having { what, connection } if *connection == slot.connection => When::Having(what.clone()),
                For::EveryoneIn(domain) if domain == slot.email.domain() => When::Always,
                For::Having { .. } | For::EveryoneIn(_) => continue,
            };
            let project = line.project.clone();
            open.admit(catalogue, org, &when, (role, project.as_ref()), &BTreeSet::from([Fact::Grant(line)]));
        }
        open
    }

    /// Whoever holds a role is admitted, and whoever is admitted is in the default project.
    fn admit(
        &mut self,
        catalogue: &Catalogue,
        org: &Org,
        when: &When,
        held: (&Role, Option<&Slug>),
        because: &BTreeSet<Fact>,
    ) {
        self.add(Atom::Admitted, when, because.clone());
        self.hold(catalogue, when, held, because);
        if let Some((project, role)) = fact::default_role(catalogue, org) {
            let mut because = because.clone();
            because.insert(fact::default_fact(project, role));
            self.hold(catalogue, when, (role, Some(project)), &because);
        }
    }

    fn hold(
        &mut self,
        catalogue: &Catalogue,
        when: &When,
        (role, project): (&Role, Option<&Slug>),
        because: &BTreeSet<Fact>,
    ) {
        let name = RoleName::of(role);
        self.add(Atom::Role(Held { what: name.clone(), project: project.cloned() }), when, because.clone());
        for permission in fact::permissions(catalogue, role) {
            let mut because = because.clone();
            because.insert(Fact::Permits(name.clone(), permission.clone()));
            let held = Held { what: permission.clone(), project: project.cloned() };
            self.add(Atom::Permission(held), when, because);
        }
    }

    fn add(&mut self, atom: Atom, when: &When, because: BTreeSet<Fact>) {
        self.gives.entry(atom).or_default().entry(when.clone()).or_default().extend(because);
    }
}

impl View {
    pub(super) fn of(side: &Side<'_>, slot: &Slot) -> Self {
        match (Outcome::of(side, &slot.somebody(BTreeSet::new())), &side.org) {
            // What is said before any group is looked at.
            (
                Outcome::Refuse(
                    refusal @ (Refusal::OrgUnknown
                    | Refusal::ConnectionUnknown
                    | Refusal::DomainNotOurs
                    | Refusal::GroupOverage),
                ),
                _,
            ) => Self::Closed(refusal),
            (_, Some(org)) => Self::Open(Open::of(org, slot)),
            (_, None) => Self::Closed(Refusal::OrgUnknown),
        }
    }
}
