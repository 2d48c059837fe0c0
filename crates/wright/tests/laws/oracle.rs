//! Oracle: every identity of a small universe is asked, and the verdict on a law must be what they add up to.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::Scope;
use gatewright_decide::{Admission, Decision, Facts, PreparedOrg, Standing, decide};
use gatewright_terms::{DomainName, EmailAddress, GroupName, PermissionName};
use wright::trial::{Proof, prove};
use wright::{Identity, closest, prove as prove_program};
use wright_policy::{Anyone, Binds, Law, Never, Outside, PermissionAt, Place, RoleAt};
use wright_syntax::source::{FileId, Span};

use crate::random::{Dice, policy};
use crate::small::{CONNECTIONS, DOMAINS, GROUPS, OWNERS, PERMISSIONS, PROJECTS, ROLES, TRAITS, slug, told};

const LAWS: usize = 2_000;
const POLICIES: usize = 2_000;
const SEED: u64 = 20_261_124;

const EMAILS: [&str; 7] = [
    "anyone@a.example",
    "anyone@b.example",
    "anyone@c.example",
    "anyone@elsewhere.invalid",
    "anyone@other.example",
    OWNERS[0],
    OWNERS[1],
];

fn universe() -> Vec<Identity> {
    let mut all = Vec::new();
    for connection in CONNECTIONS {
        for email in EMAILS {
            for mask in 0..1 << TRAITS {
                let is_set = |at: &usize| mask & (1 << at) != 0;
                let traits = (0..TRAITS).filter(is_set).map(told).collect();
                let email = EmailAddress::parse(email).unwrap();
                all.push(Identity { connection: slug(connection), email, traits, groups_unknown: false });
            }
        }
    }
    all
}

/// Everybody as their address says, and once more as an owner who is bound already, where the organisation has owners.
fn comers(identity: &Identity, org: &PreparedOrg) -> Vec<Facts> {
    let plain = identity.facts(org.org());
    let bound =
        (!org.org().owners.is_empty()).then(|| Facts { is_owner: true, standing: Standing::Member, ..plain.clone() });
    std::iter::once(plain).chain(bound).collect()
}

/// Written from the words of the language, without the prover's.
fn speaks_of(law: &Law, identity: &Identity, facts: &Facts, org: &PreparedOrg) -> bool {
    let domain = identity.email.domain();
    law.anyone.iter().any(|anyone| {
        let outside = match &anyone.outside {
            None => true,
            Some(Outside::OrgDomains) => !org.org().domains.iter().any(|claimed| claimed.name == *domain),
            Some(Outside::Domain(other)) => domain != other,
        };
        let owner = facts.is_owner;
        let group = anyone.in_group.as_ref().is_none_or(|group| identity.groups().any(|is| is == group));
        let alone = !anyone.in_no_other_group || identity.groups().count() == 1;
        outside && group && alone && !(anyone.no_owner && owner)
    })
}

fn happens(law: &Law, admission: &Admission<'_>) -> bool {
    law.never.iter().any(|never| match never {
        Never::Role(wanted) => admission.roles().iter().any(|(project, role)| {
            role.scope == wanted.scope
                && role.slug == wanted.role
                && project.map(|it| &it.slug) == wanted.project.as_ref()
        }),
        Never::Permission(wanted) => admission.permissions().iter().any(|(project, permission)| {
            **permission == wanted.permission && (wanted.project.is_none() || *project == wanted.project.as_ref())
        }),
        Never::Anything(wanted) => {
            admission.roles().iter().any(|(project, _)| project.is_some_and(|it| it.slug == *wanted))
        }
    })
}

fn anyone(dice: &mut Dice) -> Anyone {
    let outside = match dice.below(6) {
        0 => Some(Outside::OrgDomains),
        1 => Some(Outside::Domain(DomainName::parse(DOMAINS[dice.below(DOMAINS.len())]).unwrap())),
        2 => Some(Outside::Domain(DomainName::parse("other.example").unwrap())),
        _ => None,
    };
    let in_group = (!dice.one_in(3)).then(|| GroupName::parse(GROUPS[dice.below(GROUPS.len())]).unwrap());
    let in_no_other_group = in_group.is_some() && dice.one_in(2);
    Anyone { outside, no_owner: dice.one_in(2), in_group, in_no_other_group }
}

fn never(dice: &mut Dice) -> Never {
    let project = |dice: &mut Dice| slug(PROJECTS[dice.below(PROJECTS.len())]);
    match dice.below(5) {
        0 | 1 => {
            let (scope, role) = ROLES[dice.below(ROLES.len())];
            let project = (scope == Scope::Project).then(|| project(dice));
            Never::Role(RoleAt { scope, role: slug(role), project })
        }
        2 | 3 => {
            let permission = PermissionName::parse(PERMISSIONS[dice.below(PERMISSIONS.len())]).unwrap();
            Never::Permission(PermissionAt { permission, project: dice.one_in(2).then(|| project(dice)) })
        }
        _ => Never::Anything(project(dice)),
    }
}

fn law(dice: &mut Dice) -> Law {
    let place = Place { path: "law[random]".into(), at: Span::new(FileId(0), 0, 0) };
    let anyone = (0..=dice.below(2)).map(|_| anyone(dice)).collect();
    let never = (0..=dice.below(2)).map(|_| never(dice)).collect();
    Law { title: "random".into(), binds: Binds::All, anyone, never, place }
}

/// Broken where somebody breaks it, with a witness that nobody undercuts; vacuous where nobody of its people gets in.
#[test]
fn every_verdict_is_what_all_identities_add_up_to() {
    let (universe, mut dice, mut seen) = (universe(), Dice(SEED), [0_usize; 3]);
    for number in 0..LAWS {
        let program = policy(&mut dice).program();
        let org = PreparedOrg::new(Arc::new(program.catalogue.clone()), program.orgs[0].clone());
        let law = law(&mut dice);
        let (mut admitted, mut breakers) = (false, BTreeSet::new());
        for (identity, facts) in
            universe.iter().flat_map(|it| comers(it, &org).into_iter().map(move |facts| (it, facts)))
        {
            if !speaks_of(&law, identity, &facts, &org) {
                continue;
            }
            if let Decision::Admit(admission) = decide(&org, &facts) {
                admitted = true;
                if happens(&law, &admission) {
                    breakers.insert((identity.traits.len(), identity.clone()));
                }
            }
        }
        let shown = || format!("law {number} of LAW_SEED={SEED}: {law:?}\n{program:?}");
        match (prove(&law, &org), breakers.first()) {
            (Proof::Broken(witness), Some((smallest, _))) => {
                seen[0] += 1;
                assert_eq!(witness.identity.traits.len(), *smallest, "{}", shown());
                let facts = comers(&witness.identity, &org).swap_remove(usize::from(witness.bound_owner));
                assert!(speaks_of(&law, &witness.identity, &facts, &org), "{}", shown());
                let Decision::Admit(admission) = decide(&org, &facts) else {
                    panic!("{}", shown());
                };
                assert!(happens(&law, &admission) && !witness.lines.is_empty(), "{}", shown());
            }
            (Proof::Holds, None) if admitted => seen[1] += 1,
            (Proof::Vacuous, None) if !admitted => seen[2] += 1,
            _ => panic!("{}", shown()),
        }
    }
    println!("{LAWS} laws, LAW_SEED={SEED}: {} broken, {} hold, {} vacuous", seen[0], seen[1], seen[2]);
    assert!(seen.iter().all(|count| *count > LAWS / 20), "each verdict is met often: {seen:?}");
}

/// A policy becomes a program where the evaluator admits some owner or admin of the organisation, and only there.
#[test]
fn a_program_is_proved_where_somebody_can_administer_and_nowhere_else() {
    let (universe, mut dice, mut proved) = (universe(), Dice(SEED), 0);
    for number in 0..POLICIES {
        let mut small = policy(&mut dice);
        // Most random policies have an owner or an admin who gets in; those that have none are what this is about.
        if dice.one_in(2) {
            small.owners.clear();
            small.blocks.extend((0..GROUPS.len()).filter(|_| dice.one_in(2)));
        }
        let program = small.program();
        let org = PreparedOrg::new(Arc::new(program.catalogue.clone()), program.orgs[0].clone());
        let administers = |identity: &Identity| match decide(&org, &identity.facts(org.org())) {
            Decision::Admit(admission) => admission.roles().iter().any(|(project, role)| {
                project.is_none() && role.scope == Scope::Org && ["owner", "admin"].contains(&role.slug.as_str())
            }),
            Decision::Refuse(_) => false,
        };
        let somebody = universe.iter().any(administers);
        assert_eq!(prove_program(program).is_ok(), somebody, "policy {number} of LOCKOUT_SEED={SEED}: {small:?}");
        proved += usize::from(somebody);
    }
    println!("{POLICIES} policies, LOCKOUT_SEED={SEED}: {proved} proved, {} locked out", POLICIES - proved);
    assert!((POLICIES / 5..POLICIES * 4 / 5).contains(&proved), "both are met often: {proved}");
}

/// The closest change is one of the smallest there are: no admitted identity of that address differs in less.
#[test]
fn nobody_who_gets_in_is_closer_than_the_closest() {
    let (universe, mut dice, mut seen) = (universe(), Dice(SEED), [0_usize; 3]);
    for number in 0..200 {
        let program = policy(&mut dice).program();
        let org = PreparedOrg::new(Arc::new(program.catalogue.clone()), program.orgs[0].clone());
        let gets_in = |identity: &&Identity| matches!(decide(&org, &identity.facts(org.org())), Decision::Admit(_));
        let admitted: Vec<&Identity> = universe.iter().filter(gets_in).collect();
        for _ in 0..20 {
            let identity = &universe[dice.below(universe.len())];
            let apart = |other: &&Identity| {
                usize::from(other.connection != identity.connection)
                    + other.traits.symmetric_difference(&identity.traits).count()
            };
            let least =
                admitted.iter().copied().filter(|other| other.email == identity.email).map(|other| apart(&other)).min();
            let found = closest(&org, identity);
            assert_eq!(
                found.as_ref().map(wright::Closest::size),
                least.filter(|least| *least > 0),
                "policy {number}: {identity:?}\n{program:?}"
            );
            if let Some(found) = &found {
                let changed = found.of(&identity.facts(org.org()));
                assert!(matches!(decide(&org, &changed), Decision::Admit(_)), "{found}");
            }
            seen[least.map_or(2, |least| usize::from(least > 0))] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 200), "in already, close and hopeless are met often: {seen:?}");
}
