//! People: how many members a change reaches, and how many it takes something from.
//!
//! Reads both programs, and the members of each organisation as they last signed in, without who they are. Gives counts.
//!
//! Invariant: a member counts for a line if and only if a cover of the line holds for them; who loses something is asked of
//! `decide`, with both programs.
//! Invariant: where the members do not say who is meant (of two owners, which), the count is a range that holds the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Grantee, Org, Program, Stage};
use gatewright_decide::{Because, Decision, HeldRole, PreparedOrg, decide};
use gatewright_terms::{DomainName, EmailAddress, OrgId, Slug, Trait};
use wright_policy::grant_path;

use crate::diff::{Change, Cover, RoleName};
use crate::identity::Identity;
use crate::slots::{anyone, elsewhere};

/// Members who are alike in everything that access hangs on. Their names are not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    pub connection: Slug,
    /// Of the address.
    pub domain: DomainName,
    /// They are bound to an address of an owner.
    pub owner: bool,
    pub traits: BTreeSet<Trait>,
    /// The provider left the groups out; `traits` holds none then.
    pub groups_unknown: bool,
}

/// How many there are of each kind, in each organisation.
pub type Members = BTreeMap<OrgId, BTreeMap<Member, usize>>;

/// A number of people; a range where it is not known better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub at_least: usize,
    pub at_most: usize,
}

impl Count {
    /// `None`: it is not known.
    pub const fn exact(self) -> Option<usize> {
        if self.at_least == self.at_most { Some(self.at_most) } else { None }
    }

    fn add(&mut self, times: usize, all: bool, any: bool) {
        self.at_least = self.at_least.saturating_add(if all { times } else { 0 });
        self.at_most = self.at_most.saturating_add(if any { times } else { 0 });
    }
}

/// Whom a change reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// Whose outcome differs because of the line.
    pub reached: Count,
    /// Of a grant that is gone: who holds the same through another line, and is not among those reached.
    pub kept: Option<Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub people: Count,
    /// The lines that they keep it through, in words, those of most people first.
    pub through: Vec<String>,
}

impl Cover {
    /// Whether somebody is among those whom it covers.
    pub fn holds(&self, who: &Identity) -> bool {
        self.connection == who.connection
            && self.email.same_mailbox(&who.email)
            && self.groups_unknown == who.groups_unknown
            && self.has.is_subset(&who.traits)
            && self.lacks.is_disjoint(&who.traits)
    }
}

/// The members of an environment between two programs of it.
pub struct Census<'p> {
    sides: [Sides<'p>; 2],
    people: BTreeMap<&'p OrgId, Vec<Person>>,
}

struct Sides<'p> {
    catalogue: Arc<Catalogue>,
    orgs: BTreeMap<&'p OrgId, &'p Org>,
}

/// Everybody whom a member may be, as far as these programs tell people apart: one, or several owners.
struct Person {
    may_be: Vec<Identity>,
    times: usize,
}

impl<'p> Census<'p> {
    pub fn new(before: &'p Program, after: &'p Program, members: &'p Members) -> Self {
        let sides = [before, after].map(|program| Sides {
            catalogue: Arc::new(program.catalogue.clone()),
            orgs: program.orgs.iter().map(|org| (&org.id, org)).collect(),
        });
        let people = members.iter().map(|(id, kinds)| {
            let views: Vec<&Org> = sides.iter().filter_map(|side| side.orgs.get(id).copied()).collect();
            (id, kinds.iter().map(|(member, times)| Person::new(member, *times, &views)).collect())
        });
        let people = people.collect();
        Self { sides, people }
    }

    /// `lines`: what the change is in each organisation, by its path there; several where a preset says it. `None` where the
    /// change is of a line that nobody's outcome hangs on.
    pub fn people(&self, change: &Change, lines: &[(OrgId, String)]) -> Option<People> {
        let effect = change.effect()?;
        let mut by_org: BTreeMap<&OrgId, Vec<&Cover>> = BTreeMap::new();
        effect.covers.iter().for_each(|cover| by_org.entry(&cover.org).or_default().push(cover));
        let mut reached = Count::default();
        for (org, covers) in by_org {
            let holds = |who: &Identity| covers.iter().any(|cover| cover.holds(who));
            self.of(org).for_each(|person| person.count(&mut reached, holds));
        }
        Some(People { reached, kept: self.kept(change, lines) })
    }

    /// Who is kept out, or lacks a permission, that was admitted and had it. At most: and everybody of a connection that reads
    /// a sign-in in another way, since what it will say of them nobody knows.
    pub fn losing(&self) -> Count {
        let mut losing = Count::default();
        for (id, people) in &self.people {
            let [before, after] = self.sides.each_ref().map(|side| side.prepared(id));
            for person in people {
                let lost = person.may_be.iter().filter(|who| loses(before.as_ref(), after.as_ref(), who)).count();
                let is_read_anew = || person.may_be.iter().any(|who| reads_anew(before.as_ref(), after.as_ref(), who));
                losing.add(person.times, lost > 0 && lost == person.may_be.len(), lost > 0 || is_read_anew());
            }
        }
        losing
    }

    fn of(&self, org: &OrgId) -> impl Iterator<Item = &Person> {
        self.people.get(org).into_iter().flatten()
    }

    /// `None`: the change takes no grant of an organisation away, or nobody keeps it.
    fn kept(&self, change: &Change, lines: &[(OrgId, String)]) -> Option<Kept> {
        let covers = change.effect().filter(|_| change.is_removal()).map(|effect| effect.covers.as_slice())?;
        let (mut people, mut through) = (Count::default(), BTreeMap::new());
        for (org, path) in lines {
            let covers: Vec<&Cover> = covers.iter().filter(|cover| cover.org == *org).collect();
            self.kept_in(org, path, &covers, (&mut people, &mut through));
        }
        let mut through: Vec<(String, usize)> = through.into_iter().collect();
        through.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        let through = through.into_iter().map(|(way, _)| way).collect();
        (people.at_most > 0).then_some(Kept { people, through })
    }

    fn kept_in(
        &self,
        org: &OrgId,
        path: &str,
        covers: &[&Cover],
        (people, through): (&mut Count, &mut BTreeMap<String, usize>),
    ) {
        let [before, after] = &self.sides;
        let (Some(was), Some(is)) = (before.prepared(org), after.prepared(org)) else { return };
        let is_gone = |grant| grant_path(was.catalogue(), was.org(), grant).as_deref() == Some(path);
        let gone = (0_u32..).zip(&was.org().grants).find(|(_, grant)| is_gone(grant));
        let Some(gone) = gone.map(|(at, _)| Because::Grant(at)) else { return };
        for person in self.of(org) {
            let keeps = |who: &Identity| {
                let is_reached = covers.iter().any(|cover| cover.holds(who));
                if is_reached { None } else { keeps(&was, &is, who, gone) }
            };
            person.count(people, |who| keeps(who).is_some());
            if let Some(way) = person.may_be.iter().find_map(keeps) {
                let times = through.entry(way).or_default();
                *times = times.saturating_add(person.times);
            }
        }
    }
}

impl Sides<'_> {
    fn prepared(&self, id: &OrgId) -> Option<PreparedOrg> {
        self.orgs.get(id).map(|org| PreparedOrg::new(Arc::clone(&self.catalogue), (*org).clone()))
    }
}

impl Person {
    fn new(member: &Member, times: usize, views: &[&Org]) -> Self {
        let owners: BTreeSet<String> =
            views.iter().flat_map(|org| &org.owners).map(EmailAddress::mailbox_key).collect();
        let is_claimed = views.iter().flat_map(|org| &org.domains).any(|domain| domain.name == member.domain);
        let domain = if is_claimed { Some(member.domain.clone()) } else { elsewhere() };
        let anyone = domain.and_then(|domain| anyone(&domain, &owners));
        let known = || owners.iter().filter(|_| member.owner).filter_map(|owner| EmailAddress::parse(owner).ok());
        let mut emails: Vec<EmailAddress> = known().filter(|owner| *owner.domain() == member.domain).collect();
        if emails.is_empty() {
            // An owner whose address has moved to another domain, or who is none on either side.
            emails.extend(known().chain(anyone));
        }
        let identity = |email| Identity {
            connection: member.connection.clone(),
            email,
            traits: member.traits.clone(),
            groups_unknown: member.groups_unknown,
        };
        Self { may_be: emails.into_iter().map(identity).collect(), times }
    }

    fn count(&self, count: &mut Count, holds: impl Fn(&Identity) -> bool) {
        let holding = self.may_be.iter().filter(|who| holds(who)).count();
        count.add(self.times, holding > 0 && holding == self.may_be.len(), holding > 0);
    }
}

/// In the stage `test` only one-time test links reach a connection, and they let nobody in.
fn lets_people_in(org: &PreparedOrg) -> bool {
    org.org().stage != Stage::Test
}

fn reads_anew(before: Option<&PreparedOrg>, after: Option<&PreparedOrg>, who: &Identity) -> bool {
    let connection = |org: &PreparedOrg| org.org().connections.iter().find(|it| it.slug == who.connection).cloned();
    let was = before.filter(|org| lets_people_in(org)).and_then(connection);
    was.is_some() && was != after.and_then(connection)
}

fn loses(before: Option<&PreparedOrg>, after: Option<&PreparedOrg>, who: &Identity) -> bool {
    let Some(before) = before.filter(|org| lets_people_in(org)) else { return false };
    let Decision::Admit(was) = decide(before, &who.facts(before.org())) else { return false };
    let Some(after) = after.filter(|org| lets_people_in(org)) else { return true };
    match decide(after, &who.facts(after.org())) {
        Decision::Refuse(_) => true,
        Decision::Admit(is) => {
            let held: BTreeSet<_> = is.permissions().into_iter().collect();
            was.permissions().iter().any(|permission| !held.contains(permission))
        }
    }
}

/// What somebody who held a role by a line that is gone holds the same role by now, in words.
fn keeps(was: &PreparedOrg, is: &PreparedOrg, who: &Identity, gone: Because) -> Option<String> {
    let Decision::Admit(before) = decide(was, &who.facts(was.org())) else { return None };
    let held = before.held().iter().find(|held| held.because == gone)?;
    let name = named(was, held)?;
    let Decision::Admit(after) = decide(is, &who.facts(is.org())) else { return None };
    let same = after.held().iter().filter(|held| named(is, held).as_ref() == Some(&name));
    same.filter_map(|held| because(is, held.because)).min()
}

fn named(org: &PreparedOrg, held: &HeldRole) -> Option<(RoleName, Option<Slug>)> {
    let role = org.catalogue().roles.get(usize::try_from(held.role).ok()?)?;
    let project = match held.project {
        Some(project) => Some(org.org().projects.get(usize::try_from(project).ok()?)?.slug.clone()),
        None => None,
    };
    Some((RoleName::of(role), project))
}

fn because(org: &PreparedOrg, because: Because) -> Option<String> {
    Some(match because {
        Because::Owner => "owner".to_owned(),
        Because::DefaultProject => "the default project".to_owned(),
        Because::Grant(grant) => match &org.org().grants.get(usize::try_from(grant).ok()?)?.to {
            Grantee::Having { what: Trait::Group(group), .. } => format!("group {group}"),
            Grantee::Having { what: Trait::Attribute(attribute), .. } => format!("attribute {attribute}"),
            Grantee::EveryoneIn(domain) => format!("everyone in {domain}"),
        },
    })
}
