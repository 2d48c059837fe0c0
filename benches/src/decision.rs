//! Decision: a full one with reasons, for a person in 20 of 500 groups, in an organisation of 60 grants; and what a diff says
//! of everybody there.

use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;
use std::sync::Arc;

use gatewright_bundle::program::{
    Algorithm, Catalogue, Claims, Client, ClientAuth, Connection, Domain, EmailTrust, Environment, Grant, Grantee,
    Join, Oidc, Org, Overage, Permission, Program, Project, Protocol, Risk, Role, Scope, SessionRules, Stage,
    Visibility, WhenFull,
};
use gatewright_decide::{Decision, Facts, GroupSet, Groups, PreparedOrg, Standing, decide};
use gatewright_terms::{DomainName, EmailAddress, GroupName, OrgId, PermissionName, Seconds, Slug};

use crate::figure::Figure;
use crate::measure::nanoseconds;

const LIMIT_NS: f64 = 500.0;
const CALLS: u32 = 100_000;

pub(crate) fn figure() -> Option<Figure> {
    let prepared = PreparedOrg::new(catalogue()?, org()?);
    let facts = person()?;
    let ours = nanoseconds(CALLS, || match decide(black_box(&prepared), black_box(&facts)) {
        Decision::Admit(admission) => admission.held().len(),
        Decision::Refuse(_) => 0,
    });
    let map: HashMap<String, u32> = (0..60).map(|n| (group_text(n * 5), n)).collect();
    let asked: Vec<String> = (0..20).map(|n| group_text(n * 25)).collect();
    let beside = nanoseconds(CALLS, || asked.iter().filter_map(|name| black_box(&map).get(name.as_str())).sum::<u32>());
    Some(Figure {
        what: "decision with reasons, 20 of 500 groups, 60 grants",
        ours: format!("{ours:.0} ns"),
        beside: format!("20 look-ups in a `HashMap` of 60: {beside:.0} ns"),
        ratio: format!("{:.2}×", ours / beside),
        promise: "≤ 500 ns",
        kept: ours <= LIMIT_NS,
    })
}

/// A diff decides classes of identities: one connection and one address, with any of their groups.
pub(crate) fn class() -> Option<Figure> {
    let mut after = org()?;
    after.grants.push(Grant { role: 0, project: None, to: Grantee::group(0, group(499)?) });
    after.grants.sort();
    let (before, after) = (program(org()?)?, program(after)?);
    let classes = f64::from(CLASSES);
    let ours = nanoseconds(CALLS / 100, || wright::diff::diff(black_box(&before), black_box(&after)).len()) / classes;
    let (prepared, facts) = (PreparedOrg::new(catalogue()?, org()?), person()?);
    let beside = nanoseconds(CALLS, || matches!(decide(black_box(&prepared), black_box(&facts)), Decision::Admit(_)));
    Some(Figure {
        what: "diff of an identity class: everybody of one connection and one domain, 60 grants",
        ours: format!("{:.0} µs", ours / 1e3),
        beside: format!("one decision about one of them: {beside:.0} ns"),
        ratio: format!("{:.0}×", ours / beside),
        promise: "recorded",
        kept: true,
    })
}

/// Somebody of the domain, and somebody of none.
const CLASSES: u32 = 2;

fn program(org: Org) -> Option<Program> {
    let environment = Environment {
        name: Slug::parse("production").ok()?,
        base_url: "https://sso.example.com".into(),
        apps: Vec::new(),
        shared_clients: Vec::new(),
    };
    Some(Program { environment, catalogue: catalogue()?.as_ref().clone(), orgs: vec![org] })
}

fn group_text(n: u32) -> String {
    format!("team-{n:03}-platform-engineering")
}

fn group(n: u32) -> Option<GroupName> {
    GroupName::parse(&group_text(n)).ok()
}

fn person() -> Option<Facts> {
    Some(Facts {
        connection: Slug::parse("okta").ok()?,
        email: EmailAddress::parse("ada@acme.com").ok()?,
        groups: Groups::Known(GroupSet::new((0..20).filter_map(|n| group(n * 25)))),
        standing: Standing::Member,
        attributes: BTreeSet::new(),
        domain_proved: true,
        is_owner: false,
    })
}

fn catalogue() -> Option<Arc<Catalogue>> {
    let permissions: Vec<Permission> = (0..40)
        .filter_map(|n| {
            Some(Permission { name: PermissionName::parse(&format!("p{n:02}.use")).ok()?, risk: Risk::None })
        })
        .collect();
    let role = |scope, slug: &str, permits: std::ops::Range<u32>| {
        Some(Role { scope, slug: Slug::parse(slug).ok()?, label: slug.to_owned(), permits: permits.collect() })
    };
    Some(Arc::new(Catalogue {
        permissions,
        roles: vec![
            role(Scope::Org, "admin", 0..40)?,
            role(Scope::Org, "developer", 0..10)?,
            role(Scope::Org, "owner", 0..40)?,
            role(Scope::Project, "admin", 0..40)?,
            role(Scope::Project, "editor", 5..25)?,
        ],
    }))
}

/// 59 grants to groups, every fifth of the first 300, so that 12 of the 20 match, and one to everyone.
fn org() -> Option<Org> {
    let domain = DomainName::parse("acme.com").ok()?;
    let mut grants: Vec<Grant> = (0..59)
        .filter_map(|n| Some(Grant { role: 3 + n % 2, project: Some(n % 5), to: Grantee::group(0, group(n * 5)?) }))
        .collect();
    grants.push(Grant { role: 1, project: None, to: Grantee::EveryoneIn(domain.clone()) });
    grants.sort();
    Some(Org {
        id: OrgId::parse("acme").ok()?,
        name: "Acme".into(),
        plan: Slug::parse("enterprise").ok()?,
        time_zone: "UTC".into(),
        domains: vec![Domain { name: domain, connection: 0 }],
        owners: vec![],
        connections: vec![connection()?],
        join: Join::JustInTime,
        stage: Stage::Required,
        step_ups: Vec::new(),
        projects: (0..5).filter_map(project).collect(),
        default_project: Some(0),
        grants,
        blocked_groups: vec![group(3)?],
        session: SessionRules {
            idle: Seconds(60),
            absolute: Seconds(600),
            concurrent: 5,
            when_full: WhenFull::EndOldest,
            max_authentication_age: None,
        },
    })
}

fn project(n: u32) -> Option<Project> {
    let slug = Slug::parse(&format!("p{n}")).ok()?;
    Some(Project { name: slug.to_string(), slug, visibility: Visibility::Open, default_role: Some(4) })
}

fn connection() -> Option<Connection> {
    Some(Connection {
        slug: Slug::parse("okta").ok()?,
        provider: Slug::parse("okta").ok()?,
        protocol: Protocol::Oidc(Oidc {
            issuer: "https://acme.okta.com".into(),
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
    })
}
