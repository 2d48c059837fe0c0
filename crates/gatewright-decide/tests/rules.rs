//! The rules of access, one test each, and the evaluator against a naive one on random policies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::{
    Algorithm, Catalogue, Claims, Client, ClientAuth, Connection, Domain, EmailTrust, Grant, Grantee, Join, Oidc, Org,
    Overage, Permission, Project, Risk, Role, Scope, SessionRules, Visibility, WhenFull,
};
use gatewright_decide::{Because, Decision, Facts, GroupSet, Groups, PreparedOrg, Standing, decide};
use gatewright_terms::{DomainName, EmailAddress, GroupName, OrgId, PermissionName, Refusal, Seconds, Slug};
use proptest::prelude::*;

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn group(text: &str) -> GroupName {
    GroupName::parse(text).unwrap()
}

fn domain(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

/// Roles: 0 org admin, 1 org developer, 2 org owner, 3 project editor, 4 project viewer.
fn catalogue() -> Arc<Catalogue> {
    let permission = |name: &str| Permission { name: PermissionName::parse(name).unwrap(), risk: Risk::None };
    let role = |scope, name: &str, permits: &[u32]| Role {
        scope,
        slug: slug(name),
        label: name.into(),
        permits: permits.to_vec(),
    };
    Arc::new(Catalogue {
        permissions: ["org.delete", "org.read", "org.write", "project.read", "project.use"].map(permission).to_vec(),
        roles: vec![
            role(Scope::Org, "admin", &[1, 2]),
            role(Scope::Org, "developer", &[1]),
            role(Scope::Org, "owner", &[0, 1, 2]),
            role(Scope::Project, "editor", &[3, 4]),
            role(Scope::Project, "viewer", &[3]),
        ],
    })
}

fn connection(name: &str) -> Connection {
    Connection {
        slug: slug(name),
        provider: slug("generic"),
        oidc: Oidc {
            issuer: "https://idp.acme.com".into(),
            client: Client::Own { client_id: "c".into(), client_auth: ClientAuth::PrivateKeyJwt },
            scopes: vec!["openid".into()],
            algorithms: vec![Algorithm::Rs256],
            subject_claim: "sub".into(),
            claims: Claims {
                email: "email".into(),
                given_name: None,
                family_name: None,
                groups: Some("groups".into()),
            },
            email_trust: EmailTrust::VerifiedClaim,
            pin: None,
            clock_skew: Seconds(60),
            group_overage: Overage::AbsentIsEmpty,
        },
    }
}

fn org(grants: Vec<Grant>, blocked: &[&str]) -> Org {
    let project = |name: &str, default_role| Project {
        slug: slug(name),
        name: name.into(),
        visibility: Visibility::Open,
        default_role,
    };
    Org {
        id: OrgId::parse("acme").unwrap(),
        name: "Acme".into(),
        plan: slug("enterprise"),
        time_zone: "UTC".into(),
        domains: vec![
            Domain { name: domain("acme.com"), connection: 0 },
            Domain { name: domain("acme.io"), connection: 1 },
        ],
        owners: vec![EmailAddress::parse("jane@acme.com").unwrap()],
        connections: vec![connection("okta"), connection("other")],
        join: Join::JustInTime,
        projects: vec![project("default", Some(4)), project("research", None)],
        default_project: Some(0),
        grants,
        blocked_groups: blocked.iter().map(|name| group(name)).collect(),
        session: SessionRules { idle: Seconds(1), absolute: Seconds(2), concurrent: 1, when_full: WhenFull::EndOldest },
    }
}

fn to_group(role: u32, project: Option<u32>, name: &str) -> Grant {
    Grant { role, project, to: Grantee::Group(group(name)) }
}

fn somebody(groups: &[&str]) -> Facts {
    Facts {
        connection: slug("okta"),
        email: EmailAddress::parse("ada@acme.com").unwrap(),
        groups: Groups::Known(GroupSet::new(groups.iter().map(|name| group(name)))),
        standing: Standing::Newcomer,
        domain_proved: true,
        is_owner: false,
    }
}

fn refusal(org: Org, facts: &Facts) -> Refusal {
    match decide(&PreparedOrg::new(catalogue(), org), facts) {
        Decision::Refuse(refused) => refused.refusal,
        Decision::Admit(admission) => panic!("admitted: {admission:?}"),
    }
}

#[test]
fn a_person_gets_the_union_of_the_grants_with_their_reasons() {
    let everyone = Grant { role: 1, project: None, to: Grantee::EveryoneIn(domain("acme.com")) };
    let org =
        PreparedOrg::new(catalogue(), org(vec![everyone, to_group(3, Some(1), "ml"), to_group(0, None, "it")], &[]));
    let Decision::Admit(admission) = decide(&org, &somebody(&["ml", "unheard-of"])) else { panic!("refused") };

    let reasons: Vec<Because> = admission.held().iter().map(|held| held.because).collect();
    assert_eq!(reasons, [Because::Grant(0), Because::Grant(1), Because::DefaultProject]);
    let roles: Vec<_> =
        admission.roles().iter().map(|(p, r)| (p.map(|p| p.slug.to_string()), r.slug.to_string())).collect();
    assert_eq!(
        roles,
        [
            (None, "developer".into()),
            (Some("default".into()), "viewer".into()),
            (Some("research".into()), "editor".into())
        ]
    );
    let may = |name: &str, project: Option<&str>| {
        admission.permits(&PermissionName::parse(name).unwrap(), project.map(slug).as_ref())
    };
    assert!(may("org.read", None) && may("project.use", Some("research")) && may("project.read", Some("default")));
    for (name, project) in [
        ("org.write", None),
        ("project.use", None),
        ("project.use", Some("default")),
        ("org.read", Some("research")),
        ("project.use", Some("no-such-project")),
        ("no.such.permission", None),
    ] {
        assert!(!may(name, project), "{name} {project:?}");
    }
}

#[test]
fn a_block_beats_every_grant_and_the_owner() {
    let owner = Facts { is_owner: true, ..somebody(&["it", "left"]) };
    let with_block = org(vec![to_group(0, None, "it")], &["left"]);
    let prepared = PreparedOrg::new(catalogue(), with_block);
    let Decision::Refuse(refused) = decide(&prepared, &owner) else { panic!("admitted") };
    assert_eq!((refused.refusal, refused.blocked_by), (Refusal::BlockedGroup, Some(group("left"))));
}

#[test]
fn nobody_gets_in_by_default_but_an_owner() {
    assert_eq!(refusal(org(vec![], &[]), &somebody(&["ml"])), Refusal::NoGrant);
    let org = PreparedOrg::new(catalogue(), org(vec![], &[]));
    let Decision::Admit(admission) = decide(&org, &Facts { is_owner: true, ..somebody(&[]) }) else {
        panic!("refused")
    };
    assert!(admission.permits(&PermissionName::parse("org.delete").unwrap(), None));
}

/// ST-OIDC-14: the domain is compared whole, and only through its own connection.
#[test]
fn st_oidc_14_only_people_of_our_domains_through_their_connection() {
    let open = || org(vec![Grant { role: 1, project: None, to: Grantee::EveryoneIn(domain("acme.com")) }], &[]);
    let with_address = |text: &str| Facts { email: EmailAddress::parse(text).unwrap(), ..somebody(&[]) };
    for stranger in ["a@evil.example", "a@evilacme.com", "a@eu.acme.com", "a@acme.com.evil.example", "a@acme.io"] {
        assert_eq!(refusal(open(), &with_address(stranger)), Refusal::DomainNotOurs, "{stranger}");
    }
    let elsewhere = Facts { connection: slug("gone"), ..somebody(&[]) };
    assert_eq!(refusal(open(), &elsewhere), Refusal::ConnectionUnknown);
}

#[test]
fn a_missing_proof_stops_newcomers_alone() {
    let unproved = Facts { domain_proved: false, ..somebody(&["ml"]) };
    let one_grant = || org(vec![to_group(1, None, "ml")], &[]);
    assert_eq!(refusal(one_grant(), &unproved), Refusal::DomainNotProved);
    let member = Facts { standing: Standing::Member, ..unproved.clone() };
    assert!(matches!(decide(&PreparedOrg::new(catalogue(), one_grant()), &member), Decision::Admit(_)));
    let removed = Facts { standing: Standing::Removed, ..unproved };
    assert_eq!(refusal(one_grant(), &removed), Refusal::RemovedMember);
}

#[test]
fn unknown_groups_are_not_no_groups() {
    let unknown = Facts { groups: Groups::Unknown, ..somebody(&[]) };
    let everyone = || Grant { role: 1, project: None, to: Grantee::EveryoneIn(domain("acme.com")) };
    assert_eq!(refusal(org(vec![everyone(), to_group(0, None, "it")], &[]), &unknown), Refusal::GroupOverage);
    assert_eq!(refusal(org(vec![everyone()], &["left"]), &unknown), Refusal::GroupOverage);
    assert!(matches!(decide(&PreparedOrg::new(catalogue(), org(vec![everyone()], &[])), &unknown), Decision::Admit(_)));
}

/// The same rules written the slow way: every grant is asked of every person.
fn naive(org: &Org, facts: &Facts) -> Result<BTreeSet<(u32, Option<u32>)>, Refusal> {
    let Groups::Known(groups) = &facts.groups else { return Err(Refusal::GroupOverage) };
    let is_in = |wanted: &GroupName| groups.names().any(|name| name == wanted);
    if org.blocked_groups.iter().any(is_in) {
        return Err(Refusal::BlockedGroup);
    }
    let mut held: BTreeSet<_> = org
        .grants
        .iter()
        .filter(|grant| match &grant.to {
            Grantee::Group(name) => is_in(name),
            Grantee::EveryoneIn(domain) => domain == facts.email.domain(),
        })
        .map(|grant| (grant.role, grant.project))
        .collect();
    if facts.is_owner {
        held.insert((2, None));
    }
    if held.is_empty() {
        return Err(Refusal::NoGrant);
    }
    held.insert((4, Some(0)));
    Ok(held)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// ST-DEC-02: the evaluator and a naive one never differ.
    #[test]
    fn st_dec_02_agrees_with_the_naive_evaluator(
        grants in prop::collection::btree_set((0_u32..5, 0_u8..8), 0..12),
        blocked in prop::collection::btree_set(0_u8..8, 0..2),
        mine in prop::collection::btree_set(0_u8..8, 0..6),
        is_owner: bool,
    ) {
        let grants = grants.into_iter().map(|(role, to)| Grant {
            role,
            project: (role > 2).then_some(u32::from(to % 2)),
            to: if to == 7 { Grantee::EveryoneIn(domain("acme.com")) } else { Grantee::Group(group(&format!("g{to}"))) },
        }).collect();
        let blocked: Vec<String> = blocked.iter().map(|n| format!("g{n}")).collect();
        let blocked: Vec<&str> = blocked.iter().map(String::as_str).collect();
        let mine: Vec<String> = mine.iter().map(|n| format!("g{n}")).collect();
        let mine: Vec<&str> = mine.iter().map(String::as_str).collect();
        let (org, facts) = (org(grants, &blocked), Facts { is_owner, ..somebody(&mine) });
        let expected = naive(&org, &facts);
        let prepared = PreparedOrg::new(catalogue(), org);
        let found = match decide(&prepared, &facts) {
            Decision::Admit(admission) => Ok(admission.held().iter().map(|held| (held.role, held.project)).collect()),
            Decision::Refuse(refused) => Err(refused.refusal),
        };
        prop_assert_eq!(found, expected);
    }
}
