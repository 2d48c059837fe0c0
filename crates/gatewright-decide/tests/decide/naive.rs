//! Naive: the same rules written the slow way, and random policies and people on which both must agree.

use std::collections::BTreeSet;

use gatewright_bundle::program::{Domain, Grant, Grantee, Org};
use gatewright_decide::{Decision, Facts, GroupSet, Groups, PreparedOrg, Refused, Standing, decide};
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, GroupName, Refusal, Trait};
use proptest::prelude::*;

use crate::acme::{catalogue, domain, group, org, slug};

/// Every rule is asked of every person.
fn naive(org: &Org, facts: &Facts) -> Result<BTreeSet<(u32, Option<u32>)>, Refused> {
    let refuse = |refusal| Err(Refused { refusal, blocked_by: None });
    if facts.standing == Standing::Removed {
        return refuse(Refusal::RemovedMember);
    }
    if org.connections.iter().all(|connection| connection.slug != facts.connection) {
        return refuse(Refusal::ConnectionUnknown);
    }
    let through = |domain: &Domain| org.connections[domain.connection as usize].slug == facts.connection;
    if !org.domains.iter().any(|domain| domain.name == *facts.email.domain() && through(domain)) {
        return refuse(Refusal::DomainNotOurs);
    }
    if facts.standing == Standing::Newcomer && !facts.domain_proved {
        return refuse(Refusal::DomainNotProved);
    }
    let here = |connection: u32| org.connections[connection as usize].slug == facts.connection;
    let asks =
        |grant: &Grant| matches!(&grant.to, Grantee::Having { connection, what: Trait::Group(_) } if here(*connection));
    let asks_for_groups = !org.blocked_groups.is_empty() || org.grants.iter().any(asks);
    let groups: BTreeSet<&GroupName> = match &facts.groups {
        Groups::Known(groups) => groups.names().collect(),
        Groups::Unknown if asks_for_groups => return refuse(Refusal::GroupOverage),
        Groups::Unknown => BTreeSet::new(),
    };
    if let Some(blocked) = groups.iter().find(|group| org.blocked_groups.contains(group)) {
        return Err(Refused { refusal: Refusal::BlockedGroup, blocked_by: Some((*blocked).clone()) });
    }
    let matches = |grant: &&Grant| match &grant.to {
        Grantee::Having { connection, what: Trait::Group(name) } => here(*connection) && groups.contains(name),
        Grantee::Having { connection, what: Trait::Attribute(wanted) } => {
            here(*connection) && facts.attributes.contains(wanted)
        }
        Grantee::EveryoneIn(domain) => domain == facts.email.domain(),
    };
    let mut held: BTreeSet<_> = org.grants.iter().filter(matches).map(|grant| (grant.role, grant.project)).collect();
    if facts.is_owner {
        held.insert((2, None));
    }
    if held.is_empty() {
        return refuse(Refusal::NoGrant);
    }
    if let Some(project) = org.default_project {
        held.extend(org.projects[project as usize].default_role.map(|role| (role, Some(project))));
    }
    Ok(held)
}

/// Somebody, most often one of ours: each of the first words is the ordinary one.
pub(crate) fn anybody() -> impl Strategy<Value = Facts> {
    let often = |words: &'static [&'static str]| (0..8_usize).prop_map(|at| *words.get(at).unwrap_or(&words[0]));
    let standing = prop_oneof![Just(Standing::Newcomer), Just(Standing::Member), Just(Standing::Removed)];
    let mine = prop::option::weighted(0.9, prop::collection::btree_set(0_u8..8, 0..6));
    let connection = often(&["okta", "other", "gone", "okta", "other"]);
    let email = often(&["ada@acme.com", "ada@acme.io", "ada@evil.example"]);
    let told = prop::collection::btree_set(0_u8..3, 0..3);
    (connection, email, mine, told, standing, any::<bool>(), any::<bool>()).prop_map(
        |(connection, email, mine, told, standing, domain_proved, is_owner)| Facts {
            attributes: told.into_iter().map(attribute).collect(),
            connection: slug(connection),
            email: EmailAddress::parse(email).unwrap(),
            groups: match mine {
                Some(mine) => Groups::Known(GroupSet::new(mine.iter().map(|n| group(&format!("g{n}"))))),
                None => Groups::Unknown,
            },
            standing,
            domain_proved,
            is_owner,
        },
    )
}

fn attribute(number: u8) -> Attribute {
    let value = AttributeValue::parse(&format!("v{number}")).unwrap();
    Attribute { name: slug(if number == 0 { "team" } else { "site" }), value }
}

/// Any grants and blocks over eight groups and two domains; any default project, with or without a role.
pub(crate) fn any_org() -> impl Strategy<Value = Org> {
    let grants = prop::collection::btree_set((0_u32..5, 0_u8..13, 0_u32..2), 0..12);
    let blocked = prop::collection::btree_set(0_u8..8, 0..2);
    (grants, blocked, prop::option::of(0_u32..2)).prop_map(|(grants, blocked, default_project)| {
        let to = |to: u8, connection: u32| match to {
            8 => Grantee::EveryoneIn(domain("acme.com")),
            9 => Grantee::EveryoneIn(domain("acme.io")),
            10.. => Grantee::Having { connection, what: Trait::Attribute(attribute(to - 10)) },
            _ => Grantee::group(connection, group(&format!("g{to}"))),
        };
        let grant = |(role, number, through)| Grant {
            role,
            project: (role > 2).then_some(u32::from(number % 2)),
            to: to(number, through),
        };
        Org {
            grants: grants.into_iter().map(grant).collect(),
            blocked_groups: blocked.iter().map(|n| group(&format!("g{n}"))).collect(),
            default_project,
            ..org(vec![], &[])
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// ST-DEC-02: the evaluator and a naive one never differ, neither in what is held nor in why somebody is kept out.
    #[test]
    fn st_dec_02_agrees_with_the_naive_evaluator(org in any_org(), facts in anybody()) {
        let expected = naive(&org, &facts);
        let prepared = PreparedOrg::new(catalogue(), org);
        let found = match decide(&prepared, &facts) {
            Decision::Admit(admission) => Ok(admission.held().iter().map(|held| (held.role, held.project)).collect()),
            Decision::Refuse(refused) => Err(refused),
        };
        prop_assert_eq!(found, expected);
    }
}
