//! Rules: the rules of access, one test each.

use gatewright_bundle::program::{Grant, Grantee, Org};
use gatewright_decide::{Because, Decision, Facts, Groups, PreparedOrg, Standing, decide};
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, PermissionName, Refusal, Trait};

use crate::acme::{catalogue, domain, group, org, slug, somebody, to_group};

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
    // An owner may be blocked by a group that is not known; without any rule about groups nothing is missed.
    let owner = Facts { is_owner: true, ..unknown };
    assert_eq!(refusal(org(vec![], &["left"]), &owner), Refusal::GroupOverage);
    assert!(matches!(decide(&PreparedOrg::new(catalogue(), org(vec![], &[])), &owner), Decision::Admit(_)));
}

/// Several reasons for one role: each is told, the role is held once.
#[test]
fn one_role_for_several_reasons_is_one_role() {
    let everyone = Grant { role: 4, project: Some(0), to: Grantee::EveryoneIn(domain("acme.com")) };
    let grants = vec![everyone, to_group(2, None, "it"), to_group(2, None, "ops")];
    let prepared = PreparedOrg::new(catalogue(), org(grants, &[]));
    let Decision::Admit(admission) = decide(&prepared, &Facts { is_owner: true, ..somebody(&["it", "ops"]) }) else {
        panic!("refused")
    };
    let reasons: Vec<Because> = admission.held().iter().map(|held| held.because).collect();
    assert_eq!(
        reasons,
        [Because::Owner, Because::Grant(0), Because::Grant(1), Because::Grant(2), Because::DefaultProject]
    );
    let roles: Vec<_> =
        admission.roles().iter().map(|(project, role)| (project.is_some(), role.slug.as_str())).collect();
    assert_eq!(roles, [(false, "owner"), (true, "viewer")]);
    let permissions: Vec<_> =
        admission.permissions().into_iter().map(|(project, name)| (project.is_some(), name.as_str())).collect();
    assert_eq!(permissions, [(false, "org.delete"), (false, "org.read"), (false, "org.write"), (true, "project.read")]);
}

/// An organisation that was not decoded but made: what points at nothing gives nothing, nowhere.
#[test]
fn an_index_that_points_at_nothing_gives_nothing() {
    for grant in [to_group(3, Some(9), "it"), to_group(9, None, "it"), to_group(0, Some(9), "it")] {
        let mut unsound = org(vec![grant], &[]);
        unsound.default_project = Some(9);
        let prepared = PreparedOrg::new(catalogue(), unsound);
        let Decision::Admit(admission) = decide(&prepared, &somebody(&["it"])) else { panic!("refused") };
        assert_eq!((admission.roles().len(), admission.permissions().len()), (0, 0));
        for name in ["org.read", "project.use"] {
            assert!(!admission.permits(&PermissionName::parse(name).unwrap(), None), "{name}");
        }
    }
}

/// What one provider says about somebody gives nothing that is granted to the people of another.
#[test]
fn a_grant_is_for_the_people_of_its_connection_alone() {
    let of = |connection| Grant { role: 0, project: None, to: Grantee::group(connection, group("it")) };
    let finance = Attribute { name: slug("department"), value: AttributeValue::parse("Finance").unwrap() };
    let told = |connection| Grantee::Having { connection, what: Trait::Attribute(finance.clone()) };
    let told = |connection| Grant { role: 1, project: None, to: told(connection) };
    let somebody = Facts { attributes: [finance.clone()].into(), ..somebody(&["it"]) };
    assert_eq!(refusal(org(vec![of(1), told(1)], &[]), &somebody), Refusal::NoGrant);
    let prepared = PreparedOrg::new(catalogue(), org(vec![of(0), of(1), told(0), told(1)], &[]));
    let Decision::Admit(admission) = decide(&prepared, &somebody) else { panic!("refused") };
    let reasons: Vec<Because> = admission.held().iter().map(|held| held.because).collect();
    assert_eq!(reasons, [Because::Grant(0), Because::Grant(2), Because::DefaultProject]);
    // Groups that are not known matter where a grant to the people of this connection asks for one.
    let unknown = Facts { groups: Groups::Unknown, ..somebody };
    assert_eq!(refusal(org(vec![of(0), told(0)], &[]), &unknown), Refusal::GroupOverage);
    let prepared = PreparedOrg::new(catalogue(), org(vec![of(1), told(0)], &[]));
    assert!(matches!(decide(&prepared, &unknown), Decision::Admit(_)));
}
