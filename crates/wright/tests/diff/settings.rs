//! Settings: each line that access does not hang on, changed by itself, with the class that a reviewer reads.

use gatewright_bundle::program::{
    Algorithm, App, Binding, Certificate, Client, ClientAuth, Connection, EmailTrust, Encryption, Endpoint,
    IdpInitiated, NameId, Oidc, Org, Overage, OwnAttribute, Permission, Pin, Program, Project, Protocol, Requests,
    Risk, Role, Saml, SamlAttributes, SamlGroups, Scope, SecretName, SharedClient, SignatureAlgorithm, Stage, StepUp,
    Subject, Visibility, WantSigned, WhenFull,
};
use gatewright_terms::{EmailAddress, OrgId, PermissionName, Seconds, Timestamp};
use wright::diff::{Class, What, diff};

use crate::small::{connection, environment, plain, slug};

fn program() -> Program {
    let mut environment = environment();
    environment.apps.push(App { slug: slug("console"), origin: "https://console.example".into(), org: None });
    environment.shared_clients.push(SharedClient {
        slug: slug("google"),
        provider: slug("google"),
        client_id: "g".into(),
        client_auth: ClientAuth::None,
    });
    let permissions = ["a.read", "b.write"].map(|name| Permission {
        name: PermissionName::parse(name).unwrap(),
        risk: if name == "a.read" { Risk::None } else { Risk::Privileged },
    });
    let role = Role { scope: Scope::Org, slug: slug("owner"), label: "Owner".into(), permits: vec![0, 1] };
    let project = |name: &str| Project {
        slug: slug(name),
        name: name.into(),
        visibility: Visibility::Closed,
        default_role: None,
    };
    let org = Org {
        owners: vec![EmailAddress::parse("jane@a.example").unwrap()],
        connections: vec![connection("oidc"), saml()],
        projects: vec![project("lab"), project("shop")],
        default_project: Some(0),
        step_ups: vec![StepUp { permission: 1, within: Seconds(600), acr: Some("mfa".into()) }],
        ..plain()
    };
    let catalogue = gatewright_bundle::program::Catalogue { permissions: permissions.to_vec(), roles: vec![role] };
    Program { environment, catalogue, orgs: vec![org] }
}

fn saml() -> Connection {
    let endpoint = |url: &str| Endpoint { binding: Binding::Redirect, url: url.to_owned(), response_url: None };
    Connection {
        slug: slug("saml"),
        provider: slug("okta"),
        protocol: Protocol::Saml(Saml {
            entity_id: "https://idp.example".into(),
            sign_in: endpoint("https://idp.example/sso"),
            logout: Some(endpoint("https://idp.example/slo")),
            certificates: vec![Certificate(vec![1])],
            want_signed: WantSigned::Response,
            algorithms: vec![SignatureAlgorithm::RsaSha256],
            encryption: Encryption::Required,
            name_id: NameId::Persistent,
            subject: Subject::NameId,
            attributes: SamlAttributes {
                email: Some("email".into()),
                given_name: None,
                family_name: None,
                groups: Some(SamlGroups { attribute: "groups".into(), overage: Overage::AbsentIsEmpty }),
                own: Vec::new(),
            },
            clock_skew: Seconds(60),
            requests: Requests::Signed,
            idp_initiated: Some(IdpInitiated { until: Timestamp::from_unix(1_800_000_000), app: slug("console") }),
        }),
    }
}

fn org(program: &mut Program) -> &mut Org {
    &mut program.orgs[0]
}

fn oidc_of(program: &mut Program) -> &mut Oidc {
    program.orgs[0].connections[0].oidc_mut().unwrap()
}

fn saml_of(program: &mut Program) -> &mut Saml {
    match &mut program.orgs[0].connections[1].protocol {
        Protocol::Saml(saml) => saml,
        Protocol::Oidc(_) => panic!(),
    }
}

type Edit = fn(&mut Program);

/// A path, an edit, and what the edit is; the way back is what stands last.
const EDITS: &[(&str, Edit, Class, Class)] = {
    use Class::{Cosmetic, Privileged, ShutOut, Strengthening, TrustRoot, Weakening};
    &[
        ("environment", |p| p.environment.name = slug("staging"), TrustRoot, TrustRoot),
        ("base-url", |p| p.environment.base_url = "https://x.example".into(), TrustRoot, TrustRoot),
        ("app[console].origin", |p| p.environment.apps[0].origin = "https://x.example".into(), TrustRoot, TrustRoot),
        ("app[console].org", |p| p.environment.apps[0].org = OrgId::parse("acme").ok(), Strengthening, Weakening),
        (
            "shared-client[google].provider",
            |p| p.environment.shared_clients[0].provider = slug("x"),
            Cosmetic,
            Cosmetic,
        ),
        (
            "shared-client[google].client-id",
            |p| p.environment.shared_clients[0].client_id = "x".into(),
            TrustRoot,
            TrustRoot,
        ),
        (
            "shared-client[google].client-auth",
            |p| p.environment.shared_clients[0].client_auth = basic(),
            TrustRoot,
            TrustRoot,
        ),
        ("permission[b.write].risk", |p| p.catalogue.permissions[1].risk = Risk::Spend, Weakening, Strengthening),
        ("permission[b.write].risk", |p| p.catalogue.permissions[1].risk = Risk::None, Weakening, Strengthening),
        ("role[owner,scope=org].label", |p| p.catalogue.roles[0].label = "O".into(), Cosmetic, Cosmetic),
        ("org[acme].name", |p| org(p).name = "A".into(), Cosmetic, Cosmetic),
        ("org[acme].plan", |p| org(p).plan = slug("team"), Weakening, Weakening),
        ("org[acme].time-zone", |p| org(p).time_zone = "Europe/Berlin".into(), Cosmetic, Cosmetic),
        (
            "org[acme].owner[jane@a.example].address",
            |p| org(p).owners[0] = EmailAddress::parse("Jane@a.example").unwrap(),
            Cosmetic,
            Cosmetic,
        ),
        ("org[acme].stage", |p| org(p).stage = Stage::Optional, Weakening, Strengthening),
        ("org[acme].stage", |p| org(p).stage = Stage::Test, ShutOut, Privileged),
        ("org[acme].project[lab].name", |p| org(p).projects[0].name = "L".into(), Cosmetic, Cosmetic),
        (
            "org[acme].project[lab].visibility",
            |p| org(p).projects[0].visibility = Visibility::Open,
            Weakening,
            Strengthening,
        ),
        ("org[acme].default-project", |p| org(p).default_project = Some(1), Cosmetic, Cosmetic),
        ("org[acme].session.idle", |p| org(p).session.idle = Seconds(60), Strengthening, Weakening),
        ("org[acme].session.absolute", |p| org(p).session.absolute = Seconds(60), Strengthening, Weakening),
        ("org[acme].session.concurrent", |p| org(p).session.concurrent = 6, Weakening, Strengthening),
        ("org[acme].session.when-full", |p| org(p).session.when_full = WhenFull::Refuse, Strengthening, Weakening),
        (
            "org[acme].session.max-authentication-age",
            |p| org(p).session.max_authentication_age = Some(Seconds(u32::MAX)),
            Strengthening,
            Weakening,
        ),
        ("org[acme].step-up[b.write].within", |p| org(p).step_ups[0].within = Seconds(601), Weakening, Strengthening),
        ("org[acme].step-up[b.write].acr", |p| org(p).step_ups[0].acr = None, Weakening, Strengthening),
        ("org[acme].step-up[b.write].acr", |p| org(p).step_ups[0].acr = Some("pwd".into()), Weakening, Weakening),
        ("org[acme].connection[oidc].provider", |p| org(p).connections[0].provider = slug("okta"), Cosmetic, Cosmetic),
        (
            "org[acme].connection[oidc].oidc.issuer",
            |p| oidc_of(p).issuer = "https://x.example".into(),
            TrustRoot,
            TrustRoot,
        ),
        ("org[acme].connection[oidc].oidc.client", |p| oidc_of(p).client = Client::Shared(0), TrustRoot, TrustRoot),
        ("org[acme].connection[oidc].oidc.scopes", |p| oidc_of(p).scopes.push("email".into()), Cosmetic, Cosmetic),
        (
            "org[acme].connection[oidc].oidc.algorithms",
            |p| oidc_of(p).algorithms.push(Algorithm::Es256),
            TrustRoot,
            TrustRoot,
        ),
        ("org[acme].connection[oidc].oidc.subject", |p| oidc_of(p).subject_claim = "oid".into(), TrustRoot, TrustRoot),
        (
            "org[acme].connection[oidc].oidc.attributes.email",
            |p| oidc_of(p).claims.email = "upn".into(),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[oidc].oidc.attributes.given-name",
            |p| oidc_of(p).claims.given_name = Some("x".into()),
            Cosmetic,
            Cosmetic,
        ),
        (
            "org[acme].connection[oidc].oidc.attributes.family-name",
            |p| oidc_of(p).claims.family_name = Some("x".into()),
            Cosmetic,
            Cosmetic,
        ),
        (
            "org[acme].connection[oidc].oidc.attributes.groups",
            |p| oidc_of(p).claims.groups = None,
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[oidc].oidc.attributes.attribute[site]",
            |p| oidc_of(p).claims.own[0].from = "x".into(),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[oidc].oidc.email-trust",
            |p| oidc_of(p).email_trust = EmailTrust::OwnIssuer,
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[oidc].oidc.tenant",
            |p| oidc_of(p).pin = Some(Pin::Tenant("t".into())),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[oidc].oidc.clock-skew",
            |p| oidc_of(p).clock_skew = Seconds(61),
            Weakening,
            Strengthening,
        ),
        (
            "org[acme].connection[oidc].oidc.group-overage",
            |p| oidc_of(p).group_overage = Overage::CutAt(100),
            TrustRoot,
            TrustRoot,
        ),
        ("org[acme].connection[saml].saml.entity-id", |p| saml_of(p).entity_id = "x".into(), TrustRoot, TrustRoot),
        (
            "org[acme].connection[saml].saml.sign-in",
            |p| saml_of(p).sign_in.binding = Binding::Post,
            TrustRoot,
            TrustRoot,
        ),
        ("org[acme].connection[saml].saml.logout", |p| saml_of(p).logout = None, TrustRoot, TrustRoot),
        (
            "org[acme].connection[saml].saml.certificate[",
            |p| saml_of(p).certificates.push(Certificate(vec![2])),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.want-signed",
            |p| saml_of(p).want_signed = WantSigned::Either,
            Weakening,
            Strengthening,
        ),
        (
            "org[acme].connection[saml].saml.want-signed",
            |p| saml_of(p).want_signed = WantSigned::Assertion,
            Weakening,
            Weakening,
        ),
        (
            "org[acme].connection[saml].saml.signature",
            |p| saml_of(p).algorithms.push(SignatureAlgorithm::EcdsaSha256),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.encryption",
            |p| saml_of(p).encryption = Encryption::Optional,
            Weakening,
            Strengthening,
        ),
        ("org[acme].connection[saml].saml.name-id", |p| saml_of(p).name_id = NameId::Email, TrustRoot, TrustRoot),
        (
            "org[acme].connection[saml].saml.subject",
            |p| saml_of(p).subject = Subject::Attribute("uid".into()),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.attributes.email",
            |p| saml_of(p).attributes.email = None,
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.attributes.given-name",
            |p| saml_of(p).attributes.given_name = Some("x".into()),
            Cosmetic,
            Cosmetic,
        ),
        (
            "org[acme].connection[saml].saml.attributes.family-name",
            |p| saml_of(p).attributes.family_name = Some("x".into()),
            Cosmetic,
            Cosmetic,
        ),
        (
            "org[acme].connection[saml].saml.attributes.groups",
            |p| saml_of(p).attributes.groups.as_mut().unwrap().attribute = "x".into(),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.attributes.group-overage",
            |p| saml_of(p).attributes.groups.as_mut().unwrap().overage = Overage::EntraMarkers,
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.attributes.attribute[site]",
            |p| saml_of(p).attributes.own.push(OwnAttribute { name: slug("site"), from: "x".into() }),
            TrustRoot,
            TrustRoot,
        ),
        (
            "org[acme].connection[saml].saml.clock-skew",
            |p| saml_of(p).clock_skew = Seconds(59),
            Strengthening,
            Weakening,
        ),
        (
            "org[acme].connection[saml].saml.sign-requests",
            |p| saml_of(p).requests = Requests::Unsigned,
            Weakening,
            Strengthening,
        ),
        (
            "org[acme].connection[saml].saml.unsafe[idp-initiated].until",
            |p| saml_of(p).idp_initiated.as_mut().unwrap().until = Timestamp::from_unix(1_900_000_000),
            Weakening,
            Strengthening,
        ),
        (
            "org[acme].connection[saml].saml.unsafe[idp-initiated].app",
            |p| saml_of(p).idp_initiated.as_mut().unwrap().app = slug("x"),
            Weakening,
            Weakening,
        ),
        (
            "org[acme].connection[saml].saml.unsafe[idp-initiated].until",
            |p| saml_of(p).idp_initiated = None,
            Strengthening,
            Weakening,
        ),
        (
            "org[acme].connection[saml].saml.unsafe[idp-initiated].app",
            |p| saml_of(p).idp_initiated = None,
            Strengthening,
            Weakening,
        ),
    ]
};

fn basic() -> ClientAuth {
    ClientAuth::SecretBasic { secret: SecretName { owner: slug("platform"), name: slug("x") } }
}

/// ST-LINT-18: trust roots are a class of their own. ST-LINT-13: opening IdP-initiated sign-in is a weakening.
#[test]
fn every_line_is_named_and_weighed_in_both_directions() {
    for (path, edit, there, back) in EDITS {
        let (before, mut after) = (program(), program());
        edit(&mut after);
        for (one, other, class) in [(&before, &after, there), (&after, &before, back)] {
            let changes = diff(one, other);
            let found = changes.iter().find(|change| change.path.starts_with(path));
            let found = found.unwrap_or_else(|| panic!("{path}: {changes:#?}"));
            assert!(matches!(found.what, What::Setting { .. }), "{path}");
            assert_eq!(found.gravest(), *class, "{path}");
            assert!(found.classes.len() == 1 || *class == Class::Privileged, "{path}");
        }
    }
}

/// An organisation names a shared client and a permission by their place in a list: what it means may change while it
/// stays as it is.
#[test]
fn an_organisation_that_stays_may_mean_another() {
    let row = |before: &Program, after: &Program, path: &str| {
        assert_eq!(before.orgs, after.orgs);
        let changes = diff(before, after);
        let found = changes.iter().find(|change| change.path == path);
        found.unwrap_or_else(|| panic!("{path}: {changes:#?}")).what.clone()
    };
    let mut before = program();
    oidc_of(&mut before).client = Client::Shared(0);
    let mut after = before.clone();
    after.environment.shared_clients[0].slug = slug("entra");
    let client = What::Setting { before: Some("shared google".into()), after: Some("shared entra".into()) };
    assert_eq!(row(&before, &after, "org[acme].connection[oidc].oidc.client"), client);
    let mut after = before.clone();
    after.catalogue.permissions[1].name = PermissionName::parse("c.write").unwrap();
    let came = What::Setting { before: None, after: Some("10m".into()) };
    assert_eq!(row(&before, &after, "org[acme].step-up[c.write].within"), came);
}

/// A value reads as the author wrote it.
#[test]
fn a_value_is_shown_in_the_words_of_the_language() {
    let mut after = program();
    org(&mut after).session.idle = Seconds(900);
    saml_of(&mut after).want_signed = WantSigned::Both;
    saml_of(&mut after).algorithms.push(SignatureAlgorithm::EcdsaSha256);
    let told: Vec<String> = diff(&program(), &after)
        .iter()
        .map(|change| match &change.what {
            What::Setting { before: Some(before), after: Some(after) } => format!("{before} → {after}"),
            other @ (What::Access { .. } | What::Setting { .. }) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["rsa-sha256 → rsa-sha256 ecdsa-sha256", "response → both", "1h → 15m"]);
}
