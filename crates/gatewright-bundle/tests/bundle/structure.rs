//! Structure: a decoded program is sound: what breaks an invariant of its type is refused, by name.

use gatewright_bundle::limits::CERTIFICATE_BYTES_MAX;
use gatewright_bundle::program::*;
use gatewright_bundle::{Content, Defect, Digest, Malformed, Part, encode};
use gatewright_terms::{OrgId, Seconds};
use proptest::prelude::*;

use crate::generator::{program, slug, small};

/// The format has not changed by accident. Where it changes on purpose, `FORMAT` changes with it.
#[test]
fn the_format_is_pinned() {
    let digest = Digest::of(&encode(&small())).to_string();
    assert_eq!(digest, "b16fe3929019960dd74d26e87838ebaefdbfc3700c69f2e1d431f7e5311ddd9f");
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
    let own = || OwnAttribute { name: slug("site"), from: "site".into() };
    let attributes = refusal(|program| oidc(program).claims.own = vec![own(), own()]);
    assert_eq!(attributes, org(Defect::Unsorted("the attributes of a connection")));
    let attributes = refusal(|program| saml(program).attributes.own = vec![own(), own()]);
    assert_eq!(attributes, org(Defect::Unsorted("the attributes of a connection")));
}

fn oidc(program: &mut Program) -> &mut Oidc {
    program.orgs[0].connections[1].oidc_mut().unwrap()
}

fn saml(program: &mut Program) -> &mut Saml {
    match &mut program.orgs[0].connections[0].protocol {
        Protocol::Saml(saml) => saml,
        Protocol::Oidc(_) => panic!("the first connection is SAML"),
    }
}

/// ST-SAML-06: a connection that could check nothing is no connection.
#[test]
fn st_saml_06_a_saml_connection_without_keys_or_algorithms_is_refused() {
    let empty = refusal(|program| saml(program).certificates.clear());
    assert_eq!(empty, org(Defect::BadValue("the certificates of a connection")));
    let doubled = refusal(|program| saml(program).certificates = vec![Certificate(vec![1]), Certificate(vec![1])]);
    assert_eq!(doubled, org(Defect::Unsorted("the certificates of a connection")));
    let unsorted = refusal(|program| saml(program).certificates.reverse());
    assert_eq!(unsorted, org(Defect::Unsorted("the certificates of a connection")));
    let hollow = refusal(|program| saml(program).certificates[0].0.clear());
    assert_eq!(hollow.defect, Defect::BadValue("a certificate"));
    let huge = refusal(|program| saml(program).certificates[0].0 = vec![0; CERTIFICATE_BYTES_MAX + 1]);
    assert_eq!(huge.defect, Defect::BadValue("a certificate"));
    let nothing = refusal(|program| saml(program).algorithms.clear());
    assert_eq!(nothing, org(Defect::BadValue("the algorithms of a connection")));
    let twice = refusal(|program| saml(program).algorithms = vec![SignatureAlgorithm::RsaSha256; 2]);
    assert_eq!(twice, org(Defect::Unsorted("the algorithms of a connection")));
    for (broken, what) in [
        (refusal(|program| saml(program).entity_id.clear()), "an entity id"),
        (refusal(|program| saml(program).sign_in.url.clear()), "the address of a provider"),
        (refusal(|program| saml(program).attributes.email = Some(String::new())), "the name of an attribute"),
        (refusal(|program| saml(program).subject = Subject::Attribute("\n".into())), "the name of an attribute"),
    ] {
        assert_eq!(broken, org(Defect::BadValue(what)));
    }
    let nowhere = refusal(|program| saml(program).idp_initiated.as_mut().unwrap().app = slug("nowhere"));
    assert_eq!(nowhere, org(Defect::OutOfRange("the app to land on")));
}

#[test]
fn step_ups_are_sorted_and_point_at_permissions() {
    let step_up = |permission| StepUp { permission, within: Seconds(60), acr: None };
    let outside = refusal(|program| program.orgs[0].step_ups = vec![step_up(2)]);
    assert_eq!(outside, org(Defect::OutOfRange("the permission of a step-up")));
    for wrong in [[0, 0], [1, 0]] {
        let unsorted = refusal(|program| program.orgs[0].step_ups = wrong.map(step_up).to_vec());
        assert_eq!(unsorted, org(Defect::Unsorted("the step-ups")));
    }
}

#[test]
fn indices_out_of_range_are_refused() {
    let permit = refusal(|program| program.catalogue.roles[0].permits = vec![2]);
    assert_eq!(permit.defect, Defect::OutOfRange("a permission of a role"));
    let role = refusal(|program| program.orgs[0].grants[2].role = 2);
    assert_eq!(role, org(Defect::OutOfRange("the role of a grant")));
    let project = refusal(|program| program.orgs[0].grants[2].project = Some(1));
    assert_eq!(project, org(Defect::OutOfRange("the project of a grant")));
    let default = refusal(|program| program.orgs[0].default_project = Some(1));
    assert_eq!(default, org(Defect::OutOfRange("the default project")));
    let connection = refusal(|program| program.orgs[0].domains[0].connection = u32::MAX);
    assert_eq!(connection, org(Defect::OutOfRange("the connection of a domain")));
    let of_grant = refusal(|program| {
        let Grantee::Having { connection, .. } = &mut program.orgs[0].grants[1].to else { panic!() };
        *connection = 2;
    });
    assert_eq!(of_grant, org(Defect::OutOfRange("the connection of a grant")));
    let shared = refusal(|program| oidc(program).client = Client::Shared(0));
    assert_eq!(shared, org(Defect::OutOfRange("the shared client of a connection")));
    let app = refusal(|program| program.environment.apps[0].org = Some(OrgId::parse("gamma").unwrap()));
    assert_eq!(app.defect, Defect::OutOfRange("the organisation of an app"));
}

/// A role of the other scope would be granted where nobody reviews it.
#[test]
fn a_role_of_the_other_scope_is_refused() {
    let project_role = refusal(|program| program.orgs[0].grants[1].role = 1);
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
