//! Acme: an organisation with two connections, two domains and two projects, and somebody of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::{
    Algorithm, Catalogue, Claims, Client, ClientAuth, Connection, Domain, EmailTrust, Grant, Grantee, Join, Oidc, Org,
    Overage, Permission, Project, Protocol, Risk, Role, Scope, SessionRules, Stage, Visibility, WhenFull,
};
use gatewright_decide::{Facts, GroupSet, Groups, Standing};
use gatewright_terms::{DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug};

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn group(text: &str) -> GroupName {
    GroupName::parse(text).unwrap()
}

pub(crate) fn domain(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

/// Roles: 0 org admin, 1 org developer, 2 org owner, 3 project editor, 4 project viewer.
pub(crate) fn catalogue() -> Arc<Catalogue> {
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

pub(crate) fn connection(name: &str) -> Connection {
    Connection {
        slug: slug(name),
        provider: slug("generic"),
        protocol: Protocol::Oidc(Oidc {
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
                own: Vec::new(),
            },
            email_trust: EmailTrust::VerifiedClaim,
            pin: None,
            clock_skew: Seconds(60),
            group_overage: Overage::AbsentIsEmpty,
        }),
    }
}

pub(crate) fn org(grants: Vec<Grant>, blocked: &[&str]) -> Org {
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
        stage: Stage::Required,
        step_ups: Vec::new(),
        projects: vec![project("default", Some(4)), project("research", None)],
        default_project: Some(0),
        grants,
        blocked_groups: blocked.iter().map(|name| group(name)).collect(),
        session: SessionRules {
            idle: Seconds(1),
            absolute: Seconds(2),
            concurrent: 1,
            when_full: WhenFull::EndOldest,
            max_authentication_age: None,
        },
    }
}

pub(crate) fn to_group(role: u32, project: Option<u32>, name: &str) -> Grant {
    Grant { role, project, to: Grantee::group(0, group(name)) }
}

pub(crate) fn somebody(groups: &[&str]) -> Facts {
    Facts {
        connection: slug("okta"),
        email: EmailAddress::parse("ada@acme.com").unwrap(),
        groups: Groups::Known(GroupSet::new(groups.iter().map(|name| group(name)))),
        attributes: BTreeSet::new(),
        standing: Standing::Newcomer,
        domain_proved: true,
        is_owner: false,
    }
}
