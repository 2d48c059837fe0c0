//! Structure: a decoded program is sound: what breaks an invariant of its type is refused, by name.

use gatewright_bundle::program::*;
use gatewright_bundle::{Content, Defect, Digest, Malformed, Part, encode};
use gatewright_terms::{OrgId, Seconds};
use proptest::prelude::*;

use crate::generator::{program, slug, small};

/// The format has not changed by accident. Where it changes on purpose, `FORMAT` changes with it.
#[test]
fn the_format_is_pinned() {
    let digest = Digest::of(&encode(&small())).to_string();
    assert_eq!(digest, "73560bccdee6d6960bf7049a83476882d3ecf37915061004614239f3d9cc04f2");
}

proptest! {
    /// ST-BUN-01: equal programs, equal bytes; and nothing is lost.
    #[test]
    fn st_bun_01_decode_gives_back_what_was_encoded(program in program()) {
        let bytes = encode(&program);
        let decoded = Content::decode(&bytes);
        prop_assert_eq!(decoded.as_ref(), Ok(&program));
        prop_assert_eq!(encode(&program), bytes);
    }
}

fn refusal(break_it: impl FnOnce(&mut Program)) -> Malformed {
    let mut program = small();
    break_it(&mut program);
    Content::decode(&encode(&program)).unwrap_err()
}

fn org(defect: Defect) -> Malformed {
    Malformed { part: Part::Org("acme".into()), defect }
}

#[test]
fn unsorted_and_doubled_lists_are_refused() {
    let swapped = refusal(|program| program.orgs.swap(0, 1));
    assert_eq!(swapped, Malformed { part: Part::OrgIndex, defect: Defect::Unsorted("the organisations") });
    let doubled = refusal(|program| program.orgs[1] = program.orgs[0].clone());
    assert_eq!(doubled.part, Part::OrgIndex);
    let domain = refusal(|program| program.orgs[1].domains = program.orgs[0].domains.clone());
    assert_eq!(domain, Malformed { part: Part::DomainIndex, defect: Defect::Unsorted("the domains") });
    let roles = refusal(|program| program.catalogue.roles.swap(0, 1));
    assert_eq!(roles, Malformed { part: Part::Catalogue, defect: Defect::Unsorted("the roles") });
    let permissions = refusal(|program| program.catalogue.permissions.swap(0, 1));
    assert_eq!(permissions, Malformed { part: Part::Catalogue, defect: Defect::Unsorted("the permissions") });
    let permits = refusal(|program| program.catalogue.roles[0].permits = vec![1, 1]);
    assert_eq!(permits.defect, Defect::Unsorted("the permissions of a role"));
    let grants = refusal(|program| program.orgs[0].grants.reverse());
    assert_eq!(grants, org(Defect::Unsorted("the grants")));
    let owners = refusal(|program| {
        let owner = gatewright_terms::EmailAddress::parse("ADA@acme.com").unwrap();
        program.orgs[0].owners.push(owner);
    });
    assert_eq!(owners, org(Defect::Unsorted("the owners")));
    let blocked = refusal(|program| {
        let group = program.orgs[0].blocked_groups[0].clone();
        program.orgs[0].blocked_groups.push(group);
    });
    assert_eq!(blocked, org(Defect::Unsorted("the blocked groups")));
    let apps = refusal(|program| program.environment.apps.push(program.environment.apps[0].clone()));
    assert_eq!(apps, Malformed { part: Part::Environment, defect: Defect::Unsorted("the apps") });
    let algorithms = refusal(|program| oidc(program).algorithms = vec![Algorithm::Rs256, Algorithm::Rs256]);
    assert_eq!(algorithms, org(Defect::Unsorted("the algorithms of a connection")));
}

fn oidc(program: &mut Program) -> &mut Oidc {
    &mut program.orgs[0].connections[0].oidc
}

#[test]
fn indices_out_of_range_are_refused() {
    let permit = refusal(|program| program.catalogue.roles[0].permits = vec![2]);
    assert_eq!(permit.defect, Defect::OutOfRange("a permission of a role"));
    let role = refusal(|program| program.orgs[0].grants[1].role = 2);
    assert_eq!(role, org(Defect::OutOfRange("the role of a grant")));
    let project = refusal(|program| program.orgs[0].grants[1].project = Some(1));
    assert_eq!(project, org(Defect::OutOfRange("the project of a grant")));
    let default = refusal(|program| program.orgs[0].default_project = Some(1));
    assert_eq!(default, org(Defect::OutOfRange("the default project")));
    let connection = refusal(|program| program.orgs[0].domains[0].connection = u32::MAX);
    assert_eq!(connection, org(Defect::OutOfRange("the connection of a domain")));
    let shared = refusal(|program| oidc(program).client = Client::Shared(0));
    assert_eq!(shared, org(Defect::OutOfRange("the shared client of a connection")));
    let app = refusal(|program| program.environment.apps[0].org = Some(OrgId::parse("gamma").unwrap()));
    assert_eq!(app.defect, Defect::OutOfRange("the organisation of an app"));
}

/// A role of the other scope would be granted where nobody reviews it.
#[test]
fn a_role_of_the_other_scope_is_refused() {
    let project_role = refusal(|program| program.orgs[0].grants[0].role = 1);
    assert_eq!(project_role, org(Defect::OutOfRange("the role of a grant")));
    let default = refusal(|program| program.orgs[0].projects[0].default_role = Some(0));
    assert_eq!(default, org(Defect::OutOfRange("the default role of a project")));
}

#[test]
fn values_that_would_let_anybody_in_are_refused() {
    assert_eq!(
        refusal(|program| oidc(program).algorithms.clear()).defect,
        Defect::BadValue("the algorithms of a connection")
    );
    assert_eq!(refusal(|program| oidc(program).scopes.clear()).defect, Defect::BadValue("the scopes of a connection"));
    assert_eq!(refusal(|program| oidc(program).issuer.clear()).defect, Defect::BadValue("an issuer"));
    assert_eq!(refusal(|program| oidc(program).issuer.push('\n')).defect, Defect::BadValue("an issuer"));
    assert_eq!(refusal(|program| oidc(program).subject_claim.clear()).defect, Defect::BadValue("the subject claim"));
    assert_eq!(refusal(|program| program.orgs[0].session.concurrent = 0).defect, Defect::BadValue("the session rules"));
    assert_eq!(
        refusal(|program| program.orgs[0].session.idle = Seconds(0)).defect,
        Defect::BadValue("the session rules")
    );
}

#[test]
fn limits_hold() {
    let long = refusal(|program| oidc(program).issuer = "x".repeat(2049));
    assert_eq!(long.defect, Defect::BadValue("an issuer"));
    let many = refusal(|program| {
        let app = program.environment.apps[0].clone();
        program.environment.apps =
            (0..1001).map(|at| App { slug: slug(&format!("a{at:04}")), ..app.clone() }).collect();
    });
    let Defect::Unreadable(why) = many.defect else { panic!("{many}") };
    assert!(why.contains("1001") && why.contains("1000"), "{why}");
}
