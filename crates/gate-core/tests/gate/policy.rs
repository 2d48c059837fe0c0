//! Policy: a small program, and the signed bundle that holds it.

use ed25519_dalek::{Signer as _, SigningKey};
use gatewright_bundle::program::{
    Algorithm, App, Binding, Catalogue, Certificate, Claims, Client, ClientAuth, Connection, Domain, EmailTrust,
    Encryption, Endpoint, Environment, Grant, Grantee, Join, NameId, Oidc, Org, Overage, Permission, Program, Project,
    Protocol, Requests, Risk, Role, Saml, SamlAttributes, SamlGroups, Scope, SessionRules, SignatureAlgorithm, Stage,
    Subject, Visibility, WantSigned, WhenFull,
};
use gatewright_bundle::{BundleFile, Digest, KeyId, Trust, TrustedKey, encode};
use gatewright_terms::{DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug, Timestamp};

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn org_id(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

pub(crate) fn group(text: &str) -> GroupName {
    GroupName::parse(text).unwrap()
}

pub(crate) fn domain(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

pub(crate) const IDLE: u32 = 1_800;
pub(crate) const ABSOLUTE: u32 = 36_000;

/// Two organisations at one provider each: `acme` (`acme.com`, groups `ml` and `admins`) and `umbrella`.
pub(crate) fn program(issuer: &str, other_issuer: &str) -> Program {
    Program {
        environment: Environment {
            name: slug("test"),
            base_url: "https://gate.example".into(),
            apps: vec![
                App { slug: slug("acme-only"), origin: "https://only.example".into(), org: Some(org_id("acme")) },
                App { slug: slug("console"), origin: "https://console.example".into(), org: None },
                App { slug: slug("here"), origin: "https://gate.example".into(), org: None },
            ],
            shared_clients: vec![],
        },
        catalogue: Catalogue {
            permissions: vec![permission("clusters.create"), permission("members.read")],
            roles: vec![
                role(Scope::Org, "admin", vec![1]),
                role(Scope::Org, "developer", vec![]),
                role(Scope::Org, "owner", vec![1]),
                role(Scope::Project, "editor", vec![0]),
            ],
        },
        orgs: vec![org("acme", "acme.com", issuer), org("umbrella", "umbrella.com", other_issuer)],
    }
}

/// The organisation leaves, and the app that was bound to it.
pub(crate) fn without_acme(program: &mut Program) {
    program.orgs.remove(0);
    program.environment.apps.remove(0);
}

fn permission(name: &str) -> Permission {
    Permission { name: PermissionName::parse(name).unwrap(), risk: Risk::None }
}

fn role(scope: Scope, name: &str, permits: Vec<u32>) -> Role {
    Role { scope, slug: slug(name), label: name.into(), permits }
}

fn org(id: &str, claimed: &str, issuer: &str) -> Org {
    Org {
        id: org_id(id),
        name: id.to_uppercase(),
        plan: slug("enterprise"),
        time_zone: "Europe/Paris".into(),
        domains: vec![Domain { name: domain(claimed), connection: 0 }],
        owners: vec![EmailAddress::parse(&format!("boss@{claimed}")).unwrap()],
        connections: vec![connection("main", issuer)],
        join: Join::JustInTime,
        stage: Stage::Required,
        step_ups: Vec::new(),
        projects: vec![Project {
            slug: slug("research"),
            name: "Research".into(),
            visibility: Visibility::Open,
            default_role: None,
        }],
        default_project: None,
        grants: vec![
            Grant { role: 0, project: None, to: Grantee::group(0, group("admins")) },
            Grant { role: 1, project: None, to: Grantee::group(0, group("ml")) },
            Grant { role: 3, project: Some(0), to: Grantee::group(0, group("ml")) },
        ],
        blocked_groups: vec![group("leavers")],
        session: SessionRules {
            idle: Seconds(IDLE),
            absolute: Seconds(ABSOLUTE),
            concurrent: 3,
            when_full: WhenFull::EndOldest,
            max_authentication_age: None,
        },
    }
}

pub(crate) fn connection(name: &str, issuer: &str) -> Connection {
    Connection {
        slug: slug(name),
        provider: slug("generic"),
        protocol: Protocol::Oidc(Oidc {
            issuer: issuer.into(),
            client: Client::Own { client_id: "gatewright".into(), client_auth: ClientAuth::None },
            scopes: vec!["openid".into(), "email".into()],
            algorithms: vec![Algorithm::Rs256],
            subject_claim: "sub".into(),
            claims: Claims {
                email: "email".into(),
                given_name: Some("given_name".into()),
                family_name: Some("family_name".into()),
                groups: Some("groups".into()),
                own: Vec::new(),
            },
            email_trust: EmailTrust::VerifiedClaim,
            pin: None,
            clock_skew: Seconds(60),
            group_overage: Overage::AbsentIsEmpty,
        }),
    }
}

/// A connection of SAML to a provider: signed requests by redirect, logout by form.
pub(crate) fn saml_connection(name: &str, idp: &testkit::saml::Idp) -> Connection {
    let endpoint = |binding, url: &str| Endpoint { binding, url: url.into(), response_url: None };
    Connection {
        slug: slug(name),
        provider: slug("generic"),
        protocol: Protocol::Saml(Saml {
            entity_id: idp.entity_id.clone(),
            sign_in: endpoint(Binding::Redirect, &idp.sign_in_url),
            logout: Some(endpoint(Binding::Post, &idp.logout_url)),
            certificates: vec![Certificate(idp.certificate_der())],
            want_signed: WantSigned::Either,
            algorithms: vec![SignatureAlgorithm::RsaSha256],
            encryption: Encryption::Optional,
            name_id: NameId::Persistent,
            subject: Subject::NameId,
            attributes: SamlAttributes {
                email: Some("email".into()),
                given_name: Some("firstName".into()),
                family_name: Some("lastName".into()),
                groups: Some(SamlGroups { attribute: "groups".into(), overage: Overage::AbsentIsEmpty }),
                own: Vec::new(),
            },
            clock_skew: Seconds(60),
            requests: Requests::Signed,
            idp_initiated: None,
        }),
    }
}

/// The SAML of the first connection of an organisation.
pub(crate) fn saml_of(program: &mut Program, org: usize) -> &mut Saml {
    match &mut program.orgs[org].connections[0].protocol {
        Protocol::Saml(saml) => saml,
        Protocol::Oidc(_) => panic!("a connection of OpenID Connect"),
    }
}

/// Whoever may sign bundles of these tests.
pub(crate) fn signer() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

pub(crate) fn trust() -> Trust {
    let key = TrustedKey { name: slug("release"), key: signer().verifying_key().to_bytes() };
    Trust::new(1, vec![key]).unwrap()
}

pub(crate) fn bundle(program: &Program, sequence: u64, expires: Option<Timestamp>) -> Vec<u8> {
    let mut file = BundleFile::unsigned(encode(program), Digest::of(b"provenance"));
    let statement = file.declare(sequence, expires).unwrap();
    let key = signer();
    file.attach(KeyId::of(&key.verifying_key().to_bytes()), key.sign(&statement.signing_bytes()).to_bytes()).unwrap();
    file.to_bytes()
}
