//! Lockout: the proof itself, on programs that no policy would give, and GW1411 on those that a policy can.

use gatewright_bundle::program::{Grantee, Program};
use gatewright_bundle::{BundleFile, Content};
use gatewright_terms::{EmailAddress, GroupName, Refusal};
use wright::{Lockout, prove};

use crate::support::{base_with, codes, compiled, files, project};

fn program() -> Program {
    let outcome = compiled(&wright::MemoryWorld::new(files("tests/ui/base")));
    (*outcome.programs.values().next().expect("the base compiles").program).clone()
}

fn lockouts(change: impl FnOnce(&mut Program)) -> Vec<Lockout> {
    let mut program = program();
    change(&mut program);
    prove(program).expect_err("this is a lockout")
}

/// With no admin left: the base grants one.
fn reasons(change: impl FnOnce(&mut Program)) -> Vec<Refusal> {
    let without_admins = |program: &mut Program| {
        program.orgs[0].grants.retain(|grant| matches!(grant.to, Grantee::EveryoneIn(_)));
        change(program);
    };
    lockouts(without_admins).remove(0).owners.into_iter().map(|(_, refusal)| refusal).collect()
}

#[test]
fn what_is_proved_is_what_is_encoded_and_proves_again() {
    let outcome = compiled(&wright::MemoryWorld::new(files("tests/ui/base")));
    let one = outcome.programs.values().next().unwrap();
    let encoded = crate::support::encoded(&outcome).remove(0);
    let file = BundleFile::parse(&encoded.bundle).unwrap();
    assert_eq!(file.digest(), encoded.digest);
    let again = prove(Content::decode(file.content()).unwrap()).unwrap();
    assert_eq!(again, one.program);
}

#[test]
fn an_owner_who_would_be_refused_is_a_lockout_with_the_gates_own_reason() {
    let stranger = || vec![EmailAddress::parse("jane@elsewhere.example").unwrap()];
    assert_eq!(reasons(|program| program.orgs[0].owners = stranger()), [Refusal::DomainNotOurs]);
    assert_eq!(reasons(|program| program.orgs[0].domains.clear()), [Refusal::DomainNotOurs]);
    assert_eq!(reasons(|program| program.orgs[0].connections.clear()), [Refusal::ConnectionUnknown]);
    assert_eq!(reasons(|program| program.orgs[0].domains[0].connection = 7), [Refusal::DomainNotOurs]);
    // Without the role there are no owners, though everybody in the domain still gets in.
    assert_eq!(reasons(|program| program.catalogue.roles.clear()), [Refusal::NoGrant]);
    assert!(reasons(|program| program.orgs[0].owners.clear()).is_empty());
}

#[test]
fn an_admin_by_group_is_enough_unless_the_group_is_blocked() {
    let mut program = program();
    program.orgs[0].owners.clear();
    assert!(prove(program.clone()).is_ok());
    program.orgs[0].blocked_groups.push(GroupName::parse("lumen-admins").unwrap());
    let found = prove(program).unwrap_err().remove(0);
    let path = "org[acme].grant[role=admin,group=lumen-admins]".to_owned();
    assert_eq!(found.admins, [(path, Refusal::BlockedGroup)]);
}

#[test]
fn one_owner_who_gets_in_is_enough_and_groups_are_not_asked_for() {
    let mut program = program();
    program.orgs[0].owners.insert(0, EmailAddress::parse("a@elsewhere.example").unwrap());
    program.orgs[0].blocked_groups.push(GroupName::parse("lumen-admins").unwrap());
    assert!(prove(program).is_ok());
}

#[test]
fn every_organisation_is_proved_on_its_own() {
    let found = lockouts(|program| {
        let mut other = program.orgs[0].clone();
        other.id = gatewright_terms::OrgId::parse("globex").unwrap();
        other.owners.clear();
        other.grants.clear();
        program.orgs.push(other);
    });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].org.as_str(), "globex");
}

#[test]
fn gw1411_a_policy_without_an_owner_or_admin_gives_no_program() {
    let text = std::fs::read_to_string(project("tests/ui/lockout/GW1411-lockout.kdl")).unwrap();
    let outcome = compiled(&base_with("orgs/acme/org.kdl", &text));
    assert_eq!(codes(&outcome), ["GW0503", "GW1411"]);
    assert!(outcome.programs.is_empty());
}

#[test]
fn every_code_has_a_page() {
    let all = wright::codes();
    assert!(all.is_sorted() && all.contains(&wright::LOCKOUT));
    for code in all {
        let page = wright::page(code.number).unwrap_or_else(|| panic!("GW{:04} has no page", code.number));
        assert_eq!(page.name, format!("GW{:04}", code.number));
    }
}
